import { expect, test } from "bun:test";
import { createLargeBodies } from "./large-bodies.ts";

test("P7: bodies are held up to a sum, one alone whatever it is, and what came counts instead of what was announced", () => {
  const bodies = createLargeBodies(100, 0);
  const first = bodies.hold("a", 150);
  expect(first).toBeDefined();
  expect(bodies.hold("b", 1)).toBeUndefined();
  first?.resize(60);
  const second = bodies.hold("b", 40);
  expect(second).toBeDefined();
  expect(bodies.hold("c", 1)).toBeUndefined();
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  expect(bodies.hold("c", 60)).toBeDefined();
  expect(bodies.hold("d", 1)).toBeUndefined();
});

test("P7: one application holds half of it, small bodies count for nothing, and what comes in chunks as it comes", () => {
  const bodies = createLargeBodies(100, 10);
  expect(bodies.hold("a", 30)).toBeDefined();
  expect(bodies.hold("a", 21)).toBeUndefined();
  const growing = bodies.hold("a", 0);
  expect(growing?.resize(10)).toBe(true);
  expect(growing?.resize(20)).toBe(true);
  expect(growing?.resize(21)).toBe(false);
  expect(bodies.hold("a", 11)).toBeUndefined();
  expect(bodies.hold("b", 50)).toBeDefined();
  expect(bodies.hold("c", 11)).toBeUndefined();
  expect(bodies.hold("c", 10)).toBeDefined();
  growing?.[Symbol.dispose]();
  expect(bodies.hold("c", 20)).toBeDefined();
});
