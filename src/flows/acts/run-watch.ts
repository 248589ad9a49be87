import type { CommitPart, PartPlan } from "../commit-part.ts";

/** So many watch at once in one process; each holds a few hundred bytes and asks the database once a second. */
export const WATCHERS_MAX = 1_000;

/** Lets somebody wait for what happens to a run: told at once of what this process commits; of what others do whoever waits asks now and then. */
export interface RunWatch {
  /** Tells of commits of runs that are watched; costs nothing while nobody watches. */
  readonly part: CommitPart;
  /** Undefined: `WATCHERS_MAX` watch already. */
  watch(runId: string): Watcher | undefined;
  readonly watchers: number;
  /** Nobody waits any longer, now or later. */
  close(): void;
}

export interface Watcher {
  /** Resolves at the next commit of the run here, after `timeoutMs`, or when the watch is closed; at once if one came since the last call. */
  next(timeoutMs: number): Promise<void>;
  /** Whether the process stops watching: no further news will come. */
  readonly isOver: boolean;
  end(): void;
}

interface Waiting {
  isTold: boolean;
  wake: (() => void) | undefined;
}

const NO_STATEMENTS: readonly never[] = [];

export function createRunWatch(): RunWatch {
  const byRun = new Map<string, Set<Waiting>>();
  let watchers = 0;
  let closed = false;

  function tell(runId: string): void {
    for (const waiting of byRun.get(runId) ?? []) {
      waiting.isTold = true;
      waiting.wake?.();
    }
  }

  function planFor(runIds: readonly string[]): PartPlan {
    return {
      committed: () => {
        for (const runId of runIds) tell(runId);
      },
      abandoned: () => {},
    };
  }

  return {
    part: {
      name: "watch",
      concerns: ({ run }) => byRun.size > 0 && byRun.has(run.id),
      foresee: (commits) => ({ statements: NO_STATEMENTS, plan: planFor(commits.map(({ run }) => run.id)) }),
      write: async (_, commits) => planFor(commits.map(({ run }) => run.id)),
    },
    watch: (runId) => {
      if (watchers >= WATCHERS_MAX || closed) return undefined;
      watchers++;
      const waiting: Waiting = { isTold: false, wake: undefined };
      const own = byRun.get(runId) ?? new Set();
      own.add(waiting);
      byRun.set(runId, own);
      let ended = false;
      return {
        next: (timeoutMs) =>
          new Promise((resolve) => {
            if (waiting.isTold || closed || ended) {
              waiting.isTold = false;
              resolve();
              return;
            }
            const timer = setTimeout(wake, timeoutMs);
            function wake(): void {
              clearTimeout(timer);
              waiting.wake = undefined;
              waiting.isTold = false;
              resolve();
            }
            waiting.wake = wake;
          }),
        get isOver() {
          return closed;
        },
        end: () => {
          if (ended) return;
          ended = true;
          watchers--;
          own.delete(waiting);
          if (own.size === 0) byRun.delete(runId);
          waiting.wake?.();
        },
      };
    },
    get watchers() {
      return watchers;
    },
    close: () => {
      closed = true;
      for (const runId of byRun.keys()) tell(runId);
    },
  };
}
