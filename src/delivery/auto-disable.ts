/**
 * What days of answers say of an endpoint: a 410 pauses it, another one after it was resumed disables it, and so do five
 * days of nothing but failure. Pure; times are wall-clock milliseconds, because they outlive processes.
 *
 * It is told every result, so what changes nothing returns UNCHANGED and allocates nothing: successes of a healthy
 * endpoint, and failures once enough are counted. The row is written when `write` says so, which is at most twice a minute
 * for an endpoint that fails and succeeds in turns: failing is worth a row only once it has lasted a minute, and the count
 * only when it doubled. A crash forgets at most that much.
 */
import { type Outcome, unreachable } from "#kernel";

/** posthorn.endpoint_state: failing_since, failing_open_ms, failing_attempts, gone_at. */
export type Health =
  | { readonly state: "well"; readonly goneAtMs: number | undefined }
  | {
      readonly state: "failing";
      /** The first failure after the last success. */
      readonly sinceMs: number;
      /** How long of that a breaker was open. */
      readonly openMs: number;
      /** Failures since, counted up to ATTEMPTS_MIN. */
      readonly attempts: number;
      /** `attempts` as the row has them; 0: the row knows nothing of it yet. */
      readonly written: number;
      readonly goneAtMs: number | undefined;
    };

/** What is to be done to the endpoint: its mode and mode_reason. */
export type Action =
  | { readonly mode: "paused"; readonly reason: "gone" }
  | { readonly mode: "disabled"; readonly reason: "gone_again" | "failing" };

export type Verdict =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly health: Health; readonly write: boolean; readonly action: Action | undefined };

/** What a result says of the endpoint's health. "none": our own fault, or no request was made. */
export type Sign = "success" | "failure" | "gone" | "none";

export const FAILING_MS = 5 * 86_400_000;
/** One customer's single event a day must not disable anything. */
export const ATTEMPTS_MIN = 20;
export const WRITE_AFTER_MS = 60_000;

const UNCHANGED: Verdict = Object.freeze({ kind: "unchanged" });
export const WELL: Health = Object.freeze({ state: "well", goneAtMs: undefined });

/** Unlike the breaker's sign, a 404 is a failure here: for five days it is no deploy. */
export function healthSignOf(outcome: Outcome): Sign {
  switch (outcome.class) {
    case "delivered":
      return "success";
    case "gone":
      return "gone";
    case "permanent":
    case "retryable":
    case "timeout":
    case "ambiguous":
    case "endpoint_config_error":
      return "failure";
    case "signature_error":
    case "internal_error":
      return "none";
    default:
      return unreachable(outcome);
  }
}

export interface Observation {
  readonly sign: Sign;
  /** When its request was started. */
  readonly startedAtMs: number;
  /** Since when the endpoint has been enabled, if it ever was resumed: mode_since of an enabled endpoint. */
  readonly resumedAtMs: number | undefined;
}

/** The health after a result, and what is to be done. The caller acts once: it stops asking when the mode has changed. */
export function observe(health: Health, { sign, startedAtMs, resumedAtMs }: Observation, nowMs: number): Verdict {
  switch (sign) {
    case "none":
      return UNCHANGED;
    case "success":
      // One from before the resume does not take back the 410 that came after it.
      if (health.state === "well" && (health.goneAtMs === undefined || startedAtMs < health.goneAtMs)) return UNCHANGED;
      return recovered(health, startedAtMs);
    case "gone":
      return gone(health, startedAtMs, resumedAtMs, nowMs);
    case "failure":
      return failed(health, nowMs);
    default:
      return unreachable(sign);
  }
}

/** A breaker was open for `openMs` until now. */
export function underBreaker(health: Health, openMs: number): Verdict {
  if (health.state !== "failing" || openMs <= 0) return UNCHANGED;
  // The breaker's own row is written at this moment: it costs nothing to write this beside it.
  return {
    kind: "changed",
    health: { ...health, openMs: health.openMs + openMs, written: health.attempts },
    write: true,
    action: undefined,
  };
}

