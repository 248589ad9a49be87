import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import {
  claimKey,
  type IdempotentRequest,
  isIdempotencyKey,
  removeExpiredAnswers,
  storeAnswer,
} from "./idempotency.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const request = (key: string, more: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  principal: "admin",
  method: "POST",
  path: "/api/v1/app",
  query: "",
  key,
  body: Buffer.from("{}"),
  ...more,
});

const ANSWER = {
  status: 201,
  contentType: "application/json",
  headers: [["X-A", "1"]] as const,
  body: Buffer.from([0x7b, 0x0a, 0xff, 0x7d]),
};

async function answered(asked: IdempotentRequest): Promise<void> {
  await db.transaction(async (tx) => {
    const claim = await claimKey(tx, asked);
    if (claim.kind !== "first") throw new Error(`The key ${asked.key} is known`);
    await storeAnswer(tx, claim.key, ANSWER);
  });
}

const claimed = (asked: IdempotentRequest) => db.transaction((tx) => claimKey(tx, asked));

test("P1: the first answer comes back byte for byte, whatever bytes it has", async () => {
  await answered(request("bytes"));
  const claim = await claimed(request("bytes"));
  if (claim.kind !== "repeat") throw new Error(`The claim is ${claim.kind}`);
  expect({ ...claim.answer, body: Buffer.from(claim.answer.body) }).toEqual({ ...ANSWER, headers: [["X-A", "1"]] });
});

test("a key is bound to the body and the query; path and principal have keys of their own", async () => {
  await answered(request("bound"));
  expect((await claimed(request("bound", { body: Buffer.from("[]") }))).kind).toBe("other_request");
  expect((await claimed(request("bound", { query: "?a=1" }))).kind).toBe("other_request");
  await answered(request("bound", { path: "/api/v1/event-type" }));
  await answered(request("bound", { principal: "key_1" }));
});

test("P1: what is rolled back leaves the key free", async () => {
  const failed = db.transaction(async (tx) => {
    await claimKey(tx, request("undone"));
    throw new Error("the deed fails");
  });
  expect(failed).rejects.toThrow("the deed fails");
  await failed.catch(() => undefined);
  await answered(request("undone"));
});

test("a key is free again after its window, and upkeep removes what is over", async () => {
  await answered(request("old"));
  await answered(request("older"));
  await db.query("update posthorn.idempotency set expires_at = now() - interval '1 s'");
  await answered(request("old", { body: Buffer.from("another") }));
  expect((await claimed(request("old", { body: Buffer.from("another") }))).kind).toBe("repeat");
  let removed = 0;
  for (let n = 1; n > 0; removed += n) n = await removeExpiredAnswers(db, 1);
  expect(removed).toBeGreaterThan(0);
  expect((await claimed(request("old", { body: Buffer.from("another") }))).kind).toBe("repeat");
});

test("keys are 1 to 256 printable ASCII characters", () => {
  expect(["a", "a b~", "x".repeat(256)].map(isIdempotencyKey)).toEqual([true, true, true]);
  expect(["", "x".repeat(257), "é", "a\n", "a\u007f"].map(isIdempotencyKey)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
