import { bareArray, type Db, type GroupCommit, groupCommit, type Queryable, textArray } from "#kernel";
import { afterFailure } from "./retry.ts";
import { type Consequences, type Settlement, settleTasks } from "./settle.ts";
import { jsonBytes, type ResultState, type TaskOptions, type TaskResult } from "./task.ts";
import type { WorkerRow } from "./worker-store.ts";

/** Results that one worker reports together. */
export interface Report {
  readonly worker: WorkerRow;
  readonly results: readonly TaskResult[];
}

export interface ReportOptions {
  readonly db: Db;
  readonly now: () => number;
  readonly random: () => number;
  /** Told of what ended or is tried again, after the commit. */
  readonly onSettled: (what: Consequences, soonestRetryMs: number | undefined) => void;
}

const COMMIT_REPORTS_MAX = 200;
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;
const COMMITS_MAX = 2;
const WAIT_MS_MAX = 5_000;

const OPTIONS = `
  select l.id, l.options from unnest($1::uuid[], $2::uuid[]) t(app_id, id) join posthorn.task_leased l using (app_id, id)`;

// Whether this very result was told before, by an answer that did not arrive: the row that says what it came to is found by the number of the attempt
// and its worker.
const TOLD = `
  select t.id, t.attempt, t.worker, coalesce(e.state, case when a.task_id is not null then 'retrying' end) as state
    from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::uuid[]) t(app_id, id, attempt, worker)
    left join posthorn.task_ended e on e.app_id = t.app_id and e.id = t.id and e.attempts = t.attempt and e.worker = t.worker
    left join posthorn.task_attempt a on a.task_id = t.id and a.number = t.attempt and not a.late and a.worker = t.worker and a.outcome in ('failed', 'timeout')
   where e.id is not null or a.task_id is not null`;

const LATE = `
  insert into posthorn.task_attempt (task_id, number, late, app_id, outcome, worker, error)
  select t.id, t.attempt, true, t.app_id, t.outcome, t.worker, case when t.error is not null then convert_to(t.error, 'UTF8') end
    from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::uuid[], $5::text[], $6::text[]) t(app_id, id, attempt, worker, outcome, error)
      -- Only of tasks that exist: what a worker makes up is not kept.
   where exists (select from posthorn.task_attempt a where a.task_id = t.id)
      or exists (select from posthorn.task_ended e where e.app_id = t.app_id and e.id = t.id)
      or exists (select from posthorn.task_owed o where o.app_id = t.app_id and o.id = t.id)
      or exists (select from posthorn.task_leased l where l.app_id = t.app_id and l.id = t.id)
  on conflict do nothing`;

interface Told {
  readonly worker: WorkerRow;
  readonly result: TaskResult;
}

const keyOf = (id: string, attempt: number, worker: string) => `${id} ${attempt} ${worker}`;

