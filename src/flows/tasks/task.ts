import type { ErrorClass, Json } from "#language";

/** Largest input and output of a task, in bytes of JSON. */
export const TASK_VALUE_BYTES_MAX = 8 * 1024 * 1024;
/** Tasks of one request, and results of one. */
export const TASK_BATCH_MAX = 1_000;
/** Bytes of the inputs that are handed out at once. */
export const LEASE_BYTES_MAX = 8 * 1024 * 1024;
export const TASK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}$/;
export const PRIORITY_MAX = 100;
export const DELAY_MS_MAX = 366 * 86_400_000;
export const TIMEOUT_MS_MIN = 100;
export const TIMEOUT_MS_MAX = 7 * 86_400_000;
/** Of what a worker tells of a task that goes on. */
export const PROGRESS_BYTES_MAX = 4_096;
export const UNIQUE_KEY_MAX = 256;

/** When a task is tried again. What is absent: `RETRY_DEFAULT`. */
export interface TaskRetry {
  /** Attempts in all, the first included; 1 to 100. */
  readonly attempts?: number | undefined;
  /** Before the second attempt. */
  readonly waitMs?: number | undefined;
  /** Each wait is so many times the one before. */
  readonly factor?: number | undefined;
  /** No wait is longer. */
  readonly maxMs?: number | undefined;
  readonly on?: readonly ErrorClass[] | undefined;
}

export const RETRY_DEFAULT = {
  attempts: 5,
  waitMs: 1_000,
  factor: 2,
  maxMs: 3_600_000,
  on: ["retryable", "timeout", "ambiguous"],
} as const satisfies TaskRetry;

/** What a task asks for besides its name and input; kept as JSON, absent when it is all default. */
export interface TaskOptions {
  readonly retry?: TaskRetry | undefined;
  /** Of one attempt, from when it is handed out. */
  readonly timeoutMs?: number | undefined;
  /** Of a run's task: which attempt of the step its end answers, and no other. Not shown. */
  readonly stepAttempt?: number | undefined;
}

/**
 * At most one task of a key: until it is handed out (`waiting`), until it has ended (`done`), or for so long after it was enqueued,
 * whatever became of it (`window`).
 */
export type UniqueFor =
  | { readonly mode: "waiting" }
  | { readonly mode: "done" }
  | { readonly mode: "window"; readonly ms: number };

export interface NewTask {
  readonly id: string;
  readonly appId: string;
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  /** Undefined: now. ms since 1970. */
  readonly dueAtMs: number | undefined;
  /** Instead of `dueAtMs`: so long after it is owed, by the clock that says when it is due. */
  readonly delayMs?: number | undefined;
  /** JSON. */
  readonly input: Uint8Array;
  readonly options: TaskOptions | undefined;
  readonly unique: { readonly key: string; readonly for: UniqueFor } | undefined;
  /** The step of a run that waits for its end. */
  readonly of: { readonly runId: string; readonly path: string } | undefined;
  /** Passed on as an idempotency key; undefined: its id. */
  readonly key: string | undefined;
}

/** A task in the hands of a worker. */
export interface LeasedTask {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly priority: number;
  readonly input: Uint8Array;
  readonly timeoutMs: number | undefined;
  readonly key: string | undefined;
}

export type TaskState = "waiting" | "running" | "completed" | "failed" | "cancelled";
export const TASK_STATES = [
  "waiting",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly TaskState[];
export type EndedState = Extract<TaskState, "completed" | "failed" | "cancelled">;

/** Why an attempt did not complete its task. Classes as those of steps. */
export interface TaskError {
  readonly class: ErrorClass;
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** What a worker says became of a task that it had. */
export type TaskResult =
  | { readonly kind: "completed"; readonly id: string; readonly attempt: number; readonly output: Uint8Array }
  | {
      readonly kind: "failed";
      readonly id: string;
      readonly attempt: number;
      readonly error: TaskError;
      /** The worker's own wish, ms since 1970; heeded when the task is tried again at all. */
      readonly retryAtMs: number | undefined;
    }
  /** It did not begin it, or stopped before it did anything: the attempt does not count. */
  | { readonly kind: "released"; readonly id: string; readonly attempt: number };

/** What a result came to. `late`: somebody else has the task by now, or it has ended; nothing was changed. */
export type ResultState = EndedState | "retrying" | "released" | "late";

export const utf8 = (text: string): Uint8Array => Buffer.from(text);
export const jsonBytes = (value: Json | object): Uint8Array => Buffer.from(JSON.stringify(value));
