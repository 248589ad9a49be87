import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Outcome } from "#kernel";
import {
  DEFAULT_POLICY,
  DEFAULT_SCHEDULE_SECONDS,
  type Decision,
  decide,
  FREE_AGE_MS,
  FREE_MAX,
  holdUntilMs,
  permanentSteps,
  RETRY_AFTER_MAX_MS,
  RETRY_AFTER_MIN_MS,
  type RetryPolicy,
  type RetryPreset,
  SCHEDULE_STEPS_MAX,
  scheduleFault,
} from "./policy.ts";
import { type Delivery, type In, lease, owe, settle } from "./state.ts";

const NOW = 1_790_000_000_000;
const middle = () => 0.5;
const DELIVERED: Outcome = { class: "delivered", reason: "http_200" };
const UNAVAILABLE: Outcome = { class: "retryable", reason: "http_503" };
const NOT_FOUND: Outcome = { class: "permanent", reason: "http_404" };
const GONE: Outcome = { class: "gone", reason: "http_410" };
const TIMEOUT: Outcome = { class: "timeout", reason: "timeout_body" };
const INTERNAL: Outcome = { class: "internal_error", reason: "request_not_built" };
const SIGNATURE: Outcome = { class: "signature_error", reason: "no_secret" };
const CONFIG: Outcome = { class: "endpoint_config_error", reason: "address_not_allowed" };
const BROKEN: Outcome = { class: "ambiguous", reason: "body_broken" };
const busy = (retryAfterMs: number): Outcome => ({ class: "retryable", reason: "http_429", retryAfterMs });
const policyOf = (preset: RetryPreset, scheduleSeconds = DEFAULT_SCHEDULE_SECONDS): RetryPolicy => ({
  preset,
  scheduleSeconds,
});

/** Answers every request with `outcome` and, jitter aside, tells the waits in seconds and how it ended. */
function life(policy: RetryPolicy, outcome: Outcome): { waits: number[]; end: Decision } {
  const waits: number[] = [];
  let delivery: In<"owed"> = owe(NOW);
  while (waits.length < 1_000) {
    const decision = decide(policy, delivery, outcome, delivery.dueAtMs, middle);
    const next: Delivery = settle(lease(delivery, "1"), decision);
    if (next.state !== "owed") return { waits, end: decision };
    waits.push((next.dueAtMs - delivery.dueAtMs) / 1000);
    delivery = next;
  }
  throw new Error(`A delivery answered ${outcome.reason} a thousand times is still owed; it should have ended`);
}

describe("P6: the schedule", () => {
  for (const outcome of [UNAVAILABLE, TIMEOUT, BROKEN, CONFIG, { class: "retryable", reason: "http_408" } as const]) {
    test(`P6: ${outcome.class} (${outcome.reason}) follows the full schedule under every preset, then is exhausted`, () => {
      for (const preset of ["default", "svix", "strict"] as const) {
        expect(life(policyOf(preset), outcome)).toEqual({
          waits: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
          end: { kind: "dead", reason: "exhausted" },
        });
      }
    });
  }

  test("P6: a permanent outcome follows the first three steps, then is dead as permanent", () => {
    expect(life(DEFAULT_POLICY, NOT_FOUND)).toEqual({
      waits: [5, 300, 1800],
      end: { kind: "dead", reason: "permanent" },
    });
    expect(life(policyOf("default", [60]), NOT_FOUND)).toEqual({
      waits: [60],
      end: { kind: "dead", reason: "permanent" },
    });
  });

  test("P6: under preset svix a permanent outcome follows the full schedule and is exhausted", () => {
    expect(life(policyOf("svix"), NOT_FOUND)).toEqual({
      waits: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
      end: { kind: "dead", reason: "exhausted" },
    });
  });

  test("P6: under preset strict a permanent outcome is dead at once", () => {
    expect(life(policyOf("strict"), NOT_FOUND)).toEqual({ waits: [], end: { kind: "dead", reason: "permanent" } });
  });

  test("an empty schedule means one request", () => {
    expect(life(policyOf("default", []), UNAVAILABLE)).toEqual({
      waits: [],
      end: { kind: "dead", reason: "exhausted" },
    });
  });

  test("a schedule shortened below the steps already used ends the delivery", () => {
    expect(decide(policyOf("default", [5]), { attempts: 4, step: 4 }, UNAVAILABLE, NOW, middle)).toEqual({
      kind: "dead",
      reason: "exhausted",
    });
  });

  test("delivered is delivered, whatever was used up", () => {
    expect(decide(DEFAULT_POLICY, { attempts: 900, step: 99 }, DELIVERED, NOW, middle)).toEqual({ kind: "delivered" });
  });

  test("a retry that would come after the delivery expired is told at once", () => {
    const spent = { attempts: 0, step: 0, expiresAtMs: NOW + 5_000 };
    expect(decide(DEFAULT_POLICY, spent, UNAVAILABLE, NOW, () => 0)).toEqual({
      kind: "retry",
      dueAtMs: NOW + 4_000,
      step: 1,
    });
    expect(decide(DEFAULT_POLICY, spent, UNAVAILABLE, NOW, middle)).toEqual({ kind: "dead", reason: "expired" });
    expect(decide(DEFAULT_POLICY, spent, busy(60_000), NOW, middle)).toEqual({ kind: "dead", reason: "expired" });
    expect(decide(DEFAULT_POLICY, spent, DELIVERED, NOW, middle)).toEqual({ kind: "delivered" });
  });
});

