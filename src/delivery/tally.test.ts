import { afterAll, beforeAll, expect, test } from "bun:test";
import { DatabaseError, type Db, newId, openDb, percentilesMs } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { createEndpointTally, ENDPOINTS_PER_MINUTE_MAX, endpointSeries, forgetEndpointTallies } from "./tally.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const MINUTE = 60_000;

test("minutes of several processes add up, and writing one down twice counts it once", async () => {
  // The three minutes lie in one step of ten, whatever the time is.
  const startMs = Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE - 10 * MINUTE;
  let now = startMs;
  const [endpoint, app] = [newId(), newId()];
  const tallies = [createEndpointTally(() => now), createEndpointTally(() => now)];
  for (let minute = 0; minute < 3; minute++) {
    now = startMs + minute * MINUTE;
    for (const [process, tally] of tallies.entries()) {
      for (let i = 0; i < 10; i++)
        tally.count(endpoint, app, i < 7 ? "delivered" : i < 9 ? "failed" : "ambiguous", 0.02, now);
      await tally.flush(db, String(process + 1));
      tally.count(endpoint, app, "delivered", 0.5, now);
      await tally.flush(db, String(process + 1));
      await tally.flush(db, String(process + 1));
    }
  }
  const { points, isComplete } = await endpointSeries(db, endpoint, startMs, startMs + 4 * MINUTE, MINUTE);
  expect(isComplete).toBe(true);
  expect(points.map(({ attempts, delivered, failed, ambiguous }) => [attempts, delivered, failed, ambiguous])).toEqual([
    [22, 16, 6, 2],
    [22, 16, 6, 2],
    [22, 16, 6, 2],
    [0, 0, 0, 0],
  ]);
  const [whole] = (await endpointSeries(db, endpoint, startMs, startMs + 3 * MINUTE, 10 * MINUTE)).points;
  expect(whole?.attempts).toBe(66);
  const latency = percentilesMs(whole?.latency);
  expect(latency?.p50).toBeWithin(19, 21);
  expect(latency?.p99).toBeWithin(476, 525);
});

test("what cannot be written is kept, and written with the next", async () => {
  const startMs = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE;
  let now = startMs;
  const [endpoint, app] = [newId(), newId()];
  const tally = createEndpointTally(() => now);
  tally.count(endpoint, app, "delivered", 0.01, now);
  const away = { query: () => Promise.reject(new DatabaseError("unavailable", "It is away.")) };
  expect(tally.flush(away, "1")).rejects.toThrow("It is away.");
  tally.count(endpoint, app, "delivered", 0.01, now);
  now += MINUTE;
  tally.count(endpoint, app, "failed", 0.01, now);
  await tally.flush(db, "1");
  const { points } = await endpointSeries(db, endpoint, startMs, startMs + 2 * MINUTE, MINUTE);
  expect(points.map(({ delivered, failed }) => [delivered, failed])).toEqual([
    [2, 0],
    [0, 1],
  ]);
});

test("P7: more endpoints than are counted one by one are counted together, and a chart says that it may lack some", async () => {
  const startMs = Math.floor(Date.now() / MINUTE) * MINUTE - 30 * MINUTE;
  let now = startMs;
  const app = newId();
  const tally = createEndpointTally(() => now);
  const endpoints = Array.from({ length: ENDPOINTS_PER_MINUTE_MAX + 5 }, () => newId());
  for (const endpoint of endpoints) tally.count(endpoint, app, "delivered", 0.01, now);
  expect(tally.overflow).toBe(5);
  // Too many to write them again and again: the minute waits until it is over.
  await tally.flush(db, "7");
  const rows = () =>
    db.query<{ n: number; sum: number }>(
      "select count(*)::int as n, coalesce(sum(attempts), 0)::int as sum from posthorn.endpoint_tally where process = 7",
    );
  expect((await rows())[0]?.n).toBe(0);
  now += MINUTE;
  await tally.flush(db, "7");
  expect((await rows())[0]).toEqual({ n: ENDPOINTS_PER_MINUTE_MAX + 1, sum: ENDPOINTS_PER_MINUTE_MAX + 5 });
  const first = await endpointSeries(db, endpoints[0] ?? "", startMs, startMs + MINUTE, MINUTE);
  expect([first.points[0]?.attempts, first.isComplete]).toEqual([1, false]);
});

test("tallies are kept for a day", async () => {
  const endpoint = newId();
  const now = Date.now() - 25 * 3_600_000;
  const tally = createEndpointTally(() => now);
  tally.count(endpoint, newId(), "delivered", 0.01, now);
  await tally.flush(db, "9");
  await forgetEndpointTallies(db);
  expect(await db.query("select from posthorn.endpoint_tally where process = 9")).toEqual([]);
});
