import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Definition, Json, StepError } from "#language";
import { testDatabase } from "#test";
import type { Executors, StepResult } from "../engine/executors.ts";
import { type FlowWorld, world } from "../engine/world.ts";
import { sendSignals } from "../signal.ts";

/** Requests that the test answers by hand; those of runs that gave them up are answered too, as a request that was cut off. */
interface Asked {
  readonly signal: AbortSignal;
  answer(result: StepResult): void;
}
const asked: Asked[] = [];
const http: Executors["http"] = (_command, _run, _flow, signal) => {
  const { promise, resolve } = Promise.withResolvers<StepResult>();
  const cut: StepResult = { ok: false, error: { class: "ambiguous", code: "interrupted", message: "Cut off." } };
  signal.addEventListener("abort", () => resolve(cut));
  asked.push({ signal, answer: resolve });
  return promise;
};

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, { executors: { http } });
});
beforeEach(() => {
  asked.length = 0;
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const CHILD: Definition = {
  posthorn: 1,
  flow: "child",
  steps: [{ id: "ask", http: { method: "GET", url: "https://example.com/" }, retry: { attempts: 1 } }],
  output: { $: "steps.ask" },
};

/** An application with the flow `child`, which asks, and `parent`, which has these steps; and a run of the latter. */
async function family(parent: Omit<Definition, "posthorn" | "flow">) {
  const app = await w.application();
  const child = await w.put(app, CHILD);
  const parentFlow = await w.put(app, { posthorn: 1, flow: "parent", ...parent });
  const [started] = await w.flows.startRuns([{ appId: app, flow: { name: "parent" }, trigger: "api", input: null }]);
  if (started?.kind !== "started") throw new Error(`Not started: ${started?.kind}.`);
  return { child, parent: parentFlow, runId: started.id };
}

const endOf = async (flowId: string, runId: string) => {
  await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
  return w.ended(flowId, runId);
};
const statesOf = async (flowId: string) => (await w.endedOf(flowId)).map(({ state }) => state);
const entriesOf = async (runId: string) =>
  (await w.journal(runId)).map(({ kind, path, attempt }) => `${kind} ${path} ${attempt}`);

test("each attempt of a call is answered by its own run, and one that timed out takes its run along", async () => {
  const { child, parent, runId } = await family({
    steps: [
      { id: "ask", call: { flow: "child" }, timeout: "300ms", retry: { attempts: 2, wait: "10ms", on: ["timeout"] } },
    ],
    output: { $: "steps.ask" },
  });
  await w.until(async () => asked.length === 2);
  // The first run is cancelled while the second is still asking: what it ends with is no answer to the second attempt.
  await w.until(async () => (await w.endedOf(child)).length === 1);
  expect(await statesOf(child)).toEqual(["cancelled"]);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  asked[1]?.answer({ ok: true, output: "the second" });
  expect(await endOf(parent, runId)).toMatchObject({ state: "completed", result: "the second" });
  expect(await entriesOf(runId)).toEqual(["waiting ask 1", "failed ask 1", "waiting ask 2", "completed ask 2"]);
}, 20_000);

test("an answer that was on its way when its attempt timed out answers no other", async () => {
  const { parent, runId } = await family({
    steps: [
      { id: "ask", call: { flow: "child" }, timeout: "10s", retry: { attempts: 2, wait: "10ms", on: ["retryable"] } },
    ],
    output: { $: "steps.ask" },
  });
  await w.until(async () => asked.length === 1);
  const error = { class: "retryable", code: "once_more", message: "Not yet." } as unknown as Json;
  await sendSignals(w.db, [{ runId, path: "ask", attempt: 1, kind: "failed", value: error }]);
  w.flows.lookNow();
  await w.until(async () => asked.length === 2);
  await sendSignals(w.db, [
    { runId, path: "ask", attempt: 1, kind: "completed", value: "late" },
    { runId, path: "ask", attempt: 1, kind: "failed", value: error },
  ]);
  w.flows.lookNow();
  await w.until(
    async () => (await w.db.query("select from posthorn.run_signal where run_id = $1", [runId])).length === 0,
  );
  expect(await w.ended(parent, runId)).toBeUndefined();
  asked[1]?.answer({ ok: true, output: "the second" });
  expect(await endOf(parent, runId)).toMatchObject({ state: "completed", result: "the second" });
}, 20_000);

test("a call that timed out for good takes its run along, though the one that called it goes on", async () => {
  const { child, runId } = await family({
    steps: [
      {
        id: "ask",
        call: { flow: "child" },
        timeout: "200ms",
        on_failure: [{ id: "rest", wait: { for: "1h" } }],
      },
    ],
  });
  await w.until(async () => (await w.endedOf(child)).length === 1);
  expect(await statesOf(child)).toEqual(["cancelled"]);
  await w.until(async () => (await entriesOf(runId)).includes("waiting !ask.rest 1"));
  await sendSignals(w.db, [{ runId, path: "", kind: "cancel", value: "enough" }]);
  w.flows.lookNow();
}, 20_000);

test("a run that nobody waits for is left alone when the one that began it ends", async () => {
  const { child, parent, runId } = await family({
    steps: [
      { id: "ask", call: { flow: "child", wait: false } },
      { id: "no", fail: { message: "not today", code: "refused" } },
    ],
  });
  expect(await endOf(parent, runId)).toMatchObject({ state: "failed" });
  await w.until(async () => asked.length === 1);
  asked[0]?.answer({ ok: true, output: 1 });
  await w.until(async () => (await w.endedOf(child)).length === 1);
  expect(await statesOf(child)).toEqual(["completed"]);
}, 20_000);

test("a call that is given up in the commit that records it begins no run", async () => {
  const { child, parent, runId } = await family({
    steps: [
      {
        id: "fan",
        parallel: {
          left: [{ id: "ask", call: { flow: "child" } }],
          right: [{ id: "no", fail: { message: "not today", code: "refused" } }],
        },
      },
    ],
  });
  expect(await endOf(parent, runId)).toMatchObject({ state: "failed" });
  const error = (await w.ended(parent, runId))?.result as unknown as StepError;
  expect(error.code).toBe("refused");
  const ofChild =
    "select id from posthorn.run_leased where flow_id = $1 union all select id from posthorn.run_waiting where flow_id = $1";
  expect(await w.db.query(ofChild, [child])).toEqual([]);
  expect(await w.endedOf(child)).toEqual([]);
}, 20_000);

test("a repetition of a called run is no call of the run that it repeats, and goes on when that ends", async () => {
  const { child, parent, runId } = await family({ steps: [{ id: "ask", call: { flow: "child" } }] });
  await w.until(async () => asked.length === 1);
  const [{ app_id: appId } = { app_id: "" }] = await w.db.query<{ app_id: string }>(
    "select app_id from posthorn.run_leased where parent_id = $1",
    [runId],
  );
  // As a rerun is started: its parent is what it repeats, whose facts, of the call that began it, it has.
  const facts = { path: "ask", attempt: 1, rerunOf: runId };
  const [again] = await w.flows.startRuns([
    { appId, flow: { name: "child" }, trigger: "rerun", input: null, facts, parentId: runId },
  ]);
  if (again?.kind !== "started") throw new Error(`Not started: ${again?.kind}.`);
  await w.until(async () => asked.length === 2);
  asked[0]?.answer({ ok: true, output: "the called" });
  expect(await endOf(parent, runId)).toMatchObject({ state: "completed" });
  const cancelled = await w.db.query(
    `select from posthorn.run_signal where run_id = $1 union all
     select from posthorn.run_step where run_id = $1 and kind = 'cancelled' union all
     select from posthorn.run_ended where id = $1`,
    [again.id],
  );
  expect(cancelled).toHaveLength(0);
  asked[1]?.answer({ ok: true, output: "once more" });
  expect(await endOf(child, again.id)).toMatchObject({ state: "completed", result: "once more" });
}, 20_000);
