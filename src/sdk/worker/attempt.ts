import type { AnyTask, TaskContext, TaskLog } from "./define.ts";
import { PermanentError, RetryableError, TaskAborted } from "./errors.ts";
import type { LeasedTask, TaskResult } from "./protocol.ts";
import { checkBy } from "./standard-schema.ts";

const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
/** After its signal aborted, how long a function may go on before the engine is told without it. */
const ABORT_GRACE_MS = 5_000;

/** One try of one task. */
export interface Attempt {
  readonly task: LeasedTask;
  readonly startedAtMs: number;
  /** What it last told of itself and was not sent yet, as JSON. */
  progress: string | undefined;
  abort(reason: TaskAborted): void;
  /** What is to be reported; undefined: it was lost, and nobody wants to know. Never rejects. */
  readonly result: Promise<TaskResult | undefined>;
  /** Resolves when the function has come to its end, which may be later. Never rejects. */
  readonly ended: Promise<void>;
}

/** Runs a function once: checks its input, keeps its time, and tells how it ended. */
export function runAttempt(definition: AnyTask, task: LeasedTask, log: TaskLog, monotonic: () => number): Attempt {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = (reason: TaskAborted) => {
    if (!signal.aborted) controller.abort(reason);
  };
  const timeoutMs = task.timeoutMs ?? definition.timeoutMs;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => abort(new TaskAborted("timeout", `The task took longer than ${timeoutMs} ms`)), timeoutMs);
  const attempt = { progress: undefined as string | undefined };
  const context: TaskContext = {
    id: task.id,
    name: task.name,
    attempt: task.attempt,
    key: task.key,
    signal,
    progress: (value) => {
      attempt.progress = JSON.stringify(value) ?? "null";
    },
    heartbeat: () => new Promise((resolve) => setImmediate(resolve)),
    log,
  };
  const run = perform(definition, task, context);
  const given = new Promise<TaskResult | undefined>((resolve) => {
    signal.addEventListener("abort", () => {
      const reason = signal.reason as TaskAborted; // `abort` is the only way there.
      if (reason.why === "lost") return resolve(undefined);
      // What timed out has failed, whatever the function still does. What was cancelled may end in its own way first.
      if (reason.why === "timeout") return resolve(failure(task, reason, reason));
      setTimeout(() => resolve(failure(task, reason, reason)), ABORT_GRACE_MS).unref();
    });
  });
  const ended = run.then(
    () => undefined,
    () => undefined,
  );
  const settled = run.then(
    (output) => success(task, output),
    (error) =>
      signal.aborted && (signal.reason as TaskAborted).why === "lost" ? undefined : failure(task, error, signal.reason),
  );
  const result = Promise.race([settled, given]).finally(() => clearTimeout(timer));
  return {
    task,
    startedAtMs: monotonic(),
    abort,
    result,
    ended,
    get progress() {
      return attempt.progress;
    },
    set progress(value) {
      attempt.progress = value;
    },
  };
}

async function perform(definition: AnyTask, task: LeasedTask, context: TaskContext): Promise<unknown> {
  let input: unknown = task.input;
  if (definition.input !== undefined) {
    const checked = await checkBy(definition.input, input);
    if (!checked.ok) throw new PermanentError(`The input does not fit: ${checked.faults}`, { code: "input_invalid" });
    input = checked.value;
  }
  return definition.run(input as never, context); // It fits the schema that the definition's types come from.
}

function success(task: LeasedTask, output: unknown): TaskResult {
  const { id, attempt } = task;
  let text: string;
  try {
    text = JSON.stringify(output) ?? "null";
  } catch (error) {
    const message = `The output is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { id, attempt, ok: false, error: { class: "invalid", code: "output_invalid", message } };
  }
  // As it is sent: in UTF-8 no text has fewer bytes than characters.
  if (text.length > OUTPUT_BYTES_MAX || Buffer.byteLength(text) > OUTPUT_BYTES_MAX) {
    const message = `The output has ${Buffer.byteLength(text)} bytes; at most ${OUTPUT_BYTES_MAX} are kept`;
    return { id, attempt, ok: false, error: { class: "invalid", code: "result_too_large", message } };
  }
  return { id, attempt, ok: true, outputText: text };
}

/** `aborted`: why its signal aborted, if it did; a function that then throws was ended by that. */
function failure(task: LeasedTask, error: unknown, aborted: TaskAborted | undefined): TaskResult {
  const { id, attempt } = task;
  const of = (told: NonNullable<Extract<TaskResult, { ok: false }>["error"]>): TaskResult => ({
    id,
    attempt,
    ok: false,
    error: told,
  });
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  switch (aborted?.why) {
    case "cancelled":
      return of({ class: "cancelled", code: "cancelled", message: aborted.message });
    case "timeout":
      return of({ class: "timeout", code: "task_timeout", message: aborted.message });
    case "stopping":
      // Another worker may go on at once.
      return of({
        class: "retryable",
        code: "worker_stopped",
        message: aborted.message,
        retryAt: new Date().toISOString(),
      });
    default:
  }
  if (error instanceof PermanentError) return of({ class: "permanent", code: error.code, message, stack });
  const code = error instanceof RetryableError ? error.code : "task_failed";
  const retryAt = error instanceof RetryableError ? error.retryAt?.toISOString() : undefined;
  return of({ class: "retryable", code, message, stack, retryAt });
}
