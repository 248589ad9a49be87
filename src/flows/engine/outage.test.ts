import { expect, test } from "bun:test";
import { freshServer } from "#test";
import { world } from "./world.ts";

test("P1: runs under way when the database dies end once it is back, each once", async () => {
  await using server = await freshServer();
  await using w = await world(server.url);
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "three",
    steps: [
      { id: "a", map: { $: "input + 1" }, durable: true },
      { id: "b", map: { $: "steps.a + 1" }, durable: true },
      { id: "tell", emit: { type: "a.told", data: { $: "steps.b" } } },
    ],
    output: { $: "steps.b" },
  });
  const ids: string[] = [];
  const begin = async (n: number) => {
    const requests = Array.from({ length: n }, (_, i) => ({
      appId: app,
      flow: { name: "three" },
      trigger: "api" as const,
      input: i,
    }));
    for (const started of await w.flows.startRuns(requests)) if (started.kind === "started") ids.push(started.id);
  };
  await begin(500);
  await server.kill();
  await server.restart();
  await w.until(async () => (await w.endedOf(flowId).catch(() => [])).length === 500);
  await begin(10);
  await w.until(async () => (await w.endedOf(flowId)).length === 510);
  const ended = await w.endedOf(flowId);
  expect(new Set(ended.map(({ id }) => id))).toEqual(new Set(ids));
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
  expect((await w.eventsOf(app)).length).toBe(510);
  expect(await w.live()).toBe(0);
}, 60_000);
