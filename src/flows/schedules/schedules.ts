import {
  bareArray,
  type Chore,
  type Db,
  type Log,
  type Look,
  newId,
  publicId,
  type Queryable,
  textArray,
} from "#kernel";
import type { CompiledFlow, CompiledTrigger, Json } from "#language";
import { dueLooks, LATELY, type Reach } from "../control/lately.ts";
import { type Begun, insertRuns } from "../triggers/insert-runs.ts";
import { jitterOf, type MomentPlan, momentsOf, planMoments } from "./moments.ts";

/** What a schedule's row was made by. */
export interface ScheduleSpec {
  readonly schedule: string;
  readonly zone: string;
  readonly jitterMs: number;
  readonly missed: "skip" | "one" | "all";
  readonly withinMs: number;
  readonly input: Json;
}

function specOf({
  schedule,
  zone,
  jitterMs,
  missed,
  withinMs,
  input,
}: Extract<CompiledTrigger, { kind: "schedule" }>): ScheduleSpec {
  return { schedule, zone, jitterMs, missed, withinMs, input };
}

// One that stays as it was goes on where it is; another one begins with its next moment.
const SYNC = `
  insert into posthorn.flow_schedule as s (flow_id, trigger, app_id, spec, next_at, due_at)
  select $1::uuid, trigger, $2::uuid, spec::jsonb, to_timestamp(next_ms / 1000.0), to_timestamp(due_ms / 1000.0)
    from unnest($3::int2[], $4::text[], $5::float8[], $6::float8[]) t(trigger, spec, next_ms, due_ms)
  on conflict (flow_id, trigger) do update set spec = excluded.spec, next_at = excluded.next_at, due_at = excluded.due_at
   where s.spec <> excluded.spec`;

/** Makes the schedules of a flow what this version of it says, in the transaction that lets it begin; no version: none. */
export async function syncSchedules(
  tx: Queryable,
  flow: { readonly id: string; readonly appId: string },
  compiled: CompiledFlow | undefined,
  nowMs: number,
): Promise<void> {
  const wanted = (compiled?.triggers ?? []).flatMap((trigger, index) =>
    trigger.kind === "schedule" ? [{ index, spec: specOf(trigger) }] : [],
  );
  await tx.query("delete from posthorn.flow_schedule where flow_id = $1::uuid and trigger <> all($2::int2[])", [
    flow.id,
    bareArray(wanted.map(({ index }) => index)),
  ]);
  if (wanted.length === 0) return;
  const next = wanted.map(({ index, spec }) => nextOf(flow.id, index, spec, nowMs));
  await tx.query(SYNC, [
    flow.id,
    flow.appId,
    bareArray(wanted.map(({ index }) => index)),
    textArray(wanted.map(({ spec }) => JSON.stringify(spec))),
    bareArray(next.map((one) => one?.momentMs ?? null)),
    bareArray(next.map((one) => one?.dueMs ?? null)),
  ]);
}

interface Moment {
  readonly momentMs: number;
  readonly dueMs: number;
}

function nextOf(flowId: string, trigger: number, spec: ScheduleSpec, afterMs: number): Moment | undefined {
  const momentMs = momentsOf(spec.schedule, spec.zone).next(afterMs);
  return momentMs === undefined
    ? undefined
    : { momentMs, dueMs: momentMs + jitterOf(flowId, trigger, momentMs, spec.jitterMs) };
}

interface Row {
  readonly flow_id: string;
  readonly trigger: number;
  readonly app_id: string;
  readonly spec: ScheduleSpec;
  readonly next_ms: number;
  readonly now_ms: number;
  readonly version: number;
  readonly mode: string;
}

// Whoever has one does it; the others find another.
const claim = (when: string) => `
  select s.flow_id, s.trigger, s.app_id, s.spec, (extract(epoch from s.next_at) * 1000)::float8 as next_ms,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms, f.version, f.mode
    from posthorn.flow_schedule s join posthorn.flow f on f.id = s.flow_id and f.deleted_at is null
   where s.due_at <= now()${when}
   order by s.due_at
   limit $1
     for update of s skip locked`;
const CLAIM = { lately: claim(` and s.due_at > now() - ${LATELY}`), everything: claim("") };

