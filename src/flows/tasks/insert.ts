import { bareArray, packBytes, type Queryable, type Statement, textArray } from "#kernel";
import type { NewTask } from "./task.ts";
import { uniqueDigest } from "./unique.ts";

/** A task to be inserted, and the worker that waits for one like it: then it is leased in the same statement. */
export interface Placed {
  readonly task: NewTask;
  /** task_worker.token. */
  readonly worker: string | undefined;
}

// Leased only to a worker that lives, whose row nobody can declare lost before we have committed (`for key share`; whoever declares it
// takes `for update`), and only from a queue without limits: those are decided where the claim is, under the lock of the queue's row.
const INSERT = `
  with t as (
    select t.app_id, t.id, t.queue, t.name, t.priority, coalesce(to_timestamp(t.due_ms / 1000.0), now()) as due_at, t.options::jsonb as options,
           t.unique_key, t.unique_mode, t.run_id, t.path, t.key, t.worker, substring($1::bytea from t.starts for t.bytes) as input
      from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int2[], $7::float8[], $8::text[], $9::uuid[], $10::text[], $11::uuid[], $12::text[],
                  $13::text[], $14::bigint[], $15::int[], $16::int[])
        t(app_id, id, queue, name, priority, due_ms, options, unique_key, unique_mode, run_id, path, key, worker, starts, bytes)
  ), alive as materialized (
    select w.token from posthorn.task_worker w where w.token = any($17::bigint[]) and w.ended_at is null for key share
  ), placed as materialized (
    select t.*, alive.token is not null and s.name is null as hand_over
      from t
      left join alive on alive.token = t.worker
      left join posthorn.task_queue s on s.app_id = t.app_id and s.name = t.queue and (s.paused or s.concurrency is not null or s.rate is not null)
  ), leased as (
    insert into posthorn.task_leased (app_id, id, queue, name, worker, attempt, deadline_at, priority, input, options, unique_key, unique_mode, run_id, path, key)
    select app_id, id, queue, name, worker, 1, now() + (options ->> 'timeoutMs')::float8 * interval '1 ms', priority, input, options, unique_key, unique_mode, run_id, path, key
      from placed where hand_over
    returning id
  ), owed as (
    insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, input, options, unique_key, unique_mode, run_id, path, key)
    select app_id, id, queue, name, due_at <= now(), due_at - priority * interval '1 minute', due_at, priority, input, options, unique_key, unique_mode, run_id, path, key
      from placed where not hand_over
  )
  select case when count(*) < (select count(*) from t where worker is not null) then coalesce(array_agg(id), '{}') end as leased from leased`;

function insertion(rows: readonly Placed[]): Statement {
  const packed = packBytes(rows.map(({ task }) => task.input));
  const of = <T>(value: (task: NewTask) => T) => rows.map(({ task }) => value(task));
  const workers = rows.map(({ worker }) => worker ?? null);
  return {
    text: INSERT,
    params: [
      packed.bytes,
      bareArray(of(({ appId }) => appId)),
      bareArray(of(({ id }) => id)),
      textArray(of(({ queue }) => queue)),
      textArray(of(({ name }) => name)),
      bareArray(of(({ priority }) => priority)),
      bareArray(of(({ dueAtMs }) => dueAtMs ?? null)),
      textArray(of(({ options }) => (options === undefined ? null : JSON.stringify(options)))),
      bareArray(
        of((task) => (task.unique === undefined ? null : uniqueDigest(task.appId, task.name, task.unique.key))),
      ),
      bareArray(of(({ unique }) => unique?.for.mode ?? null)),
      bareArray(of((task) => task.of?.runId ?? null)),
      textArray(of((task) => task.of?.path ?? null)),
      textArray(of(({ key }) => key ?? null)),
      bareArray(workers),
      packed.offsets,
      packed.lengths,
      bareArray([...new Set(workers)].filter((worker) => worker !== null)),
    ],
  };
}

/** Inserts them; answers with those that are leased now, to the workers that were named. */
export async function insertTasks(q: Queryable, rows: readonly Placed[]): Promise<ReadonlySet<Placed>> {
  const { text, params } = insertion(rows);
  const [row] = await q.query<{ leased: string[] | null }>(text, params);
  if (row === undefined) throw new Error("Inserting tasks was answered with nothing.");
  const named = rows.filter(({ worker }) => worker !== undefined);
  if (row.leased === null) return new Set(named);
  const leased = new Set(row.leased);
  return new Set(named.filter(({ task }) => leased.has(task.id)));
}

// For a transaction that is sent in one go: of its parts none may hold others.
const OWE = `
  insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, input, options, run_id, path, key)
  select t.app_id, t.id, t.queue, t.name, true, now() - t.priority * interval '1 minute', now(), t.priority,
         substring($1::bytea from t.starts for t.bytes), t.options::jsonb, t.run_id, t.path, t.key
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int2[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::int[], $12::int[])
      t(app_id, id, queue, name, priority, options, run_id, path, key, starts, bytes)`;

/** The statement that owes them now; none has a time or a unique key of its own. */
export function owing(tasks: readonly NewTask[]): Statement {
  const packed = packBytes(tasks.map(({ input }) => input));
  const of = <T>(value: (task: NewTask) => T) => tasks.map(value);
  return {
    text: OWE,
    params: [
      packed.bytes,
      bareArray(of(({ appId }) => appId)),
      bareArray(of(({ id }) => id)),
      textArray(of(({ queue }) => queue)),
      textArray(of(({ name }) => name)),
      bareArray(of(({ priority }) => priority)),
      textArray(of(({ options }) => (options === undefined ? null : JSON.stringify(options)))),
      bareArray(of((task) => task.of?.runId ?? null)),
      textArray(of((task) => task.of?.path ?? null)),
      textArray(of(({ key }) => key ?? null)),
      packed.offsets,
      packed.lengths,
    ],
  };
}
