import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { world } from "./world.ts";

test("P2: runs of an ended process that nobody moved are given back and go on", async () => {
  await using database = await testDatabase();
  await using w = await world(database.url, { runs: false });
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "rests",
    steps: [
      { id: "rest", wait: { for: "1s" } },
      { id: "after", map: 1, durable: true },
    ],
  });
  const lost = await w.process({ runs: true });
  const requests = Array.from({ length: 3 }, () => ({ appId: app, flow: { name: "rests" }, trigger: "api" }) as const);
  await lost.flows.startRuns(requests);
  await w.until(async () => lost.flows.stats().commits === 3);
  const owner = lost.membership.token;
  await lost.vanish();
  // As a process of an earlier build does that finds it dead: its row is ended, its runs stay where they are.
  await w.db.query("update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1::bigint", [
    owner,
  ]);
  const left = await w.db.query("select from posthorn.run_leased where owner = $1::bigint", [owner]);
  expect(left).toHaveLength(3);

  const heir = await w.process({ runs: true });
  await heir.flows
    .looks()
    .find(({ name }) => name === "runs_forgotten")
    ?.run();
  await w.until(async () => (await w.endedOf(flowId)).length === 3);
  expect((await w.endedOf(flowId)).map(({ state }) => state)).toEqual(["completed", "completed", "completed"]);
  await heir.leave();
}, 30_000);
