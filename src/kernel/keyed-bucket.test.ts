import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KeyedBucket } from "./keyed-bucket.ts";

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
