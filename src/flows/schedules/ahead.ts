import type { Queryable } from "#kernel";
import { jitterOf, momentsOf } from "./moments.ts";
import type { MomentOut, ScheduleSpec } from "./schedules.ts";

/** A schedule of a flow: what comes, and what became of what came. */
export interface ScheduleOut {
  /** Its place in the definition's `on`. */
  readonly trigger: number;
  readonly schedule: string;
  readonly zone: string;
  readonly missed: ScheduleSpec["missed"];
  /** The moments that come next, and when their runs begin: with jitter. None: there is none any more. */
  readonly next: readonly { readonly momentMs: number; readonly beginsMs: number }[];
  /** Undefined: none came yet. */
  readonly last: MomentOut | undefined;
  /** The newest that had no run of their own, newest first. */
  readonly skipped: readonly MomentOut[];
}

export const MOMENTS_AHEAD = 5;
/** Of each schedule. */
export const SKIPPED_SHOWN_MAX = 20;

const SCHEDULES = `
  select trigger, spec, (extract(epoch from next_at) * 1000)::float8 as next_ms
    from posthorn.flow_schedule where flow_id = $1::uuid order by trigger`;

// By primary key from the newest on; at most MOMENTS_KEPT of each are there.
const CAME = `
  select s.trigger, m.moment, m.outcome, m.why, m.run_id, m.is_last
    from posthorn.flow_schedule s
   cross join lateral (
     (select moment, outcome, why, run_id, true as is_last from posthorn.flow_moment
       where flow_id = s.flow_id and trigger = s.trigger order by moment desc limit 1)
     union all
     (select moment, outcome, why, run_id, false from posthorn.flow_moment
       where flow_id = s.flow_id and trigger = s.trigger and outcome = 'skipped' order by moment desc limit ${SKIPPED_SHOWN_MAX})
   ) m
   where s.flow_id = $1::uuid
   order by s.trigger, m.moment desc`;

interface CameRow {
  readonly trigger: number;
  readonly moment: Date;
  readonly outcome: MomentOut["outcome"];
  readonly why: MomentOut["why"];
  readonly run_id: string | null;
  readonly is_last: boolean;
}

const momentOf = (row: CameRow): MomentOut => ({
  trigger: row.trigger,
  momentMs: row.moment.getTime(),
  outcome: row.outcome,
  why: row.why,
  runId: row.run_id ?? undefined,
});

/** The schedules of a flow in the order of its triggers; none: it has none, or takes no new runs. */
export async function listSchedules(q: Queryable, flowId: string): Promise<ScheduleOut[]> {
  const rows = await q.query<{ trigger: number; spec: ScheduleSpec; next_ms: number | null }>(SCHEDULES, [flowId]);
  if (rows.length === 0) return [];
  const came = Map.groupBy(await q.query<CameRow>(CAME, [flowId]), ({ trigger }) => trigger);
  return rows.map(({ trigger, spec, next_ms }): ScheduleOut => {
    const of = came.get(trigger) ?? [];
    const last = of.find(({ is_last }) => is_last);
    return {
      trigger,
      schedule: spec.schedule,
      zone: spec.zone,
      missed: spec.missed,
      next: ahead(flowId, trigger, spec, next_ms ?? undefined),
      last: last && momentOf(last),
      skipped: of.filter(({ is_last }) => !is_last).map(momentOf),
    };
  });
}

function ahead(flowId: string, trigger: number, spec: ScheduleSpec, firstMs: number | undefined): ScheduleOut["next"] {
  const moments = momentsOf(spec.schedule, spec.zone);
  const next: { momentMs: number; beginsMs: number }[] = [];
  for (let at = firstMs; at !== undefined && next.length < MOMENTS_AHEAD; at = moments.next(at)) {
    next.push({ momentMs: at, beginsMs: at + jitterOf(flowId, trigger, at, spec.jitterMs) });
  }
  return next;
}
