import { z } from "@hono/zod-openapi";
import { TASK_BATCH_MAX, TIMEOUT_MS_MAX, TIMEOUT_MS_MIN } from "#flows";
import { Timestamp, text } from "./common.ts";
import { ErrorClass, Json, QueueName, TaskName, TaskRetryIn } from "./task.ts";

// The protocol of workers: docs/reference/worker-protocol.md.

export const LEASE_WAIT_SECONDS_MAX = 20;

const Token = z
  .string()
  .regex(/^\d{1,19}$/, "should be the token that the first lease answered with")
  .openapi({ example: "42", description: "Of the worker, as its first lease answered" });

const Profile = z.object({
  name: text(128).min(1).openapi({ example: "mailer@host-1" }),
  queues: z.array(QueueName).min(1).max(100),
  names: z.array(TaskName).min(1).max(1_000).openapi({ description: "The tasks that it knows" }),
  concurrency: z.number().int().min(1).max(10_000),
  schedules: z
    .array(
      z.object({
        name: TaskName,
        cron: text(128).min(1),
        zone: text(64).optional(),
        queue: QueueName.optional(),
        priority: z.number().int().min(-100).max(100).optional(),
        input: Json.optional(),
        retry: TaskRetryIn.optional(),
        timeoutMs: z.number().int().min(TIMEOUT_MS_MIN).max(TIMEOUT_MS_MAX).optional(),
      }),
    )
    .max(1_000)
    .optional()
    .openapi({ description: "Tasks of its own by the clock: they are enqueued once, however many workers say so" }),
});

/** Whoever says no token introduces himself: what is wrong is told of that one of the two which was meant. */
function whoIsMeant({ input }: { readonly input?: unknown }): string {
  const known = "the token that the first lease answered with";
  if (typeof input !== "object" || input === null) return `should be an object: ${known}, or who the worker is`;
  const { error } = "token" in input ? z.object({ token: Token }).safeParse(input) : Profile.safeParse(input);
  const faults = (error?.issues ?? []).map(({ path, code, message }) => {
    const isMissing = code === "invalid_type" && path.length === 1 && !(String(path[0]) in input);
    return `${path.join(".")}: ${isMissing ? "field required" : message}`;
  });
  return `should have ${known}, or else name, queues, names and concurrency (${faults.join("; ")})`;
}

export const WorkerLeaseIn = z
  .object({
    worker: z.union([z.object({ token: Token }), Profile], { error: whoIsMeant }).openapi({
      description: "The first time who it is and what it can do; from then on its token",
    }),
    max: z.number().int().min(0).max(TASK_BATCH_MAX).openapi({ description: "Tasks at most; 0 only joins" }),
    waitSeconds: z
      .number()
      .min(0)
      .max(LEASE_WAIT_SECONDS_MAX)
      .optional()
      .openapi({ description: "How long to wait for the first; 0 unless given" }),
  })
  .openapi("WorkerLeaseIn");

const CancelledTask = z.object({ id: z.string(), attempt: z.number().int(), reason: z.string() });

export const WorkerLeaseOut = z
  .object({
    worker: z.object({ id: z.string().openapi({ example: "wkr_01h455vb4pex5vsknk084sn02q" }), token: z.string() }),
    tasks: z.array(
      z.object({
        id: z.string().openapi({ example: "task_01h455vb4pex5vsknk084sn02q" }),
        name: z.string(),
        queue: z.string(),
        attempt: z.number().int(),
        priority: z.number().int(),
        key: z.string().openapi({ description: "The same on every attempt: pass it on as an idempotency key" }),
        timeoutMs: z.number().int().nullable(),
        input: Json,
      }),
    ),
    cancelled: z.array(CancelledTask).openapi({ description: "Tasks of its own that it should stop" }),
    heartbeatMs: z.number().int(),
    lostAfterMs: z.number().int().openapi({ description: "Not heard of for so long, its tasks are somebody else's" }),
  })
  .openapi("WorkerLeaseOut");

const taskId = z.string().min(1).max(64);
const attempt = z.number().int().min(1).max(32_767);

export const WorkerHeartbeatIn = z
  .object({
    token: Token,
    holding: z
      .array(taskId)
      .max(10_000)
      .optional()
      .openapi({ description: "All tasks that it has; what it was handed and does not know of is owed again" }),
    progress: z
      .array(z.object({ id: taskId, attempt, value: Json }))
      .max(TASK_BATCH_MAX)
      .optional(),
  })
  .openapi("WorkerHeartbeatIn");
export const WorkerHeartbeatOut = z.object({ cancelled: z.array(CancelledTask) }).openapi("WorkerHeartbeatOut");

const Failure = z.object({
  class: ErrorClass.optional().openapi({ description: "`retryable` unless given" }),
  code: text(128).optional(),
  message: z.string(),
  stack: z.string().optional(),
  retryAt: z.iso
    .datetime({ offset: true })
    .optional()
    .openapi({ description: "When it should be tried again, if at all" }),
});

export const WorkerReportIn = z
  .object({
    token: Token,
    results: z
      .array(
        z.object({
          id: taskId,
          attempt,
          ok: z.boolean().optional(),
          output: Json.optional().openapi({ description: "With `ok: true`" }),
          error: Failure.optional().openapi({ description: "With `ok: false`" }),
          released: z
            .literal(true)
            .optional()
            .openapi({ description: "Instead of `ok`: it did nothing of it; the attempt does not count" }),
        }),
      )
      .min(1)
      .max(TASK_BATCH_MAX),
  })
  .openapi("WorkerReportIn");

export const WorkerReportOut = z
  .object({
    results: z.array(
      z.object({
        id: z.string(),
        state: z.enum(["completed", "failed", "cancelled", "retrying", "released", "late"]).openapi({
          description: "`late`: somebody else has it by now, or it has ended; this changed nothing",
        }),
      }),
    ),
  })
  .openapi("WorkerReportOut");

export const WorkerLeaveIn = z.object({ token: Token }).openapi("WorkerLeaveIn");

export const WorkerOut = z
  .object({
    id: z.string(),
    name: z.string(),
    queues: z.array(z.string()),
    names: z.array(z.string()),
    concurrency: z.number().int(),
    running: z.number().int(),
    startedAt: Timestamp,
    seenAt: Timestamp,
    endedAt: Timestamp.nullable(),
    endedBy: z.enum(["left", "lost"]).nullable(),
  })
  .openapi("WorkerOut");
export const WorkerListOut = z.object({ data: z.array(WorkerOut) }).openapi("WorkerListOut");
