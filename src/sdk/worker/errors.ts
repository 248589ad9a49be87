/** Throw it when trying again later may help; so may every other error, but this one can say when. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  readonly code: string;
  /** Not before then; undefined: as the task's retries say. */
  readonly retryAt: Date | undefined;
  constructor(
    message: string,
    options: {
      readonly code?: string;
      readonly retryAt?: Date;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = options.code ?? "task_failed";
    this.retryAt =
      options.retryAt ?? (options.retryAfterMs === undefined ? undefined : new Date(Date.now() + options.retryAfterMs));
  }
}

/** Throw it when trying again is useless: the task has failed. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
  readonly code: string;
  constructor(message: string, options: { readonly code?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? "task_failed";
  }
}

/** Why the signal of a task aborts. */
export class TaskAborted extends Error {
  override readonly name = "TaskAborted";
  readonly why: "cancelled" | "timeout" | "stopping" | "lost";
  constructor(why: TaskAborted["why"], message: string) {
    super(message);
    this.why = why;
  }
}
