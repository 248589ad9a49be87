import { bareArray, type Db, type Queryable, textArray } from "#kernel";

/** A program that does tasks, as it introduced itself. */
export interface WorkerProfile {
  readonly name: string;
  readonly queues: readonly string[];
  readonly names: readonly string[];
  /** Tasks that it does at once. */
  readonly concurrency: number;
}

/** One incarnation of a worker. */
export interface WorkerRow extends WorkerProfile {
  readonly id: string;
  readonly token: string;
  readonly appId: string;
}

export interface SeenWorker extends WorkerRow {
  readonly startedAt: Date;
  readonly seenAt: Date;
  readonly endedAt: Date | undefined;
  readonly endedBy: "left" | "lost" | undefined;
  readonly running: number;
}

export const WORKERS_MAX = 1_000;

const JOIN = `
  insert into posthorn.task_worker (id, app_id, name, queues, names, concurrency)
  select $1, $2, $3, $4::text[], $5::text[], $6
   where (select count(*) from posthorn.task_worker where app_id = $2 and ended_at is null) < ${WORKERS_MAX}
  returning token::text as token`;

const FIND = `
  select id, token::text as token, app_id, name, queues, names, concurrency
    from posthorn.task_worker where token = $1::bigint and ended_at is null`;

// Those that were heard of here are renewed; told is who lives, whoever heard of them. A worker's life is judged by its `seen`, which only
// changes, by the clock of who looks.
const PULSE = `
  with heard as (
    update posthorn.task_worker set seen_at = clock_timestamp() where token = any($1::bigint[]) and ended_at is null returning token, seen_at
  )
  select w.token::text as token, w.app_id, coalesce(heard.seen_at, w.seen_at)::text as seen, heard.token is not null as heard,
         (select json_agg(json_build_object('worker', l.worker::text, 'id', l.id, 'attempt', l.attempt, 'reason', l.cancel_reason))
            from posthorn.task_leased l where l.worker = any($1::bigint[]) and l.cancel_reason is not null) as cancelled
    from posthorn.task_worker w left join heard on heard.token = w.token
   where w.ended_at is null`;

// For update and not merely for what an update takes: who leases a task to it holds its row for key share, and we wait for his commit, or
// he for ours. So nothing is leased to it after its tasks were taken.
const HOLD_SILENT = `
  select id, name from posthorn.task_worker where token = $1::bigint and ended_at is null and seen_at = $2::text::timestamptz for update`;
const HOLD = "select id, name from posthorn.task_worker where token = $1::bigint and ended_at is null for update";

const END = "update posthorn.task_worker set ended_at = clock_timestamp(), ended_by = $2 where token = $1::bigint";

const FORGET = "delete from posthorn.task_worker where ended_at < now() - interval '1 day'";

const LIST = `
  select w.id, w.token::text as token, w.app_id, w.name, w.queues, w.names, w.concurrency, w.started_at, w.seen_at, w.ended_at, w.ended_by,
         coalesce(l.n, 0)::int as running
    from posthorn.task_worker w
    left join (select worker, count(*) as n from posthorn.task_leased where app_id = $1 group by worker) l on l.worker = w.token
   where w.app_id = $1
   order by w.token desc
   limit $2`;

interface Row {
  readonly id: string;
  readonly token: string;
  readonly app_id: string;
  readonly name: string;
  readonly queues: string[];
  readonly names: string[];
  readonly concurrency: number;
}

const workerOf = (row: Row): WorkerRow => ({
  id: row.id,
  token: row.token,
  appId: row.app_id,
  name: row.name,
  queues: row.queues,
  names: row.names,
  concurrency: row.concurrency,
});

/** Answers with its token; undefined: the application has as many as it may. */
export async function joinWorker(
  q: Queryable,
  id: string,
  appId: string,
  profile: WorkerProfile,
): Promise<string | undefined> {
  const rows = await q.query<{ token: string }>(JOIN, [
    id,
    appId,
    profile.name,
    textArray(profile.queues),
    textArray(profile.names),
    profile.concurrency,
  ]);
  return rows[0]?.token;
}

/** The living worker with this token. */
export async function findWorker(q: Queryable, token: string): Promise<WorkerRow | undefined> {
  const [row] = await q.query<Row>(FIND, [token]);
  return row && workerOf(row);
}

export interface LivingWorker {
  readonly token: string;
  readonly app_id: string;
  readonly seen: string;
  /** It was heard of here, and is renewed. */
  readonly heard: boolean;
  /** What those that were heard of here are to stop; the same in every row. */
  readonly cancelled: readonly Cancellation[] | null;
}

export function pulseWorkers(q: Queryable, heard: readonly string[]): Promise<LivingWorker[]> {
  return q.query<LivingWorker>(PULSE, [bareArray(heard)]);
}

export interface Cancellation {
  readonly worker: string;
  readonly id: string;
  readonly attempt: number;
  readonly reason: string;
}

export type HeldWorker = Pick<WorkerRow, "id" | "name">;

/**
 * Ends a worker in one transaction with what `take` does about its tasks. `silentSince`: only if its row is still as it was seen then. Undefined:
 * it had come back, or somebody else was first.
 */
export function endWorker<T>(
  db: Db,
  token: string,
  by: "left" | "lost",
  silentSince: string | undefined,
  take: (tx: Queryable, worker: HeldWorker) => Promise<T>,
): Promise<T | undefined> {
  return db.transaction(async (tx) => {
    const [held] =
      silentSince === undefined
        ? await tx.query<HeldWorker>(HOLD, [token])
        : await tx.query<HeldWorker>(HOLD_SILENT, [token, silentSince]);
    if (held === undefined) return undefined;
    await tx.query(END, [token, by]);
    return take(tx, held);
  });
}

export async function forgetWorkers(q: Queryable): Promise<void> {
  await q.query(FORGET);
}

/** The workers of an application, the newest first; those that ended within a day among them. */
export async function listWorkers(q: Queryable, appId: string, limit: number): Promise<SeenWorker[]> {
  const rows = await q.query<
    Row & {
      started_at: Date;
      seen_at: Date;
      ended_at: Date | null;
      ended_by: "left" | "lost" | null;
      running: number;
    }
  >(LIST, [appId, limit]);
  return rows.map((row) => ({
    ...workerOf(row),
    startedAt: row.started_at,
    seenAt: row.seen_at,
    endedAt: row.ended_at ?? undefined,
    endedBy: row.ended_by ?? undefined,
    running: row.running,
  }));
}
