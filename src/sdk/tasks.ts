// `posthorn/tasks`: functions that workers do, and the client that enqueues them.

export {
  type ClientOptions,
  createClient,
  type Enqueued,
  type EnqueueOptions,
  type TaskClient,
  type TaskState,
  type TaskView,
  type ToEnqueue,
} from "./worker/client.ts";
export {
  type AnyTask,
  type ErrorClass,
  isTask,
  type RetrySpec,
  type TaskContext,
  type TaskDefinition,
  type TaskLog,
  type TaskSpec,
  task,
  type Unique,
} from "./worker/define.ts";
export { PermanentError, RetryableError, TaskAborted } from "./worker/errors.ts";
export { EngineError } from "./worker/http.ts";
export type { Span } from "./worker/span.ts";
export type { StandardSchema } from "./worker/standard-schema.ts";
export { createWorker, type Worker, type WorkerOptions } from "./worker/worker.ts";
