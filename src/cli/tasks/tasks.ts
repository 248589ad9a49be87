import { parseSpan } from "#language";
import { jsonInput } from "../flows/runs.ts";
import { appPath } from "../flows/sync.ts";
import { OperatorFault } from "../operator/client.ts";
import type { Session } from "../operator/session.ts";
import { facts, table } from "../operator/table.ts";

interface TaskError {
  readonly class: string;
  readonly code: string;
  readonly message: string;
}
interface Task {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: string;
  readonly priority: number;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly runId: string | null;
  readonly error: TaskError | null;
  readonly progress: unknown;
}
interface TaskDetail extends Task {
  readonly input: unknown;
  readonly output: unknown;
  readonly history: readonly {
    readonly number: number;
    readonly outcome: string;
    readonly late: boolean;
    readonly workerId: string | null;
    readonly endedAt: string;
    readonly error: TaskError | null;
  }[];
}
interface Queue {
  readonly name: string;
  readonly paused: boolean;
  readonly concurrency: number | null;
  readonly rate: number | null;
  readonly waiting: number;
  readonly running: number;
}

const taskPath = (app: string, id: string) => `${appPath(app)}/task/${encodeURIComponent(id)}`;
const queuePath = (app: string, name: string) => `${appPath(app)}/task-queue/${encodeURIComponent(name)}`;
const shown = (value: unknown) => JSON.stringify(value, undefined, 2) ?? "null";
const whyOf = (error: TaskError | null) => (error === null ? undefined : `${error.code}: ${error.message}`);

export interface NewTask {
  readonly input?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly delay?: string;
  readonly unique?: string;
  readonly uniqueFor?: string;
}

/** Enqueues one task, and says so too when another one holds its unique key. */
export async function enqueueTask(session: Session, app: string, name: string, asked: NewTask): Promise<void> {
  const uniqueFor =
    asked.uniqueFor === undefined || asked.uniqueFor === "waiting" || asked.uniqueFor === "done"
      ? asked.uniqueFor
      : spanMs("--unique-for", asked.uniqueFor);
  const answer = await session.client.send<{ id: string; created: boolean }>("POST", `${appPath(app)}/task`, {
    name,
    input: await jsonInput(asked.input),
    queue: asked.queue,
    priority: asked.priority,
    ...(asked.delay !== undefined && { delayMs: spanMs("--delay", asked.delay) }),
    uniqueKey: asked.unique,
    uniqueFor,
  });
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  session.out(
    answer.created ? `${answer.id} is enqueued.\n` : `${answer.id} holds that key already; nothing was enqueued.\n`,
  );
}

function spanMs(option: string, text: string): number {
  const ms = parseSpan(text);
  if (ms !== undefined) return ms;
  throw new OperatorFault(
    "bad_span",
    `${option} is ${JSON.stringify(text)}; it should be a span of time: 90s, 15m, 6h, 2d.`,
  );
}

export async function listTasks(
  session: Session,
  app: string,
  asked: { readonly state?: string; readonly queue?: string; readonly name?: string },
): Promise<void> {
  const { state, queue, name } = asked;
  const page = await session.client.get<{ data: Task[] }>(`${appPath(app)}/task`, { limit: 100, state, queue, name });
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["TASK", "NAME", "QUEUE", "STATE", "ATTEMPTS", "ERROR"],
      page.data.map((task) => [task.id, task.name, task.queue, task.state, task.attempts, whyOf(task.error)]),
    ),
  );
}

export async function showTask(session: Session, app: string, id: string): Promise<void> {
  const task = await session.client.get<TaskDetail>(taskPath(app, id));
  if (session.json) return session.out(`${JSON.stringify(task)}\n`);
  session.out(
    facts([
      ["task", task.id],
      ["name", task.name],
      ["queue", task.queue],
      ["state", task.state],
      ["attempts", task.attempts],
      ["due", task.dueAt],
      ["started", task.startedAt],
      ["ended", task.endedAt],
      ["run", task.runId],
      ["error", whyOf(task.error)],
    ]),
  );
  session.out(`\ninput   ${shown(task.input)}\n`);
  if (task.state === "completed") session.out(`output  ${shown(task.output)}\n`);
  if (task.history.length === 0) return;
  session.out("\n");
  session.out(
    table(
      ["ATTEMPT", "OUTCOME", "WORKER", "ENDED", "ERROR"],
      task.history.map((one) => [
        one.number,
        one.late ? `${one.outcome}, too late` : one.outcome,
        one.workerId,
        one.endedAt,
        whyOf(one.error),
      ]),
    ),
  );
}

export async function cancelTask(session: Session, app: string, id: string, reason: string | undefined): Promise<void> {
  const answer = await session.client.send<{ state: string }>("POST", `${taskPath(app, id)}/cancel`, { reason });
  if (session.json) return session.out(`${JSON.stringify(answer)}\n`);
  session.out(answer.state === "cancelled" ? `${id} is cancelled.\n` : `${id} runs; its worker is asked to stop it.\n`);
}

export interface RetryMany {
  readonly queue?: string;
  readonly name?: string;
  readonly since?: string;
  readonly until?: string;
  readonly all?: true;
  readonly yes?: true;
}

/** Those named, or with options those that failed and fit: counted first, done with `--yes`. */
export async function retryTasks(
  session: Session,
  app: string,
  ids: readonly string[],
  asked: RetryMany,
): Promise<void> {
  if (ids.length > 0) {
    for (const id of ids) {
      const answer = await session.client.send<{ id: string }>("POST", `${taskPath(app, id)}/retry`);
      session.out(session.json ? `${JSON.stringify(answer)}\n` : `${id} is tried again.\n`);
    }
    return;
  }
  const { queue, name, since, until } = asked;
  if (asked.all === undefined && [queue, name, since, until].every((one) => one === undefined)) {
    throw new OperatorFault(
      "nothing_named",
      "Say which tasks: by id, by --queue, --name, --since or --until, or --all that failed.",
    );
  }
  const dryRun = asked.yes !== true;
  const filter = { queue, name, since: session.when(since), until: session.when(until), dryRun };
  let count = 0;
  for (;;) {
    const answer = await session.client.send<{ count: number; done: boolean }>(
      "POST",
      `${appPath(app)}/task/retry`,
      filter,
    );
    if (session.json) session.out(`${JSON.stringify(answer)}\n`);
    count += answer.count;
    if (answer.done || dryRun) break;
  }
  if (session.json) return;
  session.out(dryRun ? `${count} tasks that failed would be tried again.\n` : `${count} tasks are tried again.\n`);
  if (dryRun) session.tell("Nothing was done; --yes does it.\n");
}

export async function listQueues(session: Session, app: string): Promise<void> {
  const page = await session.client.get<{ data: Queue[] }>(`${appPath(app)}/task-queue`);
  if (session.json) return session.out(`${JSON.stringify(page)}\n`);
  session.out(
    table(
      ["QUEUE", "WAITING", "RUNNING", "AT ONCE", "A SECOND", "STATE"],
      page.data.map((queue) => [
        queue.name,
        queue.waiting,
        queue.running,
        queue.concurrency ?? "any",
        queue.rate ?? "any",
        queue.paused ? "paused" : "open",
      ]),
    ),
  );
}

export async function changeQueue(session: Session, app: string, name: string, change: object): Promise<void> {
  const queue = await session.client.send<unknown>("PATCH", queuePath(app, name), change);
  session.out(session.json ? `${JSON.stringify(queue)}\n` : `The queue ${name} is changed.\n`);
}
