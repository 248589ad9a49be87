import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Definition, Json, StepError } from "#language";
import { testDatabase } from "#test";
import { createAdmission } from "../control/admission.ts";
import { SILENT } from "../control/test-kit.ts";
import { type FlowWorld, world } from "./world.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url, {
    admission: {
      admit: (candidates) =>
        createAdmission({
          db: w.db,
          log: SILENT,
          token: () => w.membership.token,
          onDue: () => w.flows.lookNow(),
        }).admit(candidates),
    },
  });
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const priced = (flow: string, more: Partial<Definition> = {}): Definition => ({
  posthorn: 1,
  flow,
  input: { type: "object", properties: { price: { type: "number" } }, required: ["price"] },
  steps: [{ id: "double", map: { $: "input.price * 2.0" }, durable: true }],
  output: { $: "steps.double" },
  ...more,
});
const append = (appId: string, type: string, data: Json) =>
  w.events.append({ appId, type, payload: Buffer.from(JSON.stringify(data)), contentType: "application/json" });
const results = async (flowId: string, n: number) => {
  await w.until(async () => (await w.endedOf(flowId)).length === n);
  return (await w.endedOf(flowId)).map(({ state, steps, result }) => ({ state, steps, result }));
};
const REFUSED = { state: "failed", steps: 0, result: { class: "invalid", code: "input_invalid", at: "input" } };

test("a run whose event does not fit the input schema fails before its first step, and says where; one that fits goes on", async () => {
  const app = await w.application();
  const flowId = await w.put(app, priced("by-event", { on: [{ event: "order.placed" }] }));
  await append(app, "order.placed", { price: "free" });
  await append(app, "order.placed", { price: 4 });
  const [bad, good] = (await results(flowId, 2)).sort((a, b) => a.state.localeCompare(b.state)).reverse();
  expect(good).toEqual({ state: "completed", steps: 1, result: 8 });
  expect(bad).toMatchObject({ state: "failed", steps: 0, result: { code: "input_invalid", at: "input" } });
  expect((bad?.result as unknown as StepError | undefined)?.message).toStartWith("The input does not fit at /price: ");
});

test("a call is answered with the failure of the run that could not begin", async () => {
  const app = await w.application();
  const child = await w.put(app, priced("callee"));
  const parent = await w.put(app, {
    posthorn: 1,
    flow: "caller",
    steps: [{ id: "ask", call: { flow: "callee", input: { cost: 1 } } }],
  });
  await w.flows.startRuns([{ appId: app, flow: { name: "caller" }, trigger: "api" }]);
  expect(await results(child, 1)).toMatchObject([{ state: "failed", steps: 0, result: { code: "input_invalid" } }]);
  expect(await results(parent, 1)).toMatchObject([
    { state: "failed", result: { code: "call_failed", detail: { code: "input_invalid" } } },
  ]);
});

test("an event that no trigger's `if` wants is not held against the schema", async () => {
  const app = await w.application();
  const flowId = await w.put(
    app,
    priced("choosy", { on: [{ event: "order.placed", if: "event.data.kind == 'sale'" }] }),
  );
  await append(app, "order.placed", { kind: "gift" });
  await append(app, "order.placed", { kind: "sale" });
  await append(app, "order.placed", { kind: "sale", price: 1 });
  const ended = await results(flowId, 2);
  expect(ended.map(({ state }) => state).sort()).toEqual(["completed", "failed"]);
  await w.until(async () => (await w.live()) === 0);
  expect(await w.endedOf(flowId)).toHaveLength(2);
});

test("one that does not fit spoils no batch: the others of it are begun together", async () => {
  const app = await w.application();
  const flowId = await w.put(
    app,
    priced("together", {
      on: [{ event: "order.placed" }],
      control: { batch: { size: 2, wait: "1h" } },
      steps: [{ id: "sum", map: { $: "input.map(each, each.price)" }, durable: true }],
      output: { $: "steps.sum" },
    }),
  );
  for (const price of [1, "free", 2]) await append(app, "order.placed", { price } as Json);
  const ended = await results(flowId, 2);
  expect(ended.find(({ state }) => state === "failed")).toMatchObject({ result: { code: "input_invalid" } });
  const sum = ended.find(({ state }) => state === "completed")?.result as number[] | undefined;
  expect(sum?.toSorted()).toEqual([1, 2]);
});

test("what other runs, schedules and people begin with is checked alike", async () => {
  const app = await w.application();
  const flowId = await w.put(app, priced("checked"));
  await w.flows.startRuns(
    (["schedule", "run", "manual", "rerun"] as const).map((trigger) => ({
      appId: app,
      flow: { name: "checked" },
      trigger,
      input: { price: null },
    })),
  );
  for (const row of await results(flowId, 4)) expect(row).toMatchObject(REFUSED);
});
