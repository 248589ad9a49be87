/**
 * Sums per subject (an endpoint, an application) and minute, kept in memory until they are written down. At most `max`
 * subjects a minute: what comes of others is counted under OTHERS, so that whoever reads knows that something is missing.
 */
export const OTHERS = "00000000-0000-0000-0000-000000000000";

export interface Minute<Sums> {
  readonly subject: string;
  /** Its beginning. */
  readonly atMs: number;
  readonly sums: Sums;
}

export interface Minutes<Sums> {
  /** The sums of a subject in the minute of `nowMs`: add to them at once, and do not keep them. */
  at(subject: string, appId: string, nowMs: number): Sums;
  /**
   * What changed since it was last taken. Of the running minute nothing, when that is more than `liveMax`: it is taken once
   * it is over.
   */
  take(nowMs: number, liveMax: number): Minute<Sums>[];
  /** Takes back what could not be written: it is taken again, as it then is. */
  keep(minutes: readonly Minute<Sums>[]): void;
  /** How often something was counted under OTHERS. */
  readonly overflow: number;
}

const MINUTE_MS = 60_000;
/** Sums that wait to be written while the database is away; the oldest are dropped then. */
const WAITING_MAX = 5_000;

export function createMinutes<Sums>(max: number, make: (appId: string) => Sums): Minutes<Sums> {
  let minute = Number.NEGATIVE_INFINITY;
  let subjects = new Map<string, Sums>();
  const dirty = new Map<string, Sums>();
  let waiting: Minute<Sums>[] = [];
  let overflow = 0;

  function moveDirty(): void {
    for (const [subject, sums] of dirty) waiting.push({ subject, atMs: minute * MINUTE_MS, sums });
    dirty.clear();
    if (waiting.length > WAITING_MAX) waiting = waiting.slice(-WAITING_MAX);
  }

  /** When the wall clock steps back, the minute goes on that was begun. */
  function turn(nowMs: number): void {
    const now = Math.floor(nowMs / MINUTE_MS);
    if (now <= minute) return;
    moveDirty();
    minute = now;
    if (subjects.size > 0) subjects = new Map();
  }

  return {
    at: (subject, appId, nowMs) => {
      turn(nowMs);
      let name = subject;
      let sums = subjects.get(name);
      if (sums === undefined) {
        if (subjects.size >= max) {
          overflow++;
          name = OTHERS;
          sums = subjects.get(OTHERS);
        }
        if (sums === undefined) {
          sums = make(name === OTHERS ? OTHERS : appId);
          subjects.set(name, sums);
        }
      }
      dirty.set(name, sums);
      return sums;
    },
    take: (nowMs, liveMax) => {
      turn(nowMs);
      if (dirty.size <= liveMax) moveDirty();
      // What was kept may be of this minute too: its sums are the same object, and are taken once.
      const taken = new Map(waiting.map((one) => [`${one.atMs} ${one.subject}`, one]));
      waiting = [];
      return [...taken.values()];
    },
    keep: (minutes) => {
      waiting = [...minutes, ...waiting].slice(-WAITING_MAX);
    },
    get overflow() {
      return overflow;
    },
  };
}
