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

// What came and what comes next move together: one statement sees one moment. By primary key from the newest on; at most MOMENTS_KEPT of each
// are there.
const SCHEDULES = `
  select s.trigger, s.spec, (extract(epoch from s.next_at) * 1000)::float8 as next_ms, m.moment, m.outcome, m.why, m.run_id, m.is_last
    from posthorn.flow_schedule s
    left join lateral (
     (select moment, outcome, why, run_id, true as is_last from posthorn.flow_moment
       where flow_id = s.flow_id and trigger = s.trigger order by moment desc limit 1)
     union all
     (select moment, outcome, why, run_id, false from posthorn.flow_moment
       where flow_id = s.flow_id and trigger = s.trigger and outcome = 'skipped' order by moment desc limit ${SKIPPED_SHOWN_MAX})
   ) m on true
   where s.flow_id = $1::uuid
   order by s.trigger, m.moment desc`;

interface CameRow {
  readonly moment: Date;
  readonly outcome: MomentOut["outcome"];
  readonly why: MomentOut["why"];
  readonly run_id: string | null;
  readonly is_last: boolean;
}

interface Row extends Omit<CameRow, "moment"> {
  readonly trigger: number;
  readonly spec: ScheduleSpec;
  readonly next_ms: number | null;
  /** Null: nothing came yet. */
  readonly moment: Date | null;
}

const momentOf = (trigger: number, row: CameRow): MomentOut => ({
  trigger,
  momentMs: row.moment.getTime(),
  outcome: row.outcome,
  why: row.why,
  runId: row.run_id ?? undefined,
});

/** The schedules of a flow in the order of its triggers; none: it has none, or takes no new runs. */
export async function listSchedules(q: Queryable, flowId: string): Promise<ScheduleOut[]> {
  const rows = Map.groupBy(await q.query<Row>(SCHEDULES, [flowId]), ({ trigger }) => trigger);
  return [...rows].flatMap(([trigger, of]): ScheduleOut[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { spec, next_ms } = first;
    const came = of.filter((row): row is Row & CameRow => row.moment !== null);
    const last = came.find(({ is_last }) => is_last);
    const schedule: ScheduleOut = {
      trigger,
      schedule: spec.schedule,
      zone: spec.zone,
      missed: spec.missed,
      next: ahead(flowId, trigger, spec, next_ms ?? undefined),
      last: last && momentOf(trigger, last),
      skipped: came.filter(({ is_last }) => !is_last).map((row) => momentOf(trigger, row)),
    };
    return [schedule];
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
