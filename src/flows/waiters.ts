import type { Db } from "#kernel";
import type { Ending, Json } from "#language";
import type { RunTold } from "./told.ts";

/** What came of waiting for a run. `timed_out`: it goes on. */
export type Waited =
  | { readonly kind: "responded"; readonly status: number; readonly body: Json; readonly told: RunTold | undefined }
  | { readonly kind: "ended"; readonly state: Ending["state"]; readonly told: RunTold | undefined }
  | { readonly kind: "timed_out" };

export interface WaitersOptions {
  readonly db: Db;
  /** Whether the run is in the hands of this process, and will tell by itself. */
  readonly isHere: (runId: string) => boolean;
  /** What it answered so far, by its journal. */
  readonly findResponse: (run: RunRef) => Promise<{ status: number; body: Json } | undefined>;
  readonly now: () => number;
}

/** Those who wait for runs to answer or to end. */
export interface Waiters {
  /** At most so many ms, and no longer than until `gone` aborts. Rejects with a fault of the database. */
  wait(run: RunRef, ms: number, gone?: AbortSignal): Promise<Waited>;
  /** `told` is asked only where somebody waits. */
  responded(runId: string, status: number, body: Json, told: () => RunTold | undefined): void;
  ended(runId: string, ending: Ending, told: () => RunTold | undefined): void;
}

/**
 * A run in other hands is asked about after so long, then after twice as long, up to so long: one that is soon over is soon told of, and many
 * may wait for those that take long.
 */
const LOOK_FIRST_MS = 20;
const LOOK_MS = 250;

const STATE = "select state from posthorn.run_ended where flow_id = $1 and id = $2";

/** A run, by what finds it at once wherever it is. */
export interface RunRef {
  readonly runId: string;
  readonly flowId: string;
}

export function createWaiters(options: WaitersOptions): Waiters {
  const waiting = new Map<string, Set<(waited: Waited) => void>>();

  function tell(runId: string, waited: () => Waited): void {
    const own = waiting.get(runId);
    if (own === undefined) return;
    const what = waited();
    for (const resolve of own) resolve(what);
  }

  async function lookUp(run: RunRef): Promise<Waited | undefined> {
    const response = await options.findResponse(run);
    if (response !== undefined) return { kind: "responded", ...response, told: undefined };
    const [row] = await options.db.query<{ state: Ending["state"] }>(STATE, [run.flowId, run.runId]);
    return row === undefined ? undefined : { kind: "ended", state: row.state, told: undefined };
  }

  async function wait(run: RunRef, ms: number, gone?: AbortSignal): Promise<Waited> {
    const { runId } = run;
    if (gone?.aborted) return { kind: "timed_out" };
    const told = Promise.withResolvers<Waited>();
    const leave = () => told.resolve({ kind: "timed_out" });
    gone?.addEventListener("abort", leave);
    const own = waiting.get(runId) ?? new Set();
    own.add(told.resolve);
    waiting.set(runId, own);
    const until = options.now() + ms;
    try {
      for (let lookMs = LOOK_FIRST_MS; ; lookMs = Math.min(lookMs * 2, LOOK_MS)) {
        const leftMs = until - options.now();
        const late = Promise.withResolvers<undefined>();
        const timer = setTimeout(() => late.resolve(undefined), Math.max(0, Math.min(lookMs, leftMs)));
        const waited = await Promise.race([told.promise, late.promise]);
        clearTimeout(timer);
        if (waited !== undefined) return waited;
        if (!options.isHere(runId) || leftMs <= lookMs) {
          const found = await lookUp(run);
          if (found !== undefined) return found;
        }
        if (options.now() >= until) return { kind: "timed_out" };
      }
    } finally {
      gone?.removeEventListener("abort", leave);
      own.delete(told.resolve);
      if (own.size === 0 && waiting.get(runId) === own) waiting.delete(runId);
    }
  }

  return {
    wait,
    responded: (runId, status, body, told) => {
      if (waiting.size > 0) tell(runId, () => ({ kind: "responded", status, body, told: told() }));
    },
    ended: (runId, ending, told) => {
      if (waiting.size > 0) tell(runId, () => ({ kind: "ended", state: ending.state, told: told() }));
    },
  };
}
