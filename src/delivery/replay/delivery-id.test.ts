import { expect, test } from "bun:test";
import fc from "fast-check";
import { idTimeMs, isUuid, openDb } from "#kernel";
import { testDatabase } from "#test";
import { isOfJob, jobNumberHex, ofJob, replayDeliveryId } from "./delivery-id.ts";

const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const job = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const number = fc.integer({ min: 0, max: 2 ** 42 - 1 });

test("is a UUIDv7 of its moment", () => {
  fc.assert(
    fc.property(moment, job, number, (atMs, jobNumber, n) => {
      const id = replayDeliveryId(atMs, jobNumber, n);
      expect(isUuid(id)).toBe(true);
      expect(idTimeMs(id)).toBe(atMs);
      expect(id[14]).toBe("7");
      expect("89ab").toContain(id[19] ?? "");
    }),
  );
});

test("P10: no two deliveries have one id, unless they are the same one of the same job", () => {
  fc.assert(
    fc.property(moment, job, job, number, number, (atMs, job1, job2, n1, n2) => {
      const same = replayDeliveryId(atMs, job1, n1) === replayDeliveryId(atMs, job2, n2);
      expect(same).toBe(job1 === job2 && n1 === n2);
    }),
  );
});

test("is found by its job's number in the database", async () => {
  await using database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 1 });
  for (const [made, asked] of [
    [1, 1],
    [1, 2],
    [0x7fffffff, 0x7fffffff],
    [0x01020304, 0x01020304],
  ] as const) {
    const id = replayDeliveryId(Date.now(), made, 2 ** 41 + 12_345);
    const [row] = await db.query<{ is: boolean }>(`select ${ofJob("$1::uuid", "$2")} as is`, [id, jobNumberHex(asked)]);
    expect([row?.is, isOfJob(id, jobNumberHex(asked))]).toEqual([made === asked, made === asked]);
  }
  await db.close();
});
