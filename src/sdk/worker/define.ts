import { type Span, spanMs } from "./span.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

/** When a task is tried again, and how often. */
export interface RetrySpec {
  /** Attempts in all. Default 5. */
  readonly attempts?: number;
  /** Before the second attempt. Default 1s. */
  readonly wait?: Span;
  /** Each wait is so many times the one before. Default 2. */
  readonly factor?: number;
  /** No wait is longer. Default 1h. */
  readonly max?: Span;
  /** Default: retryable, timeout, ambiguous. */
  readonly on?: readonly ErrorClass[];
}

export type ErrorClass = "retryable" | "timeout" | "ambiguous" | "permanent" | "invalid" | "code" | "cancelled";

/** One task of a key at a time: until it is handed out, until it has ended (the default), or for so long. */
export type Unique = string | { readonly key: string; readonly for: "waiting" | "done" | Span };

export interface TaskSpec<In, Parsed> {
  /** By which it is enqueued. Default: the name of its file; `mail/send.ts` is `mail.send`. */
  readonly name?: string;
  /** zod, valibot, arktype or any other Standard Schema. What it refuses fails the task for good, as `input_invalid`. */
  readonly input?: StandardSchema<In, Parsed>;
  /** Default `default`. */
  readonly queue?: string;
  /** -100 to 100; the higher goes first, and each minute of waiting counts like one more. */
  readonly priority?: number;
  /** So many at once in one worker. Default: as many as the worker does. */
  readonly concurrency?: number;
  readonly retry?: RetrySpec;
  /** Of one attempt. Default: none. */
  readonly timeout?: Span;
  readonly unique?: (input: In) => Unique | undefined;
  /** Five fields, or six with seconds. Enqueued once, however many workers declare it. */
  readonly schedule?: string | { readonly cron: string; readonly zone?: string; readonly input?: In };
}

/** What a function is given besides its input. */
export interface TaskContext {
  readonly id: string;
  readonly name: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** The same on every attempt: pass it on as an idempotency key. */
  readonly key: string;
  /** Aborts when the task is cancelled, has timed out or was lost, and when the worker must stop. */
  readonly signal: AbortSignal;
  /** Tells how far it is: any JSON of at most 4 KiB, shown with the task. Sent with the next heartbeat. */
  progress(value: unknown): void;
  /** Gives signals, progress and other tasks their turn: for loops that compute for long. */
  heartbeat(): Promise<void>;
  readonly log: TaskLog;
}

export type TaskLog = Readonly<
  Record<"debug" | "info" | "warn" | "error", (message: string, fields?: Readonly<Record<string, unknown>>) => void>
>;

/** A function that workers do. */
export interface TaskDefinition<In = unknown, Out = unknown> {
  readonly kind: "posthorn/task";
  /** Undefined until a worker has loaded it, when it was given none. */
  name: string | undefined;
  readonly queue: string;
  readonly priority: number;
  readonly concurrency: number | undefined;
  readonly retry: WireRetry | undefined;
  readonly timeoutMs: number | undefined;
  readonly unique: ((input: In) => Unique | undefined) | undefined;
  readonly schedule: { readonly cron: string; readonly zone: string | undefined; readonly input: unknown } | undefined;
  readonly input: StandardSchema | undefined;
  readonly run: (input: never, context: TaskContext) => Promise<Out> | Out;
}

/** Of whatever input: what a worker is given many of. */
export type AnyTask = TaskDefinition<never>;

/** As the engine takes it. */
export interface WireRetry {
  readonly attempts?: number;
  readonly waitMs?: number;
  readonly factor?: number;
  readonly maxMs?: number;
  readonly on?: readonly ErrorClass[];
}

function wireRetry(retry: RetrySpec): WireRetry {
  return {
    ...(retry.attempts !== undefined && { attempts: retry.attempts }),
    ...(retry.wait !== undefined && { waitMs: spanMs(retry.wait) }),
    ...(retry.factor !== undefined && { factor: retry.factor }),
    ...(retry.max !== undefined && { maxMs: spanMs(retry.max) }),
    ...(retry.on !== undefined && { on: retry.on }),
  };
}

/**
 * A function that workers do: `export default task({ input: z.object({ to: z.email() }) }, async ({ to }, { signal }) => …)`. What it
 * returns is the task's output; what it throws is tried again, unless it is a PermanentError.
 */
export function task<S extends StandardSchema<unknown, unknown>, Out>(
  spec: TaskSpec<InputOf<S>, OutputOf<S>> & { readonly input: S },
  run: (input: OutputOf<S>, context: TaskContext) => Promise<Out> | Out,
): TaskDefinition<InputOf<S>, Out>;
export function task<In = unknown, Out = unknown>(
  spec: Omit<TaskSpec<In, In>, "input">,
  run: (input: In, context: TaskContext) => Promise<Out> | Out,
): TaskDefinition<In, Out>;
export function task<In, Out>(
  spec: TaskSpec<In, unknown>,
  run: (input: never, context: TaskContext) => Promise<Out> | Out,
): TaskDefinition<In, Out> {
  // Types say so too; modules of workers are loaded without being checked, and the name of a function is no name of a task.
  if (typeof spec !== "object" || spec === null || typeof run !== "function") {
    throw new TypeError("task() takes the task's options first, then its function: task({}, async (input) => …)");
  }
  const { schedule } = spec;
  const clock = typeof schedule === "string" ? { cron: schedule } : schedule;
  return {
    kind: "posthorn/task",
    name: spec.name,
    queue: spec.queue ?? "default",
    priority: spec.priority ?? 0,
    concurrency: spec.concurrency,
    retry: spec.retry && wireRetry(spec.retry),
    timeoutMs: spec.timeout === undefined ? undefined : spanMs(spec.timeout),
    unique: spec.unique,
    schedule: clock && { cron: clock.cron, zone: clock.zone, input: clock.input ?? null },
    input: spec.input as StandardSchema | undefined,
    run,
  };
}

export function isTask(value: unknown): value is AnyTask {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "posthorn/task";
}
