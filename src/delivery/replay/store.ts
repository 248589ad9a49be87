import { bareArray, newId, parsePublicId, type Queryable, textArray, uuidLowerBound } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { jobNumberHex, ofJob } from "./delivery-id.ts";
import { asked, type JobCommand, type JobState, type JobStatus, type JobTask } from "./job.ts";
import type { Selection, What } from "./selection.ts";

/** What a job is to do. Times in ms since 1970; at least one endpoint, all of one application. */
export interface ReplaySpec extends Selection {
  readonly task: JobTask;
  readonly appId: string;
  readonly endpointIds: readonly string[];
  /** Deliveries owed per second at most, 1 to 10,000. */
  readonly ratePerSecond: number;
}

export type PartPhase = "counting" | "owing" | "finished" | "failed";
export type PartWaiting = "backlog" | "paused";
export type PartError = "endpoint_deleted" | "endpoint_disabled";

/** A job's part for one endpoint. */
export interface JobPart {
  readonly endpointId: string;
  readonly phase: PartPhase;
  readonly cursor: string;
  readonly matched: number;
  readonly done: number;
  readonly skipped: number;
  readonly waiting: PartWaiting | undefined;
  readonly error: PartError | undefined;
}

export interface Job {
  readonly id: string;
  readonly number: number;
  readonly task: JobTask;
  readonly appId: string;
  readonly selection: Selection;
  readonly ratePerSecond: number;
  readonly state: JobState;
  readonly made: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly parts: readonly JobPart[];
}

interface Row {
  id: string;
  number: number;
  app_id: string;
  task: JobTask;
  what: What;
  since: Date;
  until: Date;
  event_types: string[] | null;
  channels: string[] | null;
  tags: string[] | null;
  outcomes: string[] | null;
  reasons: string[] | null;
  rate_per_second: number;
  state: JobStatus;
  error: string | null;
  withdrawing: boolean;
  made: string;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}

interface PartRow {
  job_id: string;
  endpoint_id: string;
  phase: PartPhase;
  cursor: string;
  matched: string;
  done: string;
  skipped: string;
  waiting: PartWaiting | null;
  error: PartError | null;
}

const COLUMNS = `id, number, app_id, task, what, since, until, event_types, channels, tags, outcomes, reasons, rate_per_second,
  state, error, withdrawing, made, created_at, updated_at, finished_at`;

function stateOf(row: Row): JobState {
  const finishedAt = row.finished_at ?? row.updated_at; // The CHECK says that it is there.
  switch (row.state) {
    case "running":
    case "paused":
      return { state: row.state };
    case "finished":
      return { state: "finished", finishedAt };
    case "failed":
      return { state: "failed", finishedAt, error: row.error ?? "" };
    case "cancelled":
      return { state: "cancelled", finishedAt, withdrawing: row.withdrawing };
  }
}

function jobOf(row: Row, parts: readonly JobPart[]): Job {
  return {
    id: row.id,
    number: row.number,
    task: row.task,
    appId: row.app_id,
    selection: {
      what: row.what,
      sinceMs: row.since.getTime(),
      untilMs: row.until.getTime(),
      eventTypes: row.event_types ?? undefined,
      channels: row.channels ?? undefined,
      tags: row.tags ?? undefined,
      outcomes: row.outcomes ?? undefined,
      reasons: row.reasons ?? undefined,
    },
    ratePerSecond: row.rate_per_second,
    state: stateOf(row),
    made: Number(row.made),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    parts,
  };
}

function partOf(row: PartRow): JobPart {
  return {
    endpointId: row.endpoint_id,
    phase: row.phase,
    cursor: row.cursor,
    matched: Number(row.matched),
    done: Number(row.done),
    skipped: Number(row.skipped),
    waiting: row.waiting ?? undefined,
    error: row.error ?? undefined,
  };
}

