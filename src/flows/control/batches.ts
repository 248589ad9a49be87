import { bareArray, type Queryable, textArray } from "#kernel";
import type { BatchFacts } from "./candidate.ts";
import type { Fired } from "./decide.ts";

// The list is put together where its parts are; what was accepted as JSON stays byte for byte what it was.
const FIRE = `
  insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger, input, facts, depth, priority, started_at)
  select t.batch_id, g.app_id, g.flow_id, coalesce(f.version, g.version), 'room', now(), 'matched', 'batch', b.input, t.facts::jsonb, t.depth,
         t.priority, uuid_extract_timestamp(t.batch_id)
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int2[], $5::int2[]) t(gate_id, batch_id, facts, depth, priority)
    join posthorn.flow_gate g on g.id = t.gate_id
    left join posthorn.flow f on f.id = g.flow_id
   cross join lateral (
     select convert_to('[' || string_agg(convert_from(i.input, 'UTF8'), ',' order by i.run_id) || ']', 'UTF8') as input
       from posthorn.flow_batch i where i.batch_id = t.batch_id
   ) b
   where b.input is not null`;

/** Makes runs of batches that are complete, in the transaction that holds their gates. */
export async function fireBatches(tx: Queryable, fired: readonly Fired[]): Promise<void> {
  if (fired.length === 0) return;
  const ids = bareArray(fired.map(({ batchId }) => batchId));
  const facts = fired.map(({ count, rules, priority }): BatchFacts => ({ count, rules, priority }));
  await tx.query(FIRE, [
    bareArray(fired.map(({ gateId }) => gateId)),
    ids,
    textArray(facts.map((of) => JSON.stringify(of))),
    bareArray(fired.map(({ depth }) => depth)),
    bareArray(fired.map(({ priority }) => priority)),
  ]);
  await tx.query("delete from posthorn.flow_batch where batch_id = any($1::uuid[])", [ids]);
}
