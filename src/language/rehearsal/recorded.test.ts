import { expect, test } from "bun:test";
import { compile } from "../compile.ts";
import type { Definition, Json, Step } from "../definition.ts";
import type { Entry, Start } from "../journal.ts";
import { readCaseFile } from "./case-file.ts";
import { caseFromRun } from "./case-from-run.ts";
import { mismatches } from "./expectation.ts";
import { rehearseRecorded } from "./recorded.ts";
import { REHEARSAL_START_MS, rehearse } from "./rehearse.ts";

const CHARGE: Step = { id: "charge", http: { method: "POST", url: "https://pay.example.com", body: { $: "input" } } };
const MAIL: Step = { id: "mail", emit: { type: "mail", data: { of: { $: "steps.charge.id" } } } };
const definitionOf = (...steps: readonly Step[]): Definition => ({
  posthorn: 1,
  flow: "charging",
  steps,
  output: { $: "steps.charge.id" },
});
const THEN = compile(definitionOf(CHARGE, MAIL));
const START: Start = {
  runId: "run_rehearsed",
  version: 1,
  startedAtMs: REHEARSAL_START_MS,
  trigger: { kind: "manual" },
  input: { amount: 3 },
};
const RUN = rehearse(THEN, {
  input: START.input,
  results: {
    charge: [{ error: { class: "retryable", code: "http_503" } }, { output: { id: "ch_1" } }],
  },
});

const would = (...steps: readonly Step[]) =>
  rehearseRecorded(compile(definitionOf(...steps)), START, RUN.timeline, THEN);

test("a run played again under its own definition differs in nothing", () => {
  expect(would(CHARGE, MAIL)).toEqual({
    ending: { state: "completed", output: "ch_1" },
    unrecorded: [],
    differs: [],
  });
});

test("what would be asked otherwise, for the first time or not at all is told with its path", () => {
  const small: Step = { ...CHARGE, http: { method: "POST", url: "https://pay.example.com", body: { amount: 1 } } };
  const more: Step = { id: "more", emit: { type: "more", data: null } };
  expect(would(small, more).differs).toMatchObject([
    {
      path: "charge",
      kind: "asks_otherwise",
      was: { request: { body: { amount: 3 } } },
      would: { request: { body: { amount: 1 } } },
    },
    { path: "more", kind: "only_now", would: { type: "more" } },
    { path: "mail", kind: "only_then" },
  ]);
});

test("another end is a difference", () => {
  const stop: Step = { id: "over", stop: { output: "early" } };
  expect(would(CHARGE, stop).differs).toContainEqual({
    path: "",
    kind: "ends_otherwise",
    was: { state: "completed", output: "ch_1" },
    would: { state: "completed", output: "early" },
  });
});

test("an input that the other version would not take ends it before its first step, and that alone is told", () => {
  const input = { type: "object", properties: { amount: { type: "string" } } };
  const strict = compile({ ...definitionOf(CHARGE, MAIL), input });
  const { ending, unrecorded, differs } = rehearseRecorded(strict, START, RUN.timeline, THEN);
  expect(ending).toMatchObject({ state: "failed", error: { class: "invalid", code: "input_invalid", at: "input" } });
  expect(unrecorded).toEqual([]);
  expect(differs).toMatchObject([{ path: "", kind: "ends_otherwise", was: { state: "completed" } }]);
  // What it really had began: whatever the check says of it today, it is gone through as it was.
  expect(rehearseRecorded(THEN, START, RUN.timeline, strict)).toMatchObject({
    ending: { state: "completed" },
    differs: [],
  });
  expect(rehearseRecorded(strict, START, [], strict)).toMatchObject({ ending: { state: "failed" }, differs: [] });
});

test("a step that the record does not answer is named, and what was to come after it is not called missing", () => {
  const { ending, unrecorded, differs } = would(CHARGE, { id: "unknown", task: { name: "work" } }, MAIL);
  expect(ending).toBeUndefined();
  expect(unrecorded.map(({ path }) => path)).toEqual(["unknown"]);
  expect(unrecorded[0]?.message).toContain("has no end in the record");
  expect(differs.map(({ path, kind }) => [path, kind])).toEqual([["unknown", "only_now"]]);
});

test("a step that has moved is found by its id", () => {
  const inside: Step = { id: "inside", parallel: { only: [CHARGE] } };
  const moved = would(inside, { id: "end", stop: { output: "early" } });
  expect(moved.unrecorded).toEqual([]);
  expect(moved.ending).toEqual({ state: "completed", output: "early" });
});

test("a case file made from a run holds when it is played again", () => {
  const text = caseFromRun(THEN, "flow.yaml", { start: START, entries: RUN.timeline, ending: RUN.ending });
  const read = readCaseFile(text);
  if (!read.ok) {
    throw new Error(JSON.stringify(read.faults));
  }
  const [one] = read.file.cases;
  expect(one?.rehearsal.results?.["charge"]).toHaveLength(2);
  expect(one && mismatches(one.expect, rehearse(THEN, one.rehearsal), one.rehearsal)).toEqual([]);
});

