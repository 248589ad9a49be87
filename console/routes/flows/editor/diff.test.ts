import { expect, test } from "bun:test";
import { diffOf } from "./diff.ts";

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `line ${from + at}`);

test("equal texts differ in nothing", () => {
  expect(diffOf("a\nb", "a\nb")).toEqual([]);
});

test("a changed line stands as removed and added, with its numbers", () => {
  expect(diffOf("a\nb\nc", "a\nB\nc")).toEqual([
    { kind: "same", text: "a", before: 1, after: 1 },
    { kind: "removed", text: "b", before: 2 },
    { kind: "added", text: "B", after: 2 },
    { kind: "same", text: "c", before: 3, after: 3 },
  ]);
});

test("what is far from any difference is folded", () => {
  const old = numbers(0, 100);
  const lines = diffOf(old.join("\n"), old.with(50, "other").join("\n"));
  expect(lines.length).toBe(3 + 2 + 3 + 2);
  expect(lines[0]).toEqual({ kind: "gap", text: "", before: 47 });
});

test("whatever two texts are, the old and the new one can be read from what differs", () => {
  for (let seed = 1; seed < 60; seed++) {
    const pick = (at: number): string => String((seed * 7919 * (at + 1)) % 5);
    const old = Array.from({ length: seed % 9 }, (_, at) => pick(at));
    const now = Array.from({ length: (seed * 5) % 8 }, (_, at) => pick(at + 3));
    const lines = diffOf(old.join("\n"), now.join("\n"));
    if (lines.length === 0 || lines.some(({ kind }) => kind === "gap")) continue;
    const side = (kind: string) =>
      lines.filter((line) => line.kind === "same" || line.kind === kind).map(({ text }) => text);
    expect(side("removed").join("\n")).toBe(old.join("\n"));
    expect(side("added").join("\n")).toBe(now.join("\n"));
  }
});

test("texts too long to compare finely are told as replaced, in bounded time", () => {
  const lines = diffOf(numbers(0, 4_000).join("\n"), numbers(5_000, 9_000).join("\n"));
  expect(lines.filter(({ kind }) => kind === "removed").length).toBe(4_000);
  expect(lines.filter(({ kind }) => kind === "added").length).toBe(4_000);
});
