import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  createLog,
  DatabaseError,
  type Db,
  newId,
  newIdAt,
  openDb,
  parsePublicId,
  publicId,
  type Queryable,
} from "#kernel";
import { createApplication, liveApplications, OPERATIONAL_APP_ID } from "#tenancy";
import { testDatabase } from "#test";
import { createEventLog, type EventLog } from "./append.ts";
import { giveNotice, type Notice } from "./notice.ts";
import { NOTICE_AGE_MS, relayNotices } from "./notice-relay.ts";
import { ensureEventPartitions } from "./upkeep.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
let events: EventLog;
const log = createLog({ level: "silent", format: "json" });

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 6 });
  await ensureEventPartitions(db, Date.now());
  events = createEventLog({ db, planners: [], liveApplications });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const table of ["notice", "endpoint", "event"]) await db.query(`delete from posthorn.${table}`);
});

async function listener(types: string | null = null, mode = "enabled"): Promise<string> {
  const id = newId();
  await db.query(
    `insert into posthorn.endpoint (id, app_id, url, event_types, mode, mode_reason)
     values ($1, $2, 'https://ops.test', $3::text[], $4, case when $4 <> 'enabled' then 'operator' end)`,
    [id, OPERATIONAL_APP_ID, types, mode],
  );
  return id;
}

const about = (fields: Partial<Notice> = {}): Notice => ({
  type: "endpoint.updated",
  appId: newId(),
  endpointId: newId(),
  ...fields,
});

const pending = async () => (await db.query<{ n: number }>("select count(*)::int as n from posthorn.notice"))[0]?.n;

async function appended(): Promise<
  { type: string; hops: number; said: { type: string; data: Record<string, unknown> } }[]
> {
  const rows = await db.query<{ type: string; hops: number; payload: Uint8Array }>(
    "select type, hops, payload from posthorn.event where app_id = $1 order by id",
    [OPERATIONAL_APP_ID],
  );
  return rows.map(({ type, hops, payload }) => ({ type, hops, said: JSON.parse(Buffer.from(payload).toString()) }));
}

const relay = (over: Partial<Parameters<typeof relayNotices>[0]> = {}) =>
  relayNotices({ db, log, events, liveApplications, now: Date.now, ...over });

test("the database and the program mean the same operational application", async () => {
  expect(await db.query("select posthorn.operational_app() as id")).toEqual([{ id: OPERATIONAL_APP_ID }]);
});

test("a notice is written only where somebody listens to its type, and is held for who is paused", async () => {
  const given = async (notice: Notice) => {
    await db.query("delete from posthorn.notice");
    await giveNotice(db, notice);
    return (await pending()) === 1;
  };
  expect(await given(about())).toBe(false);
  await listener('{"endpoint.created"}');
  await listener(null, "disabled");
  expect(await given(about())).toBe(false);
  expect(await given(about({ type: "endpoint.created" }))).toBe(true);
  await listener('{"endpoint.updated"}', "paused");
  expect(await given(about())).toBe(true);
});

test("nothing that happens to the operational application is told", async () => {
  const id = await listener();
  await giveNotice(db, about({ appId: OPERATIONAL_APP_ID, endpointId: id }));
  await giveNotice(db, about({ type: "message.attempt.exhausted", appId: OPERATIONAL_APP_ID, endpointId: id }));
  expect(await pending()).toBe(0);
});

