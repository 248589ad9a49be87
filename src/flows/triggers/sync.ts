import { bareArray, type Queryable, textArray } from "#kernel";
import { type CompiledFlow, type CompiledStep, compile, type Definition } from "#language";
import { isControlled } from "../control/candidate.ts";
import { syncSchedules } from "../schedules/schedules.ts";

const FLOW = `
  select f.id, f.app_id, f.version, f.mode, f.deleted_at is not null as is_deleted, v.definition,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from posthorn.flow f left join posthorn.flow_version v on v.flow_id = f.id and v.version = f.version
   where f.id = $1::uuid`;

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly version: number;
  readonly mode: string;
  readonly is_deleted: boolean;
  readonly definition: Definition | null;
  readonly now_ms: number;
}

/**
 * Makes what stands in tables of a flow's triggers what its present version and mode say: schedules, whom it listens to, which events it may
 * await, how many places its flow control has. Call it in the transaction that changes the flow, after the change, whatever that was.
 */
export async function syncFlow(tx: Queryable, flowId: string): Promise<void> {
  const [row] = await tx.query<Row>(FLOW, [flowId]);
  if (row === undefined) return;
  const compiled = row.definition === null ? undefined : compile(row.definition);
  const active = row.is_deleted || row.mode === "disabled" ? undefined : compiled;
  const flow = { id: row.id, appId: row.app_id, version: row.version };
  await syncSchedules(tx, flow, active, Math.floor(row.now_ms));
  await syncListeners(tx, flow, active);
  if (row.is_deleted) await tx.query("delete from posthorn.flow_awaited where flow_id = $1::uuid", [flowId]);
  else if (compiled !== undefined) await syncAwaited(tx, flow, compiled);
  if (compiled !== undefined) await syncPlaces(tx, flow, compiled);
}

interface FlowRef {
  readonly id: string;
  readonly appId: string;
  readonly version: number;
}

interface Listener {
  readonly kind: "delivery" | "run";
  readonly subject: string;
  readonly index: number;
  readonly endpoint: string | undefined;
  readonly states: readonly string[] | undefined;
  readonly admits: boolean;
}

const LISTEN = `
  insert into posthorn.flow_listener (app_id, kind, subject, flow_id, trigger, version, endpoint, states, admits)
  select $1::uuid, kind, subject, $2::uuid, trigger, $3::int, endpoint, string_to_array(states, ','), admits
    from unnest($4::text[], $5::text[], $6::int2[], $7::text[], $8::text[], $9::boolean[]) t(kind, subject, trigger, endpoint, states, admits)
  on conflict do nothing`;

async function syncListeners(tx: Queryable, flow: FlowRef, compiled: CompiledFlow | undefined): Promise<void> {
  await tx.query("delete from posthorn.flow_listener where flow_id = $1::uuid", [flow.id]);
  const listeners = (compiled?.triggers ?? []).flatMap((trigger, index): Listener[] => {
    if (trigger.kind !== "delivery" && trigger.kind !== "run") return [];
    const admits = trigger.if !== undefined || (compiled !== undefined && isControlled(compiled));
    return trigger.kind === "run"
      ? [{ kind: "run", subject: trigger.flow, index, endpoint: undefined, states: trigger.states, admits }]
      : trigger.outcomes.map((subject) => ({
          kind: "delivery",
          subject,
          index,
          endpoint: trigger.endpoint,
          states: undefined,
          admits,
        }));
  });
  if (listeners.length === 0) return;
  await tx.query(LISTEN, [
    flow.appId,
    flow.id,
    flow.version,
    bareArray(listeners.map(({ kind }) => kind)),
    textArray(listeners.map(({ subject }) => subject)),
    bareArray(listeners.map(({ index }) => index)),
    textArray(listeners.map(({ endpoint }) => endpoint ?? null)),
    textArray(listeners.map(({ states }) => states?.join(",") ?? null)),
    bareArray(listeners.map(({ admits }) => admits)),
  ]);
}

// What earlier versions await stays: runs of theirs may wait still, or begin to.
const AWAIT = `
  insert into posthorn.flow_awaited (app_id, type, flow_id, step, key_text, version)
  select $1::uuid, type, $2::uuid, step, key_text, $3::int
    from unnest($4::text[], $5::text[], $6::text[]) t(type, step, key_text)
  on conflict (app_id, type, flow_id, step, key_text) do update set version = excluded.version`;

async function syncAwaited(tx: Queryable, flow: FlowRef, compiled: CompiledFlow): Promise<void> {
  const awaited = awaitedBy(compiled);
  if (awaited.length === 0) return;
  await tx.query(AWAIT, [
    flow.appId,
    flow.id,
    flow.version,
    textArray(awaited.map(({ type }) => type)),
    textArray(awaited.map(({ step }) => step)),
    textArray(awaited.map(({ key }) => key)),
  ]);
}

/** Which events the steps of a flow may wait for. */
export function awaitedBy(
  flow: CompiledFlow,
): { readonly type: string; readonly step: string; readonly key: string }[] {
  return [...flow.byId.values()].flatMap((step: CompiledStep) =>
    step.kind === "wait_for_event"
      ? [...new Set(step.types)].map((type) => ({ type, step: step.id, key: step.match?.key.text ?? "" }))
      : [],
  );
}

// Where a run waits for a place; all others learn of the new limit with their next decision. A rule that is gone lets everybody begin.
const PLACES = `
  update posthorn.flow_gate g set places = $2::int, version = $3::int, due_at = now()
   where g.id in (select g.id from posthorn.flow_gate g
                   where g.flow_id = $1::uuid and g.kind = 'concurrency' and g.version <= $3::int and g.places <> $2::int
                     and exists (select from posthorn.flow_queue q where q.gate_id = g.id)
                   order by g.id for update)`;
const NO_LIMIT = 2_147_483_647;

async function syncPlaces(tx: Queryable, flow: FlowRef, compiled: CompiledFlow): Promise<void> {
  await tx.query(PLACES, [flow.id, compiled.control.concurrency?.limit ?? NO_LIMIT, flow.version]);
}
