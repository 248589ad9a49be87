import { bareArray, idTimeMs, type Queryable, uuidLowerBound } from "#kernel";
import type { Entry, Json, StepError } from "#language";
import type { Run, RunPhase } from "../run.ts";
import { CARRIED } from "./commit-sql.ts";
import type { Signal } from "./live.ts";

interface RunRow {
  readonly id: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly version: number;
  readonly phase: RunPhase;
  readonly trigger: Run["trigger"];
  readonly event_id: string | null;
  readonly input: Uint8Array | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly priority: number;
  readonly gates: string[] | null;
  readonly trace: string | null;
  readonly due_in_ms?: number | null;
}

function runOfRow(row: RunRow): Run {
  return {
    id: row.id,
    appId: row.app_id,
    flowId: row.flow_id,
    version: row.version,
    phase: row.phase,
    trigger: row.trigger,
    eventId: row.event_id ?? undefined,
    input: row.input ?? undefined,
    facts: row.facts ?? undefined,
    parentId: row.parent_id ?? undefined,
    depth: row.depth,
    priority: row.priority,
    gates: row.gates ?? [],
    startedAtMs: idTimeMs(row.id),
    trace: row.trace ?? undefined,
    // Rounded up: what is left stays more than nothing, and the times that follow from it go into journals and ids, which hold whole ones.
    dueInMs: typeof row.due_in_ms === "number" ? Math.ceil(row.due_in_ms) : undefined,
  };
}

// A loose scan over the index (app_id, due_at, id): two probes for each application that has something waiting, however much each has. Never
// one global order by due time, where an application with a million due rows would hide the others.
//
// From a moment on: what was claimed stays at the front of the index while anybody holds a snapshot older than that (P11), dead, and is walked over.
const DUE = `
  with recursive a (app_id) as (
    (select app_id from posthorn.run_waiting where due_at >= to_timestamp($1::float8 / 1000.0) order by app_id limit 1)
    union all
    select (select w.app_id from posthorn.run_waiting w
             where w.due_at >= to_timestamp($1::float8 / 1000.0) and w.app_id > a.app_id order by w.app_id limit 1)
      from a where a.app_id is not null
  )
  select a.app_id, (extract(epoch from first.due_at) * 1000)::float8 as due_ms, (extract(epoch from clock.at) * 1000)::float8 as now_ms
    from (select clock_timestamp() as at) clock
    left join a on a.app_id is not null
    left join lateral (
     select w.due_at from posthorn.run_waiting w
      where w.app_id = a.app_id and w.due_at >= to_timestamp($1::float8 / 1000.0) order by w.due_at, w.id limit 1
   ) first on true`;

/** What is made due at this moment by a transaction that began so long ago is still seen by the next look. */
const UNSEEN_MS = 10_000;

export interface DueApps {
  /** The applications with runs that are due. */
  readonly due: readonly string[];
  /** In how many ms the next falls due; undefined: none waits for a time. */
  readonly nextInMs: number | undefined;
  /** Before this nothing was left waiting, by the clock of the database: where the next look may begin. */
  readonly fromMs: number;
}

/** Looks at what is due from `fromMs` on; 0: at all. */
export async function dueApps(q: Queryable, fromMs: number): Promise<DueApps> {
  const rows = await q.query<{ app_id: string | null; due_ms: number | null; now_ms: number }>(DUE, [fromMs]);
  const due: string[] = [];
  let nextInMs: number | undefined;
  let seenMs = Number.POSITIVE_INFINITY;
  for (const { app_id: appId, due_ms: dueMs, now_ms: nowMs } of rows) {
    seenMs = Math.min(seenMs, nowMs - UNSEEN_MS);
    if (appId === null || dueMs === null) continue;
    // The column is finer than a millisecond.
    seenMs = Math.min(seenMs, Math.floor(dueMs) - 1);
    if (dueMs <= nowMs) due.push(appId);
    else nextInMs = Math.min(nextInMs ?? Number.POSITIVE_INFINITY, dueMs - nowMs);
  }
  return { due, nextInMs, fromMs: Math.max(fromMs, Number.isFinite(seenMs) ? seenMs : 0) };
}

// Signals are few and short-lived: those of runs that wait are a reason to take these up, those of our own are handed to them. A loose scan, a probe
// for each run however many it was sent; what was sent to runs that are over counts for nothing, or two thousand of those would hide the others.
const SIGNALLED = `
  with recursive s (run_id) as (
    (select run_id from posthorn.run_signal order by run_id limit 1)
    union all
    select (select n.run_id from posthorn.run_signal n where n.run_id > s.run_id order by n.run_id limit 1)
      from s where s.run_id is not null
  )
  select s.run_id, w.app_id
    from s
   cross join lateral (select w.app_id from posthorn.run_waiting w where w.id = s.run_id) w
   limit $1`;

// Of late, by the time in their ids: those before were consumed, and may be dead and still there. "offset 0" keeps it a probe for each: the table
// of what waits may be far larger than what lives in it.
const SIGNALLED_SINCE = `
  select distinct s.run_id, w.app_id
    from (select run_id from posthorn.run_signal where id >= $2::uuid order by id limit 20000) s
   cross join lateral (select w.app_id from posthorn.run_waiting w where w.id = s.run_id offset 0) w
   limit $1`;

