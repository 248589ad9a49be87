import { publicId, type Queryable } from "#kernel";
import type { StepError } from "#language";
import { DEPTH_MAX, type Run } from "../run.ts";

// One generation. Ended runs are found flow by flow: their table has no other index, and an application has at most a thousand flows.
const PARENT = `
  select r.id, r.flow_id, r.parent_id, f.name from (
    select id, flow_id, parent_id from posthorn.run_leased where id = $1::uuid
    union all
    select id, flow_id, parent_id from posthorn.run_waiting where id = $1::uuid
    union all
    select e.id, e.flow_id, e.parent_id from posthorn.flow f
      join posthorn.run_ended e on e.flow_id = f.id and e.id = $1::uuid
     where f.app_id = $2::uuid
  ) r join posthorn.flow f on f.id = r.flow_id limit 1`;

interface ParentRow {
  readonly id: string;
  readonly flow_id: string;
  readonly parent_id: string | null;
  readonly name: string;
}

/** Why a run is not begun to which too many others led, with the names of their flows in order. */
export async function cycleError(q: Queryable, run: Run, flow: string): Promise<StepError> {
  const chain = [flow];
  let parentId = run.parentId;
  while (parentId !== undefined && chain.length <= DEPTH_MAX + 1) {
    const [parent] = await q.query<ParentRow>(PARENT, [parentId, run.appId]);
    if (parent === undefined) break;
    chain.unshift(parent.name);
    parentId = parent.parent_id ?? undefined;
  }
  const names = new Set(chain);
  const causes =
    names.size === 1 ? `the flow ${flow} starts itself` : `flows start each other: ${[...names].join(", ")}`;
  return {
    class: "invalid",
    code: "flow_cycle",
    message: `${run.depth} runs led to this one, and at most ${DEPTH_MAX} may: ${causes}. It is not begun. They were ${chain.join(" → ")}`,
    detail: { chain, parent: run.parentId === undefined ? null : publicId("run", run.parentId) },
  };
}
