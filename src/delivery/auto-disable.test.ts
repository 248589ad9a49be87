import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Outcome } from "#kernel";
import {
  type Action,
  ATTEMPTS_MIN,
  FAILING_MS,
  fromRow,
  type Health,
  healthSignOf,
  observe,
  resumed,
  type Sign,
  toRow,
  underBreaker,
  type Verdict,
  WELL,
  WRITE_AFTER_MS,
} from "./auto-disable.ts";

const T = 1_790_000_000_000;
const DAY = 86_400_000;

/** An endpoint and the writes its results cause. */
class Watched {
  health: Health = WELL;
  writes = 0;
  actions: Action[] = [];
  resumedAtMs: number | undefined;

  see(sign: Sign, atMs: number, startedAtMs = atMs): Verdict {
    return this.#take(observe(this.health, { sign, startedAtMs, resumedAtMs: this.resumedAtMs }, atMs));
  }

  breakerWasOpen(ms: number): void {
    this.#take(underBreaker(this.health, ms));
  }

  resume(atMs: number): void {
    this.health = resumed(this.health);
    this.resumedAtMs = atMs;
  }

  #take(verdict: Verdict): Verdict {
    if (verdict.kind === "unchanged") return verdict;
    this.health = verdict.health;
    if (verdict.write) this.writes += 1;
    if (verdict.action !== undefined) this.actions.push(verdict.action);
    return verdict;
  }
}

describe("P6: 410", () => {
  test("P6: the first 410 pauses the endpoint, those that were under way beside it change nothing", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 50; i += 1) endpoint.see("gone", T + i, T - 100);
    expect(endpoint.actions).toEqual([{ mode: "paused", reason: "gone" }]);
    expect(endpoint.writes).toBe(1);
  });

  test("P6: a repeated 410, asked after the resume, disables it", () => {
    const endpoint = new Watched();
    endpoint.see("gone", T);
    endpoint.resume(T + DAY);
    expect(endpoint.see("gone", T + DAY + 5, T - 1)).toEqual({ kind: "unchanged" });
    // One that another process, which did not know of the pause yet, had started just before the first 410 was written.
    expect(
      observe({ state: "well", goneAtMs: T }, { sign: "gone", startedAtMs: T + 5, resumedAtMs: T - DAY }, T + 9),
    ).toEqual({
      kind: "unchanged",
    });
    endpoint.see("gone", T + DAY + 10);
    expect(endpoint.actions).toEqual([
      { mode: "paused", reason: "gone" },
      { mode: "disabled", reason: "gone_again" },
    ]);
  });

  test("a success after the resume takes the 410 back, one that was under way when it came does not", () => {
    const endpoint = new Watched();
    endpoint.see("gone", T);
    expect(endpoint.see("success", T + 10, T - 10)).toEqual({ kind: "unchanged" });
    endpoint.resume(T + DAY);
    endpoint.see("success", T + DAY + 1);
    expect(endpoint.health).toEqual(WELL);
    expect(endpoint.writes).toBe(2);
    endpoint.see("gone", T + 90 * DAY);
    expect(endpoint.actions.at(-1)).toEqual({ mode: "paused", reason: "gone" });
  });

  test("failures beside a 410 do not forget it", () => {
    const endpoint = new Watched();
    endpoint.see("failure", T - 5);
    endpoint.see("gone", T);
    endpoint.see("success", T + 1, T - 20);
    expect(endpoint.health).toEqual({ state: "well", goneAtMs: T });
  });
});