async function withParts(q: Queryable, rows: readonly Row[]): Promise<Job[]> {
  if (rows.length === 0) return [];
  const parts = await q.query<PartRow>(
    `select job_id, endpoint_id, phase, cursor, matched, done, skipped, waiting, error
       from posthorn.job_endpoint where job_id = any($1::uuid[]) order by job_id, endpoint_id`,
    [bareArray(rows.map(({ id }) => id))],
  );
  const byJob = Map.groupBy(parts, (part) => part.job_id);
  return rows.map((row) => jobOf(row, (byJob.get(row.id) ?? []).map(partOf)));
}

const INSERT = `
  insert into posthorn.job (id, app_id, task, what, since, until, event_types, channels, tags, outcomes, reasons, rate_per_second)
  values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000), $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12)
  returning ${COLUMNS}`;

const INSERT_PARTS = `
  insert into posthorn.job_endpoint (job_id, endpoint_id, cursor)
  select $1::uuid, endpoint_id, $3::uuid from unnest($2::uuid[]) t(endpoint_id)`;

/** The id before all those of events accepted at or after `sinceMs`. */
export function cursorBefore(sinceMs: number): string {
  return uuidLowerBound(Math.min(Math.max(Math.floor(sinceMs), 0), 2 ** 48 - 1));
}

/**
 * Begins a replay: with the commit of `q` it runs, whichever process takes it. Nothing is owed yet; it counts first.
 * The endpoints must be of the application.
 */
export async function startReplay(q: Queryable, spec: ReplaySpec): Promise<Job> {
  const list = (values: readonly string[] | undefined) => (values === undefined ? null : textArray(values));
  const rows = await q.query<Row>(INSERT, [
    newId(),
    spec.appId,
    spec.task,
    spec.what,
    Math.floor(spec.sinceMs),
    Math.floor(spec.untilMs),
    list(spec.eventTypes),
    list(spec.channels),
    list(spec.tags),
    list(spec.outcomes),
    list(spec.reasons),
    spec.ratePerSecond,
  ]);
  const id = rows[0]?.id ?? "";
  await q.query(INSERT_PARTS, [id, bareArray([...new Set(spec.endpointIds)]), cursorBefore(spec.sinceMs)]);
  const [job] = await withParts(q, rows);
  if (job === undefined) throw new Error("The insertion of a job returned nothing.");
  return job;
}

/** Jobs of one application that run or are paused: each is looked at by somebody all the time. */
export const OPEN_JOBS_MAX = 100;

/** How many there are, as far as it matters. */
export async function openJobs(q: Queryable, appId: string): Promise<number> {
  const [row] = await q.query<{ n: number }>(
    `select count(*)::int as n
       from (select from posthorn.job where app_id = $1::uuid and state in ('running', 'paused') limit $2) o`,
    [appId, OPEN_JOBS_MAX],
  );
  return row?.n ?? 0;
}

export interface JobFilter {
  readonly appId?: string | undefined;
  readonly status?: JobStatus | undefined;
  readonly task?: JobTask | undefined;
}

export async function listJobs(q: Queryable, keyset: Keyset, filter: JobFilter): Promise<Job[]> {
  const beyond = keysetSql(keyset, "id", 1, "uuid");
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.job
      where ($3::uuid is null or app_id = $3::uuid) and ($4::text is null or state = $4) and ($5::text is null or task = $5)
        ${beyond.where} ${beyond.order} limit $2`,
    [keyset.after ?? null, keyset.limit, filter.appId ?? null, filter.status ?? null, filter.task ?? null],
  );
  return withParts(q, rows);
}

/** A job by its public id; `appId`: of this application only. */
export async function findJob(q: Queryable, id: string, appId?: string): Promise<Job | undefined> {
  const uuid = parsePublicId("qtask", id);
  if (uuid === undefined) return undefined;
  const rows = await q.query<Row>(
    `select ${COLUMNS} from posthorn.job where id = $1::uuid and ($2::uuid is null or app_id = $2::uuid)`,
    [uuid, appId ?? null],
  );
  return (await withParts(q, rows))[0];
}

/** Locks the job that `token` works on; undefined: it was paused, cancelled, or another process has it. */
export async function lockOwnJob(tx: Queryable, id: string, token: string): Promise<Job | undefined> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from posthorn.job
      where id = $1::uuid and owner = $2::bigint and (state = 'running' or withdrawing) for update`,
    [id, token],
  );
  return (await withParts(tx, rows))[0];
}

