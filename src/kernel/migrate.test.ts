import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "#test";
import { until } from "../../test/kit/until.ts";
import { openDb } from "./db.ts";
import { migrate, SchemaRefused, schemaStatus } from "./migrate.ts";

const scratch = mkdtempSync(join(tmpdir(), "posthorn-migrate-"));
afterAll(() => rm(scratch, { recursive: true, force: true }));

let folders = 0;
function folderOf(files: Record<string, string>): string {
  const folder = join(scratch, `${++folders}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const ONE = { "0001_one.sql": "create table posthorn.one (id int);\ninsert into posthorn.one values (1);" };
const TWO = { ...ONE, "0002_two.sql": "alter table posthorn.one add two text;" };

async function emptyDb() {
  const database = await testDatabase({ empty: true });
  const db = openDb({ url: database.url, poolMax: 2 });
  return {
    url: database.url,
    db,
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

test("migrations are applied in order, each once, and their history is kept", async () => {
  await using at = await emptyDb();
  expect(await schemaStatus(at.db, folderOf(TWO))).toEqual({
    state: "behind",
    number: 0,
    pending: ["0001_one", "0002_two"],
  });
  expect(await migrate(at.url, folderOf(ONE))).toEqual(["0001_one"]);
  expect(await migrate(at.db, folderOf({ ...TWO, "schema.sql": "not a migration" }))).toEqual(["0002_two"]);
  expect(await migrate(at.url, folderOf(TWO))).toEqual([]);
  expect(await schemaStatus(at.db, folderOf(TWO))).toEqual({ state: "current", number: 2 });
  const history = await at.db.query(
    "select number, name, length(checksum) as length from posthorn.migration order by number",
  );
  expect(history).toEqual([
    { number: 1, name: "0001_one", length: 64 },
    { number: 2, name: "0002_two", length: 64 },
  ]);
});

test("processes that start at once apply each migration once", async () => {
  await using at = await emptyDb();
  const folder = folderOf(TWO);
  const done = await Promise.all(Array.from({ length: 8 }, () => migrate(at.url, folder)));
  expect(done.flat().sort()).toEqual(["0001_one", "0002_two"]);
  expect(await at.db.query("select count(*)::int as rows from posthorn.one")).toEqual([{ rows: 1 }]);
});

test("a migration that fails leaves nothing of itself, keeps those before it, and is named", async () => {
  await using at = await emptyDb();
  const folder = folderOf({ ...ONE, "0002_bad.sql": "create table posthorn.half (id int); select 1/0;" });
  await expect(migrate(at.url, folder)).rejects.toThrow("Migration 0002_bad failed: division by zero");
  expect(await at.db.query("select to_regclass('posthorn.half') as half")).toEqual([{ half: null }]);
  expect(await migrate(at.url, folderOf(TWO))).toEqual(["0002_two"]);
});

test("a migration that was changed after it was applied is refused by name; other line ends are no change", async () => {
  await using at = await emptyDb();
  await migrate(at.url, folderOf(ONE));
  const windows = Object.fromEntries(Object.entries(ONE).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")]));
  expect(await migrate(at.url, folderOf(windows))).toEqual([]);
  const changed = folderOf({ "0001_one.sql": "create table posthorn.one (id bigint);" });
  await expect(migrate(at.url, changed)).rejects.toThrow(SchemaRefused);
  await expect(migrate(at.url, changed)).rejects.toThrow("Migration 0001_one was changed after it was applied");
  expect(await schemaStatus(at.db, changed)).toMatchObject({ state: "refused", number: 1 });
});

test("old code refuses a database that newer code has migrated, and says which", async () => {
  await using at = await emptyDb();
  await migrate(at.url, folderOf(TWO));
  await expect(migrate(at.url, folderOf(ONE))).rejects.toThrow("The database has migration 0002_two");
  expect(await schemaStatus(at.db, folderOf(ONE))).toMatchObject({ state: "refused", number: 2 });
});

test("migrations whose numbers have a gap are refused before anything is applied", async () => {
  await using at = await emptyDb();
  const folder = folderOf({ ...ONE, "0003_three.sql": "select 1;" });
  await expect(migrate(at.url, folder)).rejects.toThrow("wanted is 0002_name.sql");
  expect(await at.db.query("select to_regnamespace('posthorn') as schema")).toEqual([{ schema: null }]);
});

test("a role that may not create schemas migrates one that was made for it", async () => {
  await using database = await testDatabase({ empty: true });
  const owner = openDb({ url: database.superuserUrl, poolMax: 1 });
  await owner.query(`alter database ${database.name} owner to postgres`);
  await owner.query("create schema posthorn authorization posthorn");
  await owner.close();
  expect(await migrate(database.url, folderOf(ONE))).toEqual(["0001_one"]);
});

test("a migration that deadlocks with who is at work is tried again, with its locks taken first", async () => {
  await using at = await emptyDb();
  const files = { "0001_two.sql": "create table posthorn.a (n int);\ncreate table posthorn.b (n int);" };
  await migrate(at.url, folderOf(files));
  // Whoever appends holds `a` for a moment and comes for `b` next, again and again, as long as the migration is not done.
  let done = false;
  let works = 0;
  const working = (async () => {
    while (!done) {
      const worked = await at.db
        .transaction(async (tx) => {
          await tx.query("insert into posthorn.a values (1)");
          await tx.query("select pg_sleep(0.02)");
          await tx.query("insert into posthorn.b values (1)");
        })
        .then(() => true)
        .catch(() => false);
      if (worked) works++;
    }
  })();
  await until("there is work", () => works > 0);
  // Longer than PostgreSQL waits before it looks for a deadlock, so that it is the migration which is given up.
  const slow = "alter table posthorn.b add m int;\nselect pg_sleep(1.5);\nalter table posthorn.a add m int;";
  const applied = await migrate(at.url, folderOf({ ...files, "0002_slow.sql": slow })).finally(() => {
    done = true;
  });
  await working;
  expect(applied).toEqual(["0002_slow"]);
}, 30_000);
