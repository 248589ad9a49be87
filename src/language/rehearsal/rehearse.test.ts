import { expect, test } from "bun:test";
import { compile } from "../compile.ts";
import type { Definition, Step } from "../definition.ts";
import { readCaseFile } from "./case-file.ts";
import { mismatches, mismatchText } from "./expectation.ts";
import { type Rehearsal, rehearse } from "./rehearse.ts";

const flowOf = (steps: readonly Step[], rest: Partial<Definition> = {}) =>
  compile({ posthorn: 1, flow: "rehearsed", ...rest, steps });

const CHARGE: Step = {
  id: "charge",
  http: { method: "POST", url: "https://pay.example.com", body: { $: "input" } },
  retry: { attempts: 3, wait: "10s", factor: 2 },
};

test("a step that reaches outside and has no result stops the rehearsal and says how to pin one", () => {
  const { ending, problem } = rehearse(flowOf([{ id: "each", for_each: "[1]", do: [CHARGE] }]), {});
  expect(ending).toBeUndefined();
  expect(problem?.path).toBe("each[0].charge");
  expect(problem?.message).toBe(
    'The step "each[0].charge" (http, attempt 1) reaches outside and has no result in this rehearsal. Pin one, for instance under results: { "each[].charge": { output: { status: 200, headers: {}, body: { … } } } }.',
  );
});

test("attempts are pinned one after the other, and retries wait by the virtual clock without spread", () => {
  const failing = { error: { class: "retryable", code: "http_503" } } as const;
  const { steps, requests, timeline, startedAtMs, endedAtMs } = rehearse(flowOf([CHARGE]), {
    input: { amount: 3 },
    results: { charge: [failing, failing, { output: { ok: true } }] },
  });
  expect(steps).toMatchObject([{ path: "charge", state: "completed", attempts: 3, output: { ok: true } }]);
  expect(requests.map(({ key, request }) => [key, request.body])).toEqual(
    Array.from({ length: 3 }, () => ["run_rehearsed/charge", { amount: 3 }]),
  );
  expect(timeline.map(({ atMs }) => atMs - startedAtMs)).toEqual([0, 10_000, 30_000]);
  expect(endedAtMs - startedAtMs).toBe(30_000);
});

test("Retry-After holds the next attempt back, for an hour at most", () => {
  const after = (retryAfterMs: number) =>
    rehearse(flowOf([CHARGE]), {
      results: { charge: [{ error: { class: "retryable", retryAfterMs } }, { output: null }] },
    });
  expect(after(60_000).endedAtMs - after(60_000).startedAtMs).toBe(60_000);
  expect(after(9e9).endedAtMs - after(9e9).startedAtMs).toBe(3_600_000);
});

const PRICED = { type: "object", properties: { price: { type: "number" } }, required: ["price"] };

test("an input that does not fit fails the run before its first step, as in the engine", () => {
  const flow = flowOf([{ id: "price", map: { $: "input.price" } }], { input: PRICED, output: { $: "steps.price" } });
  const misfit = { class: "invalid", code: "input_invalid", at: "input" };
  expect(rehearse(flow, { input: { price: "free" } })).toMatchObject({
    ending: { state: "failed", error: misfit },
    steps: [],
    timeline: [],
  });
  const event = { id: "msg_1", type: "t", channels: [], data: {}, receivedAtMs: 0 };
  expect(rehearse(flow, { trigger: { kind: "event", event } }).ending).toMatchObject({
    error: { ...misfit, message: 'The input does not fit: it should have "price".' },
  });
  expect(rehearse(flow, { input: { price: 3 } }).ending).toEqual({ state: "completed", output: 3 });
});

test("what is held to be true of a run may name the data of the event that started it", () => {
  const trigger = {
    kind: "event",
    event: { id: "msg_1", type: "t", channels: [], data: { n: 7 }, receivedAtMs: 0 },
  } as const;
  const flow = flowOf([{ id: "n", map: 1 }]);
  expect(mismatches({ that: ["input.n == 7"] }, rehearse(flow, { trigger }), { trigger })).toEqual([]);
});

test("of a batch each input is held against the schema, and the run knows how many there are", () => {
  const batch = { size: 10, wait: "1m" };
  const flow = flowOf([{ id: "count", map: { $: "trigger.count" } }], {
    input: PRICED,
    control: { batch },
    output: { $: "steps.count" },
  });
  expect(rehearse(flow, { input: [{ price: 1 }, { price: 2 }] }).ending).toEqual({ state: "completed", output: 2 });
  expect(rehearse(flow, { input: [{ price: 1 }, { price: "2" }] }).ending).toMatchObject({
    error: { code: "input_invalid", message: expect.stringContaining("at /1/price") },
  });
  expect(rehearse(flow, { input: [{ price: 1 }], trigger: { kind: "rerun" } }).ending).toMatchObject({
    error: { message: expect.stringContaining("count") },
  });
});

