import { bareArray, type Queryable } from "#kernel";
import type { EndState, Trigger } from "#language";

/** What is shown of a flow in a list: of its current definition, and of its runs without looking at many. */
export interface FlowFacts {
  readonly title: string | undefined;
  readonly triggers: readonly Trigger[];
  /** In the hands of a process. */
  readonly live: number;
  /** That wait; counted up to `COUNTED_MAX`. */
  readonly waiting: number;
  /** The newest that ended. */
  readonly last: { readonly id: string; readonly state: EndState; readonly endedAtMs: number } | undefined;
}

export const COUNTED_MAX = 10_000;

// What is in somebody's hands is few, and read once for all. Of what waits at most so many index entries are looked at per flow; the newest that
// ended is one probe per partition.
const FACTS = `
  with wanted as (
    select id from unnest($1::uuid[]) t(id)
  ), leased as (
    select flow_id, count(*)::int as n from posthorn.run_leased where flow_id = any($1::uuid[]) group by flow_id
  )
  select w.id, v.definition ->> 'title' as title, v.definition -> 'on' as triggers, coalesce(l.n, 0) as live,
         (select count(*)::int from (select from posthorn.run_waiting r where r.flow_id = w.id limit ${COUNTED_MAX}) c) as waiting,
         last.id as last_id, last.state as last_state, last.ended_at as last_ended_at
    from wanted w
    join posthorn.flow f on f.id = w.id
    join posthorn.flow_version v on v.flow_id = f.id and v.version = f.version
    left join leased l on l.flow_id = w.id
    left join lateral (
      select e.id, e.state, e.ended_at from posthorn.run_ended e where e.flow_id = w.id order by e.id desc limit 1
    ) last on true`;

interface Row {
  readonly id: string;
  readonly title: string | null;
  readonly triggers: readonly Trigger[] | null;
  readonly live: number;
  readonly waiting: number;
  readonly last_id: string | null;
  readonly last_state: EndState | null;
  readonly last_ended_at: Date | null;
}

/** By the ids of flows, for a page of them. */
export async function flowFacts(q: Queryable, flowIds: readonly string[]): Promise<ReadonlyMap<string, FlowFacts>> {
  if (flowIds.length === 0) return new Map();
  const rows = await q.query<Row>(FACTS, [bareArray(flowIds)]);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        title: row.title ?? undefined,
        triggers: row.triggers ?? [],
        live: row.live,
        waiting: row.waiting,
        last:
          row.last_id === null || row.last_state === null || row.last_ended_at === null
            ? undefined
            : { id: row.last_id, state: row.last_state, endedAtMs: row.last_ended_at.getTime() },
      },
    ]),
  );
}

const BY_VERSION = `
  select version, count(*)::int as n
    from (select version from posthorn.run_leased where flow_id = $1::uuid
          union all
          (select version from posthorn.run_waiting where flow_id = $1::uuid limit ${COUNTED_MAX})) live
   group by version`;

/** Runs of a flow that have not ended, by version; of those that wait, `COUNTED_MAX` are looked at. */
export async function liveByVersion(q: Queryable, flowId: string): Promise<ReadonlyMap<number, number>> {
  const rows = await q.query<{ version: number; n: number }>(BY_VERSION, [flowId]);
  return new Map(rows.map(({ version, n }) => [version, n]));
}