/** What workers report is committed together, and each told what it came to. A result that comes too late changes nothing (P3). */
export function createReports(options: ReportOptions): GroupCommit<Report, readonly ResultState[]> {
  const { db } = options;

  async function optionsOf(told: readonly Told[]): Promise<Map<string, TaskOptions>> {
    const failed = told.filter(({ result }) => result.kind === "failed");
    if (failed.length === 0) return new Map();
    const rows = await db.query<{ id: string; options: TaskOptions | null }>(OPTIONS, [
      bareArray(failed.map(({ worker }) => worker.appId)),
      bareArray(failed.map(({ result }) => result.id)),
    ]);
    return new Map(rows.map((row) => [row.id, row.options ?? {}]));
  }

  function settlementOf({ worker, result }: Told, known: ReadonlyMap<string, TaskOptions>): Settlement {
    const of = {
      appId: worker.appId,
      id: result.id,
      worker: worker.token,
      workerId: worker.id,
      attempt: result.attempt,
    };
    if (result.kind === "completed") return { ...of, fate: "completed", output: result.output };
    if (result.kind === "released") return { ...of, fate: "released" };
    const error = jsonBytes(result.error);
    const wishMs = result.retryAtMs === undefined ? undefined : result.retryAtMs - options.now();
    const after = afterFailure(known.get(result.id), result.attempt, result.error, options.random(), wishMs);
    const outcome = result.error.class === "timeout" ? "timeout" : "failed";
    switch (after.kind) {
      case "retry":
        return { ...of, fate: "owed", outcome, error, waitMs: after.waitMs };
      case "failed":
        return { ...of, fate: "failed", outcome, error };
      case "cancelled":
        return { ...of, fate: "cancelled", outcome: "cancelled", error };
    }
  }

  async function commit(batch: readonly Report[], answered: () => void): Promise<ResultState[][]> {
    const told = batch.flatMap(({ worker, results }) => results.map((result) => ({ worker, result })));
    const known = await optionsOf(told);
    const settlements = told.map((one) => settlementOf(one, known));
    const isOneStatement = settlements.every(({ fate }) => fate === "completed");
    const settled = isOneStatement
      ? await settleTasks(db, settlements)
      : await db.transaction((tx) => settleTasks(tx, settlements));
    answered();
    const { fates } = settled;
    const late = told.filter((_, i) => fates[i] === undefined);
    const before = late.length === 0 ? new Map<string, ResultState>() : await judgeLate(db, late);
    const waits = settlements.flatMap((one) => (one.fate === "owed" ? [one.waitMs] : []));
    if (late.length < told.length) options.onSettled(settled, waits.length === 0 ? undefined : Math.min(...waits));
    const states = told.map(({ worker, result }, i): ResultState => {
      const fate = fates[i];
      if (fate === undefined) return before.get(keyOf(result.id, result.attempt, worker.id)) ?? "late";
      return fate === "owed" ? "retrying" : fate;
    });
    let from = 0;
    return batch.map(({ results }) => {
      const mine = states.slice(from, from + results.length);
      from += results.length;
      return mine;
    });
  }

  /** What results that changed nothing came to: told before, or too late, which is recorded. */
  async function judgeLate(q: Queryable, late: readonly Told[]): Promise<Map<string, ResultState>> {
    const columns = (of: readonly Told[]) => [
      bareArray(of.map(({ worker }) => worker.appId)),
      bareArray(of.map(({ result }) => result.id)),
      bareArray(of.map(({ result }) => result.attempt)),
      bareArray(of.map(({ worker }) => worker.id)),
    ];
    const rows = await q.query<{ id: string; attempt: number; worker: string; state: ResultState }>(
      TOLD,
      columns(late),
    );
    const states = new Map(rows.map(({ id, attempt, worker, state }) => [keyOf(id, attempt, worker), state]));
    const recorded = late.filter(
      ({ worker, result }) => result.kind !== "released" && !states.has(keyOf(result.id, result.attempt, worker.id)),
    );
    if (recorded.length > 0) {
      await q.query(LATE, [
        ...columns(recorded),
        textArray(
          recorded.map(({ result }) =>
            result.kind !== "failed"
              ? "completed"
              : result.error.class === "timeout"
                ? "timeout"
                : result.error.class === "cancelled"
                  ? "cancelled"
                  : "failed",
          ),
        ),
        textArray(recorded.map(({ result }) => (result.kind === "failed" ? JSON.stringify(result.error) : null))),
      ]);
    }
    return states;
  }

  return groupCommit({
    commit,
    rowsMax: COMMIT_REPORTS_MAX,
    bytesMax: COMMIT_BYTES_MAX,
    bytesOf: ({ results }) =>
      results.reduce((sum, result) => sum + 200 + (result.kind === "completed" ? result.output.length : 500), 0),
    commitsMax: COMMITS_MAX,
    waitMsMax: WAIT_MS_MAX,
  });
}
