import type { Db } from "#kernel";

/** What waits of flows and tasks in the whole installation, although it could go. */
export interface FlowBacklog {
  /** Runs that are due: for a process with room, after a wait or a retry, or because something came for them. */
  readonly runs: number;
  /** False: at least so many. */
  readonly runsIsExact: boolean;
  readonly oldestRunDueAtMs: number | undefined;
  /** Tasks that a worker could take, those of paused queues left out. */
  readonly tasks: number;
  readonly tasksIsExact: boolean;
  readonly oldestTaskDueAtMs: number | undefined;
  /** Of the schedule, of a flow or of a task, whose moment passed longest ago without anything having followed. */
  readonly oldestMomentAtMs: number | undefined;
  readonly workersLiving: number;
  /** Workers that were given up in the last ten minutes because nothing was heard of them. */
  readonly workersLost: number;
}

/** Applications looked at, and kinds of tasks. */
const APPLICATIONS_MAX = 2_000;
const KINDS_MAX = 2_000;
/** Rows counted of each of them. */
const ROWS_EACH_MAX = 1_000;
const WORKERS_MAX = 10_000;
/** A look that took longer has to be kept from becoming one that the pool takes for a lost connection. */
const SLOW_MS = 50;
const GIVE_UP_MS = 2_000;

// One probe for each application with something due, and for each kind of task, then of each a bounded stretch from the front of the
// same index: however much waits, no more is read.
const BACKLOG = `
  with recursive a (app_id, n) as (
    (select app_id, 1 from posthorn.run_waiting where due_at is not null order by app_id limit 1)
    union all
    select (select w.app_id from posthorn.run_waiting w where w.due_at is not null and w.app_id > a.app_id order by w.app_id limit 1), a.n + 1
      from a where a.app_id is not null and a.n < $1::int
  ), runs as (
    select d.n, d.oldest
      from a
     cross join lateral (
       select count(*) as n, min(due_at) as oldest
         from (select due_at from posthorn.run_waiting w
                where w.app_id = a.app_id and w.due_at <= (select clock_timestamp())
                order by w.due_at, w.id limit $3::int) due
     ) d
     where a.app_id is not null
  ), k (app_id, queue, name, n) as (
    (select app_id, queue, name, 1 from posthorn.task_owed order by app_id, queue, name limit 1)
    union all
    select next.app_id, next.queue, next.name, k.n + 1
      from k
     cross join lateral (
       select t.app_id, t.queue, t.name from posthorn.task_owed t
        where (t.app_id, t.queue, t.name) > (k.app_id, k.queue, k.name)
        order by t.app_id, t.queue, t.name limit 1
     ) next
     where k.n < $2::int
  ), tasks as (
    select d.n, d.oldest
      from k
      left join posthorn.task_queue q on q.app_id = k.app_id and q.name = k.queue
     cross join lateral (
       select count(*) as n, min(due_at) as oldest
         from (select t.due_at from posthorn.task_owed t
                where t.app_id = k.app_id and t.queue = k.queue and t.name = k.name and t.ready
                order by t.rank_at, t.id limit $3::int) ready
     ) d
     where q.paused is not true
  ), late as (
    select min(at) as at
      from ((select due_at as at from posthorn.flow_schedule where due_at is not null order by due_at limit 1)
            union all
            (select next_at from posthorn.task_schedule order by next_at limit 1)) first
     where at <= clock_timestamp()
  )
  select (select coalesce(sum(n), 0)::float8 from runs) as runs,
         (select coalesce(bool_and(n < $3::int), true) and count(*) < $1::int from runs) as runs_is_exact,
         (select (extract(epoch from min(oldest)) * 1000)::float8 from runs) as run_oldest_ms,
         (select coalesce(sum(n), 0)::float8 from tasks) as tasks,
         (select coalesce(bool_and(n < $3::int), true) and count(*) < $2::int from tasks) as tasks_is_exact,
         (select (extract(epoch from min(oldest)) * 1000)::float8 from tasks) as task_oldest_ms,
         (select (extract(epoch from at) * 1000)::float8 from late) as moment_ms,
         (select count(*)::int from (select from posthorn.task_worker where ended_at is null limit ${WORKERS_MAX}) w) as living,
         (select count(*)::int from (select ended_by, ended_at from posthorn.task_worker order by token desc limit ${WORKERS_MAX}) w
           where w.ended_by = 'lost' and w.ended_at > clock_timestamp() - interval '10 minutes') as lost`;

interface Row {
  readonly runs: number;
  readonly runs_is_exact: boolean;
  readonly run_oldest_ms: number | null;
  readonly tasks: number;
  readonly tasks_is_exact: boolean;
  readonly task_oldest_ms: number | null;
  readonly moment_ms: number | null;
  readonly living: number;
  readonly lost: number;
}

/**
 * Measures what waits. The first look, and each one after a slow one, may take two seconds at most and is then given up (DatabaseError
 * `contention`), well before the pool would think that the database is gone.
 */
export function createFlowBacklogMeter(db: Db): () => Promise<FlowBacklog> {
  let isSlow = true;
  const params = [APPLICATIONS_MAX, KINDS_MAX, ROWS_EACH_MAX];
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
    if (row === undefined) throw new Error("The look at what waits of flows returned nothing.");
    return {
      runs: row.runs,
      runsIsExact: row.runs_is_exact,
      oldestRunDueAtMs: row.run_oldest_ms ?? undefined,
      tasks: row.tasks,
      tasksIsExact: row.tasks_is_exact,
      oldestTaskDueAtMs: row.task_oldest_ms ?? undefined,
      oldestMomentAtMs: row.moment_ms ?? undefined,
      workersLiving: row.living,
      workersLost: row.lost,
    };
  };
}
