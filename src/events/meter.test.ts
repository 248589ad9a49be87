import { afterAll, beforeAll, expect, test } from "bun:test";
import { createTelemetry, type Db, newId, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import type { NewEvent } from "./append.ts";
import { createAppendMeter } from "./meter.ts";
import { forgetEventTallies, mostEvents } from "./tally.ts";

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

const event = (appId: string, sourceId?: string): NewEvent => ({
  appId,
  type: "order.placed",
  payload: new Uint8Array(10),
  contentType: "application/json",
  sourceId,
});

test("what was committed is counted by its origin and its application; a repetition is not", async () => {
  const telemetry = createTelemetry({ version: "1", roles: [], poolMax: 1, now: Date.now });
  const meter = createAppendMeter(telemetry, Date.now);
  const [busy, calm] = [newId(), newId()];
  const reader = telemetry.tail.open({ kinds: new Set(["event"]), appId: busy }, "me");
  meter.onAppended(
    [event(busy), event(busy, newId()), event(calm), event(calm), event(calm)],
    [
      { kind: "appended", id: newId() },
      { kind: "appended", id: newId() },
      { kind: "appended", id: newId() },
      { kind: "repeated", id: newId() },
      { kind: "no_application" },
    ],
  );
  meter.onAppended([event(busy)], [{ kind: "appended", id: newId() }]);
  expect(telemetry.registry.counted("eventsAppended")).toEqual([
    { labels: { origin: "api" }, n: 3 },
    { labels: { origin: "source" }, n: 1 },
  ]);
  expect(telemetry.registry.counted("eventsBytes")[0]?.n).toBe(40);
  expect(telemetry.totals.eventsIn).toBe(4);
  expect(reader?.take().happenings.length).toBe(3);
  await meter.flush(db, "1");
  await meter.flush(db, "1");
  expect([...(await mostEvents(db, 3_600_000, 5))]).toEqual([
    { appId: busy, value: 3 },
    { appId: calm, value: 1 },
  ]);
  await db.query("update posthorn.event_tally set minute = minute - interval '25 hours' where app_id = $1::uuid", [
    busy,
  ]);
  await forgetEventTallies(db);
  expect([...(await mostEvents(db, 1e12, 5))]).toEqual([{ appId: calm, value: 1 }]);
});