test("a notice is part of its transition: undone with it", async () => {
  await listener();
  const undone = db.transaction(async (tx) => {
    await giveNotice(tx, about());
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  expect(await pending()).toBe(0);
});

test("P7: notices that nobody takes are bounded", async () => {
  await listener();
  await db.query(
    "insert into posthorn.notice (id, type) select uuidv7(), 'endpoint.updated' from generate_series(1, 9999)",
  );
  for (let i = 0; i < 3; i++) await giveNotice(db, about());
  expect(await pending()).toBe(10_000);
});

test("a notice becomes an event of the operational application, in the words of the API, and is gone", async () => {
  await listener();
  const app = await createApplication(db, {
    name: "Acme",
    uid: "acme",
    throttleRate: undefined,
    quotas: { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined },
    metadata: {},
  });
  if (app === "uid_taken") throw new Error("The uid is free in a fresh database.");
  const ordered = await events.append({
    appId: app.id,
    type: "order.placed",
    uid: "order-7",
    payload: Buffer.from("{}"),
    contentType: "application/json",
  });
  if (ordered.kind !== "appended") throw new Error(ordered.kind);
  const endpointId = newId();
  await db.query("insert into posthorn.endpoint (id, app_id, uid, url) values ($1, $2, 'main', 'https://a.test')", [
    endpointId,
    app.id,
  ]);
  const attemptId = newIdAt(Date.parse("2026-01-31T12:00:00.250Z"));
  const attempt = { eventId: ordered.id, id: attemptId, status: undefined };
  await giveNotice(db, { type: "message.attempt.failing", appId: app.id, endpointId, attempt, hops: 2 });
  await giveNotice(db, { type: "endpoint.breaker_opened", appId: app.id, endpointId, data: { opens: 3 } });
  await giveNotice(db, { type: "delivery.backlog_aged", data: { ageSeconds: 9 } });
  expect(await relay()).toBe(3);
  const ofApp = { appId: publicId("app", app.id), appUid: "acme", endpointId: publicId("ep", endpointId) };
  expect(await appended()).toEqual([
    {
      type: "message.attempt.failing",
      hops: 3,
      said: {
        type: "message.attempt.failing",
        data: {
          ...ofApp,
          msgId: publicId("msg", ordered.id),
          msgEventId: "order-7",
          lastAttempt: {
            id: publicId("atmpt", attemptId),
            responseStatusCode: 0,
            timestamp: "2026-01-31T12:00:00.250Z",
          },
        },
      },
    },
    {
      type: "endpoint.breaker_opened",
      hops: 0,
      said: { type: "endpoint.breaker_opened", data: { ...ofApp, endpointUid: "main", opens: 3 } },
    },
    { type: "delivery.backlog_aged", hops: 0, said: { type: "delivery.backlog_aged", data: { ageSeconds: 9 } } },
  ]);
  expect(await pending()).toBe(0);
});

/** A database that dies at a statement: the program that asked is as good as killed there. */
function dyingAt(text: string): Db {
  const query: Queryable["query"] = async (statement, params) => {
    if (statement.includes(text)) throw new DatabaseError("unavailable", "killed here");
    return db.query(statement, params);
  };
  return { ...db, query };
}

test("P2: a relay that dies between the append and the end of a notice makes one event of it", async () => {
  await listener();
  await giveNotice(db, about());
  await expect(relay({ db: dyingAt("delete from posthorn.notice") })).rejects.toThrow("killed here");
  expect(await appended()).toHaveLength(1);
  // Another process may take it once the first one's time is over.
  expect(await relay()).toBe(0);
  await db.query("update posthorn.notice set taken_until = now() - interval '1 second'");
  expect(await relay()).toBe(1);
  expect(await appended()).toHaveLength(1);
  expect(await pending()).toBe(0);
});

test("P2: several processes that relay at once make one event of each notice", async () => {
  await listener();
  const ids = Array.from({ length: 450 }, newId);
  for (const endpointId of ids) await giveNotice(db, about({ endpointId }));
  const relayed = await Promise.all([relay(), relay(), relay()]);
  expect(relayed.reduce((a, b) => a + b)).toBe(450);
  const told = (await appended()).map(({ said }) => parsePublicId("ep", String(said.data["endpointId"])));
  expect(told.sort()).toEqual(ids.sort());
});

test("a notice survives a log that cannot be written, and one that was left for a day is dropped", async () => {
  await listener();
  await giveNotice(db, about());
  const append: EventLog["append"] = () => Promise.reject(new DatabaseError("unavailable", "away"));
  expect(await relay({ events: { append } })).toBe(0);
  expect(await pending()).toBe(1);
  await db.query("update posthorn.notice set taken_until = null");
  expect(await relay({ now: () => Date.now() + NOTICE_AGE_MS + 1_000 })).toBe(1);
  expect(await pending()).toBe(0);
  expect(await appended()).toEqual([]);
});
