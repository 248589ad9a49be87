import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Outcome } from "#kernel";
import {
  type Breaker,
  CLOSED,
  finished,
  fromRow,
  mustWrite,
  openedForMs,
  PROBE_LOST_MS,
  type Sign,
  signOf,
  started,
  toRow,
  WAIT_MAX_MS,
  waitMs,
} from "./breaker.ts";

const middle = () => 0.5;

/** Results one after another, each of a request started at the moment it is told. */
function after(breaker: Breaker, signs: readonly Sign[], atMs = 0): Breaker {
  return signs.reduce((now, sign) => finished(now, atMs, sign, atMs, middle), breaker);
}
const times = (n: number, sign: Sign): Sign[] => Array<Sign>(n).fill(sign);

/** An open breaker asks once, when its wait is over, and hears `sign`. */
function probe(breaker: Breaker, sign: Sign): { breaker: Breaker; atMs: number } {
  const atMs = breaker.state === "open" ? breaker.untilMs : 0;
  return { breaker: finished(started(breaker, atMs), atMs, sign, atMs + 1, middle), atMs: atMs + 1 };
}

describe("P7: it opens on an endpoint that is down", () => {
  test("P7: ten failures without an answer open it, nine do not", () => {
    expect(after(CLOSED, times(9, "down")).state).toBe("closed");
    expect(after(CLOSED, times(10, "down"))).toEqual({ state: "open", sinceMs: 0, untilMs: 5_000, opens: 1 });
  });

  test("P7: five hung requests in a row open it, though a hundred may be stuck", () => {
    expect(after(CLOSED, times(4, "hung")).state).toBe("closed");
    expect(after(CLOSED, times(5, "hung")).state).toBe("open");
    const stuck = after(CLOSED, times(100, "hung"));
    expect(stuck).toEqual({ state: "open", sinceMs: 0, untilMs: 5_000, opens: 1 });
  });

  test("one slow response among good ones never opens it", () => {
    const signs = Array.from({ length: 400 }, (_, i): Sign => (i % 5 === 0 ? "up" : "hung"));
    expect(after(CLOSED, signs).state).toBe("closed");
  });

  test("an endpoint that serves every fifth request stays closed, one that serves every twentieth does not", () => {
    const serving = (every: number) => Array.from({ length: 200 }, (_, i): Sign => (i % every === 0 ? "up" : "down"));
    expect(after(CLOSED, serving(5)).state).toBe("closed");
    expect(after(CLOSED, serving(20)).state).toBe("open");
    expect(after(CLOSED, [...serving(5), ...times(18, "down")]).state).toBe("open");
  });

  test("a healthy endpoint costs nothing: the very same value comes back", () => {
    expect(finished(CLOSED, 5, "up", 6, middle)).toBe(CLOSED);
    expect(finished(CLOSED, 5, "none", 6, middle)).toBe(CLOSED);
    expect(started(CLOSED, 5)).toBe(CLOSED);
    expect(after(CLOSED, ["down", ...times(20, "up")])).toEqual(CLOSED);
  });

  test("answers of any kind are signs of life; Retry-After and our own faults are none", () => {
    const signs: [Outcome, Sign][] = [
      [{ class: "delivered", reason: "http_200" }, "up"],
      [{ class: "permanent", reason: "http_404" }, "up"],
      [{ class: "gone", reason: "http_410" }, "up"],
      [{ class: "retryable", reason: "http_503" }, "down"],
      [{ class: "retryable", reason: "connection_refused" }, "down"],
      [{ class: "retryable", reason: "http_429", retryAfterMs: 1_000 }, "none"],
      [{ class: "ambiguous", reason: "body_broken" }, "down"],
      [{ class: "endpoint_config_error", reason: "address_not_allowed" }, "down"],
      [{ class: "timeout", reason: "timeout_body" }, "hung"],
      [{ class: "signature_error", reason: "no_secret" }, "none"],
      [{ class: "internal_error", reason: "process_lost" }, "none"],
    ];
    for (const [outcome, sign] of signs) expect([outcome.reason, signOf(outcome)]).toEqual([outcome.reason, sign]);
  });
});