/** Runs that wait and have signals, at most so many; `since`: the least id of signals to look at, absent: all. */
export async function signalledRuns(
  q: Queryable,
  limit: number,
  since?: string,
): Promise<{ runId: string; appId: string }[]> {
  const rows =
    since === undefined
      ? await q.query<{ run_id: string; app_id: string }>(SIGNALLED, [limit])
      : await q.query<{ run_id: string; app_id: string }>(SIGNALLED_SINCE, [limit, since]);
  return rows.map((row) => ({ runId: row.run_id, appId: row.app_id }));
}

// Moves rows into our hands. SKIP LOCKED: what another process takes at this moment is its own. The time is asked once: compared with a function
// that may say something else for each row, the walk along the index would not end at the last row that is due, but at the last that sleeps.
const CLAIM = `
  with want as (
    select * from unnest($2::uuid[], $3::int[]) t(app_id, n)
  ), due as (
    select w.id
      from want
     cross join lateral (
       select w.id from posthorn.run_waiting w
        where w.app_id = want.app_id and w.due_at <= (select clock_timestamp()) and w.due_at >= to_timestamp($5::float8 / 1000.0)
        order by w.due_at, w.id
        limit want.n
          for update skip locked
     ) w
  ), signalled as (
    select w.id from unnest($4::uuid[]) s(id) join posthorn.run_waiting w on w.id = s.id for update of w skip locked
  ), picked as (
    select id from due union select id from signalled
  ), taken as (
    delete from posthorn.run_waiting w using picked where w.id = picked.id
    returning ${CARRIED.split(", ")
      .map((column) => `w.${column}`)
      .join(", ")}, case when w.waiting_for in ('time', 'event', 'approval', 'task', 'call')
                     then (extract(epoch from w.due_at - (select clock_timestamp())) * 1000)::float8 end as due_in_ms
  ), leased as (
    insert into posthorn.run_leased (owner, ${CARRIED}) select $1::bigint, ${CARRIED} from taken
  )
  select ${CARRIED}, due_in_ms from taken`;

export interface ClaimWants {
  /** Of these applications, so many that are due. */
  readonly due: readonly { readonly appId: string; readonly n: number }[];
  /** These besides, due or not. */
  readonly runIds: readonly string[];
  /** Nothing due before is looked for (`DueApps.fromMs`); 0: all. */
  readonly fromMs: number;
}

/** Leases to `owner` what is wanted and there. */
export async function claimRuns(q: Queryable, owner: string, wants: ClaimWants): Promise<Run[]> {
  const rows = await q.query<RunRow>(CLAIM, [
    owner,
    bareArray(wants.due.map(({ appId }) => appId)),
    bareArray(wants.due.map(({ n }) => n)),
    bareArray(wants.runIds),
    wants.fromMs,
  ]);
  return rows.map(runOfRow);
}

interface StepRow {
  readonly run_id: string;
  readonly kind: Entry["kind"];
  readonly path: string;
  readonly attempt: number;
  readonly at_ms: number;
  readonly due_ms: number | null;
  readonly value: Uint8Array | null;
}

export const ENTRY_COLUMNS = `run_id, seq, kind, path, attempt, (extract(epoch from at) * 1000)::float8 as at_ms,
         (extract(epoch from due_at) * 1000)::float8 as due_ms, value`;

// Whole runs, as many as fit: the running total needs the lengths only, which PostgreSQL knows without reading a large value. The bounds on the
// id let it leave out the partitions that cannot hold any of them.
const JOURNALS = `
  select ${ENTRY_COLUMNS}
    from posthorn.run_step s
    join (select run_id as id, coalesce(sum(bytes) over (order by n rows between unbounded preceding and 1 preceding), 0) as before
            from (select r.id as run_id, r.n, sum(coalesce(octet_length(s.value), 0) + 64) as bytes
                    from unnest($1::uuid[]) with ordinality r(id, n)
                    join posthorn.run_step s on s.run_id = r.id and s.run_id >= $2::uuid and s.run_id <= $3::uuid
                   group by r.id, r.n) sizes) fits on fits.id = s.run_id and fits.before < $4::bigint
   where s.run_id >= $2::uuid and s.run_id <= $3::uuid
   order by s.run_id, s.seq`;

/** The value of a row as JSON. Throws on bytes that are none. */
function jsonOf(value: Uint8Array | null): Json {
  return value === null
    ? null
    : (JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.length).toString()) as Json);
}

/** Throws when the row's value cannot be read. */
export function entryOf(row: StepRow): Entry {
  const { kind, path, attempt, at_ms: atMs } = row;
  switch (kind) {
    case "completed":
      return { kind, path, attempt, atMs, output: jsonOf(row.value) };
    case "failed": {
      const error = jsonOf(row.value) as unknown as StepError;
      return { kind, path, attempt, atMs, error, ...(row.due_ms !== null && { retryAtMs: row.due_ms }) };
    }
    case "began":
      return { kind, path, attempt, atMs };
    case "waiting":
      return { kind, path, attempt, atMs, ...(row.due_ms !== null && { untilMs: row.due_ms }) };
    case "cancelled": {
      const reason = jsonOf(row.value);
      return { kind, path: "", atMs, reason: typeof reason === "string" ? reason : "" };
    }
    default:
      return kind satisfies never;
  }
}

