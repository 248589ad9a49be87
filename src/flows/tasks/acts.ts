import { bareArray, DatabaseError, type Queryable, uuidLowerBound } from "#kernel";
import { RETRY_DEFAULT } from "./task.ts";
import type { Cancellation } from "./worker-store.ts";

/** What asking for a task's end came to. */
export type CancelTask =
  /** It waited, and has ended. */
  | { readonly kind: "cancelled" }
  /** Its worker is told to stop; until it has, the task runs. */
  | { readonly kind: "cancelling"; readonly cancellation: Cancellation }
  | { readonly kind: "ended" }
  | { readonly kind: "unknown" };

const CANCEL_OWED = `
  with settled as (
    delete from posthorn.task_owed where app_id = $1 and id = $2
    returning *, convert_to(jsonb_build_object('class', 'cancelled', 'code', 'cancelled', 'message', $3::text)::text, 'UTF8') as error
  ), ended as (
    insert into posthorn.task_ended (app_id, id, queue, name, state, priority, attempts, input, options, result, run_id, path, key)
    select app_id, id, queue, name, 'cancelled', priority, attempts, input, options, error, run_id, path, key from settled
  ), freed as (
    delete from posthorn.task_unique u using settled where settled.unique_mode <> 'window' and u.key = settled.unique_key and u.task_id = settled.id
  ), signalled as (
    insert into posthorn.run_signal (id, run_id, path, attempt, kind, value)
    select uuidv7(), run_id, path, (options ->> 'stepAttempt')::smallint, 'failed', error from settled where run_id is not null
  )
  select run_id from settled`;

const CANCEL_LEASED = `
  update posthorn.task_leased set cancel_reason = coalesce(cancel_reason, $3) where app_id = $1 and id = $2
  returning worker::text as worker, id, attempt, cancel_reason as reason`;

/** Between two looks a task may be handed out, or given back: it is looked for again, and nobody's is moved so often. */
const ROUNDS_MAX = 5;

/** Ends a task that waits at once; one that runs, through its worker. In the caller's transaction. */
export async function cancelTask(q: Queryable, appId: string, id: string, reason: string): Promise<CancelTask> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const owed = await q.query(CANCEL_OWED, [appId, id, reason]);
    if (owed.length > 0) return { kind: "cancelled" };
    const [leased] = await q.query<Cancellation>(CANCEL_LEASED, [appId, id, reason]);
    if (leased !== undefined) return { kind: "cancelling", cancellation: leased };
    const [found] = await q.query<{ state: string }>(STATE, [appId, id]);
    if (found === undefined) return { kind: "unknown" };
    if (found.state !== "open") return { kind: "ended" };
  }
  throw new DatabaseError("contention", "The task was moved each time it was looked for.");
}

// Its attempts go on counting, and it may be tried as often again as it was allowed to in the first place (`base` remembers how often that was).
// A task of a run is not tried again by itself: its run has gone on, and is run again instead.
const RETRIED = (picked: string) => `
  with picked as (${picked}), gone as (
    delete from posthorn.task_ended e using picked where e.app_id = $1 and e.id = picked.id
    returning e.*
  ), owed as (
    insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, attempts, input, options, key)
    select app_id, id, queue, name, true, now() - priority * interval '1 minute', now(), priority, attempts, input,
           jsonb_set(coalesce(options, '{}'), '{retry}', coalesce(options -> 'retry', '{}')
             || jsonb_build_object('attempts', attempts + base.n, 'base', base.n)), key
      from gone
     cross join lateral (select coalesce((options #>> '{retry,base}')::int, (options #>> '{retry,attempts}')::int, ${RETRY_DEFAULT.attempts}) as n) base
  )
  select id, queue, name from gone`;

const RETRY_ONE = RETRIED(
  "select id from posthorn.task_ended where app_id = $1 and id = $2 and state <> 'completed' and run_id is null for update",
);

export type RetryTask =
  | { readonly kind: "owed"; readonly queue: string; readonly name: string }
  /** It has not ended, or it is done. */
  | { readonly kind: "not_failed" }
  | { readonly kind: "of_a_run"; readonly runId: string }
  | { readonly kind: "unknown" };

const STATE = `
  select state, run_id from posthorn.task_ended where app_id = $1 and id = $2
  union all
  select 'open', run_id from posthorn.task_owed where app_id = $1 and id = $2
  union all
  select 'open', run_id from posthorn.task_leased where app_id = $1 and id = $2`;

/** Owes a task that failed or was cancelled once more, now. */
export async function retryTask(q: Queryable, appId: string, id: string): Promise<RetryTask> {
  const [owed] = await q.query<{ queue: string; name: string }>(RETRY_ONE, [appId, id]);
  if (owed !== undefined) return { kind: "owed", ...owed };
  const [found] = await q.query<{ state: string; run_id: string | null }>(STATE, [appId, id]);
  if (found === undefined) return { kind: "unknown" };
  return (found.state === "failed" || found.state === "cancelled") && found.run_id !== null
    ? { kind: "of_a_run", runId: found.run_id }
    : { kind: "not_failed" };
}

/** Which failed tasks to try again. */
export interface RetryFilter {
  readonly queue: string | undefined;
  readonly name: string | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

export const RETRIED_AT_ONCE_MAX = 1_000;
/** Failed tasks looked at by one request. */
const LOOKED_MAX = 20_000;

export interface RetriedMany {
  readonly count: number;
  /** False: there are more, or there may be; ask again, from before `next`. */
  readonly isDone: boolean;
  /** The id where looking stopped. */
  readonly next: string | undefined;
}

const FAILED = `
  select id, queue, name, run_id from posthorn.task_ended
   where app_id = $1 and state = 'failed' and id >= $2 and id < $3
   order by id desc limit ${LOOKED_MAX}`;

const RETRY_MANY = RETRIED(
  "select id from posthorn.task_ended where app_id = $1 and id = any($2::uuid[]) and state = 'failed' for update",
);

/**
 * Tries failed tasks again, the newest first, at most `RETRIED_AT_ONCE_MAX` by one request. With `dryRun` they are counted, and nothing is
 * changed. Tasks of runs are left alone.
 */
export async function retryTasks(
  q: Queryable,
  appId: string,
  filter: RetryFilter,
  dryRun: boolean,
): Promise<RetriedMany> {
  const bound = (ms: number) => uuidLowerBound(Math.min(Math.max(0, Math.floor(ms)), 2 ** 48 - 1));
  const found = await q.query<{ id: string; queue: string; name: string; run_id: string | null }>(FAILED, [
    appId,
    bound(filter.sinceMs ?? 0),
    bound(filter.untilMs ?? 2 ** 48 - 1),
  ]);
  const wanted = found.filter(
    (task) =>
      task.run_id === null &&
      (filter.queue === undefined || task.queue === filter.queue) &&
      (filter.name === undefined || task.name === filter.name),
  );
  const isWhole = found.length < LOOKED_MAX;
  if (dryRun) return { count: wanted.length, isDone: isWhole, next: isWhole ? undefined : found.at(-1)?.id };
  const some = wanted.slice(0, RETRIED_AT_ONCE_MAX);
  const retried = some.length === 0 ? [] : await q.query(RETRY_MANY, [appId, bareArray(some.map(({ id }) => id))]);
  const isDone = isWhole && some.length === wanted.length;
  return { count: retried.length, isDone, next: isDone ? undefined : (some.at(-1)?.id ?? found.at(-1)?.id) };
}