describe("P7: it asks again", () => {
  const open = after(CLOSED, times(10, "down"));

  test("nothing starts before the wait is over, then exactly one probe", () => {
    expect(waitMs(open, 4_000)).toBe(1_000);
    expect(() => started(open, 4_000)).toThrow("under a breaker that is open for another 1000 ms");
    expect(waitMs(open, 5_000)).toBe(0);
    const half = started(open, 5_000);
    expect(half).toEqual({ state: "half_open", probeStartedAtMs: 5_000, openSinceMs: 0, opens: 1 });
    expect(waitMs(half, 5_001)).toBeGreaterThan(60_000);
    expect(() => started(half, 5_001)).toThrow("half_open");
  });

  test("each failed probe doubles the wait, up to five minutes", () => {
    const waits: number[] = [];
    let breaker = open;
    for (let i = 0; i < 9; i += 1) {
      if (breaker.state === "open") waits.push((breaker.untilMs - breaker.sinceMs) / 1000);
      breaker = probe(breaker, i % 2 === 0 ? "hung" : "down").breaker;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test("a probe that is answered closes it, and the wait is forgotten after a whole window of results", () => {
    const twice = probe(probe(open, "down").breaker, "up");
    expect(twice.breaker).toMatchObject({ state: "closed", opens: 2 });
    expect(after(twice.breaker, times(10, "down"), twice.atMs)).toMatchObject({ state: "open", opens: 3 });
    const proven = after(twice.breaker, times(20, "up"), twice.atMs);
    expect(proven).toMatchObject({ state: "closed", opens: 0, results: 0 });
    expect(after(proven, times(10, "down"), twice.atMs)).toMatchObject({ state: "open", opens: 1 });
  });

  test("a probe that told nothing is given back: the next may start at once", () => {
    const { breaker, atMs } = probe(open, "none");
    expect(breaker).toMatchObject({ state: "open", opens: 1 });
    expect(waitMs(breaker, atMs)).toBe(0);
  });

  test("a probe that never tells is given up for lost, and does not count when it tells after all", () => {
    const half = started(open, 5_000);
    expect(waitMs(half, 5_000 + PROBE_LOST_MS)).toBe(0);
    const second = started(half, 5_000 + PROBE_LOST_MS);
    expect(finished(second, 5_000, "down", 130_000, middle)).toBe(second);
  });

  test("requests from before it opened neither close it, nor fail the probe, nor open it again", () => {
    expect(finished(open, -1, "up", 1, middle)).toBe(open);
    expect(finished(open, -1, "hung", 1, middle)).toBe(open);
    const half = started(open, 5_000);
    expect(finished(half, 4_999, "hung", 5_001, middle)).toBe(half);
    expect(finished(half, 4_999, "up", 5_001, middle)).toBe(half);
    const closed = finished(half, 5_000, "up", 5_002, middle);
    const late = Array.from({ length: 100 }).reduce<Breaker>(
      (now) => finished(now, 4_999, "hung", 6_000, middle),
      closed,
    );
    expect(late).toBe(closed);
  });
});

describe("its row", () => {
  test("is written on transitions only", () => {
    const nine = after(CLOSED, times(9, "down"));
    const open = finished(nine, 0, "down", 0, middle);
    const half = started(open, 5_000);
    const closed = finished(half, 5_000, "up", 5_001, middle);
    expect([mustWrite(CLOSED, nine), mustWrite(nine, open), mustWrite(open, half), mustWrite(half, closed)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(mustWrite(closed, after(closed, times(19, "up"), 6_000))).toBe(false);
    expect(mustWrite(closed, after(closed, times(20, "up"), 6_000))).toBe(true);
  });

  test("gives another owner the same wait by its own clock, and no probe of somebody else to wait for", () => {
    const open = after(CLOSED, times(10, "down"), 1_000);
    expect(toRow(open, 2_000)).toEqual({ breaker: "open", waitMs: 4_000, opens: 1 });
    expect(fromRow({ breaker: "open", waitMs: 4_000, opens: 1 }, 70_000)).toMatchObject({ untilMs: 74_000, opens: 1 });
    const half = started(open, 6_000);
    expect(toRow(half, 6_000)).toEqual({ breaker: "half_open", waitMs: undefined, opens: 1 });
    expect(waitMs(fromRow(toRow(half, 6_000), 70_000), 70_000)).toBe(0);
    expect(fromRow(toRow(CLOSED, 0), 9)).toBe(CLOSED);
    expect(fromRow({ breaker: "closed", waitMs: undefined, opens: 3 }, 9)).toMatchObject({ state: "closed", opens: 3 });
  });

  test("tells how long the endpoint was left alone, once, when its probe has told", () => {
    const open = after(CLOSED, times(10, "down"), 1_000);
    const half = started(open, 7_000);
    expect([openedForMs(CLOSED, open, 1_000), openedForMs(open, half, 7_000), openedForMs(half, half, 7_500)]).toEqual([
      0, 0, 0,
    ]);
    for (const sign of ["up", "down", "none"] as const) {
      expect(openedForMs(half, finished(half, 7_000, sign, 9_000, middle), 9_000)).toBe(6_000);
    }
    const second = started(half, 7_000 + PROBE_LOST_MS);
    expect(openedForMs(second, CLOSED, 999_000)).toBe(6_000 + PROBE_LOST_MS);
  });
});

test("P7: whatever the results, it admits at most one request at a time while not closed, and always one in the end", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const step = fc.record({
    passMs: fc.nat(20_000),
    sign: fc.constantFrom<Sign[]>("up", "down", "hung", "none"),
    random,
    starts: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      let nowMs = 0;
      let breaker: Breaker = CLOSED;
      const underWay: number[] = [];
      for (const { passMs, sign, random, starts } of steps) {
        nowMs += passMs;
        expect(waitMs(breaker, nowMs)).toBeLessThanOrEqual(Math.max(WAIT_MAX_MS * 1.2, PROBE_LOST_MS));
        if (starts && waitMs(breaker, nowMs) === 0) {
          const before = breaker.state;
          breaker = started(breaker, nowMs);
          underWay.push(nowMs);
          if (before !== "closed") expect(waitMs(breaker, nowMs)).toBeGreaterThan(0);
        } else {
          const startedAtMs = underWay.shift();
          if (startedAtMs === undefined) continue;
          const next = finished(breaker, startedAtMs, sign, nowMs, () => random);
          // What it admits is never widened by anything but an answer.
          if (next.state === "closed" && breaker.state !== "closed") expect(sign).toBe("up");
          if (next.state === "open" && breaker.state === "closed") {
            expect(["down", "hung"]).toContain(sign);
            expect(next.untilMs - nowMs).toBeGreaterThanOrEqual(4_000);
          }
          expect(next.opens).toBeLessThanOrEqual(breaker.opens + 1);
          breaker = next;
        }
      }
    }),
    { numRuns: 300 },
  );
});
