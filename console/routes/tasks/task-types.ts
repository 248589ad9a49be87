// What the API says of tasks, queues and workers, as these pages ask for it.
import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

type Schemas = components["schemas"];
export type TaskState = Schemas["TaskState"];
export type WorkTask = Schemas["TaskOut"];
/** Without its retry policy, which no page shows. */
export type WholeTask = Omit<Schemas["TaskDetailOut"], "retry">;
export type Queue = Schemas["TaskQueueOut"];
export type QueuePatch = Schemas["TaskQueuePatch"];
export type Worker = Schemas["WorkerOut"];

export const TASK = "/api/v1/app/{app_id}/task/{task_id}" as const;
export const QUEUE = "/api/v1/app/{app_id}/task-queue/{queue}" as const;
const AGAIN_MS = 2_000;

export function useQueues(appId: string) {
  return api.useQuery(
    "get",
    "/api/v1/app/{app_id}/task-queue",
    { params: { path: { app_id: appId } } },
    { refetchInterval: AGAIN_MS },
  );
}

export function useWorkers(appId: string) {
  return api.useQuery(
    "get",
    "/api/v1/app/{app_id}/worker",
    { params: { path: { app_id: appId } } },
    { refetchInterval: AGAIN_MS },
  );
}

export interface TaskFilter {
  readonly state?: TaskState;
  readonly queue?: string;
  readonly name?: string;
  readonly iterator?: string;
  readonly limit: number;
}

export function useWorkTasks(appId: string, query: TaskFilter) {
  return api.useQuery(
    "get",
    "/api/v1/app/{app_id}/task",
    { params: { path: { app_id: appId }, query } },
    { refetchInterval: query.iterator === undefined ? AGAIN_MS : false, placeholderData: (before) => before },
  );
}

export const isOpen = (state: TaskState): boolean => state === "waiting" || state === "running";

export function useWorkTask(appId: string, taskId: string) {
  return api.useQuery(
    "get",
    TASK,
    { params: { path: { app_id: appId, task_id: taskId } } },
    { refetchInterval: ({ state: { data } }) => (data === undefined || isOpen(data.state) ? AGAIN_MS / 2 : false) },
  );
}
