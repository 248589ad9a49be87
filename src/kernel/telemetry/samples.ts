import type { Queryable } from "../db.ts";
import { textArray } from "../db.ts";
import type { Span } from "./span.ts";

/** Two resolutions: for the last hours, and for the last days. */
export type SpanSeconds = 10 | 300;

const WRITE = `
  insert into posthorn.process_sample
         (span_s, at, process, span_ms, roles, events_in, rejected, attempts, delivered, failed, dead, ack, delivery, receiver,
          memory_bytes, cpu_ms, loop_lag_us, in_flight, held, owed, owed_exact, oldest_owed_at)
  select s.span_s, to_timestamp(s.at_ms / 1000), $1::bigint, s.span_ms, $2::text[], s.events_in, s.rejected, s.attempts, s.delivered,
         s.failed, s.dead, s.ack::int[], s.delivery::int[], s.receiver::int[], s.memory_bytes, s.cpu_ms, s.loop_lag_us, s.in_flight,
         s.held, s.owed, s.owed_exact, to_timestamp(s.oldest_ms / 1000)
    from jsonb_to_recordset($3::text::jsonb)
         s(span_s int2, at_ms float8, span_ms int, events_in int, rejected int, attempts int, delivered int, failed int, dead int,
           ack text, delivery text, receiver text, memory_bytes int8, cpu_ms int, loop_lag_us int, in_flight int, held int,
           owed int8, owed_exact boolean, oldest_ms float8)
  on conflict (span_s, at, process) do nothing`;

const literal = (encoded: ArrayLike<number>) => `{${Array.from(encoded).join(",")}}`;

/** Writes what a process did: one row, or every five minutes two. Safe to repeat. */
export async function writeSamples(
  q: Queryable,
  process: string,
  roles: readonly string[],
  spans: readonly { readonly seconds: SpanSeconds; readonly span: Span }[],
): Promise<void> {
  const rows = spans.map(({ seconds, span }) => ({
    span_s: seconds,
    at_ms: span.toMs,
    span_ms: span.toMs - span.fromMs,
    events_in: span.eventsIn,
    rejected: span.rejected,
    attempts: span.attempts,
    delivered: span.delivered,
    failed: span.failed,
    dead: span.dead,
    ack: literal(span.ack),
    delivery: literal(span.delivery),
    receiver: literal(span.receiver),
    memory_bytes: span.memoryBytes,
    cpu_ms: span.cpuMs,
    loop_lag_us: Math.min(span.loopLagUs, 2 ** 31 - 1),
    in_flight: span.inFlight,
    held: span.held,
    owed: span.owed?.count ?? null,
    owed_exact: span.owed?.isExact ?? null,
    oldest_ms: span.owed?.oldestAtMs ?? null,
  }));
  await q.query(WRITE, [process, textArray(roles), JSON.stringify(rows)]);
}

/** How long samples are kept: an incident of the night before in full, the week in five minutes. */
export const KEPT = { 10: "48 hours", 300: "8 days" } as const satisfies Record<SpanSeconds, string>;

/** Removes what is older. By the primary key's order: what is kept is not looked at. */
export async function forgetSamples(q: Queryable): Promise<void> {
  for (const [seconds, age] of Object.entries(KEPT)) {
    await q.query(
      "delete from posthorn.process_sample where span_s = $1::int2 and at < clock_timestamp() - $2::text::interval",
      [seconds, age],
    );
  }
}

interface Row {
  process: string;
  at_ms: number;
  span_ms: number;
  events_in: number;
  rejected: number;
  attempts: number;
  delivered: number;
  failed: number;
  dead: number;
  ack: ArrayLike<number>;
  delivery: ArrayLike<number>;
  receiver: ArrayLike<number>;
  memory_bytes: string;
  cpu_ms: number;
  loop_lag_us: number;
  in_flight: number;
  held: number;
  owed: string | null;
  owed_exact: boolean | null;
  oldest_owed_at: Date | null;
}