const plain = (kind: "completed" | "failed", path: string, value: unknown, atMs: number, attempt = 1): Entry =>
  kind === "completed"
    ? { kind, path, attempt, atMs, output: value as Json }
    : { kind, path, attempt, atMs, error: { class: "permanent", code: "gone", message: "It is gone", path } };
const compared = (was: Definition, would: Definition, entries: readonly Entry[], input: Json = null) =>
  rehearseRecorded(compile(would), { ...START, input }, entries, compile(was));
const ask = (id: string, body: Json): Step => ({ id, http: { method: "POST", url: "https://a.example", body } });
const order = (steps: readonly Step[], output: Json = null): Definition => ({
  posthorn: 1,
  flow: "order",
  steps,
  output,
});
const at = (ms: number) => REHEARSAL_START_MS + ms;

test("ten days of waiting pass in no time, and what comes after them is compared", () => {
  const steps = (price: string): Step[] => [
    ask("quote", { $: "input.n" }),
    { id: "rest", wait: { for: "10d" } },
    ask("pay", { $: price }),
  ];
  const was = order(steps("steps.quote.price"), { $: "steps.pay" });
  const entries = [
    plain("completed", "quote", { price: 7 }, at(1)),
    plain("completed", "rest", null, at(864_000_001)),
    plain("completed", "pay", "paid", at(864_000_009)),
  ];
  expect(compared(was, was, entries, { n: 4 })).toEqual({
    ending: { state: "completed", output: "paid" },
    unrecorded: [],
    differs: [],
  });
  const would = order(steps("steps.quote.price * 2"), { $: "steps.pay" });
  expect(compared(was, would, entries, { n: 4 }).differs).toMatchObject([
    { path: "pay", kind: "asks_otherwise", was: { request: { body: 7 } }, would: { request: { body: 14 } } },
  ]);
});

test("everything that waited for something outside goes on with what came", () => {
  const waits = order(
    [
      { id: "ask", approve: { title: "May I?" }, timeout: "1h" },
      { id: "come", wait_for_event: { type: "order.placed" }, timeout: "2h" },
      { id: "work", task: { name: "count" } },
      { id: "other", call: { flow: "other" } },
    ],
    { $: "[steps.ask.approved, steps.work, steps.other]" },
  );
  const entries = [
    plain("completed", "ask", { approved: true, by: "Ada", at: "x", reason: "" }, at(3_000)),
    plain("completed", "come", { event: null }, at(4_000)),
    plain("completed", "work", 5, at(5_000)),
    plain("completed", "other", 6, at(6_000)),
  ];
  expect(compared(waits, waits, entries)).toEqual({
    ending: { state: "completed", output: [true, 5, 6] },
    unrecorded: [],
    differs: [],
  });
});

test("a step that failed for good fails again, whatever its retries; only the end differs", () => {
  const was = order([{ ...ask("quote", 1), retry: { attempts: 5 } }], 2);
  const failing = [plain("failed", "quote", null, at(1), 2)];
  expect(compared(was, was, failing)).toMatchObject({
    ending: { state: "failed", error: { code: "gone" } },
    differs: [],
  });
  const done = [plain("completed", "quote", null, at(1))];
  expect(compared(was, { ...was, output: 1 }, done).differs).toMatchObject([
    { path: "", kind: "ends_otherwise", was: { output: 2 }, would: { output: 1 } },
  ]);
});

test("what a rerun took over is taken over again: it is not asked for, and not compensated", () => {
  const undo: Step = { ...ask("undo", null) };
  const was = order([{ ...ask("first", 1), compensate: [undo] }, ask("second", 2)]);
  const entries = [plain("completed", "first", null, at(0), 0), plain("failed", "second", null, at(1))];
  const { ending, unrecorded, differs } = compared(was, was, entries);
  expect([ending?.state, unrecorded, differs]).toEqual(["failed", [], []]);
});

test("lanes that do not need the unknown go on, and one that waits in vain does not spin", () => {
  const was = order([ask("first", 1)]);
  const would = order([
    {
      id: "both",
      parallel: {
        left: [ask("new", 1), ask("after", 2)],
        right: [{ id: "nap", wait: { for: "1h" } }, ask("first", 9)],
      },
    },
  ]);
  const { ending, unrecorded, differs } = compared(was, would, [plain("completed", "first", null, at(1))]);
  expect(ending).toBeUndefined();
  expect(unrecorded.map(({ path }) => path)).toEqual(["both.left.new"]);
  expect(differs.map(({ path, kind }) => [path, kind])).toEqual([
    ["both.left.new", "only_now"],
    ["both.right.nap", "only_now"],
  ]);
});
