import { z } from "@hono/zod-openapi";
import {
  DELAY_MS_MAX,
  PRIORITY_MAX,
  TASK_BATCH_MAX,
  TASK_NAME,
  TASK_STATES,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
  UNIQUE_KEY_MAX,
} from "#flows";
import { ERROR_CLASSES } from "#language";
import { applicationParams } from "./application.ts";
import { listQuery, listResponse, moment, Timestamp, text } from "./common.ts";

// Tasks: work that users' own programs do.

const called = (what: string, example: string) =>
  z
    .string()
    .regex(TASK_NAME, "should be 1 to 128 letters, digits and -_.:/, a letter or digit first")
    .openapi({ example, description: what });

export const TaskName = called("What a worker knows the function by", "mail.send");
export const QueueName = called("In which queue it waits", "default");
const taskId = z.string().min(1).max(64).openapi({ example: "task_01h455vb4pex5vsknk084sn02q" });

export const workTaskParams = applicationParams.extend({ task_id: taskId });
export const queueParams = applicationParams.extend({ queue: QueueName });

/** Any JSON. */
export const Json = z.unknown().openapi({ description: "Any JSON" });

export const ErrorClass = z.enum(ERROR_CLASSES).openapi("ErrorClass");
const ms = (min: number, max: number) => z.number().int().min(min).max(max);

export const TaskRetryIn = z
  .object({
    attempts: ms(1, 100).optional().openapi({ description: "Attempts in all; 5 unless given" }),
    waitMs: ms(0, 86_400_000).optional().openapi({ description: "Before the second attempt; 1,000 unless given" }),
    factor: z.number().min(1).max(10).optional().openapi({ description: "Each wait is so many times the one before" }),
    maxMs: ms(0, 7 * 86_400_000)
      .optional()
      .openapi({ description: "No wait is longer; an hour unless given" }),
    on: z
      .array(ErrorClass)
      .max(ERROR_CLASSES.length)
      .optional()
      .openapi({ description: "Classes of errors that are tried again; retryable, timeout, ambiguous unless given" }),
  })
  .openapi("TaskRetry");

export const TaskIn = z
  .object({
    name: TaskName,
    input: Json.optional(),
    queue: QueueName.optional(),
    priority: z
      .number()
      .int()
      .min(-PRIORITY_MAX)
      .max(PRIORITY_MAX)
      .optional()
      .openapi({ description: "The higher goes first; each minute of waiting counts like one more" }),
    delayMs: ms(0, DELAY_MS_MAX).optional().openapi({ description: "Not before so long from now" }),
    runAt: moment("Not before then; at most 366 days ahead"),
    uniqueKey: text(UNIQUE_KEY_MAX)
      .min(1)
      .optional()
      .openapi({ description: "At most one task of this name and key; asking again answers with that one" }),
    uniqueFor: z
      .union([z.enum(["waiting", "done"]), ms(1_000, DELAY_MS_MAX)])
      .optional()
      .openapi({
        description:
          "Until it is handed out (`waiting`), until it has ended (`done`, unless given), or so many ms from now whatever becomes of it",
      }),
    retry: TaskRetryIn.optional(),
    timeoutMs: ms(TIMEOUT_MS_MIN, TIMEOUT_MS_MAX)
      .optional()
      .openapi({ description: "Of one attempt; none unless given" }),
  })
  .refine(({ delayMs, runAt }) => delayMs === undefined || runAt === undefined, {
    message: "delayMs and runAt cannot be used together",
    path: ["runAt"],
  })
  .openapi("TaskIn");

export const TaskBatchIn = z.object({ tasks: z.array(TaskIn).min(1).max(TASK_BATCH_MAX) }).openapi("TaskBatchIn");

export const TaskEnqueuedOut = z
  .object({
    id: taskId,
    created: z.boolean().openapi({ description: "False: a task that holds the unique key is there already" }),
  })
  .openapi("TaskEnqueuedOut");
export const TaskBatchOut = z.object({ data: z.array(TaskEnqueuedOut) }).openapi("TaskBatchOut");

export const TaskStateName = z.enum(TASK_STATES).openapi("TaskState");

export const TaskErrorOut = z
  .object({ class: z.string(), code: z.string(), message: z.string(), stack: z.string().optional() })
  .openapi("TaskError");

