import { bareArray, packBytes, type Queryable, textArray } from "#kernel";
import { alike } from "./columns.ts";

/** What becomes of tasks that a worker has in hand; the fence is its token and the number of the attempt. */
export type Settlement = {
  readonly appId: string;
  readonly id: string;
  /** task_worker.token and id. */
  readonly worker: string;
  readonly workerId: string;
  readonly attempt: number;
} & (
  | { readonly fate: "completed" /** JSON. */; readonly output: Uint8Array }
  | { readonly fate: "failed" | "cancelled"; readonly outcome: AttemptOutcome; readonly error: Uint8Array }
  | { readonly fate: "owed"; readonly outcome: AttemptOutcome; readonly error: Uint8Array; readonly waitMs: number }
  /** The attempt does not count. */
  | { readonly fate: "released" }
);

export type AttemptOutcome = "failed" | "timeout" | "lost" | "cancelled";

export type Fate = Settlement["fate"];

/** A task that was somebody's and is not any more. */
export interface Settled {
  /** As it stands now: who asked for it to be cancelled has it cancelled rather than tried again. */
  readonly fate: Fate;
  /** A run waits for it, and was told. */
  readonly signalled: boolean;
}

/** What others may want to know of a commit. */
export interface Consequences {
  /** Something was told to runs. */
  readonly signalled: boolean;
  /** Something is owed again. */
  readonly owed: boolean;
}

export interface SettledBatch extends Consequences {
  /** In the order asked. Undefined: it was not this worker's any more, and nothing was changed. */
  readonly fates: readonly (Fate | undefined)[];
}

const FENCE = `coalesce(t.app_id, ($2::uuid[])[1]) as app_id, t.id, coalesce(t.worker, ($4::bigint[])[1]) as worker,
           coalesce(t.worker_id, ($5::uuid[])[1]) as worker_id, coalesce(t.attempt, ($6::int2[])[1]) as attempt`;

// What follows is carried through the delete and not joined to it again (see delivery's settle). Which they were is only told when it was not all
// of them: a row for each would cost more to read than all that is sent.
const COMPLETED = `
  with s as (
    select ${FENCE}, t.starts, t.bytes, t.n
      from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::int2[], $7::int[], $8::int[])
        with ordinality t(app_id, id, worker, worker_id, attempt, starts, bytes, n)
  ), settled as (
    delete from posthorn.task_leased l using s
     where l.app_id = s.app_id and l.id = s.id and l.worker = s.worker and l.attempt = s.attempt
    returning l.app_id, l.id, l.queue, l.name, l.priority, l.attempt, l.input, l.options, l.run_id, l.path, l.key, l.leased_at, l.unique_key, l.unique_mode,
              s.worker_id, s.starts, s.bytes, s.n
  ), ended as (
    insert into posthorn.task_ended (app_id, id, queue, name, state, priority, attempts, input, options, result, run_id, path, key, worker, started_at)
    select app_id, id, queue, name, 'completed', priority, attempt, input, options, substring($1::bytea from starts for bytes), run_id, path, key, worker_id, leased_at
      from settled
  ), freed as (
    delete from posthorn.task_unique u using settled where settled.unique_mode = 'done' and u.key = settled.unique_key and u.task_id = settled.id
  ), signalled as (
    insert into posthorn.run_signal (id, run_id, path, attempt, kind, value)
    select uuidv7(), run_id, path, (options ->> 'stepAttempt')::smallint, 'completed', substring($1::bytea from starts for bytes) from settled where path is not null
  )
  select case when count(*) < cardinality($3::uuid[]) then coalesce(array_agg(n::int), '{}') end as places,
         coalesce(bool_or(path is not null), false) as signalled
    from settled`;

/**
 * What follows from `settled` (rows of task_leased that were deleted, with fate, outcome, error, wait (interval), worker_id): owed again or ended, the
 * attempt recorded, keys freed, the run that waits told. All in the transaction of the delete.
 */
export const aftermath = `
  owed as (
    insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, priority, attempts, input, options, unique_key, unique_mode, run_id, path, key)
    select app_id, id, queue, name, wait <= interval '0', now() + wait - priority * interval '1 minute', now() + wait, priority,
           case fate when 'released' then attempt - 1 else attempt end, input, options, unique_key, unique_mode, run_id, path, key
      from settled where fate in ('owed', 'released')
  ), ended as (
    insert into posthorn.task_ended (app_id, id, queue, name, state, priority, attempts, input, options, result, run_id, path, key, worker, started_at)
    select app_id, id, queue, name, fate, priority, attempt, input, options, error, run_id, path, key, worker_id, leased_at
      from settled where fate in ('failed', 'cancelled')
  ), attempted as (
    insert into posthorn.task_attempt (task_id, number, app_id, outcome, worker, started_at, error, next_at)
    select id, attempt, app_id, outcome, worker_id, leased_at, error, case fate when 'owed' then now() + wait end
      from settled where fate <> 'released'
    on conflict do nothing
  ), freed as (
    delete from posthorn.task_unique u using settled
     where settled.fate in ('failed', 'cancelled') and settled.unique_mode in ('waiting', 'done') and u.key = settled.unique_key and u.task_id = settled.id
  ), signalled as (
    insert into posthorn.run_signal (id, run_id, path, attempt, kind, value)
    select uuidv7(), run_id, path, (options ->> 'stepAttempt')::smallint, 'failed', error from settled where path is not null and fate in ('failed', 'cancelled')
  )`;

