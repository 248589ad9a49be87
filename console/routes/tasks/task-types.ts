// What the API says of tasks, queues and workers, as these pages ask for it.
import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client.ts";

export type TaskState = "waiting" | "running" | "completed" | "failed" | "cancelled";

export interface TaskError {
  readonly class: string;
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

export interface WorkTask {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: string;
  readonly priority: number;
  readonly attempts: number;
  readonly createdAt: string;
  readonly dueAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly runId: string | null;
  readonly path: string | null;
  readonly workerId: string | null;
  readonly progress: unknown;
  readonly error: TaskError | null;
}

export interface TaskAttempt {
  readonly number: number;
  readonly outcome: string;
  readonly late: boolean;
  readonly workerId: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string;
  readonly error: TaskError | null;
  readonly nextAt: string | null;
}

export interface WholeTask extends WorkTask {
  readonly key: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly timeoutMs: number | null;
  readonly cancelReason: string | null;
  readonly history: readonly TaskAttempt[];
}

export interface Queue {
  readonly name: string;
  readonly paused: boolean;
  readonly concurrency: number | null;
  readonly rate: number | null;
  readonly waiting: number;
  readonly scheduled: number;
  readonly running: number;
  readonly countsAreExact: boolean;
  readonly oldestDueAt: string | null;
  readonly workers: number;
}

export interface Worker {
  readonly id: string;
  readonly name: string;
  readonly queues: readonly string[];
  readonly names: readonly string[];
  readonly concurrency: number;
  readonly running: number;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly endedAt: string | null;
  readonly endedBy: "left" | "lost" | null;
}

export interface ListPage<T> {
  readonly data: readonly T[];
  readonly done: boolean;
  readonly iterator: string | null;
  readonly prevIterator?: string | null;
}

const AGAIN_MS = 2_000;
const base = (appId: string): string => `/api/v1/app/${encodeURIComponent(appId)}`;

export const taskBase = (appId: string, taskId: string): string => `${base(appId)}/task/${encodeURIComponent(taskId)}`;
export const queueBase = (appId: string, queue: string): string =>
  `${base(appId)}/task-queue/${encodeURIComponent(queue)}`;

export function useQueues(appId: string) {
  return useQuery({
    queryKey: ["task-queues", appId],
    queryFn: ({ signal }) => ask<{ readonly data: readonly Queue[] }>(`${base(appId)}/task-queue`, { signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function useWorkers(appId: string) {
  return useQuery({
    queryKey: ["workers", appId],
    queryFn: ({ signal }) => ask<{ readonly data: readonly Worker[] }>(`${base(appId)}/worker`, { signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function useWorkTasks(appId: string, query: Readonly<Record<string, string | number | undefined>>) {
  return useQuery({
    queryKey: ["work-tasks", appId, query],
    queryFn: ({ signal }) => ask<ListPage<WorkTask>>(`${base(appId)}/task`, { query, signal }),
    refetchInterval: query["iterator"] === undefined ? AGAIN_MS : false,
    placeholderData: (before) => before,
  });
}

const isOpen = (state: string): boolean => state === "waiting" || state === "running";

export function useWorkTask(appId: string, taskId: string) {
  return useQuery({
    queryKey: ["work-task", appId, taskId],
    queryFn: ({ signal }) => ask<WholeTask>(taskBase(appId, taskId), { signal }),
    refetchInterval: ({ state: { data } }) => (data === undefined || isOpen(data.state) ? AGAIN_MS / 2 : false),
  });
}
