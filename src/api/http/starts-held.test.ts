import { expect, test } from "bun:test";
import { createStartsHeld } from "./starts-held.ts";

test("P7: large inputs of starts are bounded by their bytes, and one application by half of these", () => {
  const starts = createStartsHeld({ countMax: 20, bytesMax: 100, smallBytes: 10 });
  const first = starts.hold("a", 30);
  starts.hold("a", 20);
  expect(starts.hold("a", 11)).toBeUndefined();
  expect(starts.hold("a", 10)).toBeDefined();
  expect(starts.hold("b", 50)).toBeDefined();
  expect(starts.hold("c", 11)).toBeUndefined();
  first?.[Symbol.dispose]();
  expect(starts.hold("a", 30)).toBeDefined();
});

test("P7: starts are bounded by their count, and one application by half of it", () => {
  const starts = createStartsHeld({ countMax: 5, bytesMax: 100, smallBytes: 10 });
  const first = starts.hold("a", 0);
  expect(starts.hold("a", 0)).toBeDefined();
  expect(starts.hold("a", 0)).toBeUndefined();
  expect(starts.hold("b", 0)).toBeDefined();
  expect(starts.hold("c", 0)).toBeDefined();
  expect(starts.hold("d", 0)).toBeDefined();
  expect(starts.hold("e", 0)).toBeUndefined();
  first?.[Symbol.dispose]();
  expect(starts.hold("a", 0)).toBeDefined();
  expect(starts.hold("a", 0)).toBeUndefined();
});
