import { expect, test } from "bun:test";
import { createLog, type Db, newId, type Outcome, type Queryable } from "#kernel";
import { createEndpointHealth } from "./health.ts";
import { type Lane, newLane } from "./lane.ts";

const GONE: Outcome = { class: "gone", reason: "http_410" } as Outcome;

function laneOf(): Lane {
  return newLane(newId(), newId());
}

function watching(stopEndpoint: (id: string) => Promise<boolean>) {
  const tx: Queryable = { query: async () => [] };
  return createEndpointHealth({
    isAlone: () => false,
    db: { transaction: (work: (tx: Queryable) => Promise<unknown>) => work(tx) } as unknown as Db,
    log: createLog({ level: "fatal", format: "json" }),
    now: Date.now,
    monotonic: performance.now.bind(performance),
    stopEndpoint: (_, { id }) => stopEndpoint(id),
  });
}

test("P6: endpoints that say 410 are stopped, also those that say it while others are being written", async () => {
  const stopped: string[] = [];
  const lanes = [laneOf(), laneOf(), laneOf()];
  const health = watching(async (id) => {
    stopped.push(id);
    // The next is found out about in each of the turns in which the writing may just be ending.
    let turn = Promise.resolve();
    for (let i = 0; i < 8; i++) turn = turn.then(() => undefined);
    const next = lanes[stopped.length];
    if (next !== undefined) void turn.then(() => health.observe(next, GONE, next.breaker, Date.now()));
    return true;
  });
  const [first] = lanes;
  if (first !== undefined) health.observe(first, GONE, first.breaker, Date.now());
  while (stopped.length < lanes.length) await new Promise((resolve) => setImmediate(resolve));
  await health.stop();
  expect(stopped).toEqual(lanes.map(({ endpointId }) => endpointId));
});

test("P7: a fault of ours over one endpoint ends nothing for the others", async () => {
  const [broken, fine] = [laneOf(), laneOf()];
  const stopped: string[] = [];
  const health = watching(async (id) => {
    if (id === broken.endpointId) throw new Error("Its headers cannot be opened.");
    stopped.push(id);
    return true;
  });
  for (const lane of [broken, fine]) health.observe(lane, GONE, lane.breaker, Date.now());
  await health.stop();
  expect(stopped).toEqual([fine.endpointId]);
});
