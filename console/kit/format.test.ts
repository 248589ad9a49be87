import { describe, expect, test } from "bun:test";
import { absolute, bytes, countOf, duration, percent, plural, rate, relative } from "./format.ts";

describe("what is shown", () => {
  test("says one and many", () => {
    expect([plural(1, "delivery", "deliveries"), plural(1204, "delivery", "deliveries")]).toEqual([
      "1 delivery",
      "1,204 deliveries",
    ]);
  });

  test("says when a count is only a floor", () => {
    expect([countOf(100_000, false), countOf(3, true)]).toEqual(["100,000+", "3"]);
  });

  test("never rounds a ratio up to all", () => {
    expect([0.99999, 1, 0.5, 0.9987, 0].map(percent)).toEqual(["99.99 %", "100 %", "50.0 %", "99.87 %", "0 %"]);
  });

  test("gives a duration the unit it is read in", () => {
    expect([0, 0.42, 4.21, 999, 1_250, 61_000, 7_500_000, 273_600_000].map(duration)).toEqual([
      "0 ms",
      "420 µs",
      "4.2 ms",
      "999 ms",
      "1.25 s",
      "1 min 1 s",
      "2 h 5 min",
      "3 d 4 h",
    ]);
  });

  test("gives sizes and rates the same care", () => {
    expect([0, 1_023, 1_536, 88 * 1024 * 1024].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KiB", "88 MiB"]);
    expect([0, 0.04, 3.217, 1_204.4].map(rate)).toEqual(["0", "0.04", "3.22", "1,204"]);
  });

  test("tells the past from the future", () => {
    expect([relative(0, 12_000), relative(250_000, 0), relative(0, 900)]).toEqual(["12 s ago", "in 4 min", "just now"]);
    expect(absolute(new Date("2026-11-21T06:31:47.123Z"), true)).toBe("2026-11-21 06:31:47.123");
  });
});
