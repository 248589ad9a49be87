import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiException, Svix } from "svix";
import { type Db, openDb } from "#kernel";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { type ApiAnswer, apiOf, type TestApi, until } from "./kit/index.ts";

// Two engines on one database, as in a fleet: what one is told about access, the other must heed.

let database: TestDatabase;
let db: Db;
let one: TestEngine;
let other: TestEngine;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2 });
  const env = { DATABASE_URL: database.url, POSTHORN_MASTER_KEY: Buffer.alloc(32, 9).toString("base64") };
  one = await startEngine({ env });
  other = await startEngine({ env: { ...env, POSTHORN_API_TOKEN: one.token } });
  api = apiOf(one);
});

afterAll(async () => {
  await one?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await db?.close();
  await database?.[Symbol.asyncDispose]();
});

const as = (token: string, engine = one) => apiOf({ url: engine.url, token });

async function ok(answer: Promise<ApiAnswer>): Promise<ApiAnswer["body"]> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

const key = (fields: Record<string, unknown>): Promise<{ id: string; token: string }> =>
  ok(api.call("POST", "/api/v1/api-key", { name: "A key", role: "operator", ...fields }));

const status = async (token: string, engine = one) => (await as(token, engine).call("GET", "/api/v1/whoami")).status;

/** The records that fit, newest first. */
const audit = async (query: string): Promise<Record<string, unknown>[]> =>
  (await ok(api.call("GET", `/api/v1/audit?${query}`))).data;

