import type { AppendedEvent, Plan, Planner } from "#events";
import { bareArray, newId, type Statement, textArray } from "#kernel";
import type { Dispatcher } from "./dispatcher.ts";
import { type EndpointConfig, wants } from "./endpoint.ts";
import type { Lane, Task } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { ProcessToken } from "./state.ts";

/** Above so many endpoints an event is one row with a cursor, expanded after the commit: no append grows without bound. */
export const WIDE_FAN_OUT = 100;

export interface DeliveryPlannerOptions {
  readonly lanes: Lanes;
  /** Absent in a process that does not deliver: everything planned is owed, and leased to nobody. */
  readonly dispatcher: Dispatcher | undefined;
  readonly token: () => ProcessToken;
  readonly now: () => number;
  /** After a commit that owed something due now to these lanes. */
  readonly onOwed: (lanes: ReadonlySet<Lane>) => void;
  readonly onFanOut: () => void;
}

interface Planned {
  readonly id: string;
  readonly event: AppendedEvent;
  readonly lane: Lane;
  readonly expiresAtMs: number | undefined;
}

/** What is planned and leased to the process `$1` at once; the other parameters are arrays, a row each. */
export const LEASE = `
  insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, trigger, expires_at)
  select id, event_id, app_id, endpoint_id, $1::bigint, 'scheduled', to_timestamp(expires_ms / 1000.0)
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::float8[]) t(id, event_id, app_id, endpoint_id, expires_ms)`;

const OWE = `
  insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger, expires_at)
  select id, event_id, app_id, endpoint_id, now(), 'scheduled', to_timestamp(expires_ms / 1000.0)
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::float8[]) t(id, event_id, app_id, endpoint_id, expires_ms)`;

const FAN_OUT = `
  insert into posthorn.fan_out (event_id, app_id, type, channels)
  select event_id, app_id, type, string_to_array(channels, ',')
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) t(event_id, app_id, type, channels)`;

const EXPECT_SETS = "select posthorn.expect_endpoint_sets($1::uuid[], $2::bigint[])";

/**
 * Which endpoints are owed an event: by type and channel, from the configuration as the transaction sees it. What this
 * process has room for is leased to it at once; the rest is owed, and claimed by whoever has room.
 */
export function createDeliveryPlanner(options: DeliveryPlannerOptions): Planner {
  const { lanes } = options;
  return {
    name: "delivery",
    foresee: (events) => {
      const versions = lanes.versions(throttles(events));
      if (versions === undefined) return undefined;
      const { statements, plan } = planned(options, events);
      const expectation = {
        text: EXPECT_SETS,
        params: [bareArray([...versions.keys()]), bareArray([...versions.values()])],
      };
      return { statements: [expectation, ...statements], plan };
    },
    plan: async (tx, events) => {
      await lanes.refresh(tx, throttles(events));
      const { statements, plan } = planned(options, events);
      try {
        for (const { text, params } of statements) await tx.query(text, params);
      } catch (error) {
        plan.abandoned();
        throw error;
      }
      return plan;
    },
  };
}

/** The rows that follow from these events by what the lanes know, and what to do when they are committed. */
function planned(
  options: DeliveryPlannerOptions,
  events: readonly AppendedEvent[],
): { statements: Statement[]; plan: Plan } {
  const { lanes, dispatcher } = options;
  const token = options.token();
  const leased: Planned[] = [];
  const owed: Planned[] = [];
  const wide: AppendedEvent[] = [];
  for (const event of events) {
    const takers = takersOf(lanes.ofApp(event.appId), event);
    if (takers.length > WIDE_FAN_OUT) {
      wide.push(event);
      continue;
    }
    for (const { lane, endpoint } of takers) {
      const expiresAtMs = endpoint.expiresAfterMs === undefined ? undefined : options.now() + endpoint.expiresAfterMs;
      const row: Planned = { id: newId(), event, lane, expiresAtMs };
      if (dispatcher?.hasRoom(lane, event.payload.length)) {
        dispatcher.reserve(lane, row.id, event.payload.length);
        leased.push(row);
      } else {
        owed.push(row);
      }
    }
  }
  const statements: Statement[] = [];
  if (leased.length > 0) statements.push({ text: LEASE, params: [token, ...columns(leased)] });
  if (owed.length > 0) statements.push({ text: OWE, params: columns(owed) });
  if (wide.length > 0) statements.push({ text: FAN_OUT, params: wideColumns(wide) });
  const plan: Plan = {
    abandoned: () => {
      for (const { lane, id, event } of leased) dispatcher?.cancelReservation(lane, id, event.payload.length);
    },
    committed: () => {
      const now = options.now();
      for (const row of leased) dispatcher?.take(taskOf(row, token, now));
      if (owed.length > 0) {
        const behind = new Set<Lane>();
        for (const { lane } of owed) {
          lane.backlog = true;
          behind.add(lane);
        }
        options.onOwed(behind);
      }
      if (wide.length > 0) options.onFanOut();
    },
  };
  return { statements, plan };
}

/** Who is owed the event; of very many only so many that it is clear that they are. */
function takersOf(lanes: readonly Lane[], event: AppendedEvent) {
  const takers: { readonly lane: Lane; readonly endpoint: EndpointConfig }[] = [];
  for (const lane of lanes) {
    const { endpoint } = lane;
    if (endpoint === undefined || endpoint.mode === "disabled" || !wants(endpoint, event)) continue;
    takers.push({ lane, endpoint });
    if (takers.length > WIDE_FAN_OUT) break;
  }
  return takers;
}

function wideColumns(events: readonly AppendedEvent[]): string[] {
  return [
    bareArray(events.map((event) => event.id)),
    bareArray(events.map((event) => event.appId)),
    textArray(events.map((event) => event.type)),
    textArray(events.map((event) => event.channels?.join(",") ?? null)),
  ];
}

function throttles(events: readonly AppendedEvent[]): Map<string, number | undefined> {
  const apps = new Map<string, number | undefined>();
  for (const event of events) apps.set(event.appId, event.appThrottleRate);
  return apps;
}

function columns(rows: readonly Planned[]): string[] {
  return [
    bareArray(rows.map(({ id }) => id)),
    bareArray(rows.map(({ event }) => event.id)),
    bareArray(rows.map(({ event }) => event.appId)),
    bareArray(rows.map(({ lane }) => lane.endpointId)),
    bareArray(rows.map(({ expiresAtMs }) => expiresAtMs ?? null)),
  ];
}

function taskOf({ id, event, lane, expiresAtMs }: Planned, owner: ProcessToken, now: number): Task {
  return {
    id,
    eventId: event.id,
    appId: event.appId,
    lane,
    owner,
    attempts: 0,
    step: 0,
    trigger: "scheduled",
    owedAtMs: now,
    expiresAtMs,
    payload: event.payload,
    contentType: event.contentType,
    hops: event.hops,
    eventType: event.type,
    trace: event.trace,
  };
}
