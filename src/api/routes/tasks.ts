import type { z } from "@hono/zod-openapi";
import {
  cancelTask,
  changeQueue,
  DELAY_MS_MAX,
  type Enqueued,
  enqueueWithin,
  findTask,
  listQueues,
  listTasks,
  type NewTask,
  retryTask,
  retryTasks,
  TASK_VALUE_BYTES_MAX,
  type TaskOptions,
  type TaskQueue,
  type TaskSummary,
} from "#flows";
import { newId, parsePublicId, publicId } from "#kernel";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { readPage } from "../http/page.ts";
import { type PlainTask, plainTask, plainTasks } from "../http/plain-tasks.ts";
import { type Invalid, invalid, json, notFound, type Reply, refuse } from "../http/reply.ts";
import { lookBody, lookThrough } from "../http/scan.ts";
import { taskBody, taskDetailBody } from "../http/task-body.ts";
import { applicationParams } from "../schemas/application.ts";
import {
  queueParams,
  TaskBatchIn,
  TaskBatchOut,
  TaskCancelIn,
  TaskCancelOut,
  TaskDetailOut,
  TaskEnqueuedOut,
  TaskIn,
  TaskList,
  TaskQueueListOut,
  TaskQueueOut,
  TaskQueuePatch,
  TasksRetryIn,
  TasksRetryOut,
  taskListQuery,
  workTaskParams,
} from "../schemas/task.ts";
import { inApplication } from "./within.ts";

const tag = "Task";
/** Of a request with tasks or results in it: one value of the largest size, or many small ones. */
export const TASK_BODY_BYTES_MAX = 16 * 1024 * 1024;

export const servedElsewhere = () =>
  refuse(503, "served_elsewhere", "This process has no queue of tasks; ask one with the role api or flows");

type Asked = z.output<typeof TaskIn>;

const tooLarge = (at: readonly string[], bytes: number): Invalid => ({
  loc: ["body", ...at],
  msg: `The input has ${bytes} bytes; at most ${TASK_VALUE_BYTES_MAX} are allowed`,
  type: "value_error.too_large",
});

