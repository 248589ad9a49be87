import { DatabaseError, type Db } from "./db.ts";
import type { Log } from "./log.ts";

/** Something to be done again and again, by whoever has time: safe from many processes at once, and cheap when there is nothing to do. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  /**
   * A boolean expression in SQL, without parameters: whether there may be something to do. One statement asks for all chores that are due,
   * so that a database at rest is asked once for all of them. Absent: it is run each time.
   */
  readonly pending?: string;
  run(): Promise<void>;
}

/** So much of its time early a chore is asked for with others, so that those of the same pace stay together. */
const TOGETHER = 0.1;

/** Runs each chore at its own pace, one after another, never two at once. A fault of the database is logged and the chore comes again. */
export function runChores(
  chores: readonly Chore[],
  options: { readonly db: Pick<Db, "query">; readonly log: Log; readonly monotonic: () => number },
): { stop(): Promise<void> } {
  const asked = chores.filter(({ pending }) => pending !== undefined);
  // What is not due is not asked: the text stays the same, so that the database plans it once.
  const question = `select ${asked.map(({ pending }, n) => `case when ($1::bool[])[${n + 1}] then (${pending}) end as p${n}`).join(",\n       ")}`;
  const dueAt = new Map(chores.map((chore) => [chore, options.monotonic() + Math.min(chore.everyMs, 1_000)]));
  let stopped = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;

  /** Which of those with a question have something to do; the others come again in their time. */
  async function ask(): Promise<ReadonlySet<Chore>> {
    const pending = new Set<Chore>();
    const isDue = (chore: Chore, early: number) => options.monotonic() >= (dueAt.get(chore) ?? 0) - early;
    if (!asked.some((chore) => isDue(chore, 0))) return pending;
    const due = asked.map((chore) => isDue(chore, chore.everyMs * TOGETHER));
    let answers: Record<string, boolean | null> | undefined;
    await attempt("all", async () => {
      [answers] = await options.db.query<Record<string, boolean | null>>(question, [`{${due.join(",")}}`]);
    });
    // Where one question keeps all from being answered, each chore finds out for itself: none waits for the others' faults.
    for (const [n, chore] of asked.entries()) if (due[n] && (answers?.[`p${n}`] ?? true)) pending.add(chore);
    for (const [n, chore] of asked.entries()) if (due[n]) dueAt.set(chore, options.monotonic() + chore.everyMs);
    return pending;
  }

  async function round(): Promise<void> {
    const pending = await ask();
    for (const chore of chores) {
      if (stopped) return;
      const isDue = chore.pending === undefined ? options.monotonic() >= (dueAt.get(chore) ?? 0) : pending.has(chore);
      if (!isDue) continue;
      await attempt(chore.name, () => chore.run());
      dueAt.set(chore, options.monotonic() + chore.everyMs);
    }
  }

  async function attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const message = `The chore ${name} failed; it comes again.`;
      options.log.limited(`chore_${name}`, "warn", "chore_failed", message, { chore: name, error });
    }
  }

  function schedule(): void {
    if (stopped) return;
    const next = Math.min(...dueAt.values()) - options.monotonic();
    timer = setTimeout(
      () => {
        running = round().finally(() => {
          running = undefined;
          schedule();
        });
      },
      Math.max(50, next),
    );
  }

  if (chores.length > 0) schedule();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
