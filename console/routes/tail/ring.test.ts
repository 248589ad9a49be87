import { expect, test } from "bun:test";
import { createRing, type NewRow } from "./ring.ts";

const gap = (ms: number): NewRow => ({ kind: "gap", fromMs: ms, toMs: ms });

test("a ring keeps the newest, oldest first, and never numbers two rows alike", () => {
  const ring = createRing(3);
  for (let ms = 0; ms < 8; ms += 1) ring.add(gap(ms));
  expect([ring.size, ring.nextNumber]).toEqual([3, 8]);
  expect([0, 1, 2, 3, -1].map((index) => ring.at(index)?.number)).toEqual([5, 6, 7, undefined, undefined]);
  ring.clear();
  expect([ring.size, ring.at(0), ring.add(gap(9)).number]).toEqual([0, undefined, 8]);
});
