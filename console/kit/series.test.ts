import { expect, test } from "bun:test";
import { stepFor, summaryOf } from "./series.ts";

test("what a chart shows is told in words", () => {
  const words = summaryOf(
    [
      { label: "In", values: [1, null, 5, 3] },
      { label: "Out", values: [null] },
    ],
    String,
  );
  expect(words).toBe("In: 3 at the end, between 1 and 5. Out: nothing was measured.");
});

test("a span has about a hundred points, in steps people think in", () => {
  expect([60_000, 3_600_000, 86_400_000, 604_800_000].map(stepFor)).toEqual([1, 30, 900, 7_200]);
});
