import { findRunSummary, jsonOf, type RunSummary, readResponse, runValues, type Watcher } from "#flows";
import type { CompiledFlow } from "#language";
import type { ApiDeps } from "./deps.ts";
import { json, type Reply, refuse } from "./reply.ts";
import { runOut } from "./run-body.ts";

/** What other processes commit is seen so much later at most. */
const POLL_MS = 250;

const hasEnded = (run: RunSummary) => "endedAtMs" in run.standing;

/**
 * Waits until a run answers with its `respond` step, or ends, at most `waitMs`. 200 with what it said; 202 with the run when that
 * takes longer: it goes on.
 */
export async function answerOf(
  deps: ApiDeps,
  run: { readonly id: string; readonly appId: string },
  flow: CompiledFlow,
  watcher: Watcher,
  waitMs: number,
): Promise<Reply> {
  const respondIds = [...flow.byId.values()].filter(({ kind }) => kind === "respond").map(({ id }) => id);
  const endsAt = performance.now() + waitMs;
  try {
    for (;;) {
      const found = await findRunSummary(deps.db, run.appId, run.id);
      // Without flow control it is there from its start on; with it, it may be dropped before it begins.
      if (found === undefined) return refuse(409, "run_gone", "Flow control let the run be skipped; it was not begun");
      const said = respondIds.length === 0 ? undefined : await readResponse(deps.db, run.id, flow, respondIds);
      if (said !== undefined || hasEnded(found)) {
        const { output } = found.standing.state === "completed" ? await runValues(deps.db, found) : {};
        return json(200, { run: runOut(found), response: said ?? null, output: jsonOf(output ?? null) });
      }
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0 || watcher.isOver) return json(202, runOut(found));
      await watcher.next(Math.min(POLL_MS, leftMs));
    }
  } finally {
    watcher.end();
  }
}
