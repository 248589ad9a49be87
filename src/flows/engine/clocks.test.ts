import { afterAll, beforeAll, expect, test } from "bun:test";
import { testDatabase } from "#test";
import { sendSignals } from "../signal.ts";
import { type FlowWorld, world } from "./world.ts";

// Processes whose clocks are an hour behind and an hour ahead of the database's, in every pairing of who writes and who takes up.

const HOUR_MS = 3_600_000;
const SHIFTS = [-HOUR_MS, 0, HOUR_MS];
const shifted = (ms: number) => ({ runs: true, now: () => Date.now() + ms });

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

async function parked(flowId: string): Promise<number> {
  await w.until(async () => (await w.waitingOf(flowId)).length === 1);
  const [row] = await w.waitingOf(flowId);
  if (row?.due_in_ms == null) throw new Error("It waits for nothing.");
  return row.due_in_ms;
}

for (const wrote of SHIFTS) {
  for (const takes of SHIFTS) {
    test(`a run parked by a clock ${wrote / 1_000} s off is taken up at its time by one ${takes / 1_000} s off, not before`, async () => {
      const app = await w.application();
      const flowId = await w.put(app, {
        posthorn: 1,
        flow: "waits",
        steps: [
          { id: "rest", wait: { for: "60s" } },
          { id: "after", map: 1, durable: true },
        ],
      });
      const writer = await w.process(shifted(wrote));
      const [started] = await writer.flows.startRuns([{ appId: app, flow: { name: "waits" }, trigger: "api" }]);
      if (started?.kind !== "started") throw new Error(`It was ${started?.kind}.`);
      expect(await parked(flowId)).toBeWithin(30_000, 60_001);
      await writer.leave();

      const taker = await w.process(shifted(takes));
      await sendSignals(w.db, [{ runId: started.id, path: "", kind: "wake" }]);
      taker.flows.lookNow();
      await w.until(async () => taker.flows.stats().parked === 1);
      expect(await parked(flowId)).toBeWithin(20_000, 60_001);

      await w.db.query("update posthorn.run_waiting set due_at = now() where id = $1", [started.id]);
      taker.flows.lookNow();
      await w.until(async () => (await w.ended(flowId, started.id)) !== undefined);
      expect(await w.ended(flowId, started.id)).toMatchObject({ state: "completed" });
      expect(taker.flows.stats().parked).toBe(1);
      await taker.leave();
    }, 30_000);
  }
}
