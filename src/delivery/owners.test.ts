import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, newId, openDb } from "#kernel";
import { testDatabase } from "#test";
import { acquireLimits, releaseLimits } from "./owners.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const GRACE_MS = 31_000;

async function living(): Promise<string> {
  const [row] = await db.query<{ token: string }>(
    "insert into posthorn.process (name, roles, version, lease_ends_at) values ('p', '{}', '0', now()) returning token::text as token",
  );
  if (row === undefined) throw new Error("No process row.");
  return row.token;
}

test("P7: a limit has one living owner; who comes after a lost one waits until its requests have ended", async () => {
  const [one, two] = [await living(), await living()];
  const subject = newId();
  expect(await acquireLimits(db, one, [{ subjectId: subject, graceMs: GRACE_MS }])).toEqual([
    { subjectId: subject, usableInMs: 0 },
  ]);
  expect(await acquireLimits(db, two, [{ subjectId: subject, graceMs: GRACE_MS }])).toEqual([]);
  await db.query("update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1::bigint", [
    one,
  ]);
  const [taken] = await acquireLimits(db, two, [{ subjectId: subject, graceMs: GRACE_MS }]);
  expect(taken?.usableInMs).toBeGreaterThan(GRACE_MS - 5_000);
});

test("P7: who comes after one that left in order waits for a second: both rates' worth must not start in one", async () => {
  const [one, two] = [await living(), await living()];
  const subject = newId();
  await acquireLimits(db, one, [{ subjectId: subject, graceMs: GRACE_MS }]);
  await releaseLimits(db, one);
  const [taken] = await acquireLimits(db, two, [{ subjectId: subject, graceMs: GRACE_MS }]);
  expect(taken?.usableInMs).toBeGreaterThan(0);
  expect(taken?.usableInMs).toBeLessThanOrEqual(1_000);
  expect(await acquireLimits(db, one, [{ subjectId: subject, graceMs: GRACE_MS }])).toEqual([]);
});

test("P7: who comes after a lost one waits as long as the requests of each limit may last", async () => {
  const [one, two] = [await living(), await living()];
  const wants = [5_000, 61_000].map((graceMs) => ({ subjectId: newId(), graceMs }));
  await acquireLimits(db, one, wants);
  await db.query("update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1::bigint", [
    one,
  ]);
  const taken = await acquireLimits(db, two, wants);
  const waits = wants.map(({ subjectId }) => taken.find((limit) => limit.subjectId === subjectId)?.usableInMs ?? 0);
  expect(waits[0]).toBeLessThanOrEqual(5_000);
  expect(waits[1]).toBeGreaterThan(56_000);
});
