import { expect, test } from "bun:test";
import { partOf } from "./progress.tsx";

test("progress is a part of one, or so many of so many; all else stands in its own words", () => {
  expect(partOf(0.25)).toBe(0.25);
  expect(partOf({ done: 30, total: 120 })).toBe(0.25);
  expect(partOf({ done: 500, total: 100 })).toBe(1);
  for (const odd of [25, -1, "half", { done: 1 }, { done: 1, total: 0 }, null, [1]])
    expect(partOf(odd)).toBeUndefined();
});
