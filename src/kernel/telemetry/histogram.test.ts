import { describe, expect, test } from "bun:test";
import { addEncoded, BOUNDS, BUCKETS, bucketOf, encode, Histogram, percentile, percentiles } from "./histogram.ts";

describe("a histogram on a logarithmic scale", () => {
  test("has 1, 2 and 5 times each power of ten among its bounds, and a value at a bound lies below it", () => {
    expect(BOUNDS.length).toBe(BUCKETS);
    for (let exponent = -4; exponent <= 4; exponent++) {
      for (const factor of [1, 2, 5]) {
        const value = factor * 10 ** exponent;
        const at = bucketOf(value);
        expect(Math.abs((BOUNDS[at] ?? 0) / value - 1)).toBeLessThan(1e-12);
        expect(bucketOf(value * 1.0001)).toBe(at + 1);
      }
    }
  });

  test("puts each value between the bounds of its bucket", () => {
    for (let i = 0; i < 20_000; i++) {
      const value = 10 ** (-5 + (11 * i) / 20_000);
      const bucket = bucketOf(value);
      expect(value).toBeLessThanOrEqual((BOUNDS[bucket] ?? 0) * (1 + 1e-6));
      if (bucket > 0) expect(value).toBeGreaterThan((BOUNDS[bucket - 1] ?? 0) * (1 - 1e-6));
    }
  });

  test("takes nothing, less than nothing and no number for the smallest, and anything for the largest", () => {
    for (const value of [0, -1, Number.NaN]) expect(bucketOf(value)).toBe(0);
    for (const value of [1e6, Number.POSITIVE_INFINITY]) expect(bucketOf(value)).toBe(BUCKETS - 1);
  });

  test("answers every percentile at most 5 % off", () => {
    const histogram = new Histogram();
    const values = Array.from({ length: 10_000 }, (_, i) => 0.0011 * 1.0011 ** i);
    for (const value of values) histogram.observe(value);
    for (let share = 0.001; share < 1; share += 0.001) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
      expect(Math.abs((percentile(histogram.counts, share) ?? 0) / exact - 1)).toBeLessThan(0.05);
    }
    expect(histogram.count).toBe(10_000);
  });

  test("is empty until something is counted", () => {
    expect(percentiles(new Histogram().counts)).toBeNull();
    expect(encode(new Histogram().counts)).toBe("{}");
  });

  test("added from what several wrote down, is the histogram of all they counted", () => {
    const all = new Histogram();
    const sum = new Float64Array(BUCKETS);
    for (const range of [
      [1, 50],
      [40, 90],
      [2_000, 2_100],
    ]) {
      const one = new Histogram();
      for (let ms = range[0] ?? 0; ms < (range[1] ?? 0); ms++) {
        one.observe(ms / 1_000);
        all.observe(ms / 1_000);
      }
      addEncoded(sum, JSON.parse(encode(one.counts).replace("{", "[").replace("}", "]")));
    }
    expect(sum).toEqual(all.counts);
    addEncoded(sum, []);
    expect(sum).toEqual(all.counts);
  });
});
