import { bareArray, type Queryable } from "#kernel";
import { aftermath, CARRIED, SETTLED_COLUMNS, type Settled } from "./settle.ts";

// Whether a lost attempt was begun, nobody can know any more: `ambiguous`. The first time it is owed again at once. Later it waits as after a
// failure: those that were lost together part ways, so that one which kills its workers does not use up the attempts of its neighbours.
const lost = (which: string, of: { outcome: "lost" | "timeout"; class: string; error: string; wait: string }) => `
  with settled as (
    delete from posthorn.task_leased l ${which}
    returning ${CARRIED}, w.id as worker_id, '${of.outcome}' as outcome, ${of.wait} as wait,
              case when l.cancel_reason is not null then 'cancelled'
                   when posthorn.task_retries(l.options, l.attempt, '${of.class}') then 'owed' else 'failed' end as fate,
              convert_to(jsonb_build_object('class', '${of.class}', ${of.error})::text, 'UTF8') as error
  ), ${aftermath}
  select ${SETTLED_COLUMNS} from settled`;

const OF_WORKER = lost("using posthorn.task_worker w where w.token = $1::bigint and l.worker = w.token", {
  outcome: "lost",
  class: "ambiguous",
  error:
    "'code', 'worker_lost', 'message', format('The worker %s was not heard of any more; whether the task was done is not known', w.name)",
  wait: "case when l.attempt = 1 then interval '0' else posthorn.task_wait(l.options, l.attempt - 1) end",
});

/** A worker ends an attempt by itself at its deadline; this is for one that does not. */
const OVERDUE_MS = 2_000;
const OVERDUE = lost(
  `using posthorn.task_worker w where w.token = l.worker and l.deadline_at < now() - interval '${OVERDUE_MS} ms'`,
  {
    outcome: "timeout",
    class: "timeout",
    error:
      "'code', 'task_timeout', 'message', format('The task took longer than %s ms', coalesce(l.options ->> 'timeoutMs', '?'))",
    wait: "posthorn.task_wait(l.options, l.attempt)",
  },
);

const RELEASE = `
  with settled as (
    delete from posthorn.task_leased l using posthorn.task_worker w
     where w.token = $1::bigint and l.worker = w.token
    returning ${CARRIED}, w.id as worker_id, 'cancelled' as outcome, interval '0' as wait,
              case when l.cancel_reason is not null then 'cancelled' else 'released' end as fate,
              convert_to(jsonb_build_object('class', 'cancelled', 'code', 'cancelled', 'message', coalesce(l.cancel_reason, ''))::text, 'UTF8') as error
  ), ${aftermath}
  select ${SETTLED_COLUMNS} from settled`;

// What was leased to it longer ago than any answer is on its way, and it does not know of: the answer that brought it was lost.
const FORGOTTEN = `
  select id, attempt from posthorn.task_leased
   where worker = $1::bigint and leased_at < now() - interval '10 s' and id <> all($2::uuid[])
   limit 1000`;

/** What a lost worker had in hand is owed again, or has failed when it was its last attempt. Its row must be held. */
export function takeOverTasks(tx: Queryable, worker: string): Promise<Settled[]> {
  return tx.query<Settled>(OF_WORKER, [worker]);
}

/** What a worker that leaves still has is owed again, as if it had not been handed out. Its row must be held. */
export function releaseTasks(tx: Queryable, worker: string): Promise<Settled[]> {
  return tx.query<Settled>(RELEASE, [worker]);
}

/** Ends attempts that are well past their deadline, whatever their workers say. */
export function endOverdue(q: Queryable): Promise<Settled[]> {
  return q.query<Settled>(OVERDUE);
}

/** Tasks leased to a worker that says it does not hold them. */
export function forgottenTasks(
  q: Queryable,
  worker: string,
  holding: readonly string[],
): Promise<{ id: string; attempt: number }[]> {
  return q.query<{ id: string; attempt: number }>(FORGOTTEN, [worker, bareArray(holding)]);
}