/** Its owner resumed it: what it failed before was that owner's to mend, and is forgotten; a 410 is remembered. */
export function resumed(health: Health): Health {
  return health.goneAtMs === undefined ? WELL : { state: "well", goneAtMs: health.goneAtMs };
}

/** The columns of posthorn.endpoint_state, times in ms. */
export interface HealthRow {
  readonly failingSinceMs: number | undefined;
  readonly failingOpenMs: number;
  readonly failingAttempts: number;
  readonly goneAtMs: number | undefined;
}

export function toRow(health: Health): HealthRow {
  return health.state === "well"
    ? { failingSinceMs: undefined, failingOpenMs: 0, failingAttempts: 0, goneAtMs: health.goneAtMs }
    : {
        failingSinceMs: health.sinceMs,
        failingOpenMs: health.openMs,
        failingAttempts: health.attempts,
        goneAtMs: health.goneAtMs,
      };
}

export function fromRow({ failingSinceMs, failingOpenMs, failingAttempts, goneAtMs }: HealthRow): Health {
  if (failingSinceMs === undefined) return goneAtMs === undefined ? WELL : { state: "well", goneAtMs };
  return {
    state: "failing",
    sinceMs: failingSinceMs,
    openMs: failingOpenMs,
    attempts: failingAttempts,
    written: failingAttempts,
    goneAtMs,
  };
}

function recovered(health: Health, startedAtMs: number): Verdict {
  const goneAtMs = health.goneAtMs === undefined || startedAtMs >= health.goneAtMs ? undefined : health.goneAtMs;
  const rowKnows = health.goneAtMs !== goneAtMs || (health.state === "failing" && health.written > 0);
  return {
    kind: "changed",
    health: goneAtMs === undefined ? WELL : { state: "well", goneAtMs },
    write: rowKnows,
    action: undefined,
  };
}

function gone(health: Health, startedAtMs: number, resumedAtMs: number | undefined, nowMs: number): Verdict {
  if (health.goneAtMs === undefined) {
    return {
      kind: "changed",
      health: { ...health, goneAtMs: nowMs },
      write: true,
      action: { mode: "paused", reason: "gone" },
    };
  }
  // Requests that were under way at the first 410 may answer the same; a repeated one was asked after the resume.
  const isRepeated = resumedAtMs !== undefined && resumedAtMs > health.goneAtMs && startedAtMs >= resumedAtMs;
  if (!isRepeated) return UNCHANGED;
  return {
    kind: "changed",
    health: { ...health, goneAtMs: nowMs },
    write: true,
    action: { mode: "disabled", reason: "gone_again" },
  };
}

function failed(health: Health, nowMs: number): Verdict {
  if (health.state === "well") {
    const { goneAtMs } = health;
    const failing: Health = { state: "failing", sinceMs: nowMs, openMs: 0, attempts: 1, written: 0, goneAtMs };
    return { kind: "changed", health: failing, write: false, action: undefined };
  }
  const attempts = Math.min(health.attempts + 1, ATTEMPTS_MIN);
  const lastedMs = nowMs - health.sinceMs;
  if (attempts >= ATTEMPTS_MIN && countedMs(lastedMs, health.openMs) >= FAILING_MS) {
    return {
      kind: "changed",
      health: { ...health, attempts, written: attempts },
      write: true,
      action: { mode: "disabled", reason: "failing" },
    };
  }
  const write = lastedMs >= WRITE_AFTER_MS && isWorthWriting(attempts, health.written);
  if (attempts === health.attempts && !write) return UNCHANGED;
  return {
    kind: "changed",
    health: { ...health, attempts, written: write ? attempts : health.written },
    write,
    action: undefined,
  };
}

/**
 * Time under an open breaker is not counted, up to as much again as is needed. Without that bound an endpoint that is down
 * under steady traffic would never be disabled: its breaker is open for all but the seconds of its probes. So it takes
 * five days when it is asked all the time, and ten at most.
 */
function countedMs(lastedMs: number, openMs: number): number {
  return lastedMs - Math.min(openMs, FAILING_MS);
}

function isWorthWriting(attempts: number, written: number): boolean {
  return attempts >= 2 * written || (attempts === ATTEMPTS_MIN && written < ATTEMPTS_MIN);
}
