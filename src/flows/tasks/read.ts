import { bareArray, idTimeMs, type Queryable } from "#kernel";
import type { Keyset } from "#tenancy";
import type { TaskOptions, TaskState } from "./task.ts";

/** A task as lists show it. */
export interface TaskSummary {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: TaskState;
  readonly priority: number;
  /** Made, the one under way included. */
  readonly attempts: number;
  readonly createdAt: Date;
  /** When it may begin; undefined unless it waits. */
  readonly dueAt: Date | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly runId: string | undefined;
  readonly path: string | undefined;
  /** Undefined: no worker has, or had, it. */
  readonly workerId: string | undefined;
  /** JSON. */
  readonly progress: string | undefined;
  /** JSON: why it failed, or was cancelled; in lists cut away when it is long. */
  readonly error: string | undefined;
}

export interface TaskAttempt {
  readonly number: number;
  readonly late: boolean;
  readonly outcome: string;
  readonly workerId: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date;
  readonly error: string | undefined;
  readonly nextAt: Date | undefined;
}

export interface TaskDetail extends TaskSummary {
  readonly key: string | undefined;
  readonly options: TaskOptions;
  /** JSON. */
  readonly input: string;
  readonly output: string | undefined;
  readonly cancelReason: string | undefined;
  /** Those that did not complete it, and the one that did. */
  readonly history: readonly TaskAttempt[];
}

export interface TaskFilter {
  readonly state: TaskState | undefined;
  readonly queue: string | undefined;
  readonly name: string | undefined;
}

export interface TaskScan {
  readonly tasks: readonly TaskSummary[];
  /** Where looking stopped before the list ended. */
  readonly stoppedAt: string | undefined;
}

/** Rows looked at for one page where a filter lets only some of them pass. */
const SCAN_MAX = 2_000;
const ERROR_SHOWN_BYTES = 4_096;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: TaskState;
  readonly priority: number;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly run_id: string | null;
  readonly path: string | null;
  readonly worker: string | null;
  readonly progress: string | null;
  readonly error: string | null;
}

const OWED = `
  select id, name, queue, 'waiting' as state, priority, attempts, due_at, null::timestamptz as started_at, null::timestamptz as ended_at, run_id, path,
         null::uuid as worker, null::text as progress, null::text as error
    from posthorn.task_owed`;
const LEASED = `
  select l.id, l.name, l.queue, 'running', l.priority, l.attempt, null::timestamptz, l.leased_at, null::timestamptz, l.run_id, l.path,
         (select w.id from posthorn.task_worker w where w.token = l.worker) as worker, l.progress, null::text
    from posthorn.task_leased l`;
const ENDED = `
  select id, name, queue, state, priority, attempts, null::timestamptz, started_at, ended_at, run_id, path, worker, null::text,
         case when state <> 'completed' and octet_length(result) <= ${ERROR_SHOWN_BYTES} then convert_from(result, 'UTF8') end
    from posthorn.task_ended`;

/** Each table from its own index, in the order of ids; no table is asked that cannot hold what is wanted. */
function listSql(state: TaskState | undefined, keyset: Keyset): string {
  const [beyond, direction] = keyset.order === "ascending" ? [">", "asc"] : ["<", "desc"];
  const part = (select: string, also = "") => `
    (${select} where app_id = $1 and ($2::uuid is null or id ${beyond} $2) ${also} order by id ${direction} limit $3)`;
  const parts: string[] = [];
  if (state === undefined || state === "waiting") parts.push(part(OWED));
  if (state === undefined || state === "running") parts.push(part(LEASED));
  if (state === undefined) parts.push(part(ENDED));
  else if (state !== "waiting" && state !== "running") parts.push(part(ENDED, `and state = '${state}'`));
  return `select * from (${parts.join(" union all ")}) t order by id ${direction} limit $3`;
}

function summaryOf(row: Row): TaskSummary {
  return {
    id: row.id,
    name: row.name,
    queue: row.queue,
    state: row.state,
    priority: row.priority,
    attempts: row.attempts,
    createdAt: new Date(idTimeMs(row.id)),
    dueAt: row.due_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    runId: row.run_id ?? undefined,
    path: row.path ?? undefined,
    workerId: row.worker ?? undefined,
    progress: row.progress ?? undefined,
    error: row.error ?? undefined,
  };
}

