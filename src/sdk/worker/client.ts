import type { AnyTask, TaskDefinition, Unique, WireRetry } from "./define.ts";
import { createAsk, type Place } from "./http.ts";
import { type Span, spanMs } from "./span.ts";

/** How one task is to be done, where that differs from its definition. */
export interface EnqueueOptions {
  readonly queue?: string;
  readonly priority?: number;
  readonly delay?: Span;
  readonly runAt?: Date;
  readonly unique?: Unique;
  readonly retry?: WireRetry;
  readonly timeout?: Span;
  /** The first answer to a key is given again to the same request for 24 hours. */
  readonly idempotencyKey?: string;
}

export interface Enqueued {
  readonly id: string;
  /** False: a task that holds the unique key is there already. */
  readonly created: boolean;
}

export type TaskState = "waiting" | "running" | "completed" | "failed" | "cancelled";

/** A task as it stands. */
export interface TaskView {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: TaskState;
  readonly attempts: number;
  readonly output: unknown;
  readonly error: { readonly class: string; readonly code: string; readonly message: string } | null;
  readonly progress: unknown;
}

/** One of several different tasks that are enqueued together. */
export interface ToEnqueue extends Omit<EnqueueOptions, "idempotencyKey"> {
  readonly task: AnyTask | string;
  readonly input?: unknown;
}

export interface TaskClient {
  /** Enqueues a task; what is answered is committed. Throws an EngineError. */
  enqueue<In>(task: TaskDefinition<In> | string, input: In, options?: EnqueueOptions): Promise<Enqueued>;
  /** All of them, or none; at most 1,000. */
  enqueueBatch<In>(
    task: TaskDefinition<In> | string,
    inputs: readonly In[],
    options?: Omit<EnqueueOptions, "unique">,
  ): Promise<readonly Enqueued[]>;
  /** Different tasks, all of them or none; at most 1,000. */
  enqueueAll(tasks: readonly ToEnqueue[], idempotencyKey?: string): Promise<readonly Enqueued[]>;
  /** How a task stands. The token needs the permission to read. Throws an EngineError, 404 when there is none. */
  get(id: string): Promise<TaskView>;
  /** The task once it has ended, however it did; rejects with the signal's reason when that aborts first. Asks once a second at most. */
  wait(id: string, signal: AbortSignal): Promise<TaskView>;
}

const WAIT_MIN_MS = 50;
const WAIT_MAX_MS = 1_000;

export interface ClientOptions extends Place {
  /** Default 30,000. */
  readonly timeoutMs?: number;
}

/** A client of an engine: `createClient({ url, token, app }).tasks.enqueue(sendMail, { to })`. */
export function createClient(options: ClientOptions): { readonly tasks: TaskClient } {
  const ask = createAsk(options);
  const within = () => AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const keyed = (key: string | undefined): Record<string, string> =>
    key === undefined ? {} : { "idempotency-key": key };
  const get = (id: string) => ask<TaskView>(`/task/${encodeURIComponent(id)}`, undefined, within());
  return {
    tasks: {
      get,
      wait: async (id, signal) => {
        for (let waitMs = WAIT_MIN_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
          signal.throwIfAborted();
          const task = await get(id);
          if (task.state !== "waiting" && task.state !== "running") return task;
          await new Promise((resolve) => setTimeout(resolve, waitMs));
        }
      },
      enqueueAll: async (all, key) => {
        const tasks = all.map(({ task, input = null, ...how }) =>
          wireTask(task as TaskDefinition | string, input, how),
        );
        const { data } = await ask<{ data: Enqueued[] }>(
          "/task/batch",
          JSON.stringify({ tasks }),
          within(),
          keyed(key),
        );
        return data;
      },
      enqueue: (task, input, how = {}) =>
        ask<Enqueued>("/task", JSON.stringify(wireTask(task, input, how)), within(), keyed(how.idempotencyKey)),
      enqueueBatch: async (task, inputs, how = {}) => {
        const tasks = inputs.map((input) => wireTask(task, input, how));
        const { data } = await ask<{ data: Enqueued[] }>(
          "/task/batch",
          JSON.stringify({ tasks }),
          within(),
          keyed(how.idempotencyKey),
        );
        return data;
      },
    },
  };
}

function wireTask<In>(task: TaskDefinition<In> | string, input: In, how: EnqueueOptions): object {
  const definition = typeof task === "string" ? undefined : task;
  const name = typeof task === "string" ? task : task.name;
  if (name === undefined) {
    throw new TypeError(
      "The task has no name: give it one in its definition, or enqueue it by the name that its worker knows it by",
    );
  }
  const unique = how.unique ?? definition?.unique?.(input);
  const { key, for: lasting } = typeof unique === "string" ? { key: unique, for: "done" as const } : (unique ?? {});
  const timeoutMs = how.timeout === undefined ? definition?.timeoutMs : spanMs(how.timeout);
  return {
    name,
    input,
    queue: how.queue ?? definition?.queue,
    priority: how.priority ?? definition?.priority,
    ...(how.delay !== undefined && { delayMs: spanMs(how.delay) }),
    ...(how.runAt !== undefined && { runAt: how.runAt.toISOString() }),
    ...(key !== undefined && { uniqueKey: key }),
    ...(lasting !== undefined && {
      uniqueFor: lasting === "waiting" || lasting === "done" ? lasting : spanMs(lasting),
    }),
    retry: how.retry ?? definition?.retry,
    timeoutMs,
  };
}
