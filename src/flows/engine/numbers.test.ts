import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId } from "#kernel";
import type { Definition, Json } from "#language";
import { testDatabase } from "#test";
import type { CommitPart } from "../commit-part.ts";
import { type FlowWorld, world } from "./world.ts";

// A number that no double can be is neither made null nor another: it is kept as it is, or refused.

/** Tasks that nobody does: the test answers them. */
const tasks: CommitPart = {
  name: "task",
  serves: ["task"],
  concerns: () => false,
  foresee: () => undefined,
  write: () => Promise.reject(new Error("Nothing is written.")),
};

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, { parts: [tasks] });
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const flow = (more: Partial<Definition>): Definition =>
  ({ posthorn: 1, flow: "numbers", steps: [{ id: "a", map: { $: "input" }, durable: true }], ...more }) as Definition;

test("a run whose event holds one fails, and says where; one that holds the largest there is goes on", async () => {
  const app = await w.application();
  const flowId = await w.put(app, flow({ on: [{ event: "counted" }], output: { $: "steps.a" } }));
  for (const payload of ['{"n":[1,-1e400]}', '{"n":1.7976931348623157e308}']) {
    await w.events.append({
      appId: app,
      type: "counted",
      payload: Buffer.from(payload),
      contentType: "application/json",
    });
  }
  await w.until(async () => (await w.endedOf(flowId)).length === 2);
  const ended = new Map((await w.endedOf(flowId)).map(({ state, result }) => [state, result]));
  expect(ended.get("completed")).toEqual({ n: Number.MAX_VALUE });
  expect(ended.get("failed")).toMatchObject({
    class: "invalid",
    code: "input_unreadable",
    message: expect.stringContaining("the number at data.n.1 of its event is out of range"),
  });
});

test("what a worker returned with one fails its step, and says where", async () => {
  const app = await w.application();
  const flowId = await w.put(app, flow({ steps: [{ id: "t", task: { name: "count" }, retry: { attempts: 1 } }] }));
  const [started] = await w.flows.startRuns([
    { appId: app, flow: { name: "numbers" }, trigger: "api", input: null as Json },
  ]);
  if (started?.kind !== "started") throw new Error(`Not started: ${started?.kind}.`);
  await w.until(async () => (await w.waitingOf(flowId)).length === 1);
  await w.db.query(
    "insert into posthorn.run_signal (id, run_id, path, kind, value) values ($1, $2, 't', 'completed', $3)",
    [newId(), started.id, Buffer.from('{"total":1e999}')],
  );
  w.flows.lookNow();
  await w.until(async () => (await w.endedOf(flowId)).length === 1);
  expect(await w.endedOf(flowId)).toMatchObject([
    {
      state: "failed",
      result: { class: "invalid", code: "number_out_of_range", message: expect.stringContaining("output.total") },
    },
  ]);
});
