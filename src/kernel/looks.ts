import { DatabaseError, type Db } from "./db.ts";
import type { Log } from "./log.ts";

/** Work that appears in a table by another's hand: a cheap question whether there is any, and what to do when there is. */
export interface Look {
  readonly name: string;
  /** A boolean expression in SQL, without parameters, answered by an index or from an all but empty table. */
  readonly pending: string;
  /** Not run more often than so; absent: with every beat. */
  readonly everyMs?: number;
  /** Not even asked more often than so: for a question that costs more than a look at an index. */
  readonly askedEveryMs?: number;
  /**
   * Does what is there, or wakes who does it. Safe from many processes at once. May answer with how much it did: more than
   * nothing, and the question is asked again at once instead of with the next beat.
   */
  run(): Promise<number> | undefined;
}

export interface LooksOptions {
  readonly db: Pick<Db, "query" | "onRecovered">;
  readonly log: Log;
  readonly monotonic: () => number;
}

/**
 * The floor under every wake-up between processes: one statement each second asks for all rooms whether anything waits for
 * them. It is no heartbeat: it may wait behind a lock on one of their tables, and the lease must not.
 */
export interface Looks {
  start(): void;
  /** One beat by hand, and what follows from it; for who keeps time himself. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

export const LOOK_MS = 1_000;
/** After something was done: what came meanwhile need not wait for a second, and a loop of ours must not be all that the database does. */
const AGAIN_MS = 20;

export function createLooks(looks: readonly Look[], options: LooksOptions): Looks {
  const { db, log, monotonic } = options;
  // A question whose time has not come is not asked; the text stays the same, so that the database plans it once.
  const question = `select ${looks.map(({ pending }, n) => `case when ($1::bool[])[${n + 1}] then (${pending}) end as p${n}`).join(",\n       ")}`;
  const notBefore = new Map<Look, number>();
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  /** Answers whether something was done. */
  async function round(): Promise<boolean> {
    if (looks.length === 0) return false;
    const due = looks.map((look) => monotonic() >= (notBefore.get(look) ?? Number.NEGATIVE_INFINITY));
    // Before it is known what they come to: one that takes too long fails the statement for all, and must not do so again with the next beat.
    for (const [n, look] of looks.entries()) {
      if (due[n] && look.askedEveryMs !== undefined) notBefore.set(look, monotonic() + look.askedEveryMs);
    }
    const [row] = await db.query<Record<string, boolean | null>>(question, [`{${due.join(",")}}`]);
    let isBusy = false;
    for (const [n, look] of looks.entries()) {
      if (stopped) return false;
      if (row?.[`p${n}`] !== true) continue;
      if (look.everyMs !== undefined) notBefore.set(look, monotonic() + look.everyMs);
      try {
        if (((await look.run()) ?? 0) > 0) {
          isBusy = true;
          // There may be more of it, as after an outage.
          if (look.askedEveryMs !== undefined) notBefore.delete(look);
        }
      } catch (error) {
        // One that fails keeps none of the others from their turn.
        report(look.name, error);
      }
    }
    return isBusy;
  }

  async function beat(): Promise<boolean> {
    try {
      return await round();
    } catch (error) {
      report("all", error);
      return false;
    }
  }

  function report(name: string, error: unknown): void {
    if (!(error instanceof DatabaseError)) throw error;
    log.limited(
      `look_${name}`,
      "warn",
      "look_failed",
      "What waits in the tables could not be looked after; it comes again.",
      { look: name, error },
    );
  }

  function schedule(ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = beat().then((isBusy) => {
        running = undefined;
        schedule(isBusy ? AGAIN_MS : LOOK_MS);
      });
    }, ms);
  }

  return {
    start: () => {
      schedule(1);
      db.onRecovered(() => {
        if (running === undefined) schedule(1);
      });
    },
    beat: async () => void (await beat()),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
