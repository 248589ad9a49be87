import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Definition } from "#language";
import { deleteApplication } from "#tenancy";
import { testDatabase } from "#test";
import { setFlowMode } from "../flow-store.ts";
import { sendSignals } from "../signal.ts";
import type { Executors, StepResult } from "./executors.ts";
import { type FlowWorld, world } from "./world.ts";

const asked: { readonly path: string; readonly answer: (result: StepResult) => void }[] = [];
const http: Executors["http"] = ({ path }) => {
  const { promise, resolve } = Promise.withResolvers<StepResult>();
  asked.push({ path, answer: resolve });
  return promise;
};

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, { executors: { http } });
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const start = async (appId: string, flow: string) => {
  const [started] = await w.flows.startRuns([{ appId, flow: { name: flow }, trigger: "api" }]);
  if (started?.kind !== "started") throw new Error(`Not started: ${started?.kind}.`);
  return started.id;
};
const endOf = async (flowId: string, runId: string) => {
  await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
  return w.ended(flowId, runId);
};
const entriesOf = async (runId: string) => (await w.journal(runId)).map(({ kind, path }) => `${kind} ${path}`);

const telling = (called: string): Definition => ({
  posthorn: 1,
  flow: "telling",
  steps: [
    { id: "before", map: 1, durable: true },
    {
      id: "tell",
      call: { flow: called, wait: false },
      on_failure: [{ id: "note", map: { $: "error.code" }, durable: true }],
    },
    { id: "after", map: { $: "steps.tell" }, durable: true },
  ],
  output: { $: "steps.after" },
});

test("a call that nobody waits for fails like any other when there is nobody to call; others in the same commit are not touched", async () => {
  const app = await w.application();
  const flowId = await w.put(app, telling("nobody"));
  const other = await w.put(app, {
    posthorn: 1,
    flow: "other",
    steps: [{ id: "tell", emit: { type: "a.b", data: 1 } }],
  });
  const [runId, otherId] = await Promise.all([start(app, "telling"), start(app, "other")]);
  expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: "flow_not_callable" });
  expect(await entriesOf(runId)).toEqual([
    "completed before",
    "failed tell",
    "completed !tell.note",
    "completed after",
  ]);
  expect(await endOf(other, otherId)).toMatchObject({ state: "completed" });
  const callee = await w.put(app, { posthorn: 1, flow: "nobody", steps: [{ id: "m", map: 1 }] });
  await w.db.transaction((tx) => setFlowMode(tx, callee, "disabled"));
  expect(await endOf(flowId, await start(app, "telling"))).toMatchObject({ result: "flow_not_callable" });
  await w.db.transaction((tx) => setFlowMode(tx, callee, "enabled"));
  const good = await start(app, "telling");
  expect(await endOf(flowId, good)).toMatchObject({ result: { run: expect.any(String) } });
  expect(await entriesOf(good)).toEqual(["completed before", "completed tell", "completed after"]);
  await w.until(async () => (await w.endedOf(callee)).length === 1);
}, 20_000);

test("an event that is emitted as its application is deleted is not recorded as told; what came from outside beside it is kept", async () => {
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "late",
    steps: [
      { id: "ask", http: { url: "https://example.com/" } },
      { id: "tell", emit: { type: "a.b", data: { $: "steps.ask" } } },
    ],
  });
  const runId = await start(app, "late");
  await w.until(async () => asked.length === 1);
  await w.db.transaction((tx) => deleteApplication(tx, app));
  asked[0]?.answer({ ok: true, output: "answered" });
  expect(await endOf(flowId, runId)).toMatchObject({ state: "failed", result: { code: "application_gone" } });
  expect(await entriesOf(runId)).toEqual(["completed ask", "failed tell"]);
  expect(asked).toHaveLength(1);
  expect(await w.eventsOf(app)).toEqual([]);
}, 20_000);

test("an answer to a run that has ended is not left behind, and is nothing to look for", async () => {
  const app = await w.application();
  const child = await w.put(app, {
    posthorn: 1,
    flow: "child",
    steps: [{ id: "ask", http: { url: "https://example.com/" } }],
  });
  const parent = await w.put(app, { posthorn: 1, flow: "parent", steps: [{ id: "call", call: { flow: "child" } }] });
  asked.length = 0;
  const parentId = await start(app, "parent");
  await w.until(async () => asked.length === 1 && (await w.waitingOf(parent)).length === 1);
  await w.db.query("delete from posthorn.run_waiting where id = $1", [parentId]);
  asked[0]?.answer({ ok: true, output: null });
  await w.until(async () => (await w.endedOf(child)).length === 1);
  const signals = async () =>
    (await w.db.query("select from posthorn.run_signal where run_id = $1", [parentId])).length;
  expect(await signals()).toBe(0);
  const look = w.flows.looks().find(({ name }) => name === "run_signals");
  const isPending = async () => (await w.db.query<{ is: boolean }>(`select ${look?.pending} as is`))[0]?.is;
  await sendSignals(w.db, [{ runId: parentId, path: "", kind: "wake" }]);
  expect([await signals(), await isPending()]).toEqual([1, false]);
}, 20_000);
