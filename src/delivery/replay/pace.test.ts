import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Pace, SLICE_MS } from "./pace.ts";

describe("a pace", () => {
  test("P10: lets no more than the rate through in any sliding second, however its steps come", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 }),
        (rate, gaps) => {
          const pace = new Pace(rate);
          const owed: [number, number][] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            const n = pace.allowance(now);
            pace.take(n, now);
            owed.push([now, n]);
            const within = owed.filter(([at]) => at > now - 1_000).reduce((sum, [, one]) => sum + one, 0);
            expect(within).toBeLessThanOrEqual(rate);
          }
        },
      ),
    );
  });

  test.each([1, 7, 100, 2_500, 10_000])("P10: of %d a second all come, spread over the second", (rate) => {
    const pace = new Pace(rate);
    let now = 0;
    let owed = 0;
    let most = 0;
    while (now < 10_000) {
      const n = pace.allowance(now);
      pace.take(n, now);
      owed += n;
      most = Math.max(most, n);
      now = Math.max(now + 1, pace.nextMs(now));
    }
    expect(owed).toBe(rate * 10);
    expect(most).toBeLessThanOrEqual(Math.ceil((rate * SLICE_MS * 1.25) / 1_000));
  });

  test("P10: begins only when what another process may have owed is a second old", () => {
    const pace = new Pace(5, 1_000);
    expect(pace.allowance(999)).toBe(0);
    expect(pace.nextMs(999)).toBe(1_000);
    expect(pace.allowance(1_000)).toBeGreaterThan(0);
  });
});
