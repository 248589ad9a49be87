import type { Db } from "#kernel";

/** Whether what flows and tasks owe is looked after, in the whole installation: for a doctor, who asks now and then. */
export interface FlowsInspection {
  /** Flows that take runs; counted up to a bound. */
  readonly enabledFlows: number;
  readonly enabledIsExact: boolean;
  /** Kinds of tasks that have waited for `UNATTENDED_MS` and longer and that no worker has asked for in that time, the oldest first. Paused queues are left out. */
  readonly unattended: readonly UnattendedTasks[];
  /** Schedules, of flows and of tasks, whose moment passed more than `LATE_MS` ago without anything having followed. */
  readonly late: {
    readonly count: number;
    readonly countIsExact: boolean;
    /** Undefined: none. */
    readonly oldestMs: number | undefined;
  };
}

export interface UnattendedTasks {
  readonly appId: string;
  readonly queue: string;
  readonly name: string;
  readonly tasks: number;
  readonly tasksIsExact: boolean;
  /** For how long the oldest has been ready. */
  readonly waitedMs: number;
  /** Workers that ask for this queue do not know the task's name. */
  readonly queueIsServed: boolean;
}

/** A living worker is heard of every few seconds, whether it has room or not. */
export const UNATTENDED_MS = 5 * 60_000;
/** What follows a moment comes within seconds. */
export const LATE_MS = 60_000;

const FLOWS_MAX = 10_000;
const KINDS_MAX = 2_000;
const TASKS_EACH_MAX = 1_000;
const TOLD_MAX = 20;
const GIVE_UP_MS = 5_000;

// One probe for each kind of task, then of each kind that nobody asks for a bounded stretch: however much waits, no more is read.
const UNATTENDED = `
  with recursive k (app_id, queue, name, n) as (
    (select app_id, queue, name, 1 from posthorn.task_owed order by app_id, queue, name limit 1)
    union all
    select next.app_id, next.queue, next.name, k.n + 1
      from k
     cross join lateral (
       select t.app_id, t.queue, t.name from posthorn.task_owed t
        where (t.app_id, t.queue, t.name) > (k.app_id, k.queue, k.name)
        order by t.app_id, t.queue, t.name limit 1
     ) next
     where k.n < ${KINDS_MAX}
  ), heard as (
    select app_id, queues, names from posthorn.task_worker
     where ended_at is null and seen_at > clock_timestamp() - $1::float8 * interval '1 ms'
  )
  select k.app_id, k.queue, k.name, d.n, (extract(epoch from clock_timestamp() - d.oldest) * 1000)::float8 as waited_ms,
         exists (select from heard h where h.app_id = k.app_id and k.queue = any(h.queues)) as served
    from k
    left join posthorn.task_queue q on q.app_id = k.app_id and q.name = k.queue
   cross join lateral (
     select count(*)::int as n, min(due_at) as oldest
       from (select t.due_at from posthorn.task_owed t
              where t.app_id = k.app_id and t.queue = k.queue and t.name = k.name and t.ready
              order by t.rank_at, t.id limit ${TASKS_EACH_MAX}) ready
   ) d
   where q.paused is not true
     and not exists (select from heard h where h.app_id = k.app_id and k.queue = any(h.queues) and k.name = any(h.names))
     and d.oldest < clock_timestamp() - $1::float8 * interval '1 ms'
   order by d.oldest
   limit ${TOLD_MAX}`;

const STANDING = `
  select (select count(*)::int from (select from posthorn.flow where deleted_at is null and mode = 'enabled' limit ${FLOWS_MAX}) f) as enabled,
         count(*)::int as late, (extract(epoch from clock_timestamp() - min(at)) * 1000)::float8 as oldest_ms
    from ((select due_at as at from posthorn.flow_schedule where due_at < clock_timestamp() - $1::float8 * interval '1 ms'
            order by due_at limit ${TASKS_EACH_MAX})
          union all
          (select next_at from posthorn.task_schedule where next_at < clock_timestamp() - $1::float8 * interval '1 ms'
            order by next_at limit ${TASKS_EACH_MAX})) late`;

/** Looks, within five seconds or not at all. Rejects with DatabaseError. */
export function inspectFlows(db: Db): Promise<FlowsInspection> {
  return db.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${GIVE_UP_MS}`);
    const [row] = await tx.query<{ enabled: number; late: number; oldest_ms: number | null }>(STANDING, [LATE_MS]);
    if (row === undefined) throw new Error("The look at flows returned nothing.");
    const kinds = await tx.query<{
      app_id: string;
      queue: string;
      name: string;
      n: number;
      waited_ms: number;
      served: boolean;
    }>(UNATTENDED, [UNATTENDED_MS]);
    return {
      enabledFlows: row.enabled,
      enabledIsExact: row.enabled < FLOWS_MAX,
      unattended: kinds.map(({ app_id, queue, name, n, waited_ms, served }) => ({
        appId: app_id,
        queue,
        name,
        tasks: n,
        tasksIsExact: n < TASKS_EACH_MAX,
        waitedMs: waited_ms,
        queueIsServed: served,
      })),
      late: { count: row.late, countIsExact: row.late < TASKS_EACH_MAX, oldestMs: row.oldest_ms ?? undefined },
    };
  });
}
