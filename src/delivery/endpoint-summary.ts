import { idTimeMs, type OutcomeClass, type Queryable, uuidLowerBound } from "#kernel";
import type { Breaker } from "./breaker.ts";

/** Counting stops here: the count of an unbounded backlog is "at least so many", and reading on would cost what it says. */
export const SUMMARY_COUNT_MAX = 10_000;
/** The newest attempts that the window looks at, and for how long back. */
export const WINDOW_ATTEMPTS_MAX = 1_000;
export const WINDOW_MS = 86_400_000;
const REASONS_MAX = 10;
/** `delivery_leased` is as long as what is in flight everywhere; so many of its rows are read and no more. */
export const LEASED_READ_MAX = 50_000;

/** A count that may have stopped early: then there are at least so many. */
export interface Counted {
  readonly count: number;
  readonly isExact: boolean;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface FailureReason {
  readonly outcome: OutcomeClass;
  readonly reason: string;
  readonly count: number;
  readonly lastAtMs: number;
}

/** How an endpoint is, from what the engine knows of it anyway. */
export interface EndpointSummary {
  readonly breaker: { readonly state: Breaker["state"]; readonly until: Date | undefined; readonly opens: number };
  /** Retry-After asked for quiet until then; undefined: it did not, or that is over. */
  readonly holdUntil: Date | undefined;
  /** Kept once failing has lasted a minute. */
  readonly failingSince: Date | undefined;
  /** Waiting and not held by hand. */
  readonly owed: Counted;
  readonly held: Counted;
  /** When the oldest of those counted as owed began to be owed. */
  readonly oldestOwedAtMs: number | undefined;
  readonly leased: Counted;
  readonly dead: Counted;
  readonly window: AttemptWindow;
}

/** What the newest attempts say. Undefined where none of them says anything. */
export interface AttemptWindow {
  readonly sinceMs: number;
  readonly attempts: number;
  readonly successRatio: number | undefined;
  readonly latencyMs: Percentiles | undefined;
  readonly reasons: readonly FailureReason[];
}

const STATE = `
  select breaker, case when breaker = 'open' then breaker_until end as breaker_until, breaker_opens,
         case when hold_until > clock_timestamp() then hold_until end as hold_until, failing_since
    from posthorn.endpoint_state
   where endpoint_id = $1::uuid`;

// One walk along delivery_owed_due each: those not held by due time, and those held, who are due never. Index only, and the
// limit ends it (with 100,000 owed to one endpoint: 10,001 entries read, 4 ms).
const OWED = `
  with waiting as materialized (
    select id from posthorn.delivery_owed where endpoint_id = $1::uuid and due_at < 'infinity' order by due_at, id limit ${SUMMARY_COUNT_MAX + 1}
  ), held as (
    select from posthorn.delivery_owed where endpoint_id = $1::uuid and due_at = 'infinity' limit ${SUMMARY_COUNT_MAX + 1}
  )
  select (select count(*)::int from waiting) as waiting, (select id from waiting order by id limit 1) as oldest,
         (select count(*)::int from held) as held`;

// No index by endpoint: the table is written twice for every event. What is read is bounded by what is in flight, and by a
// limit besides; the filter stands above the limit, so a full table answers "at least".
const LEASED = `
  select count(*) filter (where endpoint_id = $1::uuid)::int as leased, count(*)::int as seen
    from (select endpoint_id from posthorn.delivery_leased limit ${LEASED_READ_MAX + 1}) l`;

// delivery_dead_of (endpoint_id, event_id) of each day, index only; the limit ends the walk over the days.
const DEAD = `
  select count(*)::int as dead from (select from posthorn.delivery_dead where endpoint_id = $1::uuid limit ${SUMMARY_COUNT_MAX + 1}) d`;

// attempt_of_endpoint (endpoint_id, id) of each day backwards, merged; days that have nothing so new cost one probe each.
const WINDOW = `
  select id, outcome, reason, total_us from posthorn.attempt
   where endpoint_id = $1::uuid and id >= $2::uuid
   order by id desc
   limit ${WINDOW_ATTEMPTS_MAX}`;

interface AttemptRow {
  readonly id: string;
  readonly outcome: OutcomeClass;
  readonly reason: string;
  readonly total_us: number;
}

/** Counts by index and up to a bound, latencies from the newest attempts: never a scan of a day. Five statements. */
export async function summariseEndpoint(q: Queryable, endpointId: string, nowMs: number): Promise<EndpointSummary> {
  const sinceMs = nowMs - WINDOW_MS;
  const [state] = await q.query<{
    breaker: Breaker["state"];
    breaker_until: Date | null;
    breaker_opens: number;
    hold_until: Date | null;
    failing_since: Date | null;
  }>(STATE, [endpointId]);
  const [owed] = await q.query<{ waiting: number; oldest: string | null; held: number }>(OWED, [endpointId]);
  const [dead] = await q.query<{ dead: number }>(DEAD, [endpointId]);
  const attempts = await q.query<AttemptRow>(WINDOW, [endpointId, uuidLowerBound(Math.max(0, Math.floor(sinceMs)))]);
  return {
    breaker: {
      state: state?.breaker ?? "closed",
      until: state?.breaker_until ?? undefined,
      opens: state?.breaker_opens ?? 0,
    },
    holdUntil: state?.hold_until ?? undefined,
    failingSince: state?.failing_since ?? undefined,
    owed: upTo(owed?.waiting ?? 0),
    held: upTo(owed?.held ?? 0),
    oldestOwedAtMs: owed?.oldest == null ? undefined : idTimeMs(owed.oldest),
    leased: await countLeased(q, endpointId),
    dead: upTo(dead?.dead ?? 0),
    window: windowOf(attempts, sinceMs),
  };
}

/** How many deliveries of an endpoint are in the hands of processes. */
export async function countLeased(q: Queryable, endpointId: string): Promise<Counted> {
  const [row] = await q.query<{ leased: number; seen: number }>(LEASED, [endpointId]);
  return { count: row?.leased ?? 0, isExact: (row?.seen ?? 0) <= LEASED_READ_MAX };
}

function upTo(count: number): Counted {
  return count > SUMMARY_COUNT_MAX ? { count: SUMMARY_COUNT_MAX, isExact: false } : { count, isExact: true };
}

/**
 * What attempts say together, newest first. When the window is full it begins at the oldest of them. Requests that were
 * never made (refused by our guard, lost with their process) have no latency and count as failures.
 */
export function windowOf(attempts: readonly AttemptRow[], sinceMs: number): AttemptWindow {
  const reasons = new Map<string, { outcome: OutcomeClass; reason: string; count: number; lastAtMs: number }>();
  const latencies: number[] = [];
  let delivered = 0;
  for (const { id, outcome, reason, total_us } of attempts) {
    if (total_us > 0) latencies.push(total_us / 1_000);
    if (outcome === "delivered") {
      delivered++;
      continue;
    }
    const key = `${outcome} ${reason}`;
    const known = reasons.get(key);
    if (known === undefined) reasons.set(key, { outcome, reason, count: 1, lastAtMs: idTimeMs(id) });
    else known.count++;
  }
  const oldest = attempts.at(-1);
  return {
    sinceMs: oldest !== undefined && attempts.length >= WINDOW_ATTEMPTS_MAX ? idTimeMs(oldest.id) : sinceMs,
    attempts: attempts.length,
    successRatio: attempts.length === 0 ? undefined : delivered / attempts.length,
    latencyMs: percentilesOf(latencies),
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count || b.lastAtMs - a.lastAtMs).slice(0, REASONS_MAX),
  };
}

