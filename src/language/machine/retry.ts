import type { CompiledRetry } from "../compiled.ts";
import type { ErrorClass } from "../definition.ts";
import { RETRY_AFTER_MAX_MS } from "./limits.ts";

/**
 * When a step is tried again that failed at `nowMs` in this attempt; undefined: never. `random` in [0, 1) spreads each wait by ±20 %, so
 * that what failed together does not come back together. `notBeforeMs`: what the other side asked for, an hour at most.
 */
export function retryAt(
  retry: CompiledRetry,
  attempt: number,
  failure: ErrorClass,
  nowMs: number,
  random: number,
  notBeforeMs: number | undefined,
): number | undefined {
  if (attempt >= retry.attempts || !retry.on.has(failure) || failure === "cancelled" || failure === "invalid") {
    return undefined;
  }
  const wait = Math.min(retry.waitMs * retry.factor ** (attempt - 1), retry.maxMs);
  const spread = Math.round(nowMs + wait * (0.8 + 0.4 * random));
  return notBeforeMs === undefined
    ? spread
    : Math.max(spread, Math.min(Math.ceil(notBeforeMs), nowMs + RETRY_AFTER_MAX_MS));
}
