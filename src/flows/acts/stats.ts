import { type Queryable, uuidLowerBound } from "#kernel";

export interface FlowStats {
  readonly stepMs: number;
  /** From `sinceMs` on, without gaps. */
  readonly series: readonly StatsPoint[];
  /** From start to end, waits included; undefined: none ended. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** False: there are more runs than were looked at. */
  readonly isComplete: boolean;
}
export interface StatsPoint {
  readonly atMs: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** The newest so many are looked at; what waits, so many. */
export const RUNS_LOOKED_AT_MAX = 50_000;
const POINTS_MAX = 120;
const STEPS_MS = [60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000] as const;

/** The finest step with which a period is at most 120 points long. */
export function stepFor(periodMs: number): number {
  return STEPS_MS.find((step) => periodMs / step <= POINTS_MAX) ?? 86_400_000;
}

const ENDED = `
  with looked as materialized (
    select e.id, e.state, e.started_at, e.ended_at
      from posthorn.run_ended e
     where e.flow_id = $1::uuid and e.id >= $2::uuid
     order by e.id desc limit ${RUNS_LOOKED_AT_MAX + 1}
  ), happened as (
    select floor(extract(epoch from started_at) * 1000 / $3::float8)::bigint as step, 'started' as what from looked
    union all
    select floor(extract(epoch from ended_at) * 1000 / $3::float8)::bigint, state from looked
    union all
    select floor(extract(epoch from started_at) * 1000 / $3::float8)::bigint, 'started'
      from (select started_at from posthorn.run_leased where flow_id = $1::uuid and id >= $2::uuid
            union all
            (select started_at from posthorn.run_waiting where flow_id = $1::uuid and id >= $2::uuid
              order by id desc limit ${RUNS_LOOKED_AT_MAX})) live
  )
  select step, what, count(*)::int as n, null::float8 as p50, null::float8 as p95 from happened group by step, what
  union all
  select null, 'all', count(*)::int,
         percentile_cont(0.5) within group (order by extract(epoch from ended_at - started_at) * 1000),
         percentile_cont(0.95) within group (order by extract(epoch from ended_at - started_at) * 1000)
    from looked`;

interface Row {
  readonly step: string | number | null;
  readonly what: "all" | "started" | "completed" | "failed" | "cancelled";
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Of runs that began at `sinceMs` or later: when they began, and when and how they ended. */
export async function flowStats(q: Queryable, flowId: string, sinceMs: number, nowMs: number): Promise<FlowStats> {
  const stepMs = stepFor(nowMs - sinceMs);
  const rows = await q.query<Row>(ENDED, [flowId, uuidLowerBound(sinceMs), stepMs]);
  const first = Math.floor(sinceMs / stepMs);
  const last = Math.floor(nowMs / stepMs);
  const series = Array.from({ length: last - first + 1 }, (_, i) => ({
    atMs: (first + i) * stepMs,
    started: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  }));
  const all = rows.find(({ what }) => what === "all");
  for (const { step, what, n } of rows) {
    // A clock ahead of ours may have ended it in what is the future here: it counts as now.
    const point = step === null ? undefined : series[Math.min(Math.max(Number(step) - first, 0), series.length - 1)];
    if (point !== undefined && what !== "all") point[what] += n;
  }
  return {
    stepMs,
    series,
    p50Ms: all?.p50 ?? undefined,
    p95Ms: all?.p95 ?? undefined,
    isComplete: (all?.n ?? 0) <= RUNS_LOOKED_AT_MAX,
  };
}