/** By nearest rank: each is a value that was measured. */
function percentilesOf(values: number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Deliveries of an endpoint by what became of them. */
export interface EndpointStats {
  readonly delivered: number;
  readonly owed: number;
  readonly leased: number;
  readonly dead: number;
  readonly cancelled: number;
  /** False: at least one of them stopped at its bound. */
  readonly isExact: boolean;
}

export const STATS_COUNT_MAX = 10_000;

// By the time inside the event's id, which prunes days; each part stops at its bound. The delivered ones walk
// attempt_of_endpoint and look into each row, so what they read is bounded besides what they count.
const STATS = `
  select (select count(*) filter (where settled_as = 'delivered')::int from attempts) as delivered,
         (select count(*)::int from attempts) as looked,
         (select count(*) filter (where reason <> 'cancelled')::int from dead) as dead,
         (select count(*) filter (where reason = 'cancelled')::int from dead) as cancelled,
         (select count(*)::int from dead) as buried,
         (select count(*) filter (where event_id >= $2::uuid and event_id < $3::uuid)::int from owed) as owed,
         (select count(*)::int from owed) as waiting`;

const STATS_PARTS = `
  with attempts as (
    select settled_as from posthorn.attempt
     where endpoint_id = $1::uuid and id >= $2::uuid and event_id >= $2::uuid and event_id < $3::uuid
     order by id desc limit ${STATS_COUNT_MAX + 1}
  ), dead as (
    select reason from posthorn.delivery_dead
     where endpoint_id = $1::uuid and event_id >= $2::uuid and event_id < $3::uuid limit ${STATS_COUNT_MAX + 1}
  ), owed as (
    select event_id from posthorn.delivery_owed where endpoint_id = $1::uuid limit ${STATS_COUNT_MAX + 1}
  )`;

/** What became of the deliveries of events that were accepted in [sinceMs, untilMs), as far as it is counted. */
export async function countDeliveries(
  q: Queryable,
  endpointId: string,
  sinceMs: number,
  untilMs: number,
): Promise<EndpointStats> {
  const [row] = await q.query<
    Record<"delivered" | "looked" | "dead" | "cancelled" | "buried" | "owed" | "waiting", number>
  >(`${STATS_PARTS}${STATS}`, [endpointId, uuidLowerBound(sinceMs), uuidLowerBound(untilMs)]);
  const leased = await countLeased(q, endpointId);
  const looks = [row?.looked ?? 0, row?.buried ?? 0, row?.waiting ?? 0];
  return {
    delivered: Math.min(row?.delivered ?? 0, STATS_COUNT_MAX),
    owed: Math.min(row?.owed ?? 0, STATS_COUNT_MAX),
    leased: leased.count,
    dead: Math.min(row?.dead ?? 0, STATS_COUNT_MAX),
    cancelled: Math.min(row?.cancelled ?? 0, STATS_COUNT_MAX),
    isExact: leased.isExact && looks.every((looked) => looked <= STATS_COUNT_MAX),
  };
}
