import { expect, test } from "bun:test";
import { changeOf } from "./code-editor.tsx";
import { edit, markOf, parse } from "./text.ts";

const TEXT = `# Charges orders.
posthorn: 1
flow: charge
steps:
  - id: ask # the bank
    http:
      url: https://bank.example/charge
  - id: big
    if: steps.ask.status == 200
    then:
      - id: tell
        emit: { type: paid, data: 1 }
`;

test("a value is found at the line of its name", () => {
  const { placeOf } = parse(TEXT);
  expect(placeOf(["steps", 0, "http", "url"])).toEqual({ line: 7, column: 7 });
  expect(placeOf(["steps", 1, "then", 0, "emit", "type"]).line).toBe(12);
});

test("what is not there is marked at what should hold it", () => {
  expect(parse(TEXT).placeOf(["steps", 0, "http", "method"]).line).toBe(6);
  expect(markOf(parse(TEXT), { path: "steps[1].else[0]", message: "x" }, "error").line).toBe(8);
});

test("the engine's own line counts where it says one", () => {
  expect(markOf(parse(TEXT), { path: "steps[0]", line: 3, column: 7, message: "x" }, "warning")).toEqual({
    line: 3,
    column: 7,
    severity: "warning",
    message: "x",
  });
});

test("text that is no YAML has its fault at its line, and no definition", () => {
  const { marks, definition } = parse("flow: a\nsteps: [1, 2\nnext: }");
  expect(definition).toBeUndefined();
  expect(marks[0]?.line).toBeGreaterThan(1);
});

test("the innermost step of a line is found", () => {
  const { stepAt } = parse(TEXT);
  expect(stepAt(7)).toEqual(["steps", 0]);
  expect(stepAt(12)).toEqual(["steps", 1, "then", 0]);
  expect(stepAt(2)).toBeUndefined();
});

test("changing one value keeps comments and everything else", () => {
  const after = edit(TEXT, { kind: "set", way: ["steps", 0, "http", "url"], value: "https://bank.example/v2" });
  expect(after).toBe(TEXT.replace("https://bank.example/charge", "https://bank.example/v2"));
});

test("what an edit is not about keeps its form", () => {
  const text = "flow: a\nhosts: [a.example,   b.example]\n\n# about the steps\nsteps:\n  - id: one\n    map: {a: 1}\n";
  expect(edit(text, { kind: "set", way: ["steps", 0, "title"], value: "One" })).toBe(`${text}    title: One\n`);
  expect(edit(text, { kind: "insert", list: ["steps"], at: 1, value: { id: "two", map: 2 } })).toBe(
    `${text}  - id: two\n    map: 2\n`,
  );
});

test("steps are put in, moved and taken out", () => {
  const more = edit(TEXT, { kind: "insert", list: ["steps"], at: 1, value: { id: "rest", wait: { for: "1h" } } }) ?? "";
  expect(parse(more).definition).toMatchObject({ steps: [{ id: "ask" }, { id: "rest" }, { id: "big" }] });
  const moved = edit(more, { kind: "move", list: ["steps"], from: 1, to: 0 }) ?? "";
  expect(parse(moved).definition).toMatchObject({ steps: [{ id: "rest" }, { id: "ask" }, { id: "big" }] });
  expect(parse(edit(moved, { kind: "remove", way: ["steps", 0] }) ?? "").definition).toMatchObject({
    steps: [{ id: "ask" }, { id: "big" }],
  });
  const inElse = edit(TEXT, { kind: "insert", list: ["steps", 1, "else"], at: 0, value: { id: "no", stop: {} } }) ?? "";
  expect(parse(inElse).definition).toMatchObject({ steps: [{}, { else: [{ id: "no" }] }] });
});

test("an edit by a form reaches the editor as one small change", () => {
  expect(changeOf("abcdef", "abXdef")).toEqual({ from: 2, to: 3, insert: "X" });
  expect(changeOf("aa", "aaa")).toEqual({ from: 2, to: 2, insert: "a" });
  const { from, to, insert } = changeOf(TEXT, TEXT.slice(3));
  expect(TEXT.slice(0, from) + insert + TEXT.slice(to)).toBe(TEXT.slice(3));
});
