import { DatabaseError } from "./db.ts";
import type { Log } from "./log.ts";

/** Something to be done again and again, by whoever has time: safe from many processes at once, and cheap when there is nothing to do. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

/** Runs each chore at its own pace, one after another, never two at once. A fault of the database is logged and the chore comes again. */
export function runChores(
  chores: readonly Chore[],
  options: { readonly log: Log; readonly monotonic: () => number },
): { stop(): Promise<void> } {
  const dueAt = new Map(chores.map((chore) => [chore, options.monotonic() + Math.min(chore.everyMs, 1_000)]));
  let stopped = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;

  async function round(): Promise<void> {
    for (const chore of chores) {
      if (stopped) return;
      if (options.monotonic() < (dueAt.get(chore) ?? 0)) continue;
      try {
        await chore.run();
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        options.log.limited(
          `chore_${chore.name}`,
          "warn",
          "chore_failed",
          `The chore ${chore.name} failed; it comes again.`,
          { chore: chore.name, error },
        );
      }
      dueAt.set(chore, options.monotonic() + chore.everyMs);
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
