import { expect, test } from "bun:test";
import { percentiles, ratios, spread } from "./stats.ts";

test("a spread of an even count takes the middle of the two middles", () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4, count: 4 });
  expect(spread([7])).toEqual({ median: 7, min: 7, max: 7, count: 1 });
  expect(() => spread([])).toThrow();
});

test("percentiles are values that occurred, by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentiles(hundred)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, p999: 100, max: 100 });
  expect(percentiles([3])).toMatchObject({ p50: 3, p99: 3, max: 3 });
  expect(percentiles([]).p99).toBeNaN();
});

test("ratios pair each repetition with the one beside it", () => {
  expect(ratios([8, 9], [10, 10])).toEqual([0.8, 0.9]);
  expect(ratios([8, 9], [10])).toEqual([0.8]);
});
