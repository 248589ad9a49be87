import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, newId, newIdAt, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { digest } from "./dedupe.ts";
import { findEvent, findEventByUid, findEvents, listEvents, settledHorizon } from "./read.ts";
import { ensureEventPartitions } from "./upkeep.ts";

const NOW = Date.now();
let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureEventPartitions(db, NOW);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function stored(
  appId: string,
  atMs: number,
  type = "t",
  channels: string | null = null,
  uid: string | null = null,
): Promise<string> {
  const id = newIdAt(atMs);
  await db.query(
    `insert into posthorn.event (app_id, id, type, uid, channels, content_type, payload) values ($1, $2, $3, $4, $5::text[], 'application/json', $6)`,
    [appId, id, type, uid, channels, Buffer.from('{"a":1}')],
  );
  return id;
}

test("P8: an event is found in its own application only; its payload comes when asked for", async () => {
  const appId = newId();
  const id = await stored(appId, NOW);
  expect(await findEvent(db, appId, id, true)).toMatchObject({
    id,
    type: "t",
    hops: 0,
    payload: Buffer.from('{"a":1}'),
  });
  expect((await findEvent(db, appId, id, false))?.payload).toBeUndefined();
  expect(await findEvent(db, newId(), id, true)).toBeUndefined();
  expect([...(await findEvents(db, appId, [id, newId()])).keys()]).toEqual([id]);
});

test("an event has its producer's id for a name as long as the id is remembered", async () => {
  const appId = newId();
  const id = await stored(appId, NOW, "t", null, "order-1");
  expect(await findEventByUid(db, appId, "order-1", false)).toBeUndefined();
  await db.query("insert into posthorn.dedupe (key, event_id, body_hash, expires_at) values ($1, $2, $1, now())", [
    digest(appId, "uid", "order-1"),
    id,
  ]);
  expect((await findEventByUid(db, appId, "order-1", false))?.id).toBe(id);
  expect(await findEventByUid(db, newId(), "order-1", false)).toBeUndefined();
});

test("lists walk by id over days, by type as a merge, by channel", async () => {
  const appId = newId();
  const day = 86_400_000;
  const ids = [
    await stored(appId, NOW - day, "a", "{x}"),
    await stored(appId, NOW - 3_000, "b", "{x,y}"),
    await stored(appId, NOW - 2_000, "a"),
    await stored(appId, NOW - 1_000, "c"),
  ];
  await stored(newId(), NOW, "a");
  const list = async (after: string | undefined, order: "ascending" | "descending", limit: number, filter = {}) =>
    (await listEvents(db, appId, { after, order, limit }, filter)).map(({ id }) => ids.indexOf(id));
  expect(await list(undefined, "descending", 3)).toEqual([3, 2, 1]);
  expect(await list(ids[1], "descending", 3)).toEqual([0]);
  expect(await list(ids[0], "ascending", 2)).toEqual([1, 2]);
  expect(await list(undefined, "descending", 2, { types: ["a", "b", "a"] })).toEqual([2, 1]);
  expect(await list(ids[0], "ascending", 9, { types: ["a", "c"] })).toEqual([2, 3]);
  expect(await list(undefined, "descending", 9, { channel: "x" })).toEqual([1, 0]);
  expect(await list(undefined, "descending", 9, { types: ["b"], channel: "y" })).toEqual([1]);
});

test("a list may be filtered by tag", async () => {
  const appId = newId();
  const ids = [await stored(appId, NOW - 2_000, "a"), await stored(appId, NOW - 1_000, "a")];
  await db.query("update posthorn.event set tags = '{x,y}' where app_id = $1 and id = $2", [appId, ids[0] ?? ""]);
  const list = (tag: string) =>
    listEvents(db, appId, { after: undefined, order: "descending", limit: 9 }, { types: ["a"], tag });
  expect((await list("y")).map(({ id, tags }) => [id, tags])).toEqual([[ids[0], ["x", "y"]]]);
  expect(await list("z")).toEqual([]);
});

test("the horizon is just behind now, and waits for the oldest transaction that writes", async () => {
  const free = await settledHorizon(db, NOW);
  expect(free < newIdAt(NOW - 200) && free > newIdAt(NOW - 10_000)).toBe(true);
  const other = openDb({ url: database.url, poolMax: 1 });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const began = Date.now();
  const writing = other.transaction(async (tx) => {
    await tx.query("insert into posthorn.event_type (name) values ('held')");
    begin();
    await held;
  });
  await begun;
  // However much later it is asked for: the clock that is handed in moves, the transaction does not end.
  const [age] = await db.query<{ ms: number }>(
    "select (extract(epoch from clock_timestamp() - min(xact_start)) * 1000)::float8 as ms from pg_stat_activity where backend_xid is not null",
  );
  expect((await settledHorizon(db, Date.now())) <= newIdAt(began + 50)).toBe(true);
  expect(age?.ms).toBeGreaterThanOrEqual(0);
  release();
  await writing;
  await other.close();
});
