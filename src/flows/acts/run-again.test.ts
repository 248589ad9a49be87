import { describe, expect, test } from "bun:test";
import { type CompiledFlow, compile, type Entry, type Json, type Start, type Step } from "#language";
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

const BEFORE = flow(
  [ask("quote", { $: "input.n" }), { id: "rest", wait: { for: "10d" } }, ask("pay", { $: "steps.quote.price" })],
  { $: "steps.pay" },
);
const ENTRIES = [completed("quote", { price: 7 }), completed("rest", null), completed("pay", "paid", 9_000)];

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
