import { expect, test } from "bun:test";
import { Turns } from "./turns.ts";

test("P7: applications take turns, however much each has", () => {
  const turns = new Turns<string>();
  for (let i = 0; i < 5_000; i++) turns.push("many", `m${i}`);
  turns.push("one", "o");
  expect([turns.shift(), turns.shift(), turns.shift()]).toEqual(["m0", "o", "m1"]);
  expect(turns.size).toBe(4_998);
});

test("what is pushed comes out once, in the order of its application", () => {
  const turns = new Turns<number>();
  const out: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    turns.push("a", i);
    if (i % 3 === 0) out.push(turns.shift() ?? -1);
  }
  for (let next = turns.shift(); next !== undefined; next = turns.shift()) out.push(next);
  expect(out).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  expect(turns.size).toBe(0);
});
