import { z } from "@hono/zod-openapi";
import { JOB_STATUSES, JOB_TASKS, WHATS } from "#delivery";
import { applicationParams } from "./application.ts";
import { flag, idOrUid, listQuery, listResponse, Timestamp } from "./common.ts";

const taskId = z.string().min(1).max(64).openapi({ example: "qtask_01h455vb4pex5vsknk084sn02q" });
export const taskParams = z.object({ task_id: taskId });
export const applicationTaskParams = applicationParams.extend({ task_id: taskId });

export const BackgroundTaskStatus = z
  .enum(JOB_STATUSES)
  .openapi("BackgroundTaskStatus", { description: "`paused` and `cancelled` are not part of Svix's API" });
export const BackgroundTaskType = z.enum(JOB_TASKS).openapi("BackgroundTaskType");
export const ReplayWhat = z.enum(WHATS).openapi("ReplayWhat", {
  description:
    "`failed`: has a dead letter at the endpoint and was never delivered there. `missing`: the endpoint's filters want it now, and it was never delivered there. `all`: the endpoint's filters want it now. What still waits to be sent there is none of these",
});

const endpointOnly = z.object({ endpointId: z.string() });

/** What became of a job, in Svix's envelope of a background task. */
export const BackgroundTaskOut = z
  .object({
    id: taskId,
    status: BackgroundTaskStatus,
    task: BackgroundTaskType,
    data: z.object({
      filter: z.object({
        what: ReplayWhat,
        since: Timestamp,
        until: Timestamp,
        eventTypes: z.array(z.string()).nullable(),
        channels: z.array(z.string()).nullable(),
        tags: z.array(z.string()).nullable(),
        outcomes: z.array(z.string()).nullable(),
        reasons: z.array(z.string()).nullable(),
      }),
      ratePerSecond: z.number().int(),
      matched: z.number().int().nullable().openapi({ description: "How many it will owe; null: still counting" }),
      done: z.number().int().openapi({ description: "Owed by it so far" }),
      skipped: z.number().int().openapi({ description: "Would have been owed, but their payload was erased" }),
      owed: z.number().int().nullable().optional().openapi({
        description:
          "Of those owed by it, how many still wait or are being sent; null: too much is owed to tell. Not in lists",
      }),
      waiting: z
        .enum(["backlog", "paused"])
        .nullable()
        .openapi({ description: "What it waits for: endpoints that are owed much already, or that are paused" }),
      error: z.string().nullable(),
      byEndpoint: z
        .array(
          endpointOnly.extend({
            phase: z.enum(["counting", "owing", "finished", "failed"]),
            matched: z.number().int().nullable(),
            done: z.number().int(),
            skipped: z.number().int(),
            waiting: z.enum(["backlog", "paused"]).nullable(),
            error: z.enum(["endpoint_deleted", "endpoint_disabled"]).nullable(),
          }),
        )
        .optional()
        .openapi({ description: "The first 250. Not in lists" }),
    }),
    updatedAt: Timestamp,
    appId: z.string(),
    endpointId: z.string().nullable().openapi({ description: "The endpoint, when it is about one only" }),
    createdAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  })
  .openapi("BackgroundTaskOut", {
    description: "What stands beside Svix's `id`, `status`, `task`, `data` and `updatedAt` is ours.",
  });

export const BackgroundTaskList = listResponse(BackgroundTaskOut, "ListResponse_BackgroundTaskOut_");

export const applicationTaskQuery = z.object({
  ...listQuery("qtask_01h455vb4pex5vsknk084sn02q"),
  status: BackgroundTaskStatus.optional(),
  task: BackgroundTaskType.optional(),
});
export const taskQuery = applicationTaskQuery.extend({
  app_id: idOrUid("unique-app-identifier").optional().openapi({ description: "Only tasks of this application" }),
});
export const cancelQuery = z.object({
  withdraw: flag(false, "Also takes back what it owed and was not sent yet: dead letters with the reason `cancelled`"),
});
