import { expect, test } from "bun:test";
import { fromInput, toInput, windowOf } from "./time-windows.ts";

const asked = { window: undefined, since: undefined, until: undefined };

test("a window follows the clock, and its key does not", () => {
  let now = 10_000_000;
  const window = windowOf({ ...asked, window: "15m" }, "1h", () => now);
  expect(window.now()).toEqual({ since: 9_100_000, until: 10_000_000 });
  now += 5_000;
  expect(window.now().until).toBe(10_005_000);
  expect([window.key, window.isLive]).toEqual(["15m", true]);
});

test("a window of one's own stands still; one that makes no sense is the default", () => {
  const own = windowOf({ ...asked, since: "2026-11-21T00:00:00Z", until: "2026-11-21T02:00:00Z" }, "1h");
  expect([own.isLive, own.spanMs]).toEqual([false, 7_200_000]);
  expect(windowOf({ ...asked, since: "2026-11-21T02:00:00Z", until: "2026-11-21T00:00:00Z" }, "6h").key).toBe("6h");
  expect(windowOf({ ...asked, window: "<script>" }, "6h").key).toBe("6h");
});

test("what a field of date and time shows is what it gives back", () => {
  const at = Date.parse("2026-11-21T06:31:00Z");
  for (const inUtc of [true, false]) expect(fromInput(toInput(at, inUtc), inUtc)).toBe(at);
  expect(fromInput("", true)).toBeUndefined();
});
