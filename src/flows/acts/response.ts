import { type Queryable, textArray } from "#kernel";
import type { CompiledFlow, Json, StepId } from "#language";
import { jsonOf } from "./entry-row.ts";
import { stepAt, stepIdOf } from "./locate.ts";

// The first that was recorded counts: whoever waits is answered once.
const SAID = `
  select path, value from posthorn.run_step
   where run_id = $1::uuid and kind = 'completed' and attempt > 0
     and regexp_replace(path, '^.*[.~!]', '') = any($2::text[])
   order by seq limit 1`;

/** What a run's `respond` steps, by their ids, have answered; undefined: nothing yet. */
export async function readResponse(
  q: Queryable,
  runId: string,
  flow: CompiledFlow,
  respondIds: readonly StepId[],
): Promise<{ readonly status: number; readonly body: Json } | undefined> {
  const [row] = await q.query<{ path: string; value: Uint8Array | null }>(SAID, [runId, textArray(respondIds)]);
  if (row === undefined) return undefined;
  const step = stepAt(flow, row.path) ?? flow.byId.get(stepIdOf(row.path));
  return { status: step?.kind === "respond" ? step.status : 200, body: jsonOf(row.value) };
}
