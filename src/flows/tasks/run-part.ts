import { bareArray, newId, type Queryable, type Statement, textArray } from "#kernel";
import type { CommandOf } from "#language";
import type { CommitPart, PartPlan, RunCommit } from "../commit-part.ts";
import { owing } from "./insert.ts";
import { jsonBytes, type NewTask } from "./task.ts";

export interface TaskPartOptions {
  readonly now: () => number;
  /** These were inserted by a transaction that is committed. */
  readonly inserted: (tasks: readonly NewTask[]) => void;
}

// A run that is cancelled or has failed wants none of its tasks any more.
const CANCEL = "select posthorn.cancel_tasks_of($1::uuid[], $2::text[])";

/** Tasks of this run that nobody waits for after this commit; path null: all of them. */
function unwantedOf({ run, entries, effects, then }: RunCommit): { runId: string; path: string | null }[] {
  const isOver =
    entries.some(({ kind }) => kind === "cancelled") || (then.kind === "ends" && then.ending.state !== "completed");
  if (isOver) return [{ runId: run.id, path: null }];
  const givenUp = effects.filter((command) => command.kind === "give_up" && command.of === "task");
  // A step that timed out may be tried again: its task does not go on beside that of the next attempt. Of what kind the step is, the entry does not say.
  const timedOut = entries.filter((entry) => entry.kind === "failed" && entry.error.code === "step_timeout");
  return [...givenUp, ...timedOut].map(({ path }) => ({ runId: run.id, path }));
}

/** The step's own retries decide: of each attempt of a step there is one task, tried once. */
function taskOf(commit: RunCommit, command: CommandOf<"task">): NewTask {
  return {
    id: newId(),
    appId: commit.run.appId,
    queue: command.queue,
    name: command.name,
    priority: command.priority,
    dueAtMs: undefined,
    input: jsonBytes(command.input),
    options: {
      retry: { attempts: 1 },
      ...(command.timeoutMs !== undefined && { timeoutMs: command.timeoutMs }),
      stepAttempt: command.attempt,
    },
    unique: undefined,
    of: { runId: commit.run.id, path: command.path },
    key: command.key,
  };
}

/** Steps of kind `task`: the task is a row of the commit that records that the step waits. Its end is a signal to the run. */
export function createTaskPart(options: TaskPartOptions): CommitPart {
  function statementsOf(commits: readonly RunCommit[]): { statements: Statement[]; plan: PartPlan } {
    const tasks = commits.flatMap((commit) =>
      commit.effects.flatMap((command) => (command.kind === "task" ? [taskOf(commit, command)] : [])),
    );
    const unwanted = commits.flatMap(unwantedOf);
    const statements: Statement[] = [];
    if (unwanted.length > 0) {
      const params = [bareArray(unwanted.map(({ runId }) => runId)), textArray(unwanted.map(({ path }) => path))];
      statements.push({ text: CANCEL, params });
    }
    if (tasks.length > 0) statements.push(owing(tasks)); // After that: a step's next attempt stands at the same path.
    const plan: PartPlan = {
      committed: () => options.inserted(tasks),
      abandoned: () => undefined,
    };
    return { statements, plan };
  }

  return {
    name: "task",
    serves: ["task"],
    concerns: (commit) => commit.effects.some(({ kind }) => kind === "task") || unwantedOf(commit).length > 0,
    foresee: statementsOf,
    write: async (tx: Queryable, commits) => {
      const { statements, plan } = statementsOf(commits);
      for (const { text, params } of statements) await tx.query(text, params);
      return plan;
    },
  };
}

// Tasks of branches that their run gave up, or of runs that ended in another way: nobody waits for them. A run that has not ended is in one of
// two tables. What is under way and was told already needs no second word.
const ORPHANED = `
  select array_agg(distinct t.run_id) as runs
    from (select run_id from posthorn.task_owed where run_id is not null
          union all
          select run_id from posthorn.task_leased where run_id is not null and cancel_reason is null) t
   where not exists (select from posthorn.run_leased r where r.id = t.run_id)
     and not exists (select from posthorn.run_waiting r where r.id = t.run_id)`;

/** Cancels the tasks that no run waits for. */
export async function cancelOrphans(q: Queryable): Promise<void> {
  const [row] = await q.query<{ runs: string[] | null }>(ORPHANED);
  if (row?.runs) await q.query(CANCEL, [bareArray(row.runs), textArray(row.runs.map(() => null))]);
}
