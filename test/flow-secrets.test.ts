import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDb } from "#kernel";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";

const VALUE = "sk_live_do_not_show_me";

let database: TestDatabase;
let engine: TestEngine;
let app = "";

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${engine.url}/api/v1/app${path}`, {
    method,
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url, POSTHORN_LOG_LEVEL: "trace" } });
  app = JSON.parse((await ask("POST", "", { name: "Shop" })).text).id;
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test("P8 the value of a secret is in no answer, no audit record and no row", async () => {
  const put = await ask("PUT", `/${app}/flow-secret/stripe_key`, { value: VALUE, flows: ["refund"] });
  expect(put.status).toBe(201);
  const granted = await ask("PUT", `/${app}/flow-secret/stripe_key`, { flows: null });
  expect([granted.status, JSON.parse(granted.text)]).toEqual([
    200,
    expect.objectContaining({ name: "stripe_key", flows: null, version: 1, updatedBy: "Root token", lastUsedOn: null }),
  ]);
  const list = await ask("GET", `/${app}/flow-secret`);
  expect(JSON.parse(list.text).data).toHaveLength(1);
  const refused = await ask("PUT", `/${app}/flow-secret/stripe_key`, { value: `${VALUE}\n` });
  expect(refused.status).toBe(422);

  const db = openDb({ url: database.url, poolMax: 1 });
  const [audit, kept] = [
    await db.query(
      "select detail::text as detail, operation from posthorn.audit where operation = 'v1.flow-secret.put' order by id",
    ),
    await db.query("select s::text as row from posthorn.flow_secret s"),
  ];
  await db.close();
  expect(audit[0].detail).toContain("refund");
  expect(audit).toHaveLength(2);
  for (const text of [put.text, granted.text, list.text, refused.text, JSON.stringify(audit), JSON.stringify(kept)]) {
    expect(text).not.toContain(VALUE);
    expect(text).not.toContain(Buffer.from(VALUE).toString("hex"));
  }
});

test("a secret is listed by name, deleted, and then unknown", async () => {
  for (const name of ["b_key", "a_key", "c_key"])
    expect((await ask("PUT", `/${app}/flow-secret/${name}`, { value: "some-value" })).status).toBe(201);
  const page = JSON.parse((await ask("GET", `/${app}/flow-secret?limit=2`)).text);
  expect([page.data.map(({ name }: { name: string }) => name), page.done]).toEqual([["a_key", "b_key"], false]);
  const next = JSON.parse((await ask("GET", `/${app}/flow-secret?limit=2&iterator=${page.iterator}`)).text);
  expect(next.data.map(({ name }: { name: string }) => name)).toContain("c_key");
  expect((await ask("DELETE", `/${app}/flow-secret/a_key`)).status).toBe(204);
  expect((await ask("DELETE", `/${app}/flow-secret/a_key`)).status).toBe(404);
  expect((await ask("PUT", `/${app}/flow-secret/a_key`, { flows: [] })).status).toBe(422);
  expect((await ask("PUT", `/${app}/flow-secret/1key`, { value: "some-value" })).status).toBe(422);
});
