import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { SQL } from "bun";
import { type TestDatabase, testDatabase } from "#test";
import { type Db, openDb } from "./db.ts";
import { newIdAt } from "./ids.ts";
import { dropPartitions, ensurePartitions, listPartitions } from "./partitions.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 1, 12); // The day before is the last one of February.

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 6 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.query("drop table if exists posthorn.thing");
  await db.query(
    "create table posthorn.thing (id uuid primary key, what text not null default 'a' check (what <> '')) partition by range (id)",
  );
  await db.query("create index thing_what on posthorn.thing (what)");
});

const ensure = (nowMs = NOW) => ensurePartitions(db, "thing", "id", nowMs);
const names = async () => (await listPartitions(db, "thing")).map(({ name }) => name);
const insert = (ms: number) => db.query("insert into posthorn.thing (id) values ($1)", [newIdAt(ms)]);
const never = () => Promise.resolve(false);

/** How many rows each table holds. */
async function rows(): Promise<Record<string, number>> {
  const found = await db.query<{ name: string; n: number }>(
    "select replace(tableoid::regclass::text, 'posthorn.', '') as name, count(*)::int as n from posthorn.thing group by 1",
  );
  return Object.fromEntries(found.map(({ name, n }) => [name, n]));
}

/** Somebody else's transaction that has read the whole table and is held open. */
async function longReader(): Promise<AsyncDisposable> {
  const sql = new SQL({ url: database.url, max: 1, onclose: () => {} });
  const connection = await sql.reserve();
  await connection.unsafe("begin");
  await connection.unsafe("select count(*) from posthorn.thing");
  return {
    async [Symbol.asyncDispose]() {
      await connection.unsafe("commit");
      connection.release();
      await sql.close();
    },
  };
}

test("days stand ready from yesterday to three ahead, and each id is in its own", async () => {
  await ensure();
  expect(await names()).toEqual(
    ["20260228", "20260301", "20260302", "20260303", "20260304"].map((day) => `thing_${day}`),
  );
  const midnight = Date.UTC(2026, 2, 2);
  for (const ms of [midnight - 1, midnight, midnight + DAY_MS - 1, midnight + DAY_MS]) await insert(ms);
  expect(await rows()).toEqual({ thing_20260301: 1, thing_20260302: 2, thing_20260303: 1 });
});

test("what the table demands and is found by holds in its partitions, too", async () => {
  await ensure();
  await insert(NOW);
  const again = db.query("insert into posthorn.thing select * from posthorn.thing");
  await expect(again).rejects.toMatchObject({ fault: "conflict" });
  const empty = db.query("insert into posthorn.thing values ($1, '')", [newIdAt(NOW)]);
  await expect(empty).rejects.toMatchObject({ fault: "rejected" });
  const [row] = await db.query<{ n: number }>(
    "select count(*)::int as n from pg_indexes where schemaname = 'posthorn' and tablename = 'thing_20260301'",
  );
  expect(row).toEqual({ n: 2 });
});

test("asked again, it makes what is missing and leaves the rest alone", async () => {
  await ensure();
  await insert(NOW);
  await ensure();
  await ensure(NOW + 2 * DAY_MS);
  expect(await names()).toHaveLength(7);
  expect(await rows()).toEqual({ thing_20260301: 1 });
});

test("rows of a clock that stepped ahead wait in the default partition, and move when their day comes", async () => {
  await ensure();
  await insert(NOW + 5 * DAY_MS);
  await insert(NOW + 20 * DAY_MS);
  expect(await rows()).toEqual({ thing_default: 2 });
  await ensure(NOW + 5 * DAY_MS);
  expect(await rows()).toEqual({ thing_default: 1, thing_20260306: 1 });
});

test("many processes may see to it at once, and rows may come meanwhile", async () => {
  const inserts = async () => {
    for (let i = 0; i < 20; i += 1) await insert(NOW - 9 * DAY_MS);
  };
  await ensure(NOW - 10 * DAY_MS);
  await Promise.all([ensure(), ensure(), ensure(), inserts(), ensure()]);
  expect(await names()).toHaveLength(10);
  expect(Object.values(await rows()).reduce((sum, n) => sum + n, 0)).toBe(20);
});

test("P11: only days that ended before are dropped, and none that is needed", async () => {
  await ensure(NOW - 5 * DAY_MS);
  await ensure();
  await insert(NOW - 6 * DAY_MS);
  const asked: string[] = [];
  const needed = async ({ name, low, high }: { name: string; low: string; high: string }) => {
    asked.push(name);
    const [row] = await db.query<{ there: boolean }>(
      "select exists (select from posthorn.thing where id >= $1 and id < $2) as there",
      [low, high],
    );
    return row?.there ?? true;
  };
  // The days from February 23; noon of the 26th has not ended.
  expect((await names())[0]).toBe("thing_20260223");
  const dropped = await dropPartitions(db, "thing", NOW - 3 * DAY_MS, needed);
  expect(asked).toEqual(["thing_20260223", "thing_20260224", "thing_20260225"]);
  expect(dropped).toEqual(["thing_20260224", "thing_20260225"]);
  expect((await names()).slice(0, 2)).toEqual(["thing_20260223", "thing_20260226"]);
  expect(await rows()).toEqual({ thing_20260223: 1 });
});

test("two that drop at once do not fail each other", async () => {
  await ensure(NOW - 9 * DAY_MS);
  await ensure();
  await Promise.all([dropPartitions(db, "thing", NOW, never), dropPartitions(db, "thing", NOW, never)]);
  expect(await names()).toEqual(["20260301", "20260302", "20260303", "20260304"].map((day) => `thing_${day}`));
});

test("P11: behind somebody's long reader a drop gives up, and is done when it is asked again", async () => {
  await ensure(NOW - 9 * DAY_MS);
  await ensure();
  {
    await using _reader = await longReader();
    await expect(dropPartitions(db, "thing", NOW - 5 * DAY_MS, never)).rejects.toMatchObject({ fault: "contention" });
    expect(await names()).toHaveLength(10);
    await insert(NOW);
    expect(await rows()).toEqual({ thing_20260301: 1 });
  }
  expect(await dropPartitions(db, "thing", NOW - 5 * DAY_MS, never)).toHaveLength(5);
});

test("P11: behind somebody's long reader new days give up, and are made when asked again", async () => {
  await ensure();
  {
    await using _reader = await longReader();
    await expect(ensure(NOW + DAY_MS)).rejects.toMatchObject({ fault: "contention" });
    await insert(NOW);
    expect(await rows()).toEqual({ thing_20260301: 1 });
  }
  await ensure(NOW + DAY_MS);
  expect(await names()).toHaveLength(6);
});
