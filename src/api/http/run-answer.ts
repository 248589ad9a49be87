import { findRunSummary, jsonOf, type RunRef, type RunSummary, runValues } from "#flows";
import type { Queryable } from "#kernel";
import type { FlowsDeps, Scope } from "./deps.ts";
import { json, type Reply, refuse } from "./reply.ts";
import { runOut } from "./run-body.ts";

/**
 * Waits until a run answers with its `respond` step, or ends, at most `waitMs`: 200 with what it said or returned. 202 with the run when
 * that takes longer, or nobody waits: it goes on. What this process has just written it does not read.
 */
export async function answerOf(
  { deps, gone }: Pick<Scope, "deps" | "gone">,
  flows: Pick<FlowsDeps, "waitFor">,
  appId: string,
  ref: RunRef,
  waitMs: number,
): Promise<Reply> {
  const waited = waitMs === 0 ? undefined : await flows.waitFor(ref, waitMs, gone);
  // Nobody reads this.
  if (waited?.kind === "timed_out" && gone.aborted) return { status: 202 };
  const told = waited === undefined || waited.kind === "timed_out" ? undefined : waited.told;
  const run = told?.run ?? (await findRunSummary(deps.db, appId, ref.runId));
  if (run === undefined) return refuse(409, "run_gone", "Flow control skipped the run; it was not begun");
  if (waited === undefined || waited.kind === "timed_out") return json(202, runOut(run));
  const response = waited.kind === "responded" ? { status: waited.status, body: waited.body } : null;
  const output = told === undefined ? await readOutput(deps.db, run) : (told.output ?? null);
  return json(200, { run: runOut(run), response, output });
}

async function readOutput(q: Queryable, run: RunSummary): Promise<unknown> {
  return run.standing.state === "completed" ? jsonOf((await runValues(q, run)).output ?? null) : null;
}
