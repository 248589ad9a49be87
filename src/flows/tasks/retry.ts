import { RETRY_DEFAULT, type TaskError, type TaskOptions } from "./task.ts";

/** What follows from an attempt that failed. */
export type AfterFailure =
  | { readonly kind: "retry"; readonly waitMs: number }
  | { readonly kind: "failed" }
  | { readonly kind: "cancelled" };

const DAY_MS = 86_400_000;

/**
 * Whether a task is tried again, and in how many ms. Pure; `random` in [0, 1) spreads the wait by ±20 %. `wishMs`: the wait that the
 * worker asked for (`Retry-After` of whom it called), at most a day.
 */
export function afterFailure(
  options: TaskOptions | undefined,
  attempt: number,
  error: Pick<TaskError, "class">,
  random: number,
  wishMs?: number,
): AfterFailure {
  if (error.class === "cancelled") return { kind: "cancelled" };
  const retry = options?.retry;
  const on: readonly string[] = retry?.on ?? RETRY_DEFAULT.on;
  if (attempt >= (retry?.attempts ?? RETRY_DEFAULT.attempts) || !on.includes(error.class)) return { kind: "failed" };
  if (wishMs !== undefined) return { kind: "retry", waitMs: Math.min(Math.max(0, Math.round(wishMs)), DAY_MS) };
  const grown =
    (retry?.waitMs ?? RETRY_DEFAULT.waitMs) * (retry?.factor ?? RETRY_DEFAULT.factor) ** Math.min(attempt - 1, 60);
  const waitMs = Math.min(grown, retry?.maxMs ?? RETRY_DEFAULT.maxMs);
  return { kind: "retry", waitMs: Math.round(waitMs * (0.8 + 0.4 * random)) };
}