// At most one row of a moment there ever is: two that believe it due, or a clock that was set back, find it here.
const RECORD = `
  insert into posthorn.flow_moment (flow_id, trigger, moment, outcome, why, run_id)
  select flow_id, trigger, to_timestamp(moment_ms / 1000.0), outcome, why, run_id
    from unnest($1::uuid[], $2::int2[], $3::float8[], $4::text[], $5::text[], $6::uuid[]) t(flow_id, trigger, moment_ms, outcome, why, run_id)
  on conflict do nothing
  returning run_id`;

const MOVE_ON = `
  update posthorn.flow_schedule s set next_at = to_timestamp(next_ms / 1000.0), due_at = to_timestamp(due_ms / 1000.0)
    from unnest($1::uuid[], $2::int2[], $3::float8[], $4::float8[]) t(flow_id, trigger, next_ms, due_ms)
   where s.flow_id = t.flow_id and s.trigger = t.trigger`;

/** Schedules of one transaction, and moments of one schedule in it: more follow in the next. */
const SCHEDULES = 50;
const MOMENTS = 500;

/** The due moments of schedules become runs, or are recorded as skipped; answers how many schedules there were. */
export async function startScheduled(db: Pick<Db, "transaction">, reach: Reach = "everything"): Promise<number> {
  let done = 0;
  await db.transaction(async (tx) => {
    const rows = await tx.query<Row>(CLAIM[reach], [SCHEDULES]);
    done = rows.length;
    if (rows.length === 0) return;
    const planned = rows.map((row) => ({ row, ...walk(row) }));
    const moments = planned.flatMap(({ row, plans }) =>
      plans.map((plan) => ({ row, plan, runId: plan.kind === "starts" ? newId() : undefined })),
    );
    const recorded = await tx.query<{ run_id: string | null }>(RECORD, [
      bareArray(moments.map(({ row }) => row.flow_id)),
      bareArray(moments.map(({ row }) => row.trigger)),
      bareArray(moments.map(({ plan }) => plan.momentMs)),
      bareArray(moments.map(({ plan }) => (plan.kind === "starts" ? "started" : "skipped"))),
      textArray(moments.map(({ plan }) => (plan.kind === "starts" ? "" : plan.why))),
      bareArray(moments.map(({ runId }) => runId ?? null)),
    ]);
    const ours = new Set(recorded.map(({ run_id }) => run_id));
    await insertRuns(
      tx,
      moments.flatMap(({ row, plan, runId }) =>
        runId !== undefined && ours.has(runId) ? [begun(row, plan.momentMs, runId)] : [],
      ),
    );
    await tx.query(MOVE_ON, [
      bareArray(planned.map(({ row }) => row.flow_id)),
      bareArray(planned.map(({ row }) => row.trigger)),
      bareArray(planned.map(({ next }) => next?.momentMs ?? null)),
      bareArray(planned.map(({ next }) => next?.dueMs ?? null)),
    ]);
  });
  return done;
}

/** What to do about the moments of one schedule that are due, and which is the next after them. */
function walk(row: Row): { readonly plans: readonly MomentPlan[]; readonly next: Moment | undefined } {
  const { spec, flow_id: flowId, trigger } = row;
  const nowMs = Math.floor(row.now_ms);
  const due: Moment[] = [];
  let next: Moment | undefined = {
    momentMs: row.next_ms,
    dueMs: row.next_ms + jitterOf(flowId, trigger, row.next_ms, spec.jitterMs),
  };
  while (next !== undefined && next.dueMs <= nowMs && due.length < MOMENTS) {
    due.push(next);
    next = nextOf(flowId, trigger, spec, next.momentMs);
  }
  const isAll = next === undefined || next.dueMs > nowMs;
  return { plans: planMoments(due, nowMs, spec, isAll), next };
}

/** Whether the run of the moment before still goes on is decided with its admission. */
function begun(row: Row, momentMs: number, id: string): Begun {
  return {
    id,
    appId: row.app_id,
    flowId: row.flow_id,
    version: row.version,
    phase: "matched",
    trigger: "schedule",
    input: Buffer.from(JSON.stringify(row.spec.input ?? null)),
    facts: { scheduledAtMs: momentMs, on: [row.trigger] },
    parentId: undefined,
    depth: 0,
    isPaused: row.mode === "paused",
  };
}

