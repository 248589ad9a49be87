import type { AppendedEvent, Plan, Planner } from "#events";
import { bareArray, idTimeMs, newId, type Queryable, type Statement, textArray } from "#kernel";
import type { FlowCache, Match } from "./flow-cache.ts";
import { DEPTH_MAX, type Run } from "./run.ts";
import { arrivalsOf } from "./waits/arrivals.ts";

/** A run that this process may begin once its commit is in, with what it would else have to read. */
export interface PlannedRun {
  readonly run: Run;
  readonly event: AppendedEvent;
}

/** Where planned runs go; absent in a process that does not run flows. */
export interface Room {
  /** Whether a run planned now would begin from memory; otherwise it waits, and is claimed by whoever has room. */
  hasRoom(bytes: number): boolean;
  /** Counts it before the commit, so that a batch cannot promise the same room twice. */
  reserve(runId: string, bytes: number): void;
  cancelReservation(runId: string, bytes: number): void;
  take(planned: PlannedRun, owner: string): void;
}

export interface FlowPlannerOptions {
  readonly flows: FlowCache;
  readonly room: Room | undefined;
  readonly token: () => string;
  /** After a commit that left runs to whoever has room. */
  readonly onWaiting: () => void;
  /** After a commit of events that runs may wait for. */
  readonly onArrivals?: (() => void) | undefined;
}

const COLUMNS = "id, app_id, flow_id, version, phase, trigger, event_id, facts, parent_id, depth, started_at, trace";
const VALUES =
  "id, app_id, flow_id, version, phase, trigger, event_id, facts::jsonb, parent_id, depth, uuid_extract_timestamp(id), trace";
const ROWS = (from: number) =>
  `unnest($${from}::uuid[], $${from + 1}::uuid[], $${from + 2}::uuid[], $${from + 3}::int[], $${from + 4}::text[], $${from + 5}::text[], $${from + 6}::uuid[], $${from + 7}::text[], $${from + 8}::uuid[], $${from + 9}::int2[], $${from + 10}::text[])
         t(id, app_id, flow_id, version, phase, trigger, event_id, facts, parent_id, depth, trace)`;

const LEASE = `
  insert into posthorn.run_leased (owner, ${COLUMNS})
  select $1::bigint, ${VALUES}
    from ${ROWS(2)}`;

const WAIT = `
  insert into posthorn.run_waiting (waiting_for, due_at, ${COLUMNS})
  select waiting_for, case when waiting_for = 'room' then now() end, ${VALUES}
    from ${ROWS(2)}
    join unnest($2::uuid[], $1::text[]) w(run_id, waiting_for) on w.run_id = t.id`;

const EXPECT_NONE: Statement = { text: "select posthorn.expect_no_flows()", params: [] };
const EXPECT_SETS = "select posthorn.expect_flow_sets($1::uuid[], $2::bigint[])";

/**
 * Which flows an event starts, by its type and source alone. Where nothing more is to be decided the run is there with the event's commit;
 * where an expression or flow control decides it is a candidate (`matched`), judged after the commit.
 */
export function createFlowPlanner(options: FlowPlannerOptions): Planner {
  const { flows } = options;
  return {
    name: "flows",
    foresee: (events) => {
      const versions = flows.versions(appsOf(events));
      if (versions === undefined) return undefined;
      if (versions === "none") return { statements: [EXPECT_NONE], plan: NOTHING_PLANNED };
      const { statements, plan } = planned(options, events);
      const params = [bareArray([...versions.keys()]), bareArray([...versions.values()])];
      return { statements: [{ text: EXPECT_SETS, params }, ...statements], plan };
    },
    plan: async (tx: Queryable, events) => {
      await flows.refresh(tx, appsOf(events));
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

const NOTHING_PLANNED: Plan = { committed: () => undefined, abandoned: () => undefined };

function appsOf(events: readonly AppendedEvent[]): Set<string> {
  const apps = new Set<string>();
  for (const { appId } of events) apps.add(appId);
  return apps;
}

function planned(
  options: FlowPlannerOptions,
  events: readonly AppendedEvent[],
): { readonly statements: readonly Statement[]; readonly plan: Plan } {
  const { flows, room } = options;
  const owner = options.token();
  const leased: PlannedRun[] = [];
  const waiting: PlannedRun[] = [];
  const waitingFor: string[] = [];
  for (const event of events) {
    for (const match of flows.match(event.appId, event.type, event.sourceId, event.sourceUid)) {
      const row = { run: runOf(match, event), event };
      if (match.flow.mode === "enabled" && room?.hasRoom(event.payload.length)) {
        room.reserve(row.run.id, event.payload.length);
        leased.push(row);
      } else {
        waiting.push(row);
        waitingFor.push(match.flow.mode === "paused" ? "paused" : "room");
      }
    }
  }
  const arrivals = arrivalsOf(events, flows.awaits);
  if (leased.length === 0 && waiting.length === 0 && arrivals === undefined)
    return { statements: [], plan: NOTHING_PLANNED };
  const statements: Statement[] = arrivals === undefined ? [] : [arrivals];
  if (leased.length > 0) statements.push({ text: LEASE, params: [owner, ...columns(leased)] });
  if (waiting.length > 0) statements.push({ text: WAIT, params: [textArray(waitingFor), ...columns(waiting)] });
  const plan: Plan = {
    committed: () => {
      for (const row of leased) room?.take(row, owner);
      if (waitingFor.includes("room")) options.onWaiting();
      if (arrivals !== undefined) options.onArrivals?.();
    },
    abandoned: () => {
      for (const { run, event } of leased) room?.cancelReservation(run.id, event.payload.length);
    },
  };
  return { statements, plan };
}

function runOf({ flow, trigger, triggers }: Match, event: AppendedEvent): Run {
  const id = newId();
  // What runs emit carries their depth as hops, and so does what comes back through a delivery: both are cut alike.
  const depth = Math.max(event.hops, event.cause === undefined ? 0 : event.cause.depth + 1);
  const isCertain = triggers === undefined && depth <= DEPTH_MAX;
  return {
    id,
    appId: flow.appId,
    flowId: flow.id,
    version: flow.version,
    phase: isCertain ? "running" : "matched",
    trigger,
    eventId: event.id,
    input: undefined,
    facts: triggers === undefined ? undefined : { triggers },
    parentId: event.cause?.runId,
    depth,
    priority: 0,
    gates: [],
    startedAtMs: idTimeMs(id),
    trace: event.trace,
  };
}

function columns(rows: readonly PlannedRun[]): string[] {
  return [
    bareArray(rows.map(({ run }) => run.id)),
    bareArray(rows.map(({ run }) => run.appId)),
    bareArray(rows.map(({ run }) => run.flowId)),
    bareArray(rows.map(({ run }) => run.version)),
    bareArray(rows.map(({ run }) => run.phase)),
    bareArray(rows.map(({ run }) => run.trigger)),
    bareArray(rows.map(({ run }) => run.eventId ?? null)),
    textArray(rows.map(({ run }) => (run.facts === undefined ? null : JSON.stringify(run.facts)))),
    bareArray(rows.map(({ run }) => run.parentId ?? null)),
    bareArray(rows.map(({ run }) => run.depth)),
    textArray(rows.map(({ run }) => run.trace ?? null)),
  ];
}
