import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Definition, Json } from "#language";
import { testDatabase } from "#test";
import type { CommitPart } from "../commit-part.ts";
import { type SentSignal, sendSignals } from "../signal.ts";
import { type FlowWorld, world } from "./world.ts";

// What was sent to a run while nobody ran it, and what fell due meanwhile.

/** What runs ask for, and nobody does: the tests answer. */
const asks: CommitPart = {
  name: "asks",
  serves: ["task", "approve", "wait_for_event"],
  concerns: () => false,
  foresee: () => undefined,
  write: () => Promise.reject(new Error("Nothing is written.")),
};
const running = { runs: true, parts: [asks] };

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, { runs: false });
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

type Sent = Omit<SentSignal, "runId">;

/** A run that waits, was sent this while no process ran it, and is due. */
async function dueAndSent(
  step: Definition["steps"][number],
  sent: readonly Sent[],
  children: readonly Definition[] = [],
) {
  const app = await w.application();
  for (const child of children) await w.put(app, child);
  const flowId = await w.put(app, { posthorn: 1, flow: "waits", steps: [step], output: { $: `steps.${step.id}` } });
  const before = await w.process(running);
  const [started] = await before.flows.startRuns([
    { appId: app, flow: { name: "waits" }, trigger: "api", input: null },
  ]);
  if (started?.kind !== "started") throw new Error(`It was ${started?.kind}.`);
  const runId = started.id;
  await w.until(async () => (await w.waitingOf(flowId)).length === 1);
  await before.leave();
  await sendSignals(
    w.db,
    sent.map((signal) => ({ runId, ...signal })),
  );
  await w.db.query("update posthorn.run_waiting set due_at = now() where id = $1", [runId]);
  return { flowId, runId };
}

const entriesOf = async (runId: string) =>
  (await w.journal(runId)).map(({ kind, path, attempt }) => `${kind} ${path} ${attempt}`);

const CHILD: Definition = { posthorn: 1, flow: "child", steps: [{ id: "rest", wait: { for: "2h" } }] };
const decided = { approved: true, by: "ada", at: "2026-05-01T00:00:00.000Z", reason: "" };
const told = { id: "msg_1", type: "order.paid", channels: [], data: 7 };
const event = { ...told, receivedAtMs: 1_800_000_000_000 };
const retry = { attempts: 2, wait: "1h", on: ["timeout", "retryable"] } as const;

const answered: Readonly<Record<string, { step: Definition["steps"][number]; sent: Sent; result: Json }>> = {
  approve: {
    step: { id: "ask", approve: { title: "May it?" }, timeout: "1h" },
    sent: { path: "ask", kind: "completed", value: decided },
    result: decided,
  },
  task: {
    step: { id: "ask", task: { name: "nobody" }, timeout: "1h", retry },
    sent: { path: "ask", attempt: 1, kind: "completed", value: 42 },
    result: 42,
  },
  wait_for_event: {
    step: { id: "ask", wait_for_event: { type: "order.paid" }, timeout: "1h" },
    sent: { path: "ask", kind: "wake", value: event as unknown as Json },
    result: { event: { ...told, received_at: "2027-01-15T08:00:00.000Z" } },
  },
  call: {
    step: { id: "ask", call: { flow: "child" }, timeout: "1h", retry },
    sent: { path: "ask", attempt: 1, kind: "completed", value: 42 },
    result: 42,
  },
};

test.each(Object.entries(answered))(
  "an answer that came before the run saw its time run out is its answer: %s",
  async (_kind, { step, sent, result }) => {
    const { flowId, runId } = await dueAndSent(step, [sent], [CHILD]);
    const after = await w.process(running);
    await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
    expect(await entriesOf(runId)).toEqual(["waiting ask 1", "completed ask 1"]);
    expect(await w.ended(flowId, runId)).toMatchObject({ state: "completed", result });
    await after.leave();
  },
  30_000,
);

test("what was sent before the time ran out is heeded in the order in which it was sent", async () => {
  const step = { id: "ask", task: { name: "nobody" }, timeout: "1h" } as const;
  const { flowId, runId } = await dueAndSent(step, [
    { path: "", kind: "cancel", value: "enough" },
    { path: "ask", attempt: 1, kind: "completed", value: 42 },
  ]);
  const after = await w.process(running);
  await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
  expect(await w.ended(flowId, runId)).toMatchObject({ state: "cancelled", result: "enough" });
  expect(await entriesOf(runId)).toEqual(["waiting ask 1", "cancelled  0"]);
  await after.leave();
}, 30_000);

test("between two attempts nothing is awaited: what comes then answers neither", async () => {
  const step = { id: "ask", task: { name: "nobody" }, timeout: "1h", retry } as const;
  const { flowId, runId } = await dueAndSent(step, []);
  const after = await w.process(running);
  await w.until(async () => (await entriesOf(runId)).includes("failed ask 1"));
  await w.until(async () => (await w.waitingOf(flowId)).length === 1);
  const error = { class: "retryable", code: "late", message: "Too late." };
  await sendSignals(w.db, [
    { runId, path: "ask", kind: "failed", value: error },
    { runId, path: "ask", attempt: 2, kind: "completed", value: "of no attempt" },
  ]);
  after.flows.lookNow();
  const left = "select from posthorn.run_signal where run_id = $1";
  await w.until(async () => (await w.db.query(left, [runId])).length === 0);
  expect(await entriesOf(runId)).toEqual(["waiting ask 1", "failed ask 1"]);
  await after.leave();
}, 30_000);