const WAITS: readonly Step[] = [
  {
    id: "paid",
    timeout: "2d",
    wait_for_event: {
      type: "order.paid",
      match: { key: "event.data.order", equals: "input.order" },
      if: "event.data.total > 10",
    },
  },
  { id: "ask", timeout: "1h", approve: { title: "Ship it?" } },
  { id: "later", wait: { for: "3d" } },
];

test("days of waiting pass at once: an event that fits, a person who decides, a wait", () => {
  const event = (order: string, total: number, afterMs: number) => ({
    afterMs,
    type: "order.paid",
    data: { order, total },
  });
  const rehearsal: Rehearsal = {
    input: { order: "o1" },
    events: [event("o2", 20, 1000), event("o1", 5, 2000), event("o1", 20, 3000), event("o1", 30, 4000)],
    approvals: { ask: { approved: true, by: "ann", afterMs: 60_000 } },
  };
  const { steps, startedAtMs, endedAtMs, ending } = rehearse(flowOf(WAITS), rehearsal);
  expect(ending?.state).toBe("completed");
  expect(steps[0]?.output).toMatchObject({ event: { type: "order.paid", data: { order: "o1", total: 20 } } });
  expect(steps[1]?.output).toMatchObject({ approved: true, by: "ann" });
  expect(endedAtMs - startedAtMs).toBe(3000 + 60_000 + 3 * 86_400_000);
});

test("nobody answers: each wait ends at its timeout", () => {
  const { steps, startedAtMs, endedAtMs } = rehearse(flowOf(WAITS), { input: { order: "o1" } });
  expect(steps.map(({ output }) => output)).toEqual([
    { event: null },
    { approved: null, by: null, at: null, reason: null },
    null,
  ]);
  expect(endedAtMs - startedAtMs).toBe(2 * 86_400_000 + 3_600_000 + 3 * 86_400_000);
});

const FILE = `
flow: flow.yaml
cases:
  - name: charged at the second attempt
    start: { input: { amount: 3 } }
    results:
      charge:
        - error: { class: retryable, code: http_503, retry_after: 30s }
        - { output: { status: 200, body: { id: ch_1 } }, after: 2s }
    expect:
      state: completed
      output: { id: ch_1 }
      emitted: [{ type: order.charged, data: { charge: ch_1 } }]
      steps: { charge: { state: completed, attempts: 2 } }
      within: 32s
      that: ["run.output.id == 'ch_1'", "steps.charge.status == 200", "input.amount == 3"]
`;

const CHARGING = flowOf(
  [CHARGE, { id: "tell", emit: { type: "order.charged", data: { charge: { $: "steps.charge.body.id" }, more: 1 } } }],
  { output: { id: { $: "steps.charge.body.id" } } },
);

function play(text: string): string {
  const read = readCaseFile(text);
  if (!read.ok) {
    throw new Error(JSON.stringify(read.faults));
  }
  return read.file.cases
    .map(({ rehearsal, expect: expected }) =>
      mismatchText(mismatches(expected, rehearse(CHARGING, rehearsal), rehearsal)),
    )
    .join("\n");
}

test("a case file is read and met", () => {
  expect(play(FILE)).toBe("");
});

test("what is not as expected is told with its place, one paragraph each", () => {
  const wrong = FILE.replace("output: { id: ch_1 }", "output: { id: ch_2, extra: 1 }")
    .replace("attempts: 2", "attempts: 1")
    .replace("within: 32s", "within: 31s")
    .replace("input.amount == 3", "input.amount + 1");
  expect(play(wrong)).toBe(
    [
      'output.id\n  expected  "ch_2"\n  but was   "ch_1"',
      "output.extra\n  expected  1\n  but was   nothing of this name",
      "steps.charge.attempts\n  expected  1\n  but was   2",
      "within\n  expected  at most 31000 ms\n  but was   32000 ms",
      "that[2]\n  expected  input.amount + 1\n  but was   4",
    ].join("\n"),
  );
});

test("faults of a case file name their place", () => {
  const faults = (text: string) => {
    const read = readCaseFile(text);
    return read.ok ? [] : read.faults.map(({ path }) => path);
  };
  expect(faults("flow: x\ncases: [{ name: a, start: { at: soon } }]")).toEqual(["cases.0.start.at"]);
  expect(faults("flow: x\ncases: [{ name: a, expct: {} }]")).toEqual(["cases.0"]);
  expect(faults("cases: {")).toEqual([""]);
});

test("what programs write is told line by line, of attempts that fail too, and stands in the timeline as in a journal", () => {
  const { logs, timeline } = rehearse(flowOf([{ id: "look", code: "…", retry: { attempts: 2, on: ["code"] } }]), {
    results: {
      look: [
        { error: { class: "code" }, logs: ["first", "second"] },
        { output: 1, logs: ["third"] },
      ],
    },
  });
  expect(logs).toEqual([
    { path: "look", attempt: 1, text: "first" },
    { path: "look", attempt: 1, text: "second" },
    { path: "look", attempt: 2, text: "third" },
  ]);
  expect(timeline).toMatchObject([
    { kind: "failed", logs: ["first", "second"] },
    { kind: "completed", logs: ["third"] },
  ]);
});