export function schedulesLooks(options: { readonly db: Pick<Db, "transaction">; readonly onDue: () => void }): Look[] {
  return dueLooks({
    name: "flow_schedules",
    table: "posthorn.flow_schedule",
    condition: "due_at <= now()",
    by: "due_at",
    lately: `> now() - ${LATELY}`,
    run: async (reach) => {
      const done = await startScheduled(options.db, reach);
      if (done > 0) options.onDue();
      return done;
    },
  });
}

const AHEAD = `
  select s.flow_id, s.trigger, s.app_id, s.spec, (extract(epoch from s.next_at) * 1000)::float8 as next_ms,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
    from posthorn.flow_schedule s
   where (s.flow_id, s.trigger) > ($1::uuid, $2::int2) and s.due_at > now() + interval '1 minute'
   order by s.flow_id, s.trigger limit 500`;

const BRING_FORWARD = `${MOVE_ON} and s.next_at > to_timestamp(t.next_ms / 1000.0)`;

/**
 * After the database's clock stood in the future for a while, schedules wait for moments that are far away: they go on with what comes
 * next by the present clock. A moment that had its run has its row, and gets no second one.
 */
export async function bringForward(db: Pick<Db, "query">, log: Log): Promise<number> {
  let after: { flow_id: string; trigger: number } = { flow_id: "00000000-0000-0000-0000-000000000000", trigger: 0 };
  let brought = 0;
  for (;;) {
    const rows = await db.query<Omit<Row, "version" | "mode">>(AHEAD, [after.flow_id, after.trigger]);
    const late = rows.flatMap((row) => {
      const next = nextOf(row.flow_id, row.trigger, row.spec, Math.floor(row.now_ms));
      return next !== undefined && next.momentMs < row.next_ms ? [{ row, next }] : [];
    });
    if (late.length > 0) {
      await db.query(BRING_FORWARD, [
        bareArray(late.map(({ row }) => row.flow_id)),
        bareArray(late.map(({ row }) => row.trigger)),
        bareArray(late.map(({ next }) => next.momentMs)),
        bareArray(late.map(({ next }) => next.dueMs)),
      ]);
      log.warn(
        "flow_schedules_brought_forward",
        "Schedules waited for moments of a clock that was ahead, and go on by the present one.",
        {
          schedules: late.length,
          flowId: publicId("flow", (late[0] as (typeof late)[number]).row.flow_id),
        },
      );
      brought += late.length;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < 500) return brought;
    after = last;
  }
}

/** Moments kept of each schedule. */
export const MOMENTS_KEPT = 2_000;
const FULL = `
  select flow_id, trigger from posthorn.flow_moment group by flow_id, trigger having count(*) > ${MOMENTS_KEPT} limit 1000`;
const TRIM = `
  delete from posthorn.flow_moment m
   where m.flow_id = $1::uuid and m.trigger = $2::int2
     and m.moment < (select moment from posthorn.flow_moment n where n.flow_id = $1::uuid and n.trigger = $2::int2
                      order by moment desc offset ${MOMENTS_KEPT - 1} limit 1)`;

export function scheduleChores(db: Db, log: Log): Chore[] {
  return [
    { name: "flow_schedules_ahead", everyMs: 600_000, run: async () => void (await bringForward(db, log)) },
    {
      name: "flow_moments",
      everyMs: 600_000,
      run: async () => {
        for (const { flow_id, trigger } of await db.query<{ flow_id: string; trigger: number }>(FULL)) {
          await db.query(TRIM, [flow_id, trigger]);
        }
      },
    },
  ];
}

export interface MomentOut {
  readonly trigger: number;
  readonly momentMs: number;
  readonly outcome: "started" | "skipped";
  readonly why: "" | "missed" | "joined" | "overlap";
  readonly runId: string | undefined;
}

/** What became of the newest moments of a flow's schedules, newest first. */
export async function listMoments(q: Queryable, flowId: string, limit: number): Promise<MomentOut[]> {
  const rows = await q.query<{
    trigger: number;
    moment: Date;
    outcome: MomentOut["outcome"];
    why: MomentOut["why"];
    run_id: string | null;
  }>(
    "select trigger, moment, outcome, why, run_id from posthorn.flow_moment where flow_id = $1::uuid order by moment desc, trigger limit $2",
    [flowId, limit],
  );
  return rows.map(({ trigger, moment, outcome, why, run_id }) => ({
    trigger,
    momentMs: moment.getTime(),
    outcome,
    why,
    runId: run_id ?? undefined,
  }));
}
