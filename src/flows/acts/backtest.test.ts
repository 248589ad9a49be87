import { describe, expect, test } from "bun:test";
import { type CompiledFlow, compile, type Entry, type Json, type Start, type Step } from "#language";
import { compareReplays, replayRecorded } from "./backtest.ts";
import { inputOfAttempt } from "./run-again.ts";

const flow = (steps: readonly Step[], output: Json = null): CompiledFlow =>
  compile({ posthorn: 1, flow: "order", steps, output });
const ask = (id: string, body: Json = null): Step => ({ id, http: { method: "POST", url: "https://a.example", body } });
const start = (input: Json): Start => ({
  runId: "run_x",
  version: 1,
  startedAtMs: 1_000,
  trigger: { kind: "api" },
  input,
});
const completed = (path: string, output: Json, atMs = 2_000): Entry => ({
  kind: "completed",
  path,
  attempt: 1,
  atMs,
  output,
});
const failed = (path: string, attempt: number, retryAtMs?: number): Entry => ({
  kind: "failed",
  path,
  attempt,
  atMs: 2_000 + attempt,
  error: { class: "permanent", code: "gone", message: "It is gone", path },
  ...(retryAtMs !== undefined && { retryAtMs }),
});

const BEFORE = flow(
  [ask("quote", { $: "input.n" }), { id: "rest", wait: { for: "10d" } }, ask("pay", { $: "steps.quote.price" })],
  { $: "steps.pay" },
);
const ENTRIES = [completed("quote", { price: 7 }), completed("rest", null), completed("pay", "paid", 9_000)];

describe("a run of the past", () => {
  test("goes the way it went, ten days of waiting in no time", () => {
    const was = replayRecorded(BEFORE, start({ n: 4 }), ENTRIES);
    expect(was).toMatchObject({ ending: { state: "completed", output: "paid" }, unrecorded: [] });
    expect([...was.asked.keys()]).toEqual(["quote", "rest", "pay"]);
    expect(compareReplays(was, replayRecorded(BEFORE, start({ n: 4 }), ENTRIES))).toEqual({ kind: "same" });
  });

  test("goes through everything that waited for something outside", () => {
    const waits = flow(
      [
        { id: "ask", approve: { title: "May I?" }, timeout: "1h" },
        { id: "come", wait_for_event: { type: "order.placed" }, timeout: "2h" },
        { id: "work", task: { name: "count" } },
        { id: "other", call: { flow: "other" } },
      ],
      { $: "[steps.ask.approved, steps.work, steps.other]" },
    );
    const entries = [
      completed("ask", { approved: true, by: "Ada", at: "x", reason: "" }, 3_000),
      completed("come", { event: null }, 4_000),
      completed("work", 5, 5_000),
      completed("other", 6, 6_000),
    ];
    expect(replayRecorded(waits, start(null), entries)).toMatchObject({
      ending: { state: "completed", output: [true, 5, 6] },
    });
  });

  test("differs first where another definition asks something else", () => {
    const after = flow(
      [
        ask("quote", { $: "input.n" }),
        { id: "rest", wait: { for: "10d" } },
        ask("pay", { $: "steps.quote.price * 2" }),
      ],
      { $: "steps.pay" },
    );
    const compared = compareReplays(
      replayRecorded(BEFORE, start({ n: 4 }), ENTRIES),
      replayRecorded(after, start({ n: 4 }), ENTRIES),
    );
    expect(compared).toMatchObject({ kind: "differs", at: "pay", was: { kind: "http" }, would: { kind: "http" } });
    if (compared.kind === "differs")
      expect([compared.was.text.includes("7"), compared.would.text.includes("14")]).toEqual([true, true]);
  });

  test("stops at a step that no run has a result for, and names it", () => {
    const after = flow([ask("quote", { $: "input.n" }), ask("audit"), ask("pay", { $: "steps.quote.price" })], {
      $: "steps.pay",
    });
    const would = replayRecorded(after, start({ n: 4 }), ENTRIES);
    expect(would).toMatchObject({ ending: undefined, unrecorded: ["audit"] });
    expect(compareReplays(replayRecorded(BEFORE, start({ n: 4 }), ENTRIES), would)).toMatchObject({
      at: "audit",
      was: { kind: "nothing" },
    });
  });

  test("differs in its ending alone, and fails as it failed", () => {
    const entries = [failed("quote", 1, 3_000), failed("quote", 2)];
    const was = replayRecorded(BEFORE, start({ n: 4 }), entries);
    expect(was.ending).toMatchObject({ state: "failed", error: { code: "gone" } });
    const other = flow([ask("quote", { $: "input.n" })], 1);
    const compared = compareReplays(
      replayRecorded(flow([ask("quote", { $: "input.n" })], 2), start({ n: 4 }), ENTRIES),
      replayRecorded(other, start({ n: 4 }), ENTRIES),
    );
    expect(compared).toMatchObject({ at: null, was: { text: "2" }, would: { text: "1" } });
  });
});

describe("what an attempt was given", () => {
  const now = () => 0;
  test("is computed again from what stands before it in the journal", () => {
    expect(inputOfAttempt(BEFORE, start({ n: 4 }), ENTRIES, "pay", 1, now)).toMatchObject({
      known: true,
      input: { method: "POST", body: 7 },
    });
    expect(inputOfAttempt(BEFORE, start({ n: 4 }), ENTRIES, "quote", 1, now)).toMatchObject({
      known: true,
      input: { body: 4 },
    });
  });

  test("is not known of steps that the run did not come to, and of those that are given nothing", () => {
    expect(inputOfAttempt(BEFORE, start({ n: 4 }), [], "pay", 1, now)).toMatchObject({ known: false });
    expect(inputOfAttempt(BEFORE, start({ n: 4 }), ENTRIES, "rest", 1, now)).toMatchObject({ known: false });
    expect(inputOfAttempt(BEFORE, start({ n: 4 }), [completed("nothing", 1)], "quote", 1, now)).toMatchObject({
      known: false,
      reason: expect.stringContaining("cannot be gone through"),
    });
  });
});