/** A stretch of an application's tasks in the order of their ids, as far as a bounded look went. */
export async function listTasks(q: Queryable, appId: string, keyset: Keyset, filter: TaskFilter): Promise<TaskScan> {
  const isFiltered = filter.queue !== undefined || filter.name !== undefined;
  const scanned = isFiltered ? SCAN_MAX : keyset.limit;
  const rows = await q.query<Row>(listSql(filter.state, keyset), [appId, keyset.after ?? null, scanned]);
  const passes = rows.filter(
    (row) =>
      (filter.queue === undefined || row.queue === filter.queue) &&
      (filter.name === undefined || row.name === filter.name),
  );
  const tasks = passes.slice(0, keyset.limit).map(summaryOf);
  const isCut = isFiltered && rows.length === scanned && passes.length < keyset.limit;
  return { tasks, stoppedAt: isCut ? rows.at(-1)?.id : undefined };
}

const DETAIL = `
  select 'waiting' as state, id, name, queue, priority, attempts, due_at, null::timestamptz as started_at, null::timestamptz as ended_at, run_id, path,
         null::uuid as worker, null::text as progress, key, options, convert_from(input, 'UTF8') as input, null::text as result, null::text as cancel_reason
    from posthorn.task_owed where app_id = $1 and id = $2
  union all
  select 'running', id, name, queue, priority, attempt, null, leased_at, null, run_id, path,
         (select w.id from posthorn.task_worker w where w.token = l.worker), progress, key, options, convert_from(input, 'UTF8'), null, cancel_reason
    from posthorn.task_leased l where app_id = $1 and id = $2
  union all
  select state, id, name, queue, priority, attempts, null, started_at, ended_at, run_id, path, worker, null, key, options, convert_from(input, 'UTF8'),
         convert_from(result, 'UTF8'), null
    from posthorn.task_ended where app_id = $1 and id = $2
   limit 1`;

const ATTEMPTS = `
  select number, late, outcome, worker, started_at, ended_at, convert_from(error, 'UTF8') as error, next_at
    from posthorn.task_attempt where task_id = $1 and app_id = $2 order by number, late limit 200`;

interface DetailRow extends Omit<Row, "error"> {
  readonly key: string | null;
  readonly options: TaskOptions | null;
  readonly input: string;
  readonly result: string | null;
  readonly cancel_reason: string | null;
}

interface AttemptRow {
  readonly number: number;
  readonly late: boolean;
  readonly outcome: string;
  readonly worker: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date;
  readonly error: string | null;
  readonly next_at: Date | null;
}

/** One task with its input, its output or error, and its attempts. */
export async function findTask(q: Queryable, appId: string, id: string): Promise<TaskDetail | undefined> {
  const [row] = await q.query<DetailRow>(DETAIL, [appId, id]);
  if (row === undefined) return undefined;
  const attempts = await q.query<AttemptRow>(ATTEMPTS, [id, appId]);
  const isCompleted = row.state === "completed";
  const summary = summaryOf({ ...row, error: isCompleted ? null : row.result });
  const history = attempts.map(
    (attempt): TaskAttempt => ({
      number: attempt.number,
      late: attempt.late,
      outcome: attempt.outcome,
      workerId: attempt.worker ?? undefined,
      startedAt: attempt.started_at ?? undefined,
      endedAt: attempt.ended_at,
      error: attempt.error ?? undefined,
      nextAt: attempt.next_at ?? undefined,
    }),
  );
  if (isCompleted) {
    history.push({
      number: row.attempts,
      late: false,
      outcome: "completed",
      workerId: row.worker ?? undefined,
      startedAt: row.started_at ?? undefined,
      endedAt: row.ended_at ?? new Date(0),
      error: undefined,
      nextAt: undefined,
    });
  }
  return {
    ...summary,
    key: row.key ?? undefined,
    options: row.options ?? {},
    input: row.input,
    output: isCompleted ? (row.result ?? undefined) : undefined,
    cancelReason: row.cancel_reason ?? undefined,
    history,
  };
}

/** These tasks as lists show them, by id. */
export async function findTasks(
  q: Queryable,
  appId: string,
  ids: readonly string[],
): Promise<Map<string, TaskSummary>> {
  const within = "where app_id = $1 and id = any($2::uuid[])";
  const rows = await q.query<Row>(`${OWED} ${within} union all ${LEASED} ${within} union all ${ENDED} ${within}`, [
    appId,
    bareArray(ids),
  ]);
  return new Map(rows.map((row) => [row.id, summaryOf(row)]));
}
