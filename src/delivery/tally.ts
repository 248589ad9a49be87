import {
  addEncoded,
  bareArray,
  createMinutes,
  encode,
  Histogram,
  type Minutes,
  OTHERS,
  type Queryable,
  textArray,
} from "#kernel";

/** What happened to one endpoint in a minute, through one process. */
export interface EndpointSums {
  readonly appId: string;
  attempts: number;
  delivered: number;
  ambiguous: number;
  readonly latency: Histogram;
}

export interface EndpointTally {
  /** An attempt at this endpoint was recorded. */
  count(
    endpointId: string,
    appId: string,
    sign: "delivered" | "failed" | "ambiguous",
    seconds: number,
    nowMs: number,
  ): void;
  /** Writes down what changed; what cannot be written is kept for the next time. */
  flush(q: Queryable, process: string): Promise<void>;
  readonly overflow: number;
}

/** Endpoints with attempts in one minute: what comes of more is summed up as one. */
export const ENDPOINTS_PER_MINUTE_MAX = 1_000;
/** With more rows than that to write, the running minute waits until it is over. */
const LIVE_ROWS_MAX = 200;

const WRITE = `
  insert into posthorn.endpoint_tally (endpoint_id, minute, process, app_id, attempts, delivered, failed, ambiguous, latency)
  select t.endpoint_id, to_timestamp(t.at_ms / 1000), $1::bigint, t.app_id, t.attempts, t.delivered, t.attempts - t.delivered, t.ambiguous, t.latency::int[]
    from unnest($2::uuid[], $3::float8[], $4::uuid[], $5::int[], $6::int[], $7::int[], $8::text[])
         t(endpoint_id, at_ms, app_id, attempts, delivered, ambiguous, latency)
  on conflict (endpoint_id, minute, process) do update
     set attempts = excluded.attempts, delivered = excluded.delivered, failed = excluded.failed,
         ambiguous = excluded.ambiguous, latency = excluded.latency`;

/**
 * Counts attempts per endpoint and minute. A measurement, not the truth, which the attempts are: a process that is killed
 * loses what it had not written, ten seconds or, with very many endpoints, a minute. Not in the transaction of the settle:
 * its rows are those of the road of events, and these are not.
 */
export function createEndpointTally(now: () => number): EndpointTally {
  const minutes: Minutes<EndpointSums> = createMinutes(ENDPOINTS_PER_MINUTE_MAX, (appId) => ({
    appId,
    attempts: 0,
    delivered: 0,
    ambiguous: 0,
    latency: new Histogram(),
  }));
  return {
    count: (endpointId, appId, sign, seconds, nowMs) => {
      const sums = minutes.at(endpointId, appId, nowMs);
      sums.attempts++;
      if (sign === "delivered") sums.delivered++;
      else if (sign === "ambiguous") sums.ambiguous++;
      sums.latency.observe(seconds);
    },
    flush: async (q, process) => {
      const rows = minutes.take(now(), LIVE_ROWS_MAX);
      if (rows.length === 0) return;
      try {
        await q.query(WRITE, [
          process,
          bareArray(rows.map(({ subject }) => subject)),
          bareArray(rows.map(({ atMs }) => atMs)),
          bareArray(rows.map(({ sums }) => sums.appId)),
          bareArray(rows.map(({ sums }) => sums.attempts)),
          bareArray(rows.map(({ sums }) => sums.delivered)),
          bareArray(rows.map(({ sums }) => sums.ambiguous)),
          textArray(rows.map(({ sums }) => encode(sums.latency.counts))),
        ]);
      } catch (error) {
        minutes.keep(rows);
        throw error;
      }
    },
    get overflow() {
      return minutes.overflow;
    },
  };
}

/** Kept so long. */
export const TALLIES_KEPT_MS = 24 * 3_600_000;

export async function forgetEndpointTallies(q: Queryable): Promise<void> {
  await q.query("delete from posthorn.endpoint_tally where minute < now() - $1::float8 * interval '1 ms'", [
    TALLIES_KEPT_MS,
  ]);
}

/** What happened to an endpoint in one step of a chart. */
export interface TallyPoint {
  readonly atMs: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly ambiguous: number;
  /** Counts of seconds per bucket. */
  readonly latency: Float64Array;
}

export interface TallySeries {
  readonly points: readonly TallyPoint[];
  /** False: in some minute there were too many endpoints to count each, and some of this one's may be missing. */
  readonly isComplete: boolean;
}

const SERIES = `
  select floor(extract(epoch from minute) * 1000 / $4::float8) * $4::float8 as at_ms, attempts, delivered, failed, ambiguous, latency
    from posthorn.endpoint_tally
   where endpoint_id = $1::uuid and minute >= to_timestamp($2::float8 / 1000) and minute < to_timestamp($3::float8 / 1000)
   order by minute
   limit 20000`;

const OVERFLOWED = `
  select exists (select from posthorn.endpoint_tally
                  where endpoint_id = $1::uuid and minute >= to_timestamp($2::float8 / 1000) and minute < to_timestamp($3::float8 / 1000)) as found`;

/** Steps of whole minutes; those in which nothing happened are there too, with zeros. */
export async function endpointSeries(
  q: Queryable,
  endpointId: string,
  sinceMs: number,
  untilMs: number,
  stepMs: number,
): Promise<TallySeries> {
  const firstMs = Math.floor(sinceMs / stepMs) * stepMs;
  const points: { -readonly [K in keyof TallyPoint]: TallyPoint[K] }[] = [];
  for (let atMs = firstMs; atMs < untilMs; atMs += stepMs) {
    points.push({ atMs, attempts: 0, delivered: 0, failed: 0, ambiguous: 0, latency: NOTHING });
  }
  const rows = await q.query<{
    at_ms: number;
    attempts: number;
    delivered: number;
    failed: number;
    ambiguous: number;
    latency: ArrayLike<number>;
  }>(SERIES, [endpointId, firstMs, untilMs, stepMs]);
  for (const row of rows) {
    const point = points[Math.round((row.at_ms - firstMs) / stepMs)];
    if (point === undefined) continue;
    point.attempts += row.attempts;
    point.delivered += row.delivered;
    point.failed += row.failed;
    point.ambiguous += row.ambiguous;
    if (point.latency === NOTHING) point.latency = new Histogram().counts;
    addEncoded(point.latency, row.latency);
  }
  const [others] = await q.query<{ found: boolean }>(OVERFLOWED, [OTHERS, firstMs, untilMs]);
  return { points, isComplete: others?.found !== true };
}

const NOTHING = new Float64Array(0);

const TOP = `
  select t.endpoint_id as "endpointId", e.app_id as "appId", e.url, t.value::float8 as value, true as "isExact"
    from (select endpoint_id, sum(failed) as value
            from posthorn.endpoint_tally
           where minute >= now() - $1::float8 * interval '1 ms' and failed > 0
           group by endpoint_id order by value desc, endpoint_id limit $2::int) t
    join posthorn.endpoint e on e.id = t.endpoint_id
   order by t.value desc, t.endpoint_id`;

/** The endpoints with most failed attempts lately. */
export function mostFailing(
  q: Queryable,
  withinMs: number,
  limit: number,
): Promise<{ endpointId: string; appId: string; url: string; value: number; isExact: boolean }[]> {
  return q.query(TOP, [withinMs, limit]);
}
