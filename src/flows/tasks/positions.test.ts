import { expect, test } from "bun:test";
import type { Claimed } from "./claim.ts";
import { createPositions } from "./positions.ts";

const ID = "01890000-0000-7000-8000-000000000001";
const FIRST = "00000000-0000-0000-0000-000000000000";
const found = (rankUs: number, name = "n"): Claimed => ({
  id: ID,
  queue: "q",
  name,
  attempt: 1,
  priority: 0,
  input: Buffer.from("1"),
  timeoutMs: undefined,
  key: undefined,
  worker: "1",
  rankUs,
});

test("P11: while there is a backlog a claim goes on where the last one left off, in each kind of task", () => {
  const positions = createPositions();
  expect(positions.next(0)).toEqual([]);
  positions.took([], 0, 5, [found(10e6), found(20e6, "m"), found(30e6)], true);
  expect(positions.next(1)).toEqual([
    { queue: "q", name: "n", rankUs: 30e6, id: ID },
    { queue: "q", name: "m", rankUs: 20e6, id: ID },
  ]);
});

test("where there is none it looks a second further back, for commits that were overtaken", () => {
  const positions = createPositions();
  positions.took([], 0, 5, [found(10e6)], false);
  expect(positions.next(1)).toEqual([{ queue: "q", name: "n", rankUs: 9e6, id: FIRST }]);
});

test("once a second, or in ten times what it takes, a claim begins at the front", () => {
  const positions = createPositions();
  positions.took([], 0, 5, [found(10e6)], true);
  expect(positions.next(999)).toHaveLength(1);
  expect(positions.next(1_000)).toEqual([]);
  positions.took([], 1_000, 500, [found(10e6)], true);
  expect(positions.next(5_999)).toHaveLength(1);
  expect(positions.next(6_000)).toEqual([]);
});

test("what is owed before a position is looked for at once", () => {
  const positions = createPositions();
  positions.took([], 0, 5, [found(10e6)], true);
  const lane = { app_id: "a", queue: "q", name: "n" };
  positions.before(lane, 11e6);
  expect(positions.next(1)).toMatchObject([{ rankUs: 10e6 }]);
  positions.before(lane, 4e6);
  expect(positions.next(1)).toMatchObject([{ rankUs: 4e6, id: FIRST }]);
});
