import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testDatabase } from "#test";
import { type Db, openDb, type Queryable } from "./db.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
/** One connection and a short deadline; and another that is in no hurry. */
let db: Db;
let other: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 1, timeoutMs: 300 });
  other = openDb({ url: database.url, poolMax: 2 });
  await other.query("create table posthorn.noted (what text not null)");
});
afterAll(async () => {
  await db.close();
  await other.close();
  await database[Symbol.asyncDispose]();
});

const note = (q: Queryable, what: string) => q.query("insert into posthorn.noted values ($1)", [what]);
const noted = async () =>
  (await other.query<{ what: string }>("select what from posthorn.noted")).map(({ what }) => what);
const LOCK = "select pg_advisory_xact_lock(8420)";

/** Runs `whileLocked` while somebody else holds the lock, and returns once `db` has its connection back. */
async function behindLock(whileLocked: () => Promise<void>): Promise<void> {
  await other.transaction(async (tx) => {
    await tx.query(LOCK);
    await whileLocked();
  });
  await db.query("select 1");
}

describe("P1: a deadline", () => {
  test("ends a transaction: its work goes no further and commits nothing", async () => {
    let went: "nowhere" | "on" = "nowhere";
    await behindLock(async () => {
      const given = db.transaction(async (tx) => {
        await note(tx, "before the deadline");
        await tx.query(LOCK);
        await note(tx, "after the deadline");
        went = "on";
      });
      expect(given).rejects.toMatchObject({ fault: "unknown" });
      await given.catch(() => undefined);
    });
    expect(went).toBe("nowhere");
    expect(await noted()).toEqual([]);
  });

  test("keeps work from committing whose last statement was under way", async () => {
    await behindLock(async () => {
      const given = db.transaction(async (tx) => {
        await note(tx, "before the deadline");
        await tx.query(LOCK);
      });
      await given.catch(() => undefined);
    });
    expect(await noted()).toEqual([]);
  });

  test("runs every part of statements sent as one, questions included, in one transaction", async () => {
    const insert = (what: string) => ({ text: "insert into posthorn.noted values ($1)", params: [what] });
    await db.atOnce([insert("a"), { text: "select 1 where $1::int = 1", params: [1] }, insert("b")]);
    expect((await noted()).sort()).toEqual(["a", "b"]);
    const failing = { text: "select 1 / $1::int", params: [0] };
    await expect(db.atOnce([insert("c"), failing])).rejects.toMatchObject({ sqlState: "22012" });
    expect((await noted()).sort()).toEqual(["a", "b"]);
    await db.query("delete from posthorn.noted");
  });

  test("sends nothing of statements that waited for a connection until then", async () => {
    await behindLock(async () => {
      const first = db.query(LOCK);
      await new Promise((resolve) => setImmediate(resolve)); // Sent: the only connection is taken.
      const second = db.atOnce([{ text: "insert into posthorn.noted values ($1)", params: ["too late"] }]);
      expect(await Promise.allSettled([first, second])).toMatchObject([
        { status: "rejected", reason: { fault: "unknown" } },
        { status: "rejected", reason: { fault: "unknown" } },
      ]);
    });
    expect(await noted()).toEqual([]);
  });

  test("leaves a connection clean when one of the statements sent as one fails", async () => {
    const insert = (what: string | null) => ({ text: "insert into posthorn.noted values ($1)", params: [what] });
    await expect(db.atOnce([insert("one"), insert(null), insert("two")])).rejects.toMatchObject({
      sqlState: "23502",
    });
    expect(await noted()).toEqual([]);
    await db.atOnce([insert("three")]);
    expect(await noted()).toEqual(["three"]);
  });
});
