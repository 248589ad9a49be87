/**
 * One endpoint's circuit breaker: keeps us from spending requests, room in flight and steps of the schedule on an endpoint
 * that is down, and asks now and then whether it still is.
 *
 * ```
 *          9 of 10 down, or 5 hung in a row          wait over, a request starts
 *  closed ──────────────────────────────────▶ open ─────────────────────────────▶ half_open
 *     ▲                                          ▲    probe failed: twice the wait     │ │
 *     │                                          └─────────────────────────────────────┘ │
 *     └──────────────────────────────────────────────────────────────────── probe was up ┘
 * ```
 *
 * Values are immutable and transitions pure; a transition that changes nothing returns what it was given, so a healthy
 * endpoint costs two comparisons and no allocation per result. Times are monotonic milliseconds of one process; the row
 * (`toRow`, `fromRow`) holds waits instead.
 */
import { type Outcome, unreachable } from "#kernel";

/** What a result tells of the endpoint, not of the delivery. */
export type Sign =
  /** It answered as somebody who is there does, whether it liked the request or not. */
  | "up"
  /** It could not be reached, or said that it cannot serve. */
  | "down"
  /** It took the request and our patience. */
  | "hung"
  /** Nothing: no request was made, or it asked for quiet itself and the hold takes care of it. */
  | "none";

export type Breaker =
  | {
      readonly state: "closed";
      /** Results of requests that were started earlier than this tell of times gone by. */
      readonly sinceMs: number;
      /** Times opened in a row; forgotten once a whole window of results came in without opening. */
      readonly opens: number;
      /** The latest results, a bit each, newest lowest, 1: down or hung. Begins at the first failure. */
      readonly window: number;
      readonly results: number;
      readonly hungInARow: number;
    }
  | { readonly state: "open"; readonly sinceMs: number; readonly untilMs: number; readonly opens: number }
  | {
      readonly state: "half_open";
      readonly probeStartedAtMs: number;
      /** When the breaker opened that this probe may close. */
      readonly openSinceMs: number;
      readonly opens: number;
    };

type Closed = Extract<Breaker, { state: "closed" }>;

/** posthorn.endpoint_state. The wait is what is left of it, in ms. */
export interface BreakerRow {
  readonly breaker: Breaker["state"];
  readonly waitMs: number | undefined;
  readonly opens: number;
}

export const WINDOW = 20;
/**
 * Ten, because a receiver's restart fails what is in flight and no more, and at low rates ten failures are minutes. Nine
 * tenths, because an endpoint that serves every fifth request serves, and each of its failures is retried anyway.
 */
export const RESULTS_MIN = 10;
export const DOWN_SHARE = 0.9;
/**
 * A hung endpoint costs the whole deadline for each request, so it is believed sooner, at five in a row; a single slow
 * answer among good ones never adds up, since any answer between starts the count anew.
 */
export const HUNG_IN_A_ROW = 5;
export const WAIT_MIN_MS = 5_000;
/** The longest that an endpoint which came back waits for its first delivery, jitter aside. */
export const WAIT_MAX_MS = 300_000;
const JITTER = 0.2;
/** Longer than the longest deadline (60 s) and a settle: a probe that has not told by then never will. */
export const PROBE_LOST_MS = 120_000;

const WINDOW_MASK = 2 ** WINDOW - 1;

export const CLOSED: Closed = Object.freeze({
  state: "closed",
  sinceMs: Number.NEGATIVE_INFINITY,
  opens: 0,
  window: 0,
  results: 0,
  hungInARow: 0,
});

export function signOf(outcome: Outcome): Sign {
  switch (outcome.class) {
    case "delivered":
    case "permanent":
    case "gone":
      return "up";
    case "retryable":
      return outcome.retryAfterMs === undefined ? "down" : "none";
    case "ambiguous":
    case "endpoint_config_error":
      return "down";
    case "timeout":
      return "hung";
    case "signature_error":
    case "internal_error":
      return "none";
    default:
      return unreachable(outcome);
  }
}

/** In how many ms a request may start: 0: now. Half open, it is the time after which the probe is given up for lost. */
export function waitMs(breaker: Breaker, nowMs: number): number {
  switch (breaker.state) {
    case "closed":
      return 0;
    case "open":
      return Math.max(0, breaker.untilMs - nowMs);
    case "half_open":
      return Math.max(0, breaker.probeStartedAtMs + PROBE_LOST_MS - nowMs);
    default:
      return unreachable(breaker);
  }
}

/** Somebody wants to know now: the wait is over, and the next request is the probe. */
export function probeNow(breaker: Breaker, nowMs: number): Breaker {
  return breaker.state === "open" && breaker.untilMs > nowMs ? { ...breaker, untilMs: nowMs } : breaker;
}

/** A request starts. Past an open breaker's wait it is the probe: an ordinary delivery, and the only one until it told. */
export function started(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.state === "closed") return breaker;
  const wait = waitMs(breaker, nowMs);
  if (wait > 0) {
    throw new Error(
      `A request was started under a breaker that is ${breaker.state} for another ${wait} ms; ask waitMs first`,
    );
  }
  const openSinceMs = breaker.state === "open" ? breaker.sinceMs : breaker.openSinceMs;
  return { state: "half_open", probeStartedAtMs: nowMs, openSinceMs, opens: breaker.opens };
}

