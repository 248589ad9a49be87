import { expect, test } from "bun:test";
import { createLargeBodies } from "./large-bodies.ts";

test("P7: bodies are held up to a sum, one alone whatever it is, and what came counts instead of what was announced", () => {
  const bodies = createLargeBodies(100);
  const first = bodies.hold(150);
  expect(first).toBeDefined();
  expect(bodies.hold(1)).toBeUndefined();
  first?.resize(60);
  const second = bodies.hold(40);
  expect(second).toBeDefined();
  expect(bodies.hold(1)).toBeUndefined();
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  expect(bodies.hold(60)).toBeDefined();
  expect(bodies.hold(1)).toBeUndefined();
});
