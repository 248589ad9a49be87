import type { Db, Queryable } from "#kernel";

/** What waits to be sent in the whole installation. */
export interface Backlog {
  readonly owed: number;
  /** False: there is too much to count, and `owed` is PostgreSQL's own estimate, or more if more was counted. */
  readonly owedIsExact: boolean;
  /** Endpoints to which anything is owed, at most ENDPOINTS_MAX of them. */
  readonly endpoints: number;
  /**
   * When the oldest fell due of what could go: of endpoints that take requests. What waits for its own time, or for an
   * endpoint that is paused, held or broken, is late by intent.
   */
  readonly oldestDueAtMs: number | undefined;
  /** Requests that could be under way: per endpoint what is due, capped by its concurrency and its rate; one if it is broken. */
  readonly demandSlots: number;
  /** Endpoints whose breaker is not closed, at most BREAKERS_MAX of each. */
  readonly breakersOpen: number;
  readonly breakersHalfOpen: number;
}

/** Endpoints looked at. Beyond so many the number is an estimate. */
export const ENDPOINTS_MAX = 2_000;
/** Rows counted, all endpoints together; but of each endpoint as many as it may have under way by default. */
export const ROWS_MAX = 50_000;
const ROWS_PER_ENDPOINT_MIN = 100;
const BREAKERS_MAX = 10_000;
/** A look that took longer has to be kept from becoming one that the pool takes for a lost connection. */
const SLOW_MS = 50;
const GIVE_UP_MS = 2_000;

// The loose scan of the claim: one probe of delivery_owed_due for each endpoint that is owed anything, then of each a
// bounded stretch of the same index from its front, where what is due stands. However much is owed, no more is read.
const WAITING = `
  with recursive e (endpoint_id, n) as (
    (select endpoint_id, 1 from posthorn.delivery_owed order by endpoint_id limit 1)
    union all
    select (select o.endpoint_id from posthorn.delivery_owed o where o.endpoint_id > e.endpoint_id order by o.endpoint_id limit 1), e.n + 1
      from e where e.endpoint_id is not null and e.n < $1::int
  ), listed as materialized (
    select endpoint_id from e where endpoint_id is not null
  ), stretch as (
    select greatest($3::int, $2::int / greatest(1, count(*)))::bigint as most from listed
  ), waiting as (
    select listed.endpoint_id, stretch.most, o.n, o.due, o.first_due_at
      from listed cross join stretch
     cross join lateral (
       select count(*) as n, count(*) filter (where w.due_at <= clock_timestamp()) as due, min(w.due_at) as first_due_at
         from (select due_at from posthorn.delivery_owed where endpoint_id = listed.endpoint_id order by due_at, id limit stretch.most) w
     ) o
  )`;

export const BACKLOG = `${WAITING}, judged as (
    select w.n, w.most, w.due, w.first_due_at,
           ep.id is not null and ep.mode = 'enabled' and coalesce(st.hold_until <= clock_timestamp(), true) as takes,
           coalesce(st.breaker, 'closed') = 'closed' as is_well,
           least(coalesce(ep.concurrency, $4::int), coalesce(ep.throttle_rate, 65535)) as cap
      from waiting w
      left join posthorn.endpoint ep on ep.id = w.endpoint_id and ep.deleted_at is null
      left join posthorn.endpoint_state st on st.endpoint_id = w.endpoint_id
  )
  select count(*)::int as endpoints, coalesce(sum(n), 0)::float8 as counted, coalesce(bool_and(n < most), true) as whole,
         (extract(epoch from min(first_due_at) filter (where takes and is_well and due > 0)) * 1000)::float8 as oldest_ms,
         coalesce(sum(least(due, case when is_well then cap else 1 end)) filter (where takes), 0)::float8 as demand,
         coalesce((select s.n_live_tup from pg_stat_user_tables s where s.schemaname = 'posthorn' and s.relname = 'delivery_owed'), 0)::float8 as live,
         (select count(*) from (select from posthorn.endpoint_state where breaker = 'open' limit ${BREAKERS_MAX}) b)::int as open,
         (select count(*) from (select from posthorn.endpoint_state where breaker = 'half_open' limit ${BREAKERS_MAX}) b)::int as half_open
    from judged`;