/** Of each that was settled. */
export const SETTLED_COLUMNS = "fate, path is not null and fate in ('failed', 'cancelled') as signalled";

/** Columns of task_leased that the aftermath needs. */
export const CARRIED =
  "l.app_id, l.id, l.queue, l.name, l.priority, l.attempt, l.input, l.options, l.run_id, l.path, l.key, l.leased_at, l.unique_key, l.unique_mode";

// Whoever was to be cancelled is not tried again.
const SETTLED = `
  with s as (
    select ${FENCE}, t.fate, t.outcome, t.wait_ms, t.starts, t.bytes, t.n
      from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::int2[], $7::text[], $8::text[], $9::float8[], $10::int[], $11::int[])
        with ordinality t(app_id, id, worker, worker_id, attempt, fate, outcome, wait_ms, starts, bytes, n)
  ), settled as (
    delete from posthorn.task_leased l using s
     where l.app_id = s.app_id and l.id = s.id and l.worker = s.worker and l.attempt = s.attempt
    returning ${CARRIED}, s.worker_id, s.n, case when l.cancel_reason is not null and s.fate in ('owed', 'released') then 'cancelled' else s.fate end as fate,
              coalesce(s.outcome, 'cancelled') as outcome, s.wait_ms * interval '1 ms' as wait,
              case when s.bytes >= 0 then substring($1::bytea from s.starts for s.bytes)
                   else convert_to(jsonb_build_object('class', 'cancelled', 'code', 'cancelled', 'message', l.cancel_reason)::text, 'UTF8') end as error
  ), ${aftermath}
  select n::int as place, ${SETTLED_COLUMNS} from settled`;

const fencesOf = (settlements: readonly Settlement[]) => {
  const of = <T>(value: (settlement: Settlement) => T) => settlements.map(value);
  return [
    alike(of(({ appId }) => appId)),
    bareArray(of(({ id }) => id)),
    alike(of(({ worker }) => worker)),
    alike(of(({ workerId }) => workerId)),
    alike(of(({ attempt }) => attempt)),
  ];
};

/**
 * Writes what became of tasks, in one transaction of at most two statements. Those that were not the worker's any more had been taken over, or
 * this very settle was committed before. Safe to repeat.
 */
export async function settleTasks(q: Queryable, batch: readonly Settlement[]): Promise<SettledBatch> {
  const completed = batch.filter((settlement) => settlement.fate === "completed");
  const others = batch.filter((settlement) => settlement.fate !== "completed");
  const fates = new Map<Settlement, Fate>();
  let signalled = false;
  let owed = false;
  if (completed.length > 0) {
    const packed = packBytes(completed.map(({ output }) => output));
    const [row] = await q.query<{ places: ArrayLike<number> | null; signalled: boolean }>(COMPLETED, [
      packed.bytes,
      ...fencesOf(completed),
      packed.offsets,
      packed.lengths,
    ]);
    if (row === undefined) throw new Error("Settling tasks was answered with nothing.");
    signalled = row.signalled;
    if (row.places === null) for (const settlement of completed) fates.set(settlement, "completed");
    else for (const place of Array.from(row.places)) fates.set(at(completed, place), "completed");
  }
  if (others.length > 0) {
    const packed = packBytes(others.map((other) => (other.fate === "released" ? null : other.error)));
    const rows = await q.query<Settled & { readonly place: number }>(SETTLED, [
      packed.bytes,
      ...fencesOf(others),
      textArray(others.map(({ fate }) => fate)),
      textArray(others.map((other) => (other.fate === "released" ? null : other.outcome))),
      bareArray(others.map((other) => (other.fate === "owed" ? other.waitMs : 0))),
      packed.offsets,
      packed.lengths,
    ]);
    for (const { place, fate } of rows) fates.set(at(others, place), fate);
    const what = consequencesOf(rows);
    signalled ||= what.signalled;
    owed = what.owed;
  }
  return { fates: batch.map((settlement) => fates.get(settlement)), signalled, owed };
}

/** Places are counted from 1, as the database counts. */
function at(batch: readonly Settlement[], place: number): Settlement {
  const settlement = batch[place - 1];
  if (settlement === undefined) throw new Error(`Of ${batch.length} tasks the one at ${place} was settled.`);
  return settlement;
}

export const consequencesOf = (settled: readonly Settled[]): Consequences => ({
  signalled: settled.some(({ signalled }) => signalled),
  owed: settled.some(({ fate }) => fate === "owed" || fate === "released"),
});
