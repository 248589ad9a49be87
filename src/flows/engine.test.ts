import { afterAll, beforeAll, expect, test } from "bun:test";
import { type FlowWorld, world } from "./engine/world.ts";

let w: FlowWorld;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w[Symbol.asyncDispose]());

const three = (flow = "three") =>
  ({
    posthorn: 1,
    flow,
    steps: [
      { id: "a", map: { n: { $: "input.n + 1" } }, durable: true },
      { id: "b", map: { n: { $: "steps.a.n + 1" } }, durable: true },
      { id: "c", map: { n: { $: "steps.b.n + 1" } }, durable: true },
    ],
    output: { $: "steps.c.n" },
  }) as const;

test("an API start of three durable maps ends, with a journal of three and the rows of nothing else", async () => {
  const app = await w.application();
  const flowId = await w.put(app, three());
  const [started] = await w.flows.startRuns([{ appId: app, flow: { name: "three" }, trigger: "api", input: { n: 1 } }]);
  if (started?.kind !== "started") throw new Error(`not started: ${started?.kind}`);
  expect(await w.flows.waitFor({ runId: started.id, flowId }, 5_000)).toEqual({ kind: "ended", state: "completed" });
  expect(await w.ended(flowId, started.id)).toMatchObject({ state: "completed", result: 4, steps: 3, trigger: "api" });
  expect((await w.journal(started.id)).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "completed a",
    "completed b",
    "completed c",
  ]);
  expect(await w.live()).toBe(0);
});

test("an event starts a run, which emits another, which starts another", async () => {
  const app = await w.application();
  const first = await w.put(app, {
    posthorn: 1,
    flow: "first",
    on: [{ event: "order.placed" }],
    steps: [
      { id: "sum", map: { total: { $: "event.data.net * 2" } } },
      { id: "tell", emit: { type: "order.summed", data: { $: "steps.sum" } } },
    ],
    output: { $: "steps.tell.id" },
  });
  const second = await w.put(app, {
    posthorn: 1,
    flow: "second",
    on: [{ event: "order.summed" }],
    steps: [{ id: "see", map: { $: "event.data.total" }, durable: true }],
    output: { $: "steps.see" },
  });
  await w.events.append({
    appId: app,
    type: "order.placed",
    payload: Buffer.from('{"net": 21}'),
    contentType: "application/json",
  });
  await w.until(async () => (await w.endedOf(second)).length === 1);
  expect(await w.endedOf(first)).toMatchObject([{ state: "completed", trigger: "event", depth: 0 }]);
  expect(await w.endedOf(second)).toMatchObject([{ state: "completed", result: 42, trigger: "event", depth: 1 }]);
  expect(await w.eventsOf(app)).toEqual(["order.placed", "order.summed"]);
});