const summary = {
  id: taskId,
  name: z.string(),
  queue: z.string(),
  state: TaskStateName,
  priority: z.number().int(),
  attempts: z.number().int().openapi({ description: "Made, the one under way included" }),
  createdAt: Timestamp,
  dueAt: Timestamp.nullable().openapi({ description: "When it may begin; null unless it waits" }),
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  runId: z.string().nullable().openapi({ description: "The run whose step waits for it" }),
  path: z.string().nullable(),
  workerId: z.string().nullable(),
  progress: Json.nullable(),
  error: TaskErrorOut.nullable().openapi({
    description: "Why it failed, or was cancelled; in lists null when it is long",
  }),
};

export const TaskOut = z.object(summary).openapi("TaskOut");

export const TaskAttemptOut = z
  .object({
    number: z.number().int(),
    outcome: z.enum(["completed", "failed", "timeout", "lost", "cancelled"]),
    late: z.boolean().openapi({ description: "Told by a worker that had lost the task; it changed nothing" }),
    workerId: z.string().nullable(),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp,
    error: TaskErrorOut.nullable(),
    nextAt: Timestamp.nullable().openapi({ description: "When it was to be tried again" }),
  })
  .openapi("TaskAttemptOut");

export const TaskDetailOut = z
  .object({
    ...summary,
    key: z.string().openapi({ description: "What its worker passes on as an idempotency key" }),
    input: Json,
    output: Json.nullable(),
    retry: TaskRetryIn.nullable(),
    timeoutMs: z.number().int().nullable(),
    cancelReason: z.string().nullable().openapi({ description: "Its worker is asked to stop it" }),
    history: z.array(TaskAttemptOut),
  })
  .openapi("TaskDetailOut");

export const TaskList = listResponse(TaskOut, "ListResponse_TaskOut_");

export const taskListQuery = z.object({
  limit: listQuery("").limit,
  iterator: listQuery("task_01h455vb4pex5vsknk084sn02q").iterator,
  state: TaskStateName.optional(),
  queue: QueueName.optional(),
  name: TaskName.optional(),
});

export const TaskCancelIn = z.object({ reason: text(500).optional() }).openapi("TaskCancelIn");
export const TaskCancelOut = z
  .object({
    state: z.enum(["cancelled", "cancelling"]).openapi({
      description: "`cancelling`: it runs; its worker is asked to stop it",
    }),
  })
  .openapi("TaskCancelOut");

export const TasksRetryIn = z
  .object({
    queue: QueueName.optional(),
    name: TaskName.optional(),
    since: moment("Only tasks enqueued from then on"),
    until: moment("Only tasks enqueued before"),
    dryRun: z.boolean().optional().openapi({ description: "Count, and change nothing" }),
  })
  .openapi("TasksRetryIn");
export const TasksRetryOut = z
  .object({
    count: z.number().int(),
    done: z.boolean().openapi({ description: "False: ask again; there are more, or there may be" }),
    dryRun: z.boolean(),
  })
  .openapi("TasksRetryOut");

export const TaskQueueOut = z
  .object({
    name: z.string(),
    paused: z.boolean(),
    concurrency: z.number().int().nullable().openapi({ description: "Tasks under way at once, over all workers" }),
    rate: z.number().nullable().openapi({ description: "Tasks handed out per second, over all workers" }),
    waiting: z.number().int(),
    scheduled: z.number().int().openapi({ description: "Waiting for their time" }),
    running: z.number().int(),
    countsAreExact: z.boolean().openapi({ description: "False: there are at least so many; counting stopped" }),
    oldestDueAt: Timestamp.nullable(),
    workers: z.number().int(),
  })
  .openapi("TaskQueueOut");
export const TaskQueueListOut = z.object({ data: z.array(TaskQueueOut) }).openapi("TaskQueueListOut");

export const TaskQueuePatch = z
  .object({
    paused: z.boolean().optional(),
    concurrency: ms(1, 100_000).nullable().optional().openapi({ description: "null: no limit" }),
    rate: z.number().min(0.001).max(100_000).nullable().optional().openapi({ description: "null: no limit" }),
  })
  .openapi("TaskQueuePatch");
