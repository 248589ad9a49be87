import { bareArray, type Queryable, textArray } from "#kernel";
import type { Gate, GateState, Rule, Stage } from "./gate.ts";

/** The columns that a run's row has wherever it is, but for `phase`, `priority` and `gates`, which its admission sets. */
export const KEPT =
  "id, app_id, flow_id, version, trigger, event_id, input, facts, parent_id, depth, started_at, trace";

export interface QueueRow {
  readonly run_id: string;
  readonly gate_id: string | null;
  readonly stage: Exclude<Stage, "rate">;
  readonly rank: string;
}

const QUEUED = "select run_id, gate_id, stage, rank::text from posthorn.flow_queue where run_id = any($1::uuid[])";

/** Where those stand that were admitted in part before. */
export async function readQueue(tx: Queryable, runIds: readonly string[]): Promise<ReadonlyMap<string, QueueRow>> {
  const rows = await tx.query<QueueRow>(QUEUED, [bareArray(runIds)]);
  return new Map(rows.map((row) => [row.run_id, row]));
}

// Made where there is none, and locked where there is one, by the same statement and in the order of the ids: two that decide for the
// same keys meet here and nowhere else, and never hold what the other wants. One that stays as it is is locked without a new version of its row:
// while anybody holds a snapshot from before, whoever finds a gate by its id walks over all versions of it (P11).
const LOCK = `
  insert into posthorn.flow_gate as g (id, flow_id, app_id, kind, key, places, version)
  select id, flow_id, app_id, kind, key, places, version
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::int[])
         t(id, flow_id, app_id, kind, key, places, version)
   order by id
  on conflict (id) do update
     set touched_at = clock_timestamp(),
         places = case when excluded.version >= g.version then excluded.places else g.places end,
         version = greatest(excluded.version, g.version)
   where g.touched_at < clock_timestamp() - interval '1 minute'
      or excluded.version > g.version
      or (excluded.version = g.version and excluded.places is distinct from g.places)`;

// Only after they are locked: a statement sees what was committed when it began.
const READ = `
  select g.id, g.state, (extract(epoch from g.due_at) * 1000)::float8 as due_ms,
         p.held, p.holder, q.run_id as next, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from posthorn.flow_gate g
   cross join lateral (select count(*)::int as held, (array_agg(p.run_id))[1] as holder
                         from posthorn.flow_place p where p.gate_id = g.id and g.places is not null) p
    left join lateral (select q.run_id from posthorn.flow_queue q
                        where q.gate_id = g.id and q.rank >= coalesce(g.queue_from, -9223372036854775808)
                        order by q.rank, q.run_id limit 1) q on true
   where g.id = any($1::uuid[])`;

export interface GateOf {
  readonly rule: Rule;
  readonly flowId: string;
  readonly appId: string;
  readonly version: number;
}

interface GateRow {
  readonly id: string;
  readonly state: GateState;
  readonly due_ms: number | null;
  readonly held: number;
  readonly holder: string | null;
  readonly next: string | null;
  readonly now_ms: number;
}

/** How many places a rule's gate has; null: it is no matter of places. */
function placesOf(rule: Rule): number | null {
  switch (rule.stage) {
    case "overlap":
    case "singleton":
      return 1;
    case "concurrency":
      return rule.limit;
    default:
      return null;
  }
}

/** Locks these gates until the end of the transaction and says what they are, and what time it is by the database's clock. */
export async function lockGates(
  tx: Queryable,
  wanted: readonly GateOf[],
): Promise<{ readonly gates: ReadonlyMap<string, Gate>; readonly nowMs: number }> {
  const byId = new Map<string, GateOf>();
  for (const gate of wanted) {
    const other = byId.get(gate.rule.gateId);
    if (other === undefined || other.version < gate.version) byId.set(gate.rule.gateId, gate);
  }
  const list = [...byId.values()];
  await tx.query(LOCK, [
    bareArray(list.map(({ rule }) => rule.gateId)),
    bareArray(list.map(({ flowId }) => flowId)),
    bareArray(list.map(({ appId }) => appId)),
    textArray(list.map(({ rule }) => rule.stage)),
    textArray(list.map(({ rule }) => rule.key)),
    bareArray(list.map(({ rule }) => placesOf(rule))),
    bareArray(list.map(({ version }) => version)),
  ]);
  const rows = await tx.query<GateRow>(READ, [bareArray([...byId.keys()])]);
  return { gates: new Map(rows.map((row) => [row.id, gateOf(row)])), nowMs: Math.floor(rows[0]?.now_ms ?? 0) };
}

export function gateOf(row: Omit<GateRow, "now_ms">): Gate {
  return {
    id: row.id,
    state: row.state,
    dueMs: row.due_ms ?? undefined,
    held: row.held,
    holder: row.holder ?? undefined,
    next: row.next ?? undefined,
    changed: false,
  };
}

const WRITE = `
  update posthorn.flow_gate g set state = t.state::jsonb, due_at = to_timestamp(t.due_ms / 1000.0)
    from unnest($1::uuid[], $2::text[], $3::float8[]) t(id, state, due_ms)
   where g.id = t.id`;

export async function writeGates(tx: Queryable, gates: Iterable<Gate>): Promise<void> {
  const changed = [...gates].filter((gate) => gate.changed);
  if (changed.length === 0) return;
  await tx.query(WRITE, [
    bareArray(changed.map(({ id }) => id)),
    textArray(changed.map(({ state }) => JSON.stringify(state))),
    bareArray(changed.map(({ dueMs }) => dueMs ?? null)),
  ]);
}