describe("keys", () => {
  test("are created, read, changed, listed by application and revoked; the token is shown once", async () => {
    const app = await api.app({ name: "Keyed" });
    const created = await ok(
      api.call("POST", "/api/v1/api-key", {
        name: "CI",
        role: "viewer",
        appId: app,
        expiresAt: "2099-01-01T00:00:00Z",
      }),
    );
    const { token, ...shown } = created;
    expect(token).toMatch(/^phk_[A-Za-z0-9_-]{43}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_[0-9a-z]{26}$/),
      name: "CI",
      role: "viewer",
      appId: app,
      prefix: token.slice(0, 10),
      createdAt: expect.any(String),
      expiresAt: "2099-01-01T00:00:00.000Z",
      lastUsedAt: null,
      createdBy: "root",
    });
    const path = `/api/v1/api-key/${created.id}`;
    expect(await ok(api.call("GET", path))).toEqual(shown);
    const patched = await ok(api.call("PATCH", path, { name: "CI 2", expiresAt: null }));
    expect(patched).toEqual({ ...shown, name: "CI 2", expiresAt: null });
    await key({ name: "Another" });
    expect((await ok(api.call("GET", `/api/v1/api-key?app_id=${app}`))).data).toEqual([patched]);
    expect(await ok(as(token).call("GET", "/api/v1/whoami"))).toEqual({
      kind: "key",
      id: created.id,
      name: "CI 2",
      role: "viewer",
      permissions: ["read", "portal:read"],
      appId: app,
      appName: "Keyed",
      expiresAt: null,
      development: false,
    });
    expect((await api.call("DELETE", path)).status).toBe(204);
    expect([await status(token), (await api.call("GET", path)).status]).toEqual([401, 404]);
  });

  test("P8: one that is revoked through one process is good in no other after a moment, and here not for one request more", async () => {
    const { id, token } = await key({});
    expect([await status(token), await status(token, other)]).toEqual([200, 200]);
    await ok(api.call("DELETE", `/api/v1/api-key/${id}`));
    expect(await status(token)).toBe(401);
    await until("the other process refuses the key", async () => (await status(token, other)) === 401, 5_000);
  });

  test("P8: the road of events heeds a key like every other operation, in both processes", async () => {
    const [mine, theirs] = [await api.app(), await api.app({ uid: "theirs-of-the-road" })];
    const { id, token } = await key({ role: "ingest", appId: mine });
    const send = async (app: string, engine = one, more = {}) =>
      (await as(token, engine).call("POST", `/api/v1/app/${app}/msg`, { eventType: "a.b", payload: {}, ...more }))
        .status;
    expect([await send(mine), await send(mine, other), await send(theirs), await send("theirs-of-the-road")]).toEqual([
      202, 202, 404, 404,
    ]);
    expect(await send("brought-along", one, { application: { name: "Brought" } })).toBe(404);
    await ok(api.call("DELETE", `/api/v1/api-key/${id}`));
    expect(await send(mine)).toBe(401);
    await until("the other process refuses the key", async () => (await send(mine, other)) === 401, 5_000);
    // Of the organisation, but no more than that: it sends to what there is, and makes nothing.
    const all = await key({ role: "ingest" });
    const brought = await as(all.token).call("POST", "/api/v1/app/brought-along/msg", {
      eventType: "a.b",
      payload: {},
      application: { name: "Brought" },
    });
    expect([brought.status, brought.body.code]).toEqual([403, "forbidden"]);
  });

  test("a rotation leaves the token before good for its grace; without one it ends in every process", async () => {
    const first = await key({});
    const second = await ok(api.call("POST", `/api/v1/api-key/${first.id}/rotate`, { graceSeconds: 600 }));
    expect([second.id, second.token === first.token]).toEqual([first.id, false]);
    expect([await status(first.token), await status(second.token, other)]).toEqual([200, 200]);
    const third = await ok(api.call("POST", `/api/v1/api-key/${first.id}/rotate`, { graceSeconds: 0 }));
    expect([await status(first.token), await status(second.token), await status(third.token)]).toEqual([401, 401, 200]);
    await until("the other process refuses", async () => (await status(second.token, other)) === 401, 5_000);
    expect(await status(third.token, other)).toBe(200);
  });

  test("P8: a token stands in no table, not even as the answer kept for a repeat, which still gives it", async () => {
    const create = () =>
      api.call("POST", "/api/v1/api-key", { name: "Repeated", role: "viewer" }, { "idempotency-key": "same-key" });
    const [first, second] = [await create(), await create()];
    expect([first.status, second.status, second.headers.get("idempotency-replayed")]).toEqual([201, 201, "true"]);
    expect(second.body).toEqual(first.body);
    const tables: { name: string }[] = await db.query(
      "select relname as name from pg_class where relnamespace = 'posthorn'::regnamespace and relkind = 'r'",
    );
    const { token } = first.body;
    for (const { name } of tables) {
      const found = await db.query(
        `select 1 from posthorn."${name}" t where position($1 in t::text) > 0 or position($2 in t::text) > 0`,
        [token, Buffer.from(token).toString("hex")],
      );
      expect([name, found]).toEqual([name, []]);
    }
  });

  test("P8: are handed out by nobody to whom they would give more than he has", async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const admin = as((await key({ role: "admin", expiresAt: soon })).token);
    const longer = await admin.call("POST", "/api/v1/api-key", { name: "x", role: "viewer" });
    expect([longer.status, longer.body.code]).toEqual([403, "forbidden"]);
    const shorter = { name: "x", role: "viewer", expiresAt: soon };
    expect((await admin.call("POST", "/api/v1/api-key", shorter)).status).toBe(201);
    const app = await api.app();
    for (const fields of [
      { role: "admin", appId: app },
      { role: "portal" },
      { role: "owner" },
      { expiresAt: "2001-01-01T00:00:00Z" },
    ]) {
      const { status } = await api.call("POST", "/api/v1/api-key", { name: "x", role: "viewer", ...fields });
      expect([fields, status]).toEqual([fields, 422]);
    }
    expect((await api.call("POST", "/api/v1/api-key", { name: "x", role: "viewer", appId: "nobody" })).status).toBe(
      404,
    );
  });

  test("tell when they were last used", async () => {
    const { id, token } = await key({});
    expect(await status(token)).toBe(200);
    await until("the use was written", async () => (await ok(api.call("GET", `/api/v1/api-key/${id}`))).lastUsedAt);
  }, 20_000);

  test("say what is missing when it is their permission", async () => {
    const app = await api.app();
    const { token } = await key({ role: "viewer", name: "Dashboard" });
    const answer = await as(token).call("POST", `/api/v1/app/${app}/endpoint`, { url: "https://example.com" });
    expect([answer.status, answer.body]).toEqual([
      403,
      {
        code: "forbidden",
        detail: 'This takes the permission "portal:write"; the token "Dashboard" (viewer) has read, portal:read',
      },
    ]);
  });
});