/**
 * A request that was started at `startedAtMs` ended with `sign` (of one that was given back unsent: "none").
 * What was started before the breaker came into its present state changes nothing: a hundred requests that hang when it
 * opens may end after it closed again. While it is open only the probe is asked.
 */
export function finished(
  breaker: Breaker,
  startedAtMs: number,
  sign: Sign,
  nowMs: number,
  random: () => number,
): Breaker {
  switch (breaker.state) {
    case "closed":
      if (sign === "up" && breaker.results === 0 && breaker.opens === 0) return breaker;
      if (sign === "none" || startedAtMs < breaker.sinceMs) return breaker;
      return counted(breaker, sign, nowMs, random);
    case "open":
      return breaker;
    case "half_open":
      if (startedAtMs < breaker.probeStartedAtMs) return breaker;
      return probed(breaker, sign, nowMs, random);
    default:
      return unreachable(breaker);
  }
}

function counted(breaker: Closed, sign: "up" | "down" | "hung", nowMs: number, random: () => number): Breaker {
  const window = ((breaker.window << 1) | (sign === "up" ? 0 : 1)) & WINDOW_MASK;
  const results = Math.min(breaker.results + 1, WINDOW);
  const hungInARow = sign === "hung" ? breaker.hungInARow + 1 : sign === "up" ? 0 : breaker.hungInARow;
  if (hungInARow >= HUNG_IN_A_ROW || (results >= RESULTS_MIN && ones(window) >= results * DOWN_SHARE)) {
    return opened(breaker.opens + 1, nowMs, random);
  }
  const opens = results === WINDOW ? 0 : breaker.opens;
  // A window without a failure is as good as none: back to what costs nothing.
  if (window === 0 && opens === 0) return { ...CLOSED, sinceMs: breaker.sinceMs };
  return { state: "closed", sinceMs: breaker.sinceMs, opens, window, results, hungInARow };
}

function probed(
  breaker: Extract<Breaker, { state: "half_open" }>,
  sign: Sign,
  nowMs: number,
  random: () => number,
): Breaker {
  switch (sign) {
    case "up":
      // One answer closes it: a probe is a customer's delivery, and asking for more would make the next ones wait for
      // nothing. `opens` stays until a window of results came in, so one that falls over again waits longer.
      return {
        state: "closed",
        sinceMs: breaker.probeStartedAtMs,
        opens: breaker.opens,
        window: 0,
        results: 0,
        hungInARow: 0,
      };
    case "down":
    case "hung":
      return opened(breaker.opens + 1, nowMs, random);
    case "none":
      return { state: "open", sinceMs: nowMs, untilMs: nowMs, opens: breaker.opens };
    default:
      return unreachable(sign);
  }
}

/** 5 s, 10 s, 20 s, … 5 min, each ±20 %, so that endpoints that fell together are not asked together. */
function opened(opens: number, nowMs: number, random: () => number): Breaker {
  const wait = Math.min(WAIT_MIN_MS * 2 ** Math.min(opens - 1, 30), WAIT_MAX_MS);
  return { state: "open", sinceMs: nowMs, untilMs: nowMs + wait * (1 - JITTER + 2 * JITTER * random()), opens };
}

/** Whether the row must be written: on transitions only, so the window of a closed breaker is not kept. */
export function mustWrite(before: Breaker, after: Breaker): boolean {
  return before.state !== after.state || before.opens !== after.opens;
}

/**
 * How long the endpoint was left alone, told once: when the probe that ended it has told. 0 for every other transition, so
 * it may be asked of any result.
 */
export function openedForMs(before: Breaker, after: Breaker, nowMs: number): number {
  if (before.state !== "half_open" || after.state === "half_open") return 0;
  return Math.min(before.probeStartedAtMs, nowMs) - before.openSinceMs;
}

export function toRow(breaker: Breaker, nowMs: number): BreakerRow {
  return {
    breaker: breaker.state,
    waitMs: breaker.state === "open" ? Math.max(0, breaker.untilMs - nowMs) : undefined,
    opens: breaker.opens,
  };
}

/** What another owner (or an earlier self) knew. Its probe, if it had one under way, is not ours to wait for. */
export function fromRow(row: BreakerRow, nowMs: number): Breaker {
  switch (row.breaker) {
    case "closed":
      return row.opens === 0 ? CLOSED : { ...CLOSED, opens: row.opens };
    case "open":
      return { state: "open", sinceMs: nowMs, untilMs: nowMs + (row.waitMs ?? 0), opens: row.opens };
    case "half_open":
      return { state: "open", sinceMs: nowMs, untilMs: nowMs, opens: row.opens };
    default:
      return unreachable(row.breaker);
  }
}

function ones(bits: number): number {
  let n = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) n += 1;
  return n;
}
