/**
 * What follows for a delivery from the outcome of one request (P6). Pure, and data per endpoint.
 *
 * | outcome | preset default | svix | strict |
 * |---|---|---|---|
 * | network fault, timeout, ambiguous, 408, 425, 429, 5xx; refused address or URL | full schedule | full | full |
 * | 3xx, other 4xx | the first three steps | full | none |
 * | Retry-After | free: not before it, no step | free | free |
 * | 410 | free: held while the endpoint is paused | free | free |
 * | our own fault (internal, signing) | free: own backoff | free | free |
 *
 * A refused address follows the full schedule under every preset: DNS is mended more often than it is malicious, and
 * the guard asks anew each time.
 *
 * "Free" has an end, so that nothing lives for ever: see `isFree`. The endpoint's side of an answer (the hold, the
 * pause) is not decided here, because it does not depend on this delivery: `holdUntilMs` and `auto-disable.ts` do.
 */
import { type Outcome, unreachable } from "#kernel";
import type { Decision } from "./state.ts";

export type { Decision } from "./state.ts";

export type RetryPreset = "default" | "svix" | "strict";

export interface RetryPolicy {
  readonly preset: RetryPreset;
  /** The wait before the first retry, before the second, …; whole seconds, each at least 1. Empty: no retries. */
  readonly scheduleSeconds: readonly number[];
}

/** What the policy must know of a delivery, as it was before the request. */
export interface Spent {
  readonly attempts: number;
  readonly step: number;
  /** When it began to be owed: the time in the delivery's id. Absent: unknown, and only the count bounds what is free. */
  readonly firstOwedAtMs?: number;
  /** It is not sent at or after this moment. */
  readonly expiresAtMs?: number;
}

/** Svix's schedule, which receivers know: after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; 27.6 hours in all. */
export const DEFAULT_SCHEDULE_SECONDS: readonly number[] = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
export const DEFAULT_POLICY: RetryPolicy = { preset: "default", scheduleSeconds: DEFAULT_SCHEDULE_SECONDS };

export const JITTER = 0.2;
/** With the default schedule 35 minutes: longer than a deploy or a firewall's rule push, short enough to be noticed today. */
export const PERMANENT_STEPS = 3;
export const RETRY_AFTER_MIN_MS = 1_000;
export const RETRY_AFTER_MAX_MS = 3_600_000;
/**
 * How many requests of a delivery may be free. An endpoint that lets one of fifty through per second needs a few dozen
 * rounds; at the longest Retry-After these are ten days, at the longest wait after a fault of ours five.
 */
export const FREE_MAX = 250;
/** Beyond the schedule's own length, how old a delivery may be and still wait for free. */
export const FREE_AGE_MS = 24 * 3_600_000;
/** After a 410: long enough for every process to know of the pause. When the endpoint is resumed this has long passed. */
export const GONE_WAIT_MS = 5_000;
const OWN_FAULT_WAIT_MIN_MS = 5_000;
const OWN_FAULT_WAIT_MAX_MS = 30 * 60_000;

export const SCHEDULE_STEPS_MAX = 100;
export const SCHEDULE_STEP_SECONDS_MAX = 7 * 86_400;

const DELIVERED: Decision = Object.freeze({ kind: "delivered" });
const EXHAUSTED: Decision = Object.freeze({ kind: "dead", reason: "exhausted" });
const PERMANENT: Decision = Object.freeze({ kind: "dead", reason: "permanent" });
const EXPIRED: Decision = Object.freeze({ kind: "dead", reason: "expired" });

/** What is wrong with a schedule, as a sentence; undefined when it may be used. */
export function scheduleFault(scheduleSeconds: readonly number[]): string | undefined {
  if (scheduleSeconds.length > SCHEDULE_STEPS_MAX) {
    return `The retry schedule has ${scheduleSeconds.length} steps; at most ${SCHEDULE_STEPS_MAX} are allowed`;
  }
  for (const [index, seconds] of scheduleSeconds.entries()) {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > SCHEDULE_STEP_SECONDS_MAX) {
      return `Step ${index + 1} of the retry schedule is ${seconds}; it should be a whole number of seconds from 1 to ${SCHEDULE_STEP_SECONDS_MAX}`;
    }
  }
  return undefined;
}

/**
 * Decides what follows from `outcome` for a delivery that was `spent` before the request.
 * `random` gives [0, 1). Every due time is later than `nowMs`.
 */
export function decide(
  policy: RetryPolicy,
  spent: Spent,
  outcome: Outcome,
  nowMs: number,
  random: () => number,
): Decision {
  const decision = regardlessOfExpiry(policy, spent, outcome, nowMs, random);
  // It would be looked at when due only to be found expired: say so now, while its last answer is at hand.
  if (spent.expiresAtMs !== undefined && "dueAtMs" in decision && decision.dueAtMs >= spent.expiresAtMs) return EXPIRED;
  return decision;
}

