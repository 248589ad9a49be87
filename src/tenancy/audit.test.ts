import { afterAll, beforeAll, expect, test } from "bun:test";
import { createLog, type Db, newId, newIdAt, openDb } from "#kernel";
import { testDatabase } from "#test";
import { type AuditEntry, type AuditFilter, listAudit, recordAudit, retireAudit, STRANGER } from "./audit.ts";
import { tenancyChores } from "./upkeep.ts";

const DAY_MS = 86_400_000;
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

const entry = (fields: Partial<AuditEntry> = {}): AuditEntry => ({
  actor: { kind: "root", id: "root", name: "Root token" },
  operation: "v1.endpoint.update",
  method: "PUT",
  path: "/api/v1/app/a/endpoint/b",
  appId: undefined,
  target: undefined,
  status: 200,
  requestId: newId(),
  remoteAddress: "192.0.2.1",
  detail: {},
  ...fields,
});
const all = (filter: AuditFilter = {}, after?: string) =>
  listAudit(db, { after, order: "descending", limit: 100 }, filter);

test("what is recorded comes back newest first, by actor, operation, application, target and time, page by page", async () => {
  const appId = newId();
  await recordAudit(db, entry({ target: "ep_1", detail: { body: { url: "https://example.com" } } }));
  await recordAudit(
    db,
    entry({ actor: { kind: "key", id: "key_1", name: "CI" }, appId, operation: "v1.source.create" }),
  );
  await recordAudit(db, entry({ actor: STRANGER, status: 401 }));
  const records = await all();
  expect(records.map(({ actor, status }) => [actor.id, status])).toEqual([
    ["stranger", 401],
    ["key_1", 200],
    ["root", 200],
  ]);
  expect(records[2]).toMatchObject({ target: "ep_1", remoteAddress: "192.0.2.1", detail: { body: {} } });
  const only = async (filter: AuditFilter) =>
    (await all(filter)).map(({ id }) => records.findIndex((r) => r.id === id));
  expect(await only({ actor: "key_1" })).toEqual([1]);
  expect(await only({ operation: "v1.source.create" })).toEqual([1]);
  expect(await only({ appId })).toEqual([1]);
  expect(await only({ target: "ep_1" })).toEqual([2]);
  expect(await only({ actor: "root", target: "ep_1", since: 0, until: Date.now() + 1_000 })).toEqual([2]);
  expect(await only({ until: 1 })).toEqual([]);
  expect((await all({}, records[0]?.id)).map(({ id }) => id)).toEqual(records.slice(1).map(({ id }) => id));
});

test("what strangers write is stored, cut and harmless", async () => {
  await recordAudit(
    db,
    entry({ path: `/\u0000\ud800${"x".repeat(5_000)}`, target: "\u0007", appName: "no\u0000body" }),
  );
  const [record] = await all();
  expect(record?.path).toHaveLength(2_048);
  expect(record?.path.slice(0, 3)).toBe("/\ufffd\ufffd");
  expect(record?.target).toBe("\ufffd");
});

test("P8: the record is only added to, for everybody who asks the database, the owner of the table included", async () => {
  const before = await all();
  for (const statement of [
    "update posthorn.audit set actor_id = 'nobody'",
    "delete from posthorn.audit",
    "truncate posthorn.audit",
    "delete from posthorn.audit where id < '00000000-0000-0000-0000-000000000000'::uuid or true",
  ]) {
    await expect(db.query(statement)).rejects.toThrow("only added to");
  }
  // Not even when somebody pretends to be the retention: what is young stays.
  await expect(
    db.transaction(async (tx) => {
      await tx.query("select set_config('posthorn.retiring_audit', 'on', true)");
      await tx.query("delete from posthorn.audit");
    }),
  ).rejects.toThrow("only added to");
  expect(await retireAudit(db, Date.now() + DAY_MS, 1_000)).toBe(0);
  expect(await all()).toEqual(before);
});

test("what is older than its retention goes, through upkeep, and nothing else", async () => {
  const nowMs = Date.now();
  for (const days of [5, 4, 3]) {
    await db.query(
      `insert into posthorn.audit (id, actor_kind, actor_id, actor_name, operation, method, path, status, request_id)
       values ($1, 'root', 'old', 'Root', 'v1.x', 'POST', '/', 200, $2)`,
      [newIdAt(nowMs - days * DAY_MS), newId()],
    );
  }
  const log = createLog({ level: "silent", format: "json" });
  const chores = tenancyChores({ db, log, now: () => nowMs, auditRetentionMs: 3.5 * DAY_MS });
  for (const chore of chores) await chore.run();
  expect(await all({ actor: "old" })).toHaveLength(1);
  expect((await all({ actor: "root" })).length).toBeGreaterThan(0);
});
