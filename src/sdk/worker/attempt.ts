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

/** Runs a function once: checks its input, keeps its time, and tells how it ended. `log` is asked for when the function first says something. */
export function runAttempt(
  definition: AnyTask,
  task: LeasedTask,
  log: () => TaskLog,
  monotonic: () => number,
): Attempt {
  // Most functions ask neither for a signal nor for a log, and tasks are many: these are made when they are wanted.
  let controller: AbortController | undefined;
  let says: TaskLog | undefined;
  let aborted: TaskAborted | undefined;
  let progress: string | undefined;
  let give: (result: TaskResult | undefined) => void = () => undefined;
  const given = new Promise<TaskResult | undefined>((resolve) => {
    give = resolve;
  });
  const abort = (reason: TaskAborted) => {
    if (aborted !== undefined) return;
    aborted = reason;
    if (reason.why === "lost") give(undefined);
    // What timed out has failed, whatever the function still does. What was cancelled may end in its own way first.
    else if (reason.why === "timeout") give(failure(task, reason, reason));
    else setTimeout(() => give(failure(task, reason, reason)), ABORT_GRACE_MS).unref();
    controller?.abort(reason);
  };
  const timeoutMs = task.timeoutMs ?? definition.timeoutMs;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => abort(new TaskAborted("timeout", `The task took longer than ${timeoutMs} ms`)), timeoutMs);
  const context: TaskContext = {
    id: task.id,
    name: task.name,
    attempt: task.attempt,
    key: task.key,
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (aborted !== undefined) controller.abort(aborted);
      }
      return controller.signal;
    },
    progress: (value) => {
      progress = JSON.stringify(value) ?? "null";
    },
    heartbeat: () => new Promise((resolve) => setImmediate(resolve)),
    get log() {
      says ??= log();
      return says;
    },
  };
  const startedAtMs = monotonic();
  const outcome = perform(definition, task, context).then(
    (output) => success(task, output),
    (error) => (aborted?.why === "lost" ? undefined : told(task, error, aborted)),
  );
  // Before the result: a function that came to its end by itself leaves nothing behind.
  const ended = outcome.then(() => undefined);
  void outcome.then((result) => {
    clearTimeout(timer);
    give(result);
  });
  return {
    task,
    startedAtMs,
    abort,
    result: given,
    ended,
    get progress() {
      return progress;
    },
    set progress(value) {
      progress = value;
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

/** Anything can be thrown: what cannot even be told must not end the worker with all else that it does. */
function told(task: LeasedTask, error: unknown, aborted: TaskAborted | undefined): TaskResult {
  try {
    return failure(task, error, aborted);
  } catch {
    const message = "The function threw something that cannot be told";
    return {
      id: task.id,
      attempt: task.attempt,
      ok: false,
      error: { class: "retryable", code: "task_failed", message },
    };
  }
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
  // A moment that is none, as of a header that could not be read, is left to the task's retries.
  const at = error instanceof RetryableError ? error.retryAt : undefined;
  const retryAt = at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  return of({ class: "retryable", code, message, stack, retryAt });
}
