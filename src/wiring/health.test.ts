import { expect, test } from "bun:test";
import { createLog, type IntakeRefusal, openDb } from "#kernel";
import { testDatabase } from "#test";
import { createHealth } from "./health.ts";

const log = createLog({ level: "silent", format: "json" });

function healthWith(codes: readonly IntakeRefusal["code"][]) {
  const refusals = codes.map((code) => ({ code, detail: code, retryAfterSeconds: 1 }));
  return createHealth(() => ({
    refusal: () => refusals[0],
    refusals: () => refusals,
    drain: () => undefined,
    measure: async () => undefined,
  }));
}

const codesOf = (health: ReturnType<typeof createHealth>) => health.readiness().reasons.map(({ code }) => code);

test("readiness tells every reason, and draining once", () => {
  const health = healthWith(["disk_full", "database_unavailable", "overloaded"]);
  expect(codesOf(health)).toEqual(["disk_full", "database_unavailable", "overloaded"]);
  expect(health.readiness().ready).toBe(false);
  const leaving = healthWith(["draining"]);
  leaving.leave();
  expect(codesOf(leaving)).toEqual(["draining"]);
  const well = healthWith([]);
  expect(well.readiness()).toEqual({ ready: true, reasons: [] });
  expect(well.liveness()).toEqual({ alive: true, reasons: [] });
  for (const each of [health, leaving, well]) each.stop();
});

test("a schema that is older than the code, or another's, makes a process unready; a newer one does not", async () => {
  await using database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 1 });
  const health = healthWith([]);
  const look = () => health.schemaChore(db, log).run();
  await look();
  expect(codesOf(health)).toEqual([]);
  const [last] = await db.query("select * from posthorn.migration order by number desc limit 1");
  await db.query("delete from posthorn.migration where number = $1", [last.number]);
  await look();
  expect(health.readiness().reasons).toMatchObject([
    { code: "schema_behind", detail: expect.stringContaining(last.name) },
  ]);
  const insert = (number: number, checksum: string) =>
    db.query("insert into posthorn.migration (number, name, checksum, engine_version) values ($1, $2, $3, '0')", [
      number,
      last.name,
      checksum,
    ]);
  await insert(last.number, "another");
  await look();
  expect(codesOf(health)).toEqual(["schema_foreign"]);
  await db.query("update posthorn.migration set checksum = $1 where number = $2", [last.checksum, last.number]);
  await look();
  expect(codesOf(health)).toEqual([]);
  await insert(last.number + 1, "of a newer one");
  await look();
  expect(health.readiness().ready).toBe(true);
  health.stop();
  await db.close();
});
