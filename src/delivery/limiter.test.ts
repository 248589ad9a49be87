import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Limiter } from "./limiter.ts";

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
