import { afterAll, beforeAll, expect, test } from "bun:test";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, KeepAlive } from "./kit/index.ts";

// What a stranger's request may make the process hold, over a real connection: `fetch` cannot send these.

const MIB = 1024 * 1024;
let database: TestDatabase;
let engine: TestEngine;

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await apiOf(engine).app({ uid: "shop" });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test.each([
  "/approve/x",
  "/in/x",
  "/api/v1/app",
  "/api/v1/app/shop/msg",
  "/api/v1/app/shop/msg/batch",
  "/api/v1/app/shop/flow/f/run",
])("P7: a Content-Length that comes twice is refused at %s before anything is read", async (path) => {
  const body = " ".repeat(2 * MIB);
  const headers = { Authorization: `Bearer ${engine.token}`, "Content-Length": String(body.length) };
  const answered = await new KeepAlive().send(engine.url, "POST", path, headers, body);
  expect(answered).toMatchObject({ kind: "answered", status: 400 });
  expect(answered.kind === "answered" && JSON.parse(answered.text).code).toBe("content_length_invalid");
});