describe("the portal", () => {
  const svix = (token: string) => new Svix(token, { serverUrl: one.url, numRetries: 0 });
  const refusal = async (call: Promise<unknown>) => {
    try {
      await call;
    } catch (error) {
      if (error instanceof ApiException) return error.code;
      throw error;
    }
    throw new Error("The call was to be refused and was answered");
  };

  test("is opened by the official client, and its token is good in one application and nowhere else", async () => {
    const [mine, theirs] = [await api.app({ name: "Mine", uid: "portal-mine" }), await api.app()];
    const { url, token } = await svix(one.token).authentication.appPortalAccess("portal-mine");
    expect(token).toMatch(/^appsk_/);
    const [page, fragment = ""] = url.split("#key=");
    expect(page).toBe(`${one.url}/portal`);
    expect(JSON.parse(Buffer.from(fragment, "base64url").toString())).toEqual({ appId: mine, token });

    const user = svix(token);
    const endpoint = await user.endpoint.create(mine, { url: "https://example.com/hook" });
    expect((await user.endpoint.list("portal-mine")).data.map(({ id }) => id)).toEqual([endpoint.id]);
    expect((await user.eventType.list()).done).toBe(true);
    expect((await user.messageAttempt.listByEndpoint(mine, endpoint.id)).data).toEqual([]);
    expect(await refusal(user.endpoint.list(theirs))).toBe(404);
    expect(await refusal(user.application.list())).toBe(403);
    expect(await refusal(user.application.patch(mine, { name: "Hijacked" }))).toBe(403);
    expect(await refusal(user.message.create(mine, { eventType: "a.b", payload: {} }))).toBe(403);
    expect(await refusal(user.authentication.appPortalAccess(mine))).toBe(403);

    await user.authentication.logout();
    expect(await refusal(user.endpoint.list(mine))).toBe(401);
    await until("the other process refuses", async () => (await status(token, other)) === 401, 5_000);
    expect(await refusal(svix(one.token).authentication.logout())).toBe(409);
  });

  test("may be for looking only, by our word and by Svix's", async () => {
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: "https://example.com/hook" });
    const { authentication } = svix(one.token);
    for (const { token } of [
      await authentication.appPortalAccess(app, { readOnly: true }),
      await authentication.appPortalAccess(app, { capabilities: ["ViewBase" as never] }),
    ]) {
      const user = svix(token);
      expect((await user.endpoint.get(app, endpoint)).id).toBe(endpoint);
      expect(await refusal(user.endpoint.delete(app, endpoint))).toBe(403);
      expect(await refusal(user.endpoint.getSecret(app, endpoint))).toBe(403);
    }
  });

  test("ends for all users of an application, or for those of one name, in every process", async () => {
    const app = await api.app();
    const { authentication } = svix(one.token);
    const open = async (sessionId?: string) =>
      (await authentication.appPortalAccess(app, { ...(sessionId && { sessionId }) })).token;
    const [named, unnamed] = [await open("alice"), await open()];
    expect([await status(named, other), await status(unnamed, other)]).toEqual([200, 200]);
    await authentication.expireAll(app, { sessionIds: ["alice"] });
    expect([await status(named), await status(unnamed)]).toEqual([401, 200]);
    await authentication.expireAll(app);
    expect(await status(unnamed)).toBe(401);
    await until("the other process refuses both", async () => {
      const both = [await status(named, other), await status(unnamed, other)];
      return both.every((code) => code === 401);
    });
  });

  test("brings the application along if it is to be made, for who may make one", async () => {
    const body = { application: { name: "Brought", uid: "portal-brought" } };
    const operator = await key({});
    expect(await refusal(svix(operator.token).authentication.appPortalAccess("portal-brought", body))).toBe(403);
    await svix(one.token).authentication.appPortalAccess("portal-brought", body);
    expect((await api.call("GET", "/api/v1/app/portal-brought")).body.name).toBe("Brought");
  });

  test("looks as the organisation, the application and the session say, each over the one before", async () => {
    const app = await api.app({ name: "Themed", uid: "themed" });
    await ok(api.call("PUT", "/api/v1/portal-theme", { name: "House", primary: "#112233", radiusPx: 4 }));
    await ok(api.call("PUT", `/api/v1/app/${app}/portal-theme`, { primary: "#445566", mode: "dark" }));
    const { token } = await ok(
      api.call("POST", `/api/v1/auth/app-portal-access/${app}`, { theme: { mode: "light" }, expiresInSeconds: 600 }),
    );
    const portal = await ok(as(token).call("GET", "/api/v1/portal"));
    expect(portal).toEqual({
      application: { id: app, uid: "themed", name: "Themed" },
      theme: { name: "House", primary: "#445566", radiusPx: 4, mode: "light" },
      readOnly: false,
      expiresAt: expect.any(String),
    });
    expect(Math.abs(Date.parse(portal.expiresAt) - Date.now() - 600_000)).toBeLessThan(60_000);
    expect((await api.call("GET", "/api/v1/portal")).status).toBe(404);
    expect((await as(token).call("PUT", `/api/v1/app/${app}/portal-theme`, {})).status).toBe(403);
    for (const theme of [
      { logoUrl: "https://example.com/x.png" },
      { primary: "red" },
      { logoUrl: "data:text/html;base64,eA==" },
    ]) {
      expect((await api.call("PUT", "/api/v1/portal-theme", theme)).status).toBe(422);
    }
  });
});