function regardlessOfExpiry(
  policy: RetryPolicy,
  spent: Spent,
  outcome: Outcome,
  nowMs: number,
  random: () => number,
): Decision {
  switch (outcome.class) {
    case "delivered":
      return DELIVERED;
    case "retryable":
      if (outcome.retryAfterMs !== undefined)
        return afterHold(policy, spent, holdUntilMs(outcome, nowMs), nowMs, random);
      return nextStep(policy, spent, nowMs, random, policy.scheduleSeconds.length, EXHAUSTED);
    case "timeout":
    case "ambiguous":
    case "endpoint_config_error":
      return nextStep(policy, spent, nowMs, random, policy.scheduleSeconds.length, EXHAUSTED);
    case "permanent":
      // The row does not remember which outcomes used its steps up: a lone 404 after hours of 503 also ends it.
      return nextStep(
        policy,
        spent,
        nowMs,
        random,
        permanentSteps(policy),
        policy.preset === "svix" ? EXHAUSTED : PERMANENT,
      );
    case "gone":
      return isFree(policy, spent, nowMs)
        ? { kind: "gone", dueAtMs: nowMs + GONE_WAIT_MS, step: spent.step }
        : PERMANENT;
    case "signature_error":
    case "internal_error":
      // Nothing the customer can mend may use up the customer's schedule.
      if (isFree(policy, spent, nowMs)) {
        return { kind: "retry", dueAtMs: nowMs + jittered(ownFaultWaitMs(spent), random), step: spent.step };
      }
      return nextStep(policy, spent, nowMs, random, policy.scheduleSeconds.length, EXHAUSTED);
    default:
      return unreachable(outcome);
  }
}

/** Until when an answer asks the whole endpoint for quiet (Retry-After, clamped); 0: it does not. */
export function holdUntilMs(outcome: Outcome, nowMs: number): number {
  if (outcome.class !== "retryable" || outcome.retryAfterMs === undefined) return 0;
  return nowMs + Math.min(Math.max(outcome.retryAfterMs, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

/** How many steps of the schedule an outcome of class `permanent` may use. */
export function permanentSteps(policy: RetryPolicy): number {
  switch (policy.preset) {
    case "default":
      return Math.min(PERMANENT_STEPS, policy.scheduleSeconds.length);
    case "svix":
      return policy.scheduleSeconds.length;
    case "strict":
      return 0;
    default:
      return unreachable(policy.preset);
  }
}

/**
 * Whether the next wait may be free: at most FREE_MAX requests of a delivery, and none once it is FREE_AGE_MS older than
 * its schedule is long. Past that, the same outcomes use up steps, and so every delivery ends: after at most FREE_MAX
 * plus the schedule's steps plus one requests. A dead delivery that is requeued goes on with the attempts it had, so its
 * second life may have less for free, but always its whole schedule.
 */
function isFree(policy: RetryPolicy, spent: Spent, nowMs: number): boolean {
  if (spent.attempts - spent.step >= FREE_MAX) return false;
  if (spent.firstOwedAtMs === undefined) return true;
  let scheduleMs = 0;
  for (const seconds of policy.scheduleSeconds) scheduleMs += seconds * 1000;
  return nowMs - spent.firstOwedAtMs <= scheduleMs * (1 + JITTER) + FREE_AGE_MS;
}

function afterHold(
  policy: RetryPolicy,
  spent: Spent,
  holdUntil: number,
  nowMs: number,
  random: () => number,
): Decision {
  if (isFree(policy, spent, nowMs)) return { kind: "hold", dueAtMs: holdUntil, step: spent.step };
  const next = nextStep(policy, spent, nowMs, random, policy.scheduleSeconds.length, EXHAUSTED);
  if (next.kind !== "retry") return next;
  return { kind: "hold", dueAtMs: Math.max(next.dueAtMs, holdUntil), step: next.step };
}

function nextStep(
  policy: RetryPolicy,
  spent: Spent,
  nowMs: number,
  random: () => number,
  steps: number,
  afterwards: Decision,
): Decision {
  // A schedule that was shortened since leaves rows with more steps than it has: these are at its end.
  const seconds = spent.step < steps ? policy.scheduleSeconds[spent.step] : undefined;
  if (seconds === undefined) return afterwards;
  return { kind: "retry", dueAtMs: nowMs + jittered(seconds * 1000, random), step: spent.step + 1 };
}

/** 5 s, 10 s, 20 s, … 30 min by the free requests so far; used-up steps must not lengthen it. */
function ownFaultWaitMs(spent: Spent): number {
  const free = Math.max(0, spent.attempts - spent.step);
  return Math.min(OWN_FAULT_WAIT_MIN_MS * 2 ** Math.min(free, 20), OWN_FAULT_WAIT_MAX_MS);
}

function jittered(waitMs: number, random: () => number): number {
  return Math.floor(waitMs * (1 - JITTER + 2 * JITTER * random()));
}
