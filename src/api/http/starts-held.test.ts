import { expect, test } from "bun:test";
import { createStartsHeld } from "./starts-held.ts";

test("P7: starts are bounded by their count, large inputs by their bytes, and one application by half of these", () => {
  const starts = createStartsHeld({ countMax: 5, bytesMax: 100, smallBytes: 10 });
  const first = starts.hold("a", 30);
  starts.hold("a", 20);
  expect(starts.hold("a", 11)).toBeUndefined();
  expect(starts.hold("a", 10)).toBeDefined();
  expect(starts.hold("b", 50)).toBeDefined();
  expect(starts.hold("c", 11)).toBeUndefined();
  first?.[Symbol.dispose]();
  expect(starts.hold("a", 30)).toBeDefined();
  expect(starts.hold("c", 0)).toBeDefined();
  expect(starts.hold("c", 0)).toBeUndefined();
});