describe("P6: what is free", () => {
  test("P6: Retry-After holds until then and uses up no step", () => {
    expect(decide(DEFAULT_POLICY, { attempts: 3, step: 2 }, busy(90_000), NOW, middle)).toEqual({
      kind: "hold",
      dueAtMs: NOW + 90_000,
      step: 2,
    });
  });

  test("P6: Retry-After is clamped to between a second and an hour", () => {
    expect(holdUntilMs(busy(0), NOW)).toBe(NOW + 1_000);
    expect(holdUntilMs(busy(86_400_000), NOW)).toBe(NOW + 3_600_000);
    expect(holdUntilMs(UNAVAILABLE, NOW)).toBe(0);
    expect(holdUntilMs(DELIVERED, NOW)).toBe(0);
  });

  test("P6: a Retry-After on the last step does not end the delivery", () => {
    expect(decide(DEFAULT_POLICY, { attempts: 7, step: 7 }, busy(1_000), NOW, middle).kind).toBe("hold");
  });

  test("an endpoint that answers 429 for ever gets its free rounds, then the schedule, and never a request too early", () => {
    const { waits, end } = life(DEFAULT_POLICY, busy(60_000));
    expect(waits.slice(0, FREE_MAX)).toEqual(Array(FREE_MAX).fill(60));
    expect(waits.slice(FREE_MAX)).toEqual([60, 300, 1800, 7200, 18_000, 36_000, 36_000]);
    expect(end).toEqual({ kind: "dead", reason: "exhausted" });
  });

  test("a delivery a day older than its schedule waits no more for free", () => {
    const longestMs = DEFAULT_SCHEDULE_SECONDS.reduce((sum, seconds) => sum + seconds, 0) * 1200 + FREE_AGE_MS;
    const aged = (ageMs: number) => ({ attempts: 5, step: 1, firstOwedAtMs: NOW - ageMs });
    expect(decide(DEFAULT_POLICY, aged(longestMs), busy(1_000), NOW, middle)).toMatchObject({ kind: "hold", step: 1 });
    expect(decide(DEFAULT_POLICY, aged(longestMs + 1), busy(1_000), NOW, middle)).toEqual({
      kind: "hold",
      dueAtMs: NOW + 300_000,
      step: 2,
    });
  });

  test("a 410 holds the delivery for when the endpoint is resumed, and no preset burns a step for it", () => {
    for (const preset of ["default", "svix", "strict"] as const) {
      expect(decide(policyOf(preset), { attempts: 1, step: 1 }, GONE, NOW, middle)).toMatchObject({
        kind: "gone",
        step: 1,
      });
    }
  });

  test("our own faults wait longer each time, use up no step, and reach the schedule only after days", () => {
    for (const outcome of [INTERNAL, SIGNATURE]) {
      for (const preset of ["default", "svix", "strict"] as const) {
        const { waits, end } = life(policyOf(preset), outcome);
        expect(waits.slice(0, 11)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]);
        expect(waits.slice(0, FREE_MAX).reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(4 * 86_400);
        expect(waits.slice(FREE_MAX)).toEqual([...DEFAULT_SCHEDULE_SECONDS]);
        expect(end).toEqual({ kind: "dead", reason: "exhausted" });
      }
    }
  });
});

test("a schedule is refused by the number and the size of its steps", () => {
  expect(scheduleFault(DEFAULT_SCHEDULE_SECONDS)).toBeUndefined();
  expect(scheduleFault([])).toBeUndefined();
  expect(scheduleFault([5, 0])).toStartWith("Step 2 of the retry schedule is 0; it should be");
  expect(scheduleFault([1.5])).toStartWith("Step 1 of the retry schedule is 1.5; it should be");
  expect(scheduleFault([604_801])).toStartWith("Step 1 of the retry schedule is 604801; it should be");
  expect(scheduleFault(Array(101).fill(5))).toBe("The retry schedule has 101 steps; at most 100 are allowed");
});

