import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KeyedBucket, Limiter } from "./limiter.ts";

/** The most starts in any window [t, t + 1000). */
function busiestSecond(starts: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (const [index, at] of starts.entries()) {
    while ((starts[from] ?? at) <= at - 1_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

describe("P7: Limiter", () => {
  test("P7: a full second's worth may start at once, the next exactly a second after the first", () => {
    const limiter = new Limiter(3);
    expect([limiter.tryStart(10), limiter.tryStart(10.5), limiter.tryStart(11)]).toEqual([0, 0, 0]);
    expect(limiter.tryStart(11.25)).toBe(998.75);
    expect(limiter.tryStart(1_009.75)).toBe(0.25);
    expect(limiter.tryStart(1_010)).toBe(0);
    expect(limiter.tryStart(1_010)).toBe(0.5);
  });

  test("asking for the wait counts nothing", () => {
    const limiter = new Limiter(1);
    expect([limiter.waitMs(5), limiter.waitMs(5), limiter.tryStart(5), limiter.waitMs(6)]).toEqual([0, 0, 0, 999]);
  });

  test("P7: a new owner starts nothing within its first second, so that both owners together never exceed", () => {
    const limiter = new Limiter(100);
    limiter.startAfter(6_000);
    expect(limiter.tryStart(5_400)).toBe(600);
    limiter.startAfter(5_500);
    expect(limiter.tryStart(5_999.5)).toBe(0.5);
    expect(limiter.tryStart(6_000)).toBe(0);
  });

  test("a rate that is no whole number of starts is refused", () => {
    expect(() => new Limiter(0)).toThrow("A rate limit was set to 0; it should be");
    expect(() => new Limiter(5).setRate(2.5)).toThrow("A rate limit was set to 2.5; it should be");
  });

  test("P7: no sliding second ever sees more starts than the rate, and none less than it may see", () => {
    const times = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), times, (rate, gaps) => {
        const limiter = new Limiter(rate);
        const starts: number[] = [];
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap / rate;
          // More is wanted than is allowed: three try each time.
          for (let i = 0; i < 3; i += 1) {
            const inLastSecond = starts.filter((at) => at > nowMs - 1_000).length;
            const wait = limiter.tryStart(nowMs);
            expect(wait === 0).toBe(inLastSecond < rate);
            if (wait === 0) starts.push(nowMs);
            else expect(limiter.waitMs(nowMs + wait)).toBeLessThan(1e-6);
          }
        }
        expect(busiestSecond(starts)).toBeLessThanOrEqual(rate);
      }),
      { numRuns: 200 },
    );
  });

  test("P7: a changed rate counts what was started under the old one", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            rate: fc.integer({ min: 1, max: 40 }),
            passMs: fc.integer({ min: 1, max: 700 }),
            tries: fc.nat(50),
          }),
          {
            maxLength: 30,
          },
        ),
        (changes) => {
          const limiter = new Limiter(1);
          const starts: number[] = [];
          let nowMs = 0;
          for (const { rate, passMs, tries } of changes) {
            nowMs += passMs;
            limiter.setRate(rate);
            for (let i = 0; i < tries; i += 1) {
              if (limiter.tryStart(nowMs) === 0) starts.push(nowMs);
            }
            const inLastSecond = starts.filter((at) => at > nowMs - 1_000);
            if (inLastSecond.at(-1) === nowMs) expect(inLastSecond.length).toBeLessThanOrEqual(rate);
            else expect(tries === 0 || inLastSecond.length >= rate).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("KeyedBucket", () => {
  test("P7: a second's worth at once, then the rate, each key for itself", () => {
    const quota = new KeyedBucket(100);
    for (let i = 0; i < 10; i += 1) expect(quota.take("a", 10, 1, 0)).toBe(0);
    expect(quota.take("a", 10, 1, 0)).toBe(100);
    expect(quota.take("b", 10, 10, 0)).toBe(0);
    expect(quota.take("a", 10, 1, 99)).toBe(1);
    expect(quota.take("a", 10, 1, 100)).toBe(0);
  });

  test("what is told as retryAfterMs is enough", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.tuple(fc.nat(500), fc.nat(300)), { maxLength: 60 }),
        (rate, takes) => {
          const quota = new KeyedBucket(10);
          let nowMs = 0;
          for (const [passMs, n] of takes) {
            nowMs += passMs;
            const retryAfterMs = quota.take("a", rate, n, nowMs);
            if (retryAfterMs === 0) continue;
            expect(retryAfterMs).toBeGreaterThanOrEqual(1);
            nowMs += retryAfterMs;
            expect(quota.take("a", rate, n, nowMs)).toBe(0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("over time no more is let through than the rate and one burst", () => {
    const quota = new KeyedBucket(10);
    let taken = 0;
    for (let ms = 0; ms <= 10_000; ms += 1) if (quota.take("a", 50, 1, ms) === 0) taken += 1;
    expect(taken).toBe(50 + 500);
  });

  test("a batch larger than a second's worth passes a full bucket and is paid off afterwards", () => {
    const quota = new KeyedBucket(10);
    expect(quota.take("a", 100, 1_000, 0)).toBe(0);
    expect(quota.take("a", 100, 1, 0)).toBe(9_010);
    expect(quota.take("a", 100, 1, 9_010)).toBe(0);
  });

  test("a clock that goes back gives nothing and takes nothing", () => {
    const quota = new KeyedBucket(10);
    quota.take("a", 10, 10, 5_000);
    expect(quota.take("a", 10, 1, 1_000)).toBe(100);
    expect(quota.take("a", 10, 1, 1_100)).toBe(100);
    expect(quota.take("a", 10, 1, 5_100)).toBe(0);
  });

  test("P7: memory is bounded, and a key in use is not forgotten", () => {
    const quota = new KeyedBucket(100);
    expect(quota.take("busy", 10, 1_000, 0)).toBe(0);
    for (let i = 0; i < 10_000; i += 1) {
      quota.take(`stranger-${i}`, 10, 1, 0);
      if (i % 20 === 0) expect(quota.take("busy", 10, 1, 0)).toBeGreaterThan(0);
      expect(quota.size).toBeLessThanOrEqual(100);
    }
  });
});