interface Row {
  endpoints: number;
  counted: number;
  whole: boolean;
  oldest_ms: number | null;
  demand: number;
  live: number;
  open: number;
  half_open: number;
}

/**
 * Measures what is owed. The first look, and each one after a slow one, may take two seconds at most and is then given up
 * (DatabaseError `contention`), well before the pool would think that the database is gone.
 */
export function createBacklogMeter(db: Db, endpointConcurrency: number): () => Promise<Backlog> {
  let isSlow = true;
  const params = [ENDPOINTS_MAX, ROWS_MAX, ROWS_PER_ENDPOINT_MIN, endpointConcurrency];
  const carefully = () =>
    db.transaction(async (tx) => {
      await tx.query(`set local statement_timeout = ${GIVE_UP_MS}`);
      return tx.query<Row>(BACKLOG, params);
    });
  return async () => {
    const beganAt = performance.now();
    const wasSlow = isSlow;
    isSlow = true; // Should it fail.
    const [row] = await (wasSlow ? carefully() : db.query<Row>(BACKLOG, params));
    isSlow = performance.now() - beganAt > SLOW_MS;
    if (row === undefined) throw new Error("The look at what is owed returned nothing.");
    const owedIsExact = row.whole && row.endpoints < ENDPOINTS_MAX;
    return {
      owed: owedIsExact ? row.counted : Math.max(row.counted, row.live),
      owedIsExact,
      endpoints: row.endpoints,
      oldestDueAtMs: row.oldest_ms ?? undefined,
      demandSlots: row.demand,
      breakersOpen: row.open,
      breakersHalfOpen: row.half_open,
    };
  };
}

const MOST_OWED = `${WAITING}
  select w.endpoint_id as "endpointId", ep.app_id as "appId", ep.url, w.n::float8 as value, w.n < w.most as "isExact"
    from waiting w join posthorn.endpoint ep on ep.id = w.endpoint_id
   order by w.n desc, w.endpoint_id
   limit $4::int`;

export interface TopEndpoint {
  readonly endpointId: string;
  readonly appId: string;
  readonly url: string;
  readonly value: number;
  /** False: at least so many. */
  readonly isExact: boolean;
}

/** The endpoints to which most is owed. */
export function mostOwed(q: Queryable, limit: number): Promise<TopEndpoint[]> {
  return q.query<TopEndpoint>(MOST_OWED, [ENDPOINTS_MAX, ROWS_MAX, ROWS_PER_ENDPOINT_MIN, limit]);
}

export interface Trouble {
  readonly kind: "breaker_open" | "endpoint_failing" | "endpoint_stopped";
  readonly endpointId: string;
  readonly appId: string;
  readonly url: string;
  readonly description: string;
  readonly since: Date | null;
  /** Of a stopped one: why. */
  readonly reason: string | null;
  readonly attempts: number | null;
}

// Each by a partial index of those in trouble.
const TROUBLE = `
  (select 'breaker_open' as kind, e.id as "endpointId", e.app_id as "appId", e.url, e.description, s.updated_at as since, null as reason, s.breaker_opens as attempts
     from posthorn.endpoint_state s join posthorn.endpoint e on e.id = s.endpoint_id
    where s.breaker <> 'closed' and e.deleted_at is null and e.mode = 'enabled' limit $1::int)
  union all
  (select 'endpoint_failing', e.id, e.app_id, e.url, e.description, s.failing_since, null, s.failing_attempts
     from posthorn.endpoint_state s join posthorn.endpoint e on e.id = s.endpoint_id
    where s.failing_since < now() - interval '1 hour' and e.deleted_at is null and e.mode = 'enabled' order by s.failing_since limit $1::int)
  union all
  (select 'endpoint_stopped', e.id, e.app_id, e.url, e.description, e.mode_since, e.mode_reason, null
     from posthorn.endpoint e
    where e.mode <> 'enabled' and e.deleted_at is null and e.mode_reason <> 'operator' and e.mode_since > now() - interval '7 days'
    order by e.mode_since desc limit $1::int)`;

/** Endpoints that need somebody: broken, failing for an hour, or stopped by what they answered; at most `limit` of each kind. */
export function endpointsInTrouble(q: Queryable, limit: number): Promise<Trouble[]> {
  return q.query<Trouble>(TROUBLE, [limit]);
}