/**
 * Pauses, resumes or cancels a job, in the transaction `tx`. Whoever works on it stops at the commit: each of its steps locks
 * the row. Undefined: there is none; `ended`: it has ended in another way, and nothing was changed.
 */
export async function commandJob(
  tx: Queryable,
  id: string,
  command: JobCommand,
  nowMs: number,
  appId?: string,
): Promise<Job | "ended" | undefined> {
  const uuid = parsePublicId("qtask", id);
  if (uuid === undefined) return undefined;
  const locked = await tx.query<Row>(
    `select ${COLUMNS} from posthorn.job where id = $1::uuid and ($2::uuid is null or app_id = $2::uuid) for update`,
    [uuid, appId ?? null],
  );
  const [row] = locked;
  if (row === undefined) return undefined;
  const before = stateOf(row);
  const after = asked(before, command, new Date(nowMs));
  if (after === undefined) return "ended";
  if (after === before) return (await withParts(tx, locked))[0];
  return writeState(tx, uuid, after);
}

/** Writes what became of a job that is locked, and lets go of it. */
export async function writeState(tx: Queryable, id: string, state: JobState): Promise<Job | undefined> {
  const rows = await tx.query<Row>(
    `update posthorn.job
        set state = $2, finished_at = to_timestamp($3::float8 / 1000), error = $4, withdrawing = $5, owner = null, updated_at = now()
      where id = $1::uuid
      returning ${COLUMNS}`,
    [
      id,
      state.state,
      "finishedAt" in state ? state.finishedAt.getTime() : null,
      state.state === "failed" ? state.error : null,
      state.state === "cancelled" && state.withdrawing,
    ],
  );
  return (await withParts(tx, rows))[0];
}

/** So many rows of an endpoint are looked through to find those of a job. */
const WAITING_SCANNED_MAX = 20_000;

const WAITING = `
  select (select count(*)::int from unnest($3::uuid[]) p(endpoint_id)
           cross join lateral (
             select id from posthorn.delivery_owed where endpoint_id = p.endpoint_id limit ${WAITING_SCANNED_MAX}
           ) o
           where ${ofJob("o.id", "$2")} and o.id >= $1::uuid)
       + (select count(*)::int from posthorn.delivery_leased l
           where l.trigger = 'replay' and ${ofJob("l.id", "$2")} and l.id >= $1::uuid) as n,
         exists (select from unnest($3::uuid[]) p(endpoint_id)
           cross join lateral (
             select from posthorn.delivery_owed where endpoint_id = p.endpoint_id offset ${WAITING_SCANNED_MAX - 1} limit 1
           ) beyond) as cut`;

/** How many deliveries of the job still wait or are in somebody's hands; undefined: its endpoints are owed too much to tell. */
export async function stillOwedBy(q: Queryable, job: Job): Promise<number | undefined> {
  const [row] = await q.query<{ n: number; cut: boolean }>(WAITING, [
    cursorBefore(job.createdAt.getTime() - CLOCKS_MS),
    jobNumberHex(job.number),
    bareArray(job.parts.map(({ endpointId }) => endpointId)),
  ]);
  return row === undefined || row.cut ? undefined : row.n;
}

/** The clocks of two processes, and of the database, may differ by so much. */
const CLOCKS_MS = 60_000;

/** Removes jobs that ended so long ago that their attempts are gone, too. */
export async function forgetJobs(q: Queryable, retentionMs: number): Promise<void> {
  await q.query("delete from posthorn.job where finished_at < now() - $1::float8 * interval '1 ms'", [retentionMs]);
}
