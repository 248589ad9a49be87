import { expect, test } from "bun:test";
import { draw, NODE } from "./layout.ts";
import { patternOf, textOf, treeOf, walk, wayOf } from "./tree.ts";

const map = (id: string) => ({ id, map: 1 });
const FLOW = {
  steps: [
    map("first"),
    // biome-ignore lint/suspicious/noThenProperty: a branch of the language is called so.
    { id: "which", if: "event.data.big", then: [map("big"), map("bigger")], else: [map("small")] },
    {
      id: "all",
      for_each: "event.data.items",
      parallel: 4,
      do: [{ id: "charge", http: { url: "https://x" }, compensate: [map("refund")] }],
    },
    { id: "fan", parallel: { left: [map("l")], right: [map("r")], third: [map("t")] }, on_failure: [map("tell")] },
    {
      id: "choose",
      switch: [
        { when: "a", do: [map("a")] },
        { when: "b", do: [] },
      ],
    },
  ],
  on_failure: [map("alarm")],
};

const placed = () => draw(treeOf(FLOW));

test("every step is drawn once, besides start and end", () => {
  const keys = placed().nodes.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBe(walk(treeOf(FLOW)).length + 2);
});

test("no two nodes touch, and none leaves the drawing", () => {
  const { nodes, width, height } = placed();
  for (const [at, one] of nodes.entries()) {
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.x + NODE.width).toBeLessThanOrEqual(width);
    expect(one.y + NODE.height).toBeLessThanOrEqual(height);
    for (const other of nodes.slice(at + 1)) {
      const apart = Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height;
      expect(apart, `${one.key} and ${other.key}`).toBeTrue();
    }
  }
});

test("what happens when nothing goes wrong is one straight line", () => {
  const { nodes } = placed();
  const top = nodes.filter(({ key }) => /^(start|end|steps\.\d+)$/.test(key));
  expect(top.length).toBe(FLOW.steps.length + 2);
  expect(new Set(top.map(({ x }) => x)).size).toBe(1);
});

test("frames hold what they are about", () => {
  const { nodes, frames } = placed();
  const charge = nodes.find(({ key }) => key === "steps.2.do.0");
  const frame = frames.find(({ kind }) => kind === "item");
  if (charge === undefined || frame === undefined) throw new Error("neither is drawn");
  expect(charge.x).toBeGreaterThanOrEqual(frame.x);
  expect(charge.x + NODE.width).toBeLessThanOrEqual(frame.x + frame.width);
  expect(charge.y + NODE.height).toBeLessThanOrEqual(frame.y + frame.height);
});

test("a definition that is no definition yet is drawn as far as it goes", () => {
  for (const odd of [
    undefined,
    null,
    3,
    "steps",
    [],
    {},
    { steps: 3 },
    { steps: [null, 4, {}] },
    // biome-ignore lint/suspicious/noThenProperty: a branch of the language is called so.
    { steps: [{ id: 5, if: 1, then: {} }] },
  ])
    expect(draw(treeOf(odd)).nodes.length).toBeGreaterThanOrEqual(2);
});

test("for_each keeps its kind beside `parallel`", () => {
  expect(treeOf(FLOW).steps[2]?.kind).toBe("for_each");
  expect(treeOf(FLOW).steps[3]?.kind).toBe("parallel");
});

test("the way to a value reads as the engine writes it, and back", () => {
  const way = ["steps", 2, "do", 0, "http", "url"];
  expect(textOf(way)).toBe("steps[2].do[0].http.url");
  expect(wayOf("steps[2].do[0].http.url")).toEqual(way);
});

test("each step has the path that the engine records it under", () => {
  const paths = walk(treeOf(FLOW)).map(({ path }) => path);
  expect(paths).toEqual([
    "first",
    "which",
    "which.big",
    "which.bigger",
    "which.small",
    "all",
    "all.charge",
    "all.~charge.refund",
    "fan",
    "fan.left.l",
    "fan.right.r",
    "fan.third.t",
    "!fan.tell",
    "choose",
    "choose.a",
    "!.alarm",
  ]);
  expect(patternOf("orders[12].lines[3].charge")).toBe("orders.lines.charge");
});
