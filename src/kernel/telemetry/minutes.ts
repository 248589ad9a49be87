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

interface Entry<Sums> {
  readonly subject: string;
  readonly sums: Sums;
  /** Changed since it was last taken. */
  isDirty: boolean;
}

export function createMinutes<Sums>(max: number, make: (appId: string) => Sums): Minutes<Sums> {
  let minute = Number.NEGATIVE_INFINITY;
  let subjects = new Map<string, Entry<Sums>>();
  let dirty: Entry<Sums>[] = [];
  let waiting: Minute<Sums>[] = [];
  let overflow = 0;

  function moveDirty(): void {
    for (const entry of dirty) {
      entry.isDirty = false;
      waiting.push({ subject: entry.subject, atMs: minute * MINUTE_MS, sums: entry.sums });
    }
    dirty = [];
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

  function entryOf(subject: string, appId: string): Entry<Sums> {
    const isOther = subjects.size >= max;
    if (isOther) {
      overflow++;
      const others = subjects.get(OTHERS);
      if (others !== undefined) return others;
    }
    const name = isOther ? OTHERS : subject;
    const entry = { subject: name, sums: make(isOther ? OTHERS : appId), isDirty: false };
    subjects.set(name, entry);
    return entry;
  }

  return {
    at: (subject, appId, nowMs) => {
      turn(nowMs);
      const entry = subjects.get(subject) ?? entryOf(subject, appId);
      if (!entry.isDirty) {
        entry.isDirty = true;
        dirty.push(entry);
      }
      return entry.sums;
    },
    take: (nowMs, liveMax) => {
      turn(nowMs);
      if (dirty.length <= liveMax) moveDirty();
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