/** The rows of the journals of these runs, in order, of as many runs as fit in `bytesMax` (at least one that has a journal). */
export async function readJournals(
  q: Queryable,
  runIds: readonly string[],
  bytesMax: number,
): Promise<Map<string, StepRow[]>> {
  const [low, high] = boundsOf(runIds);
  const rows = await q.query<StepRow>(JOURNALS, [bareArray(runIds), low, high, bytesMax]);
  return Map.groupBy(rows, (row) => row.run_id);
}

function boundsOf(ids: readonly string[]): [string, string] {
  let low = ids[0] ?? "";
  let high = low;
  for (const id of ids) {
    if (id < low) low = id;
    if (id > high) high = id;
  }
  return [low, high];
}

const SIGNALS_OF = `
  select s.id, s.run_id, s.path, s.attempt, s.kind, s.value
    from posthorn.run_signal s join unnest($1::uuid[]) r(id) on r.id = s.run_id
   order by s.id`;

const OUR_SIGNALS = `
  select s.id, s.run_id, s.path, s.attempt, s.kind, s.value
    from posthorn.run_signal s join posthorn.run_leased l on l.id = s.run_id
   where l.owner = $1::bigint and s.id >= $2::uuid
   order by s.id
   limit 5000`;

interface SignalRow {
  readonly id: string;
  readonly run_id: string;
  readonly path: string;
  readonly attempt: number | null;
  readonly kind: Signal["kind"];
  readonly value: Uint8Array | null;
}

function byRun(rows: readonly SignalRow[]): Map<string, Signal[]> {
  const signals = new Map<string, Signal[]>();
  for (const { id, run_id: runId, path, attempt, kind, value } of rows) {
    const own = signals.get(runId);
    const signal = { id, path, attempt: attempt ?? undefined, kind, value: value ?? undefined };
    if (own === undefined) signals.set(runId, [signal]);
    else own.push(signal);
  }
  return signals;
}

export async function signalsOf(q: Queryable, runIds: readonly string[]): Promise<Map<string, Signal[]>> {
  return byRun(await q.query<SignalRow>(SIGNALS_OF, [bareArray(runIds)]));
}

/** Signals for runs that are in the hands of this process; `since` as for `signalledRuns`. */
export async function ourSignals(q: Queryable, owner: string, since?: string): Promise<Map<string, Signal[]>> {
  return byRun(await q.query<SignalRow>(OUR_SIGNALS, [owner, since ?? uuidLowerBound(0)]));
}

const released = (which: string) => `
  with theirs as (
    delete from posthorn.run_leased l where ${which}
    returning ${CARRIED.split(", ")
      .map((column) => `l.${column}`)
      .join(", ")}
  )
  insert into posthorn.run_waiting (waiting_for, due_at, ${CARRIED})
  select 'room', now(), ${CARRIED} from theirs
  returning id`;

const TAKE_OVER = released("l.owner = $1::bigint");
const GIVE_BACK = released("l.owner = $1::bigint and l.id in (select unnest($2::uuid[]))");
/** Given back at once: what an ended process left may be as many as it had room for. */
export const RELEASE_MAX = 2_000;

// A join, because PostgreSQL compares "= any(parameter)" one by one once it has settled on a plan for all parameters. The array of the living is
// made once, where a bare call would be made for each row.
const RELEASE_FORGOTTEN = released(`(l.id, l.owner) in (
      select f.id, f.owner from posthorn.run_leased f
       where f.owner <> all (array(select unnest(posthorn.living_processes())))
          or (f.owner = $1::bigint and f.id < $2::uuid and not exists (select from unnest($3::uuid[]) k(id) where k.id = f.id))
       limit ${RELEASE_MAX})`);

/** Puts what a process that was lost had in hand where everybody finds it, due at once. Answers with how many. */
export async function takeOverRuns(tx: Queryable, dead: string): Promise<number> {
  return (await tx.query(TAKE_OVER, [dead])).length;
}

/** Puts these of ours where everybody finds them, due at once. */
export async function giveBackRuns(q: Queryable, owner: string, runIds: readonly string[]): Promise<number> {
  return (await q.query(GIVE_BACK, [owner, bareArray(runIds)])).length;
}

/**
 * Gives back what nobody works on, at most `RELEASE_MAX`: rows under leases that ended (a process may commit a moment after it was declared dead,
 * and one of an earlier build does not move the runs of one that it finds dead), and rows that are ours by the table, unknown here, and older than
 * `olderThan` (an id): left by commits whose fate was unknown.
 */
export async function releaseForgotten(
  q: Queryable,
  owner: string,
  known: readonly string[],
  olderThan: string,
): Promise<number> {
  return (await q.query(RELEASE_FORGOTTEN, [owner, olderThan, bareArray(known)])).length;
}
