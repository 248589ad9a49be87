import { expect, test } from "bun:test";
import { createShares, createTurns } from "./turns.ts";

const of = (app: string, ids: readonly number[], after: string | null = null) =>
  ids.map((id) => ({ app_id: app, after_run: after, id: `${app}${id}` }));
const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id).join(" ");

test("P7: the first of each application comes before the second of any, and what is fresh beside what goes on", () => {
  const all = [...of("a", [1, 2, 3], "run"), ...of("b", [1, 2]), ...of("a", [4, 5])];
  expect(ids(createTurns().next(all, 50))).toBe("a4 b1 a1 b2 a5 a2 a3");
});

test("P7: each application is the first of all in its turn", () => {
  const turns = createTurns();
  const all = [...of("c", [1]), ...of("a", [1]), ...of("b", [1])];
  const rounds = Array.from({ length: 4 }, () => ids(turns.next(all, 50)));
  expect(rounds).toEqual(["a1 b1 c1", "b1 c1 a1", "c1 a1 b1", "a1 b1 c1"]);
});

test("nothing has no turn, and the next one is as if it had not been", () => {
  const turns = createTurns();
  expect(turns.next([], 50)).toEqual([]);
  expect(ids(turns.next(of("a", [1]), 50))).toBe("a1");
});

test("P7: who spends beyond its part takes nothing from the part of another, until twice the whole is spent", () => {
  const shares = createShares(100, ["a", "b", "a"]);
  shares.spend("a", 49);
  expect([shares.isSpent("a"), shares.isSpent("a", 1)]).toEqual([false, true]);
  shares.spend("a", 140);
  expect([shares.isSpent("a"), shares.isSpent("b"), shares.isOver()]).toEqual([true, false, false]);
  shares.spend("b", 11);
  expect([shares.isSpent("b"), shares.isOver()]).toEqual([false, true]);
});

test("P7: whose arrivals fill a lane had a turn, until all others had theirs", () => {
  const turns = createTurns();
  turns.next([...of("a", [1]), ...of("b", [1], "run")], 2);
  expect(turns.had()).toEqual([]);
  turns.next([...of("a", [1]), ...of("b", [1, 2], "run")], 2);
  expect(turns.had()).toEqual(["a", "b"]);
  turns.next(of("c", [1]), 2);
  expect(turns.had()).toEqual(["a", "b", "c"]);
  turns.again();
  expect(turns.had()).toEqual([]);
});