const READ = `
  select process::text as process, (extract(epoch from at) * 1000)::float8 as at_ms, span_ms, events_in, rejected, attempts, delivered,
         failed, dead, ack, delivery, receiver, memory_bytes, cpu_ms, loop_lag_us, in_flight, held, owed, owed_exact, oldest_owed_at
    from posthorn.process_sample
   where span_s = $1::int2 and at > to_timestamp($2::float8 / 1000) and at <= to_timestamp($3::float8 / 1000)
     and ($4::bigint is null or process = $4::bigint) and ($5::text is null or roles @> array[$5::text])
   order by at
   limit $6::int`;

/** More rows than this are not read at once: eight hours of ten processes, or as many days of eight. */
export const ROWS_MAX = 30_000;

export interface SampleFilter {
  /** process.token. */
  readonly process?: string | undefined;
  readonly role?: string | undefined;
}

/** Samples whose end lies in (sinceMs, untilMs], oldest first. */
export async function readSamples(
  q: Queryable,
  seconds: SpanSeconds,
  sinceMs: number,
  untilMs: number,
  filter: SampleFilter = {},
): Promise<Span[]> {
  const rows = await q.query<Row>(READ, [
    seconds,
    sinceMs,
    untilMs,
    filter.process ?? null,
    filter.role ?? null,
    ROWS_MAX,
  ]);
  return rows.map((row) => ({
    process: row.process,
    fromMs: row.at_ms - row.span_ms,
    toMs: row.at_ms,
    eventsIn: row.events_in,
    rejected: row.rejected,
    attempts: row.attempts,
    delivered: row.delivered,
    failed: row.failed,
    dead: row.dead,
    ack: row.ack,
    delivery: row.delivery,
    receiver: row.receiver,
    memoryBytes: Number(row.memory_bytes),
    cpuMs: row.cpu_ms,
    loopLagUs: row.loop_lag_us,
    inFlight: row.in_flight,
    held: row.held,
    owed:
      row.owed === null
        ? undefined
        : {
            count: Number(row.owed),
            isExact: row.owed_exact ?? false,
            oldestAtMs: row.oldest_owed_at?.getTime(),
          },
  }));
}

// Five minutes each, and of each process what came after the last of them.
const DEAD = `
  with whole as (
    select process, at, dead from posthorn.process_sample where span_s = 300 and at > clock_timestamp() - interval '24 hours'
  ), last as (
    select process, max(at) as at from whole where at > clock_timestamp() - interval '12 minutes' group by process
  )
  select (select coalesce(sum(dead), 0) from whole)
       + (select coalesce(sum(s.dead), 0)
            from posthorn.process_sample s left join last using (process)
           where s.span_s = 10 and s.at > clock_timestamp() - interval '12 minutes' and (last.at is null or s.at > last.at)) as dead`;

/** Deliveries given up in the last 24 hours, as far as it was written down. */
export async function deadOfDay(q: Queryable): Promise<number> {
  const [row] = await q.query<{ dead: string }>(DEAD);
  return Number(row?.dead ?? 0);
}

export interface ProcessRow {
  readonly token: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  /** Since then, by the database's clock. */
  readonly silentMs: number;
  readonly endedAt: Date | null;
  readonly endedBy: "left" | "taken_over" | null;
}

// The lease is renewed for a fixed time: when it ends tells when its process was last heard of.
const PROCESSES = `
  select token::text as token, name, roles, version, started_at as "startedAt", ended_at as "endedAt", ended_by as "endedBy",
         least(coalesce(ended_at, 'infinity'), lease_ends_at - $1::int * interval '1 ms') as "lastSeenAt",
         (extract(epoch from clock_timestamp() - lease_ends_at) * 1000)::float8 + $1::int as "silentMs"
    from posthorn.process
   where ended_at is null or ended_at > clock_timestamp() - interval '1 hour'
   order by ended_at is not null, token desc
   limit 200`;

/** Processes that live, and those that ended within the hour. */
export function listProcesses(q: Queryable, leaseMs: number): Promise<ProcessRow[]> {
  return q.query<ProcessRow>(PROCESSES, [leaseMs]);
}
