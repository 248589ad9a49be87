import { expect, test } from "bun:test";
import type { RunStep } from "../flow-parts/flow.ts";
import { treeOf } from "../flow-parts/tree.ts";
import { mostTelling, rowsOf, stateOfNode, statesByPath, tookOf } from "./view.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function step(path: string, state: RunStep["state"], attempts: RunStep["attempts"] = [], kind = "http"): RunStep {
  const id =
    path
      .split(".")
      .at(-1)
      ?.replace(/\[\d+\]$/, "") ?? path;
  return { path, step: id.replace(/^[~!]/, ""), kind, state, attempts, pinned: false };
}
const done = (number: number, from: number, to: number): RunStep["attempts"][number] => ({
  number,
  startedAt: at(from),
  at: at(to),
  outcome: "completed",
});

test("items of one step stand as the worst of them, with their number", () => {
  const states = statesByPath(
    [step("orders[0].charge", "completed"), step("orders[1].charge", "failed"), step("orders[2].charge", "completed")],
    "orders[1].charge",
  );
  expect(states.get("orders.charge")).toEqual({ state: "failed", count: 3 });
});

test("a step whose failure was dealt with is not shown as the run's failure", () => {
  const steps = [step("pay", "failed"), step("!pay.tell", "completed")];
  expect(statesByPath(steps, null).get("pay")?.state).toBe("rescued");
  expect(statesByPath(steps, "pay").get("pay")?.state).toBe("failed");
});

test("what was compensated is shown as undone", () => {
  expect(statesByPath([step("pay", "completed"), step("~pay.refund", "completed")], null).get("pay")?.state).toBe(
    "undone",
  );
});

test("attempts are bars, and the wait between them is hatched", () => {
  const [row] = rowsOf(
    {
      startedAt: at(0),
      endedAt: at(10),
      steps: [
        step("ask", "completed", [
          { number: 1, startedAt: at(0), at: at(2), outcome: "failed", retryAt: at(5) },
          done(2, 5, 10),
        ]),
      ],
    },
    0,
  );
  expect(row?.bars).toEqual([
    { kind: "failed", from: 0, to: 0.2 },
    { kind: "wait", from: 0.2, to: 0.5 },
    { kind: "done", from: 0.5, to: 1 },
  ]);
  expect(row?.ms).toBe(10_000);
});

test("what still waits reaches to now, and no bar leaves the chart", () => {
  const rows = rowsOf(
    {
      startedAt: at(0),
      endedAt: null,
      steps: [
        step(
          "sleep",
          "waiting",
          [{ number: 1, startedAt: at(1), at: at(1), outcome: "waiting", until: at(900) }],
          "wait",
        ),
        step("early", "completed", [done(1, -5, 0)]),
      ],
    },
    Date.parse(at(4)),
  );
  expect(rows[0]?.bars).toEqual([{ kind: "wait", from: 0.25, to: 1 }]);
  for (const { bars } of rows)
    for (const { from, to } of bars) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(1);
      expect(from).toBeLessThanOrEqual(to);
    }
});

test("whoever opens a run sees where it failed, else where it is", () => {
  const steps = [step("a", "completed"), step("b", "failed"), step("c", "waiting")];
  const error = { class: "retryable" as const, code: "x", message: "x", path: "b", at: null, detail: null };
  expect(mostTelling({ steps, error })?.path).toBe("b");
  expect(mostTelling({ steps, error: null })?.path).toBe("c");
  expect(mostTelling({ steps: steps.slice(0, 1), error: null })?.path).toBe("a");
});

test("an attempt whose beginning nobody recorded begins with what was recorded before it, and after its retry was due", () => {
  const unknown = (number: number, to: number, more: object = {}): RunStep["attempts"][number] => ({
    number,
    startedAt: null,
    at: at(to),
    outcome: "completed",
    ...more,
  });
  const rows = rowsOf(
    {
      startedAt: at(0),
      endedAt: at(10),
      steps: [
        step("first", "completed", [unknown(1, 2)]),
        step("second", "completed", [unknown(1, 4, { outcome: "failed", retryAt: at(7) }), unknown(2, 10)]),
      ],
    },
    0,
  );
  expect(rows[0]?.bars).toEqual([{ kind: "done", from: 0, to: 0.2 }]);
  expect(rows[1]?.bars).toEqual([
    { kind: "failed", from: 0.2, to: 0.4 },
    { kind: "wait", from: 0.4, to: 0.7 },
    { kind: "done", from: 0.7, to: 1 },
  ]);
});

test("a step that only holds others stands as the worst of them; what is computed stands for itself", () => {
  const tree = treeOf({
    steps: [
      { id: "all", for_each: "[1]", do: [{ id: "ask", http: {} }], on_failure: [{ id: "tell", http: {} }] },
      { id: "sum", map: 1 },
    ],
  });
  const states = statesByPath([step("all[0].ask", "completed"), step("all[1].ask", "failed")], "all[1].ask");
  expect(tree.steps.map((node) => stateOfNode(node, states)?.state)).toEqual(["failed", undefined]);
});

test("an attempt whose beginning is not in the journal took at most the time since the entry before it, or since its retry was due", () => {
  const before = step("label", "completed", [{ number: 1, startedAt: null, at: at(2), outcome: "completed" }]);
  const book = step("book", "running", [
    { number: 1, startedAt: null, at: at(5), outcome: "failed", retryAt: at(9) },
    { number: 2, startedAt: null, at: at(10), outcome: "failed", retryAt: at(20) },
    { number: 3, startedAt: at(21), at: at(24), outcome: "failed" },
    { number: 4, startedAt: at(25), at: at(25), outcome: "began" },
  ]);
  expect(tookOf({ startedAt: at(0), steps: [before, book] }, book)).toEqual([
    { ms: 3_000, isAtMost: true },
    { ms: 1_000, isAtMost: true },
    { ms: 3_000, isAtMost: false },
    undefined,
  ]);
});