describe("properties", () => {
  const policies: fc.Arbitrary<RetryPolicy> = fc.record({
    preset: fc.constantFrom<RetryPreset[]>("default", "svix", "strict"),
    scheduleSeconds: fc.array(fc.integer({ min: 1, max: 604_800 }), { maxLength: 12 }),
  });
  const failures: fc.Arbitrary<Outcome> = fc.oneof(
    fc.constantFrom(UNAVAILABLE, NOT_FOUND, GONE, TIMEOUT, INTERNAL, SIGNATURE, CONFIG, BROKEN),
    fc.integer({ min: -5_000, max: 100_000_000 }).map(busy),
  );
  const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const spents = fc.record(
    {
      attempts: fc.integer({ min: 0, max: 400 }),
      step: fc.integer({ min: 0, max: 14 }),
      firstOwedAtMs: fc.integer({ min: NOW - 40 * 86_400_000, max: NOW }),
      expiresAtMs: fc.integer({ min: NOW - 1_000, max: NOW + 40 * 86_400_000 }),
    },
    { requiredKeys: ["attempts", "step"] },
  );

  test("P6: the due time is always in the future and before expiry, and steps never exceed the schedule nor go back", () => {
    fc.assert(
      fc.property(policies, spents, failures, randoms, (policy, spent, outcome, random) => {
        const decision = decide(policy, spent, outcome, NOW, () => random);
        if (!("dueAtMs" in decision)) return decision.kind === "dead";
        expect(decision.dueAtMs).toBeGreaterThan(NOW);
        expect(decision.dueAtMs).toBeLessThan(spent.expiresAtMs ?? Number.POSITIVE_INFINITY);
        expect([spent.step, spent.step + 1]).toContain(decision.step);
        if (decision.step > spent.step) expect(decision.step).toBeLessThanOrEqual(policy.scheduleSeconds.length);
        return true;
      }),
      { numRuns: 2_000 },
    );
  });

  test("P6: jitter stays within a fifth of the step", () => {
    fc.assert(
      fc.property(
        policies,
        fc.nat(11),
        fc.constantFrom(UNAVAILABLE, TIMEOUT, NOT_FOUND),
        randoms,
        (policy, step, outcome, random) => {
          const decision = decide(policy, { attempts: step, step }, outcome, NOW, () => random);
          const usable = outcome.class === "permanent" ? permanentSteps(policy) : policy.scheduleSeconds.length;
          if (step >= usable) return decision.kind === "dead";
          const seconds = policy.scheduleSeconds[step] ?? 0;
          if (decision.kind !== "retry") return false;
          expect(decision.dueAtMs - NOW).toBeGreaterThanOrEqual(seconds * 800);
          expect(decision.dueAtMs - NOW).toBeLessThanOrEqual(seconds * 1200);
          return true;
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("P6: nothing that answered Retry-After is due before it, nor is it clamped past its bounds", () => {
    fc.assert(
      fc.property(policies, spents, fc.nat(100_000_000), randoms, (policy, spent, retryAfterMs, random) => {
        const until = holdUntilMs(busy(retryAfterMs), NOW);
        expect(until - NOW).toBeGreaterThanOrEqual(RETRY_AFTER_MIN_MS);
        expect(until - NOW).toBeLessThanOrEqual(RETRY_AFTER_MAX_MS);
        const decision = decide(policy, spent, busy(retryAfterMs), NOW, () => random);
        return decision.kind === "dead" || (decision.kind === "hold" && decision.dueAtMs >= until);
      }),
      { numRuns: 1_000 },
    );
  });

  test("P6: every run of outcomes ends, and a delivered one ends it", () => {
    const runs = fc.array(
      fc.oneof({ weight: 30, arbitrary: failures }, { weight: 1, arbitrary: fc.constant(DELIVERED) }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(policies, runs, randoms, (policy, outcomes, random) => {
        const last = FREE_MAX + policy.scheduleSeconds.length + 1;
        let delivery: In<"owed"> = owe(NOW);
        for (let request = 0; request < last; request += 1) {
          const outcome = outcomes[request % outcomes.length] ?? DELIVERED;
          const spent = { ...delivery, firstOwedAtMs: NOW };
          const next: Delivery = settle(
            lease(delivery, "1"),
            decide(policy, spent, outcome, delivery.dueAtMs, () => random),
          );
          if (next.state === "delivered") return outcome === DELIVERED;
          if (next.state === "dead") return outcome !== DELIVERED;
          if (next.state !== "owed") return false;
          delivery = next;
        }
        return false;
      }),
      { numRuns: 300 },
    );
  });

  test("the bounds of a schedule are those that the row can count", () => {
    expect(FREE_MAX + SCHEDULE_STEPS_MAX + 1).toBeLessThan(32_767);
  });
});