/** What differs from the defaults. */
export function optionsOf({ retry, timeoutMs }: Pick<Asked, "retry" | "timeoutMs">): TaskOptions | undefined {
  if (retry === undefined && timeoutMs === undefined) return undefined;
  return { ...(retry !== undefined && { retry }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** The tasks that a request asks for, or what is wrong with them. */
function tasksOf(appId: string, asked: readonly Asked[], at: (i: number) => readonly string[], nowMs: number): Read {
  const faults: Invalid[] = [];
  const tasks = asked.map((task, i): NewTask => {
    const input = Buffer.from(JSON.stringify(task.input ?? null));
    if (input.length > TASK_VALUE_BYTES_MAX) faults.push(tooLarge([...at(i), "input"], input.length));
    const { delayMs, runAt: dueAtMs } = task;
    if (dueAtMs !== undefined && dueAtMs > nowMs + DELAY_MS_MAX) {
      faults.push({ loc: ["body", ...at(i), "runAt"], msg: "should be within 366 days", type: "value_error" });
    }
    const { retry, timeoutMs, uniqueKey, uniqueFor = "done" } = task;
    return {
      ...plainly(appId, { ...task, input }),
      dueAtMs,
      delayMs,
      options: optionsOf({ retry, timeoutMs }),
      unique:
        uniqueKey === undefined
          ? undefined
          : {
              key: uniqueKey,
              for: typeof uniqueFor === "number" ? { mode: "window", ms: uniqueFor } : { mode: uniqueFor },
            },
    };
  });
  return { tasks, faults };
}

interface Read {
  readonly tasks: readonly NewTask[];
  readonly faults: readonly Invalid[];
}

/** One that is due now, like any other. */
const plainly = (appId: string, { name, input, queue, priority, timeoutMs }: Plain): NewTask => ({
  id: newId(),
  appId,
  queue: queue ?? "default",
  name,
  priority: priority ?? 0,
  dueAtMs: undefined,
  input,
  options: timeoutMs === undefined ? undefined : { timeoutMs },
  unique: undefined,
  of: undefined,
  key: undefined,
});

type Plain = Pick<PlainTask, "name" | "input"> & Partial<PlainTask>;

/** Enqueues them with what others ask for at the same time; under an Idempotency-Key in the transaction that keeps the answer. */
async function enqueue(
  scope: Scope,
  asked: string,
  read: (appId: string, nowMs: number) => Read,
  answer: (enqueued: readonly Enqueued[]) => string,
): Promise<Reply> {
  const { tasks: wired, nowMs } = scope.deps;
  if (wired === undefined) return servedElsewhere();
  const application = await wired.application(asked);
  if (application === undefined) return notFound("application", asked);
  scope.about(application.id);
  const { tasks, faults } = read(application.id, nowMs());
  if (faults.length > 0) return invalid(...faults);
  const enqueued = scope.direct ? await wired.queue.enqueue(tasks) : await enqueueWithin(scope.q, tasks);
  if (!scope.direct) scope.afterCommit(() => wired.queue.inserted(tasks));
  return { status: 202, body: answer(enqueued) };
}

/** Plain tasks have no faults left to find. */
const readPlain = (tasks: readonly PlainTask[]) => (appId: string) => ({
  tasks: tasks.map((task) => plainly(appId, task)),
  faults: [],
});

const enqueuedText = ({ id, isNew }: Enqueued): string => `{"id":"${publicId("task", id)}","created":${isNew}}`;
const oneText = ([one]: readonly Enqueued[]): string => (one === undefined ? "{}" : enqueuedText(one));
const allText = (all: readonly Enqueued[]): string => `{"data":[${all.map(enqueuedText).join(",")}]}`;

const shownQueue = (queue: TaskQueue) => ({
  name: queue.name,
  paused: queue.paused,
  concurrency: queue.concurrency ?? null,
  rate: queue.rate ?? null,
  waiting: queue.waiting,
  scheduled: queue.scheduled,
  running: queue.running,
  countsAreExact: queue.countsAreExact,
  oldestDueAt: queue.oldestDueAt?.toISOString() ?? null,
  workers: queue.workers,
});

const iteratorOf = (id: string) => publicId("task", id);

export const taskRoutes = [
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/task",
      operationId: "v1.task.create",
      access: "work",
      tag,
      summary: "Enqueue a task",
      description: "A worker that knows its name does it. What is answered is committed. Not part of Svix's API.",
      params: applicationParams,
      body: TaskIn,
      direct: "without_key",
      bodyBytesMax: TASK_BODY_BYTES_MAX,
      responses: { 202: { description: "It is enqueued, or was already", schema: TaskEnqueuedOut } },
    },
    ({ params, body }, scope) =>
      enqueue(scope, params.app_id, (appId, nowMs) => tasksOf(appId, [body], () => [], nowMs), oneText),
    (body, params) => {
      const task = plainTask(body);
      return task && ((scope) => enqueue(scope, params.app_id, readPlain([task]), oneText));
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/task/batch",
      operationId: "v1.task.create-batch",
      access: "work",
      tag,
      summary: "Enqueue many tasks",
      description: "All of them, or none. Not part of Svix's API.",
      params: applicationParams,
      body: TaskBatchIn,
      direct: "without_key",
      bodyBytesMax: TASK_BODY_BYTES_MAX,
      responses: { 202: { description: "In the order asked", schema: TaskBatchOut } },
    },
    ({ params, body }, scope) =>
      enqueue(
        scope,
        params.app_id,
        (appId, nowMs) => tasksOf(appId, body.tasks, (i) => ["tasks", String(i)], nowMs),
        allText,
      ),
    (body, params) => {
      const tasks = plainTasks(body);
      return tasks && ((scope) => enqueue(scope, params.app_id, readPlain(tasks), allText));
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/task",
      operationId: "v1.task.list",
      access: "read",
      tag,
      summary: "List tasks",
      description:
        "The newest first. A page may hold fewer than asked for when a filter lets few pass. Not part of Svix's API.",
      params: applicationParams,
      query: taskListQuery,
      responses: { 200: { description: "A page of tasks", schema: TaskList } },
    },
    inApplication(async ({ query }, { q }, application) => {
      const read = readPage(query, "descending", (iterator) => parsePublicId("task", iterator));
      if (!read.ok) return invalid(read.fault);
      const { state, queue, name } = query;
      const look = await lookThrough<TaskSummary>(
        read.page,
        ({ id }) => id,
        async (keyset) => {
          const { tasks, stoppedAt } = await listTasks(q, application.id, keyset, { state, queue, name });
          return { rows: tasks, stoppedAt };
        },
        async (rows) => rows,
      );
      return { status: 200, body: lookBody(read.page, look, taskBody, ({ id }) => id, iteratorOf) };
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/task/{task_id}",
      operationId: "v1.task.get",
      access: "read",
      tag,
      summary: "Get a task",
      description: "With its input, its output or error, and its attempts. Not part of Svix's API.",
      params: workTaskParams,
      responses: { 200: { description: "The task", schema: TaskDetailOut } },
    },
    inApplication(async ({ params }, { q }, application) => {
      const id = parsePublicId("task", params.task_id);
      const task = id === undefined ? undefined : await findTask(q, application.id, id);
      if (task === undefined) return notFound("task", params.task_id);
      return { status: 200, body: taskDetailBody(task) };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/task/{task_id}/cancel",
      operationId: "v1.task.cancel",
      access: "write",
      tag,
      summary: "Cancel a task",
      description:
        "One that waits has ended with the answer. The worker of one that runs is asked to stop it; what it then reports counts. Not part of Svix's API.",
      params: workTaskParams,
      body: TaskCancelIn,
      responses: { 200: { description: "It has ended, or will", schema: TaskCancelOut } },
    },
    inApplication(async ({ params, body }, { q, deps, principal, afterCommit }, application) => {
      const id = parsePublicId("task", params.task_id);
      if (id === undefined) return notFound("task", params.task_id);
      const cancel = await cancelTask(q, application.id, id, body.reason ?? `Cancelled by ${principal.name}`);
      switch (cancel.kind) {
        case "cancelled":
          afterCommit(() => deps.tasks?.queue.ended());
          return json(200, { state: "cancelled" });
        case "cancelling":
          afterCommit(() => deps.tasks?.queue.cancelled([cancel.cancellation]));
          return json(200, { state: "cancelling" });
        case "ended":
          return refuse(409, "task_ended", "The task has ended");
        case "unknown":
          return notFound("task", params.task_id);
      }
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/task/{task_id}/retry",
      operationId: "v1.task.retry",
      access: "write",
      tag,
      summary: "Try a task again",
      description:
        "One that failed or was cancelled is owed once more, now, with as many attempts as it had. A task of a run is not tried again by itself: run the run again. Not part of Svix's API.",
      params: workTaskParams,
      responses: { 202: { description: "It is owed", schema: TaskEnqueuedOut } },
    },
    inApplication(async ({ params }, { q, deps, afterCommit }, application) => {
      const id = parsePublicId("task", params.task_id);
      if (id === undefined) return notFound("task", params.task_id);
      const retry = await retryTask(q, application.id, id);
      switch (retry.kind) {
        case "owed":
          afterCommit(() => deps.tasks?.queue.lookNow());
          return json(202, { id: params.task_id, created: true });
        case "not_failed":
          return refuse(
            409,
            "task_not_failed",
            "The task has not failed; only one that did, or was cancelled, is tried again",
          );
        case "of_a_run": {
          const run = publicId("run", retry.runId);
          return refuse(409, "task_of_a_run", `The task belongs to the run ${run}; run that one again instead`);
        }
        case "unknown":
          return notFound("task", params.task_id);
      }
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/task/retry",
      operationId: "v1.task.retry-many",
      access: "write",
      tag,
      summary: "Try failed tasks again",
      description:
        "The newest first, 1,000 by one request; `done` says whether to ask again. With `dryRun` they are counted. Tasks of runs are left alone. Not part of Svix's API.",
      params: applicationParams,
      body: TasksRetryIn,
      responses: { 200: { description: "How many", schema: TasksRetryOut } },
    },
    inApplication(async ({ body }, { q, deps, afterCommit }, application) => {
      const filter = { queue: body.queue, name: body.name, sinceMs: body.since, untilMs: body.until };
      const dryRun = body.dryRun ?? false;
      const { count, isDone } = await retryTasks(q, application.id, filter, dryRun);
      if (!dryRun && count > 0) afterCommit(() => deps.tasks?.queue.lookNow());
      return json(200, { count, done: isDone, dryRun });
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/task-queue",
      operationId: "v1.task-queue.list",
      access: "read",
      tag,
      summary: "List queues of tasks",
      description:
        "Those in which something waits or runs, that workers serve, or that have limits. Not part of Svix's API.",
      params: applicationParams,
      responses: { 200: { description: "At most 500, by name", schema: TaskQueueListOut } },
    },
    inApplication(async (_, { q }, application) =>
      json(200, { data: (await listQueues(q, application.id)).map(shownQueue) }),
    ),
  ),
  route(
    {
      method: "patch",
      path: "/api/v1/app/{app_id}/task-queue/{queue}",
      operationId: "v1.task-queue.patch",
      access: "write",
      tag,
      summary: "Pause, resume or limit a queue",
      description: "Limits hold over all workers. What runs goes on. Not part of Svix's API.",
      params: queueParams,
      body: TaskQueuePatch,
      responses: { 200: { description: "The queue", schema: TaskQueueOut } },
    },
    inApplication(async ({ params, body }, { q, deps, afterCommit }, application) => {
      const { paused, concurrency, rate } = body;
      await changeQueue(q, application.id, params.queue, { paused, concurrency, rate });
      const [queue] = await listQueues(q, application.id, params.queue);
      if (queue === undefined) throw new Error(`The queue ${params.queue} has settings and is not listed.`);
      afterCommit(() => deps.tasks?.queue.queuesChanged());
      return json(200, shownQueue(queue));
    }),
  ),
];
