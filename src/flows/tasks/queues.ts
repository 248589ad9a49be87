import type { Queryable } from "#kernel";

/** Limits of a queue, over all workers. */
export interface QueueSettings {
  readonly paused: boolean;
  /** Undefined: none. */
  readonly concurrency: number | undefined;
  /** Tasks handed out per second; undefined: no limit. */
  readonly rate: number | undefined;
}

export interface TaskQueue extends QueueSettings {
  readonly name: string;
  /** Due and waiting for a worker, and waiting for their time; counting stops at `COUNTED_MAX`. */
  readonly waiting: number;
  readonly scheduled: number;
  readonly running: number;
  readonly countsAreExact: boolean;
  /** Since when the first of those that are due is. */
  readonly oldestDueAt: Date | undefined;
  /** Workers that serve it. */
  readonly workers: number;
}

export const COUNTED_MAX = 10_000;
const QUEUES_MAX = 500;

// The queues there are: those in which something waits (a loose scan), runs, or is limited, and those that workers serve.
const LIST = `
  with recursive owed (queue) as (
    (select queue from posthorn.task_owed where app_id = $1 order by queue limit 1)
    union all
    select (select o.queue from posthorn.task_owed o where o.app_id = $1 and o.queue > owed.queue order by o.queue limit 1)
      from owed where owed.queue is not null
  ), running as (
    select queue, count(*)::int as n from posthorn.task_leased where app_id = $1 group by queue
  ), served as (
    select queue, count(*)::int as n from posthorn.task_worker, unnest(queues) queue where app_id = $1 and ended_at is null group by queue
  ), known as (
    select queue from owed where queue is not null
     union select queue from running
     union select queue from served
     union select name from posthorn.task_queue where app_id = $1
     order by queue
     limit ${QUEUES_MAX}
  )
  select known.queue as name, coalesce(s.paused, false) as paused, s.concurrency, s.rate,
         waiting.n as waiting, scheduled.n as scheduled, coalesce(running.n, 0) as running, coalesce(served.n, 0) as workers, oldest.due_at as oldest
    from known
    left join posthorn.task_queue s on s.app_id = $1 and s.name = known.queue
    left join running on running.queue = known.queue
    left join served on served.queue = known.queue
   cross join lateral (
     select count(*)::int as n from (
       select from posthorn.task_owed o where o.app_id = $1 and o.queue = known.queue and o.ready limit ${COUNTED_MAX + 1}) w
   ) waiting
   cross join lateral (
     select count(*)::int as n from (
       select from posthorn.task_owed o where o.app_id = $1 and o.queue = known.queue and not o.ready limit ${COUNTED_MAX + 1}) w
   ) scheduled
    left join lateral (
     select min(o.due_at) as due_at from (
       select due_at from posthorn.task_owed o where o.app_id = $1 and o.queue = known.queue and o.ready limit ${COUNTED_MAX}) o
   ) oldest on true
   where $2::text is null or known.queue = $2`;

const SAVE = `
  insert into posthorn.task_queue as q (app_id, name, paused, concurrency, rate)
  values ($1, $2, coalesce($3::boolean, false), $5::int, $7::float8)
  on conflict (app_id, name) do update
     set paused = coalesce($3::boolean, q.paused),
         concurrency = case when $4 then $5::int else q.concurrency end,
         rate = case when $6 then $7::float8 else q.rate end,
         allowance = case when $6 then 0 else q.allowance end,
         allowance_at = case when $6 then clock_timestamp() else q.allowance_at end,
         updated_at = now()`;

interface Row {
  readonly name: string;
  readonly paused: boolean;
  readonly concurrency: number | null;
  readonly rate: number | null;
  readonly waiting: number;
  readonly scheduled: number;
  readonly running: number;
  readonly workers: number;
  readonly oldest: Date | null;
}

/** The queues of an application, or one of them. */
export async function listQueues(q: Queryable, appId: string, name?: string): Promise<TaskQueue[]> {
  const rows = await q.query<Row>(LIST, [appId, name ?? null]);
  return rows.map((row) => ({
    name: row.name,
    paused: row.paused,
    concurrency: row.concurrency ?? undefined,
    rate: row.rate ?? undefined,
    waiting: Math.min(row.waiting, COUNTED_MAX),
    scheduled: Math.min(row.scheduled, COUNTED_MAX),
    running: row.running,
    countsAreExact: row.waiting <= COUNTED_MAX && row.scheduled <= COUNTED_MAX,
    oldestDueAt: row.oldest ?? undefined,
    workers: row.workers,
  }));
}

/** Null takes a limit away; undefined leaves it. */
export interface QueueChange {
  readonly paused: boolean | undefined;
  readonly concurrency: number | null | undefined;
  readonly rate: number | null | undefined;
}

export async function changeQueue(q: Queryable, appId: string, name: string, change: QueueChange): Promise<void> {
  await q.query(SAVE, [
    appId,
    name,
    change.paused ?? null,
    change.concurrency !== undefined,
    change.concurrency ?? null,
    change.rate !== undefined,
    change.rate ?? null,
  ]);
}
