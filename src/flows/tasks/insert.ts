import { bareArray, packBytes, type Queryable, type Statement } from "#kernel";
import { alike, alikeTexts, sparse, sparseTexts } from "./columns.ts";
import type { NewTask } from "./task.ts";
import { uniqueDigest } from "./unique.ts";

/** A task to be inserted, and the worker that waits for one like it: then it is leased in the same statement. */
export interface Placed {
  readonly task: NewTask;
  /** task_worker.token. */
  readonly worker: string | undefined;
}

const GIVEN = `
  select coalesce(t.app_id, ($2::uuid[])[1]) as app_id, t.id, coalesce(t.queue, ($4::text[])[1]) as queue, coalesce(t.name, ($5::text[])[1]) as name,
         coalesce(t.priority, ($6::int2[])[1]) as priority, coalesce(to_timestamp(t.due_ms / 1000.0), now() + t.delay_ms * interval '1 ms', now()) as due_at, t.options::jsonb as options,
         t.unique_key, t.unique_mode, t.run_id, t.path, t.key, t.worker, substring($1::bytea from t.starts for t.bytes) as input
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int2[], $7::float8[], $8::text[], $9::uuid[], $10::text[], $11::uuid[], $12::text[],
                $13::text[], $14::bigint[], $15::int[], $16::int[], $17::float8[])
      t(app_id, id, queue, name, priority, due_ms, options, unique_key, unique_mode, run_id, path, key, worker, starts, bytes, delay_ms)`;

const OWED = (from: string) => `
  insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, input, options, unique_key, unique_mode, run_id, path, key)
  select app_id, id, queue, name, due_at <= now(), due_at - priority * interval '1 minute', due_at, priority, input, options, unique_key, unique_mode, run_id, path, key
    from ${from}`;

// Nobody waits for any of them.
const OWE = OWED(`(${GIVEN}) t`);

// Leased only to a worker that lives, whose row nobody can declare lost before we have committed (`for key share`; whoever declares it
// takes `for update`), and only from a queue without limits: those are decided where the claim is, under the lock of the queue's row.
const PLACE = `
  with t as (${GIVEN}), alive as materialized (
    select w.token from posthorn.task_worker w where w.token = any($18::bigint[]) and w.ended_at is null for key share
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
  ), owed as (${OWED("placed where not hand_over")}
  )
  select case when count(*) < (select count(*) from placed where worker is not null) then coalesce(array_agg(id), '{}') end as leased from leased`;

function given(tasks: readonly NewTask[], workers: readonly (string | null)[]): Statement["params"] {
  const packed = packBytes(tasks.map(({ input }) => input));
  const of = <T>(value: (task: NewTask) => T) => tasks.map(value);
  return [
    packed.bytes,
    alike(of(({ appId }) => appId)),
    bareArray(of(({ id }) => id)),
    alikeTexts(of(({ queue }) => queue)),
    alikeTexts(of(({ name }) => name)),
    alike(of(({ priority }) => priority)),
    sparse(of(({ dueAtMs }) => dueAtMs ?? null)),
    sparseTexts(of(({ options }) => (options === undefined ? null : JSON.stringify(options)))),
    sparse(of((task) => (task.unique === undefined ? null : uniqueDigest(task.appId, task.name, task.unique.key)))),
    sparse(of(({ unique }) => unique?.for.mode ?? null)),
    sparse(of((task) => task.of?.runId ?? null)),
    sparseTexts(of((task) => task.of?.path ?? null)),
    sparseTexts(of(({ key }) => key ?? null)),
    sparse(workers),
    packed.offsets,
    packed.lengths,
    sparse(of(({ delayMs }) => delayMs ?? null)),
  ];
}

/** The statement that owes them; unique keys must be theirs already. It stands alone: of a transaction that is sent in one go no part may hold others. */
export const owing = (tasks: readonly NewTask[]): Statement => ({
  text: OWE,
  params: given(
    tasks,
    tasks.map(() => null),
  ),
});

/** Inserts them; answers with those that are leased now, to the workers that were named. */
export async function insertTasks(q: Queryable, rows: readonly Placed[]): Promise<ReadonlySet<Placed>> {
  const tasks = rows.map(({ task }) => task);
  const named = rows.filter(({ worker }) => worker !== undefined);
  if (named.length === 0) {
    const { text, params } = owing(tasks);
    await q.query(text, params);
    return new Set();
  }
  const workers = rows.map(({ worker }) => worker ?? null);
  const [row] = await q.query<{ leased: string[] | null }>(PLACE, [
    ...given(tasks, workers),
    bareArray([...new Set(workers)].filter((worker) => worker !== null)),
  ]);
  if (row === undefined) throw new Error("Inserting tasks was answered with nothing.");
  if (row.leased === null) return new Set(named);
  const leased = new Set(row.leased);
  return new Set(named.filter(({ task }) => leased.has(task.id)));
}