describe("nothing but failure", () => {
  test("five days of it, with enough attempts, disable the endpoint", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 20; i += 1) endpoint.see("failure", T + i * 1_000);
    endpoint.see("failure", T + FAILING_MS - 1);
    expect(endpoint.actions).toEqual([]);
    endpoint.see("failure", T + FAILING_MS);
    expect(endpoint.actions).toEqual([{ mode: "disabled", reason: "failing" }]);
  });

  test("fewer attempts do not, however long it lasts", () => {
    const endpoint = new Watched();
    for (let day = 0; day < ATTEMPTS_MIN - 1; day += 1) endpoint.see("failure", T + day * DAY);
    expect(endpoint.actions).toEqual([]);
    endpoint.see("failure", T + 30 * DAY);
    expect(endpoint.actions).toEqual([{ mode: "disabled", reason: "failing" }]);
  });

  test("a single success begins it anew", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 100; i += 1) endpoint.see("failure", T + i * 3_600_000);
    endpoint.see("success", T + 100 * 3_600_000);
    expect(endpoint.health).toBe(WELL);
    for (let i = 101; i < 200; i += 1) endpoint.see("failure", T + i * 3_600_000);
    expect(endpoint.actions).toEqual([]);
  });

  test("time under an open breaker is not counted", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 30; i += 1) endpoint.see("failure", T + i);
    endpoint.breakerWasOpen(2 * DAY);
    endpoint.breakerWasOpen(DAY);
    endpoint.see("failure", T + 8 * DAY - 1);
    expect(endpoint.actions).toEqual([]);
    endpoint.see("failure", T + 8 * DAY);
    expect(endpoint.actions).toEqual([{ mode: "disabled", reason: "failing" }]);
  });

  test("one that is down under steady traffic, its breaker open nearly all the time, is disabled after ten days", () => {
    const endpoint = new Watched();
    for (let atMs = T; endpoint.actions.length === 0 && atMs < T + 30 * DAY; atMs += 300_000) {
      endpoint.breakerWasOpen(299_000);
      endpoint.see("failure", atMs);
      if (endpoint.actions.length > 0) expect(atMs - T).toBe(10 * DAY);
    }
    expect(endpoint.actions).toEqual([{ mode: "disabled", reason: "failing" }]);
  });

  test("our own faults say nothing of the endpoint", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 100; i += 1) expect(endpoint.see("none", T + i * DAY)).toEqual({ kind: "unchanged" });
    const signs: [Outcome, Sign][] = [
      [{ class: "delivered", reason: "http_200" }, "success"],
      [{ class: "permanent", reason: "http_404" }, "failure"],
      [{ class: "retryable", reason: "http_429", retryAfterMs: 1_000 }, "failure"],
      [{ class: "timeout", reason: "timeout_body" }, "failure"],
      [{ class: "ambiguous", reason: "body_broken" }, "failure"],
      [{ class: "endpoint_config_error", reason: "address_not_allowed" }, "failure"],
      [{ class: "gone", reason: "http_410" }, "gone"],
      [{ class: "signature_error", reason: "no_secret" }, "none"],
      [{ class: "internal_error", reason: "process_lost" }, "none"],
    ];
    for (const [outcome, sign] of signs) expect(healthSignOf(outcome)).toBe(sign);
  });

  test("what an owner resumed has its five days again", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 30; i += 1) endpoint.see("failure", T + i * 3_600_000);
    endpoint.resume(T + 40 * DAY);
    endpoint.see("failure", T + 40 * DAY + 1);
    expect(endpoint.actions).toEqual([]);
  });
});

describe("P11: the row is written rarely", () => {
  test("P11: an endpoint that fails and succeeds in turns within a minute writes nothing", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 100_000; i += 1) endpoint.see(i % 2 === 0 ? "failure" : "success", T + i);
    expect(endpoint.writes).toBe(0);
  });

  test("P11: a burst of failures within a minute writes nothing, the first after it does", () => {
    const endpoint = new Watched();
    for (let i = 0; i < 100; i += 1) endpoint.see("failure", T + i);
    expect(endpoint.writes).toBe(0);
    endpoint.see("failure", T + WRITE_AFTER_MS);
    expect(endpoint.writes).toBe(1);
  });

  test("P11: a million failures write a handful of rows, and what a crash forgets is less than half of the count", () => {
    const endpoint = new Watched();
    let unchanged = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      if (endpoint.see("failure", T + i * 400).kind === "unchanged") unchanged += 1;
      if (endpoint.health.state === "failing" && i * 400 >= WRITE_AFTER_MS) {
        expect(endpoint.health.written * 2).toBeGreaterThanOrEqual(endpoint.health.attempts);
      }
    }
    expect(endpoint.writes).toBeLessThanOrEqual(6);
    expect(unchanged).toBeGreaterThan(999_900);
  });

  test("P11: a slow failing endpoint writes when its count doubles", () => {
    const endpoint = new Watched();
    const written: number[] = [];
    for (let i = 0; i < 60; i += 1) {
      const verdict = endpoint.see("failure", T + i * 3_600_000);
      if (verdict.kind === "changed" && verdict.write && verdict.health.state === "failing")
        written.push(verdict.health.attempts);
    }
    expect(written).toEqual([2, 4, 8, 16, 20]);
  });
});

test("what is written is what another process reads", () => {
  const endpoint = new Watched();
  expect(fromRow(toRow(endpoint.health))).toBe(WELL);
  endpoint.see("gone", T);
  expect(fromRow(toRow(endpoint.health))).toEqual(endpoint.health);
  for (let i = 0; i < 9; i += 1) endpoint.see("failure", T + i * 3_600_000);
  endpoint.breakerWasOpen(5_000);
  expect(toRow(endpoint.health)).toEqual({ failingSinceMs: T, failingOpenMs: 5_000, failingAttempts: 9, goneAtMs: T });
  expect(fromRow(toRow(endpoint.health))).toEqual(endpoint.health);
});

test("whatever happens, it is disabled for failing only after five days without one success and with enough attempts", () => {
  const event = fc.record({
    sign: fc.constantFrom<Sign[]>("failure", "failure", "failure", "failure", "success", "none"),
    passMs: fc.nat(DAY),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const endpoint = new Watched();
      let nowMs = T;
      let since: number | undefined;
      let failures = 0;
      for (const { sign, passMs } of events) {
        nowMs += passMs;
        if (sign === "success") since = undefined;
        if (sign === "failure") {
          failures = since === undefined ? 1 : failures + 1;
          since ??= nowMs;
        }
        const due =
          sign === "failure" && since !== undefined && nowMs - since >= FAILING_MS && failures >= ATTEMPTS_MIN;
        const before = endpoint.actions.length;
        endpoint.see(sign, nowMs);
        expect(endpoint.actions.length > before).toBe(due);
      }
    }),
    { numRuns: 300 },
  );
});
