import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { world } from "./world.ts";

test("what falls due just after others of its application were taken up is looked for at its time, by nobody's hint", async () => {
  await using database = await testDatabase();
  // Nothing else looks: no other process, no shared look, and this one by itself not within the test.
  await using w = await world(database.url, { idleMs: 600_000 });
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "naps",
    steps: [
      { id: "nap", wait: { for: { $: "input" } } },
      { id: "up", map: 1, durable: true },
    ],
  });
  await w.flows.startRuns(
    ["2100ms", "2400ms", "2700ms"].map((input) => ({ appId: app, flow: { name: "naps" }, trigger: "api", input })),
  );
  await w.until(async () => (await w.endedOf(flowId)).length === 3);
  expect(w.flows.stats().parked).toBe(3);
}, 40_000);