describe("the console in development", () => {
  test("P8: signs in by itself on this machine, and nobody else does, whatever name he comes under", async () => {
    const folder = mkdtempSync(join(tmpdir(), "posthorn-access-"));
    try {
      await using engine = await startEngine({ env: { POSTHORN_DATA: folder } });
      const { host, origin } = new URL(engine.url);
      const open = (headers: Record<string, string>) =>
        fetch(`${engine.url}/console/session`, {
          method: "POST",
          headers: { origin, "sec-fetch-site": "same-origin", ...headers },
        });
      const answer = await open({});
      const session: { token: string; expiresAt: string } = await answer.json();
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, null]);
      expect(session.token).toMatch(/^phc_/);
      const console = apiOf({ url: engine.url, token: session.token });
      expect((await console.call("GET", "/api/v1/whoami")).body).toMatchObject({
        kind: "console",
        role: "admin",
        development: true,
        expiresAt: session.expiresAt,
      });
      // A session may make what outlives it, as the person at the machine may.
      expect((await console.call("POST", "/api/v1/api-key", { name: "First", role: "admin" })).status).toBe(201);
      const refusals = await Promise.all([
        open({ host: "rebound.example", origin: "http://rebound.example" }),
        open({ host, origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" }),
        open({ origin: "http://localhost:3000", "sec-fetch-site": "same-site" }),
        open({ "x-forwarded-for": "192.0.2.1" }),
      ]);
      for (const refusal of refusals) {
        expect([refusal.status, (await refusal.json()).code]).toEqual([404, "no_such_route"]);
      }
      expect((await console.call("POST", "/api/v1/auth/logout")).status).toBe(204);
      expect((await console.call("GET", "/api/v1/whoami")).status).toBe(401);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});

describe("the audit log", () => {
  test("has every change with who, what and from where, and never a secret", async () => {
    const app = await api.app({ name: "Audited", uid: "audited" });
    const { id, token } = await key({ name: "Auditee", appId: app });
    const user = as(token);
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const endpoint = await user.endpoint("audited", { url: "https://example.com/hooks/private", secret });
    await ok(user.call("DELETE", `/api/v1/app/audited/endpoint/${endpoint}`));
    const [removed, created] = await audit(`actor=${id}`);
    expect(created).toEqual({
      id: expect.stringMatching(/^aud_/),
      at: expect.any(String),
      actor: { kind: "key", id, name: "Auditee" },
      operation: "v1.endpoint.create",
      method: "POST",
      path: "/api/v1/app/audited/endpoint",
      appId: app,
      target: endpoint,
      status: 201,
      requestId: expect.any(String),
      remoteAddress: "127.0.0.1",
      detail: { body: { url: "https://example.com", secret: "•••" } },
    });
    expect(removed).toMatchObject({ operation: "v1.endpoint.delete", target: endpoint, appId: app, status: 204 });
    // Found by each of its handles, and the application's own coming about is among what is about it.
    expect(await audit(`target=${endpoint}`)).toEqual([removed as never, created as never]);
    const about = (await audit(`app_id=audited`)).map(({ operation }) => operation);
    expect(about).toEqual(["v1.endpoint.delete", "v1.endpoint.create", "v1.api-key.create", "v1.application.create"]);
    const [page] = [await ok(api.call("GET", "/api/v1/audit?limit=1"))];
    expect((await ok(api.call("GET", `/api/v1/audit?limit=1&iterator=${page.iterator}`))).data).not.toEqual(page.data);
  });

  test("has no change that was not made, and none twice that was repeated", async () => {
    const created = () =>
      api.call("POST", "/api/v1/app", { name: "Once", uid: "audited-once" }, { "idempotency-key": "once" });
    await created();
    await created();
    await api.call("POST", "/api/v1/app", { name: "Taken", uid: "audited-once" });
    await api.call("POST", "/api/v1/app", { name: "" });
    expect(await audit("app_id=audited-once")).toHaveLength(1);
    // What cannot be recorded is not done: neither is there without the other.
    await db.query("alter table posthorn.audit add constraint test_full check (path <> '/api/v1/app') not valid");
    expect(
      (await api.call("POST", "/api/v1/app", { name: "Lost", uid: "audited-lost" })).status,
    ).toBeGreaterThanOrEqual(500);
    await db.query("alter table posthorn.audit drop constraint test_full");
    expect((await api.call("GET", "/api/v1/app/audited-lost")).status).toBe(404);
  });

  test("has looks at secrets, and what was refused, with the number of those left out", async () => {
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: "https://example.com" });
    await ok(api.call("GET", `/api/v1/app/${app}/endpoint/${endpoint}/secret`));
    expect((await audit(`target=${endpoint}`)).map(({ operation }) => operation)).toEqual([
      "v1.endpoint.get-secret",
      "v1.endpoint.create",
    ]);
    const { id, token } = await key({ role: "viewer" });
    for (let i = 0; i < 100; i++) await as(token).call("DELETE", `/api/v1/app/${app}`);
    const refused = await until("the refusals are recorded", async () => {
      const records = await audit(`actor=${id}&limit=200`);
      return records.length >= 60 ? records : undefined;
    });
    expect(refused).toHaveLength(60);
    expect(refused[0]).toMatchObject({ operation: "v1.application.delete", status: 403 });
    // A stranger writes no more than that, whatever he tries, and reads that are refused are not worth a line.
    for (let i = 0; i < 100; i++) await as(`phk_stranger-${i}`).call("DELETE", `/api/v1/app/${app}`);
    for (let i = 0; i < 10; i++) await as("nonsense").call("GET", "/api/v1/app");
    const strangers = await audit("actor=stranger&limit=200");
    expect(strangers.length).toBeLessThanOrEqual(60);
    expect(strangers.every(({ status, method }) => status === 401 && method === "DELETE")).toBe(true);
  });

  test("has the application that a message brought along, once, and no message", async () => {
    const uid = `brought-${crypto.randomUUID()}`;
    const message = { eventType: "a.b", payload: { secret: 1 }, application: { name: "Brought", uid } };
    for (let i = 0; i < 2; i++) expect((await api.call("POST", `/api/v1/app/${uid}/msg`, message)).status).toBe(202);
    const records = await audit(`app_id=${uid}`);
    const { id } = await ok(api.call("GET", `/api/v1/app/${uid}`));
    expect(records).toEqual([
      expect.objectContaining({
        actor: expect.objectContaining({ kind: "root" }),
        operation: "v1.message.create",
        path: `/api/v1/app/${uid}/msg`,
        appId: id,
        target: id,
        status: 202,
        detail: { body: { application: { name: "Brought", uid } } },
      }),
    ]);
  });

  test("is taken along as lines, all of them and in order, however many pages that are", async () => {
    await db.query(
      `insert into posthorn.audit (id, actor_kind, actor_id, actor_name, operation, method, path, status, request_id)
       select uuidv7(), 'root', 'exported', 'Root', 'v1.x', 'POST', '/', 200, uuidv7() from generate_series(1, 1203)`,
    );
    const response = await fetch(`${one.url}/api/v1/audit/export?actor=exported`, {
      headers: { authorization: `Bearer ${one.token}` },
    });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trimEnd().split("\n");
    const ids = lines.map((line) => JSON.parse(line).id);
    expect([ids.length, new Set(ids).size]).toEqual([1_203, 1_203]);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });
});
