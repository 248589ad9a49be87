import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ApiException, Ordering, Svix } from "svix";
import { type ApiDeps, createHotRoutes, loadApi } from "#api";
import { ensureDeliveryPartitions, resendEvent } from "#delivery";
import { createEventLog, ensureEventPartitions } from "#events";
import { checkUrl, createLog, createSealer, type Db, newId, newIdAt, openDb, parsePublicId, publicId } from "#kernel";
import { createApplicationResolver, createAuthenticate, liveApplications } from "#tenancy";
import { type TestDatabase, testDatabase } from "#test";

const TOKEN = "testsk_token";

let database: TestDatabase;
let db: Db;
let server: Bun.Server<undefined>;
let svix: Svix;
const owed: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 6 });
  await ensureEventPartitions(db, Date.now());
  await ensureDeliveryPartitions(db, Date.now());
  const log = createLog({ level: "silent", format: "json" });
  const sealer = createSealer({ current: new Uint8Array(32).fill(7) });
  const authenticate = createAuthenticate(TOKEN);
  const applications = createApplicationResolver({ q: db });
  const deps: ApiDeps = {
    db,
    sealer,
    log,
    authenticate,
    applications,
    checkUrl: (url) => checkUrl(url),
    resend: (_, appId, eventId, endpointId) => resendEvent(db, appId, eventId, endpointId),
    onOwed: (endpointId) => owed.push(endpointId),
    limits: { bodyBytesMax: 1 << 20, endpointsMax: 20 },
    userAgent: "Posthorn/test",
    version: "0.0.0",
    readiness: () => ({ ready: true, reasons: [] }),
    nowMs: Date.now,
    twinWaitMs: 50,
  };
  const api = (await loadApi()).createApi(deps);
  const hot = createHotRoutes({
    log: createEventLog({ db, planners: [], liveApplications }),
    intake: { refusal: () => undefined, measure: async () => undefined, drain: () => undefined },
    authenticate,
    applications,
    createApplication: async () => undefined,
    quota: () => 0,
    limits: { bodyBytesMax: 1 << 20, batchEventsMax: 1_000, batchBytesMax: 1 << 24 },
    dedupeWindowMs: 86_400_000,
    retentionMs: 90 * 86_400_000,
  });
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/api/v1/app/:app/msg": { POST: (request) => hot.createMessage(request, request.params.app) },
      "/api/v1/app/:app/msg/batch": { POST: (request) => hot.createMessages(request, request.params.app) },
    },
    fetch: api,
  });
  svix = new Svix(TOKEN, { serverUrl: server.url.href, numRetries: 1 });
});

afterAll(async () => {
  await server.stop(true);
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** What a call is refused with: its status and body. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    // The client gives bodies of 4xx parsed, others as text.
    const { body, code: status, headers } = error as ApiException<unknown>;
    return { status, body: body as Record<string, unknown>, headers: headers as unknown as Headers };
  }
  throw new Error("The call was to be refused and was answered");
}

function raw(
  method: string,
  path: string,
  options: { body?: string; key?: string; token?: string } = {},
): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${options.token ?? TOKEN}` });
  if (options.key !== undefined) headers.set("idempotency-key", options.key);
  return fetch(new URL(path, server.url), {
    method,
    headers,
    ...(options.body !== undefined && { body: options.body }),
  });
}

const app = (name = "An application") => svix.application.create({ name });
const uuid = (prefix: "app" | "ep" | "msg", id: string) => parsePublicId(prefix, id) ?? "";

describe("applications", () => {
  test("are created, read by id and by uid, changed and deleted", async () => {
    const created = await svix.application.create({
      name: "First",
      uid: "first",
      metadata: { plan: "gold" },
      throttleRate: 9,
    });
    expect(created).toMatchObject({ name: "First", uid: "first", metadata: { plan: "gold" }, throttleRate: 9 });
    expect(created.id).toMatch(/^app_[0-9a-z]{26}$/);
    expect(created.createdAt).toBeInstanceOf(Date);
    expect(await svix.application.get("first")).toEqual(created);
    expect(await svix.application.get(created.id)).toEqual(created);

    const patched = await svix.application.patch("first", { name: "Renamed", throttleRate: null });
    expect(patched).toMatchObject({
      id: created.id,
      name: "Renamed",
      uid: "first",
      throttleRate: null,
      metadata: { plan: "gold" },
    });
    const put = await svix.application.upsert(created.id, { name: "Put" });
    expect(put).toMatchObject({ id: created.id, name: "Put", uid: null, metadata: {} });
    expect((await refusal(svix.application.get("first"))).status).toBe(404);

    await svix.application.delete(created.id);
    expect(await refusal(svix.application.get(created.id))).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  test("a uid is unique among the living; getOrCreate finds its owner", async () => {
    const one = await svix.application.create({ name: "One", uid: "unique" });
    const two = await refusal(svix.application.create({ name: "Two", uid: "unique" }));
    expect(two).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await svix.application.getOrCreate({ name: "Two", uid: "unique" })).id).toBe(one.id);
    const other = await app("Other");
    expect((await refusal(svix.application.patch(other.id, { uid: "unique" }))).status).toBe(409);
    await svix.application.delete(one.id);
    expect((await svix.application.create({ name: "Three", uid: "unique" })).id).not.toBe(one.id);
  });

  test("update creates one under a uid that none has, and says 201", async () => {
    const first = await raw("PUT", "/api/v1/app/upserted", { body: '{"name":"Upserted"}' });
    expect(first.status).toBe(201);
    const second = await raw("PUT", "/api/v1/app/upserted", { body: '{"name":"Again","uid":"upserted"}' });
    expect([second.status, (await second.json()).id]).toEqual([200, (await first.json()).id]);
    expect((await raw("PUT", `/api/v1/app/${publicId("app", newId())}`, { body: '{"name":"x"}' })).status).toBe(404);
  });

  test("our quotas survive a PUT of a client that does not know them", async () => {
    const made = await raw("POST", "/api/v1/app", {
      body: '{"name":"Q","uid":"quotas","eventsPerSecond":5,"endpointsMax":1}',
    });
    expect(made.status).toBe(201);
    await svix.application.upsert("quotas", { name: "Q2", uid: "quotas" });
    expect(await (await raw("GET", "/api/v1/app/quotas")).json()).toMatchObject({
      name: "Q2",
      eventsPerSecond: 5,
      endpointsMax: 1,
    });
    await svix.endpoint.create("quotas", { url: "https://example.com/" });
    const second = await refusal(svix.endpoint.create("quotas", { url: "https://example.com/" }));
    expect(second).toMatchObject({ status: 429, body: { code: "endpoints_max_reached" } });
  });

  test("lists go forth and back by iterators, in either order", async () => {
    const names = ["p1", "p2", "p3", "p4", "p5"];
    const made = [];
    for (const name of names) made.push((await svix.application.create({ name, uid: name })).id);
    const before = await svix.application.list({ limit: 1, order: Ordering.Descending, iterator: made[0] as string });
    const start = before.data[0]?.id;
    const first = await svix.application.list({ limit: 2, ...(start !== undefined && { iterator: start }) });
    expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
    expect(first).toMatchObject({ done: false, iterator: made[1], prevIterator: `-${made[0]}` });
    const second = await svix.application.list({ limit: 2, iterator: first.iterator });
    expect(second.data.map(({ id }) => id)).toEqual(made.slice(2, 4));
    const third = await svix.application.list({ limit: 2, iterator: second.iterator });
    expect(third.data.map(({ id }) => id)).toEqual(made.slice(4));
    expect(third.done).toBe(true);
    const back = await svix.application.list({ limit: 2, iterator: third.prevIterator ?? "" });
    expect(back.data.map(({ id }) => id)).toEqual(made.slice(2, 4));
    const descending = await svix.application.list({ limit: 3, order: Ordering.Descending });
    expect(descending.data.map(({ id }) => id)).toEqual(made.slice(2).reverse());
    const empty = await svix.application.list({ limit: 3, iterator: made[4] as string });
    expect(empty).toEqual({ data: [], done: true, iterator: null, prevIterator: null });
  });
});

describe("faults of requests", () => {
  test("every fault of a body is told at once, with its place", async () => {
    const answer = await refusal(svix.application.create({ name: "", uid: "not ok", throttleRate: 0 }));
    expect(answer.status).toBe(422);
    const detail = answer.body["detail"] as { loc: string[]; msg: string; type: string }[];
    expect(detail.map(({ loc }) => loc.join("."))).toEqual(["body.name", "body.uid", "body.throttleRate"]);
    for (const { loc, msg, type } of detail)
      expect([typeof loc[0], typeof msg, typeof type]).toEqual(["string", "string", "string"]);
  });

  test("a missing field is said to be missing; a uid may not look like an id", async () => {
    const missing = await (await raw("POST", "/api/v1/app", { body: "{}" })).json();
    expect(missing).toEqual({
      detail: [{ loc: ["body", "name"], msg: "field required", type: "value_error.missing" }],
    });
    expect((await refusal(svix.application.create({ name: "x", uid: "app_mine" }))).status).toBe(422);
  });

  test("broken JSON is answered 422 with line, column and byte", async () => {
    const answer = await raw("POST", "/api/v1/app", { body: '{\n  "name": oops\n}' });
    expect(answer.status).toBe(422);
    expect((await answer.json()).detail[0]).toMatchObject({
      loc: ["body"],
      type: "value_error.jsondecode",
      msg: expect.stringContaining("line 2, column 11, byte 12"),
    });
    expect((await raw("POST", "/api/v1/app", { body: "[]" })).status).toBe(422);
    expect((await raw("POST", "/api/v1/app", { body: "" })).status).toBe(422);
  });

  test("what PostgreSQL cannot store is a fault of the request, not of ours", async () => {
    const body = '{"name":"a\\u0000b","metadata":{"k":"\\ud800"}}';
    const answer = await raw("POST", "/api/v1/app", { body });
    expect([answer.status, (await answer.json()).detail.length]).toEqual([422, 2]);
    const schemas = '{"name":"nul","description":"d","schemas":{"1":{"title":"\\u0000"}}}';
    expect((await raw("POST", "/api/v1/event-type", { body: schemas })).status).toBe(422);
  });

  test("no token, another scheme and a wrong token are 401", async () => {
    expect((await refusal(new Svix("wrong", { serverUrl: server.url.href }).application.list())).body).toMatchObject({
      code: "authentication_failed",
    });
    expect((await fetch(new URL("/api/v1/app", server.url))).status).toBe(401);
    const basic = await fetch(new URL("/api/v1/app", server.url), { headers: { authorization: `Basic ${TOKEN}` } });
    expect([basic.status, basic.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  test("an unknown route is 404, a known one with another method 405 with Allow", async () => {
    const unknown = await raw("GET", "/api/v1/nothing");
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "no_such_route"]);
    const method = await raw("DELETE", "/api/v1/app");
    expect([method.status, method.headers.get("allow"), (await method.json()).code]).toEqual([
      405,
      "GET, POST, HEAD",
      "method_not_allowed",
    ]);
    expect(unknown.headers.get("posthorn-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("bad limits and iterators are 422", async () => {
    for (const query of ["limit=251", "limit=x", "iterator=nonsense", "order=sideways"]) {
      const answer = await raw("GET", `/api/v1/app?${query}`);
      expect([query, answer.status, (await answer.json()).detail[0].loc[0]]).toEqual([query, 422, "query"]);
    }
  });

  test("a body that is too large is 413", async () => {
    const answer = await raw("POST", "/api/v1/app", { body: JSON.stringify({ name: "x".repeat(1 << 21) }) });
    expect([answer.status, (await answer.json()).code]).toEqual([413, "body_too_large"]);
  });
});

describe("Idempotency-Key", () => {
  test("P1: the same request gets the first answer, byte for byte", async () => {
    const body = '{"name":"Idempotent"}';
    const first = await raw("POST", "/api/v1/app", { body, key: "k1" });
    const second = await raw("POST", "/api/v1/app", { body, key: "k1" });
    expect([second.status, await second.text()]).toEqual([201, await first.text()]);
    expect([first.headers.get("idempotency-replayed"), second.headers.get("idempotency-replayed")]).toEqual([
      null,
      "true",
    ]);
    const other = await raw("POST", "/api/v1/app", { body: '{"name":"Other"}', key: "k1" });
    expect([other.status, (await other.json()).code]).toEqual([409, "idempotency_key_reused"]);
    const elsewhere = await raw("POST", "/api/v1/app?get_if_exists=true", { body, key: "k1" });
    expect(elsewhere.status).toBe(409);
    expect((await raw("POST", "/api/v1/app", { body, key: "k".repeat(257) })).status).toBe(422);
  });

  test("a refusal is kept too, and leaves nothing behind", async () => {
    await svix.application.create({ name: "Holder", uid: "held" });
    const body = '{"name":"x","uid":"held"}';
    const first = await raw("POST", "/api/v1/app", { body, key: "k2" });
    const second = await raw("POST", "/api/v1/app", { body, key: "k2" });
    expect([first.status, second.status, await second.text()]).toEqual([409, 409, await first.text()]);
  });

  test("of twins at the same moment one is done and all get its answer", async () => {
    const body = '{"name":"Twin","uid":"twin"}';
    const answers = await Promise.all([1, 2, 3, 4].map(() => raw("POST", "/api/v1/app", { body, key: "k3" })));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(texts).size).toBe(1);
  });

  test("a twin of a request that takes long is told to come back", async () => {
    const held = openDb({ url: database.url, poolMax: 1 });
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const { promise: taken, resolve: took } = Promise.withResolvers<void>();
    const { claimKey } = await import("#tenancy");
    const first = held.transaction(async (tx) => {
      await claimKey(tx, {
        principal: "root",
        method: "POST",
        path: "/api/v1/app",
        query: "",
        key: "k4",
        body: Buffer.from("{}"),
      });
      took();
      await release;
      throw new Error("the first fails in the end");
    });
    first.catch(() => undefined);
    await taken;
    const body = '{"name":"Second"}';
    const answer = await raw("POST", "/api/v1/app", { body, key: "k4" });
    expect([answer.status, answer.headers.get("retry-after"), (await answer.json()).code]).toEqual([
      409,
      "1",
      "idempotency_in_progress",
    ]);
    resolve();
    await first.catch(() => undefined);
    // Undone, so the key is free.
    expect((await raw("POST", "/api/v1/app", { body, key: "k4" })).status).toBe(201);
    await held.close();
  });
});

describe("event types", () => {
  test("are created, read, changed, archived, taken back and expunged", async () => {
    const schemas = { "1": { type: "object", title: "Signed up" } };
    const created = await svix.eventType.create({ name: "user.signup", description: "Somebody signed up", schemas });
    expect(created).toMatchObject({ name: "user.signup", archived: false, deprecated: false, schemas });
    const twice = await refusal(svix.eventType.create({ name: "user.signup", description: "Again" }));
    expect(twice).toMatchObject({ status: 409, body: { code: "event_type_exists" } });
    expect(await svix.eventType.patch("user.signup", { deprecated: true })).toMatchObject({
      deprecated: true,
      schemas,
    });
    expect(await svix.eventType.upsert("user.signup", { description: "Put" })).toMatchObject({
      description: "Put",
      deprecated: false,
      schemas: null,
    });
    expect((await raw("PUT", "/api/v1/event-type/user.put", { body: '{"description":"new"}' })).status).toBe(201);

    await svix.eventType.delete("user.signup");
    expect((await svix.eventType.get("user.signup")).archived).toBe(true);
    const listed = async (includeArchived: boolean) =>
      (await svix.eventType.list({ includeArchived, limit: 250 })).data.map(({ name }) => name);
    expect(await listed(false)).not.toContain("user.signup");
    expect(await listed(true)).toContain("user.signup");
    expect(await svix.eventType.create({ name: "user.signup", description: "Back" })).toMatchObject({
      archived: false,
      description: "Back",
    });
    await svix.eventType.delete("user.signup", { expunge: true });
    expect((await refusal(svix.eventType.get("user.signup"))).status).toBe(404);
  });

  test("lists are by name, with schemas only when asked for", async () => {
    for (const name of ["zz.a", "zz.b", "zz.c"])
      await svix.eventType.create({ name, description: name, schemas: { "1": {} } });
    const first = await svix.eventType.list({ iterator: "zz", limit: 2, withContent: true });
    expect(first.data.map(({ name }) => name)).toEqual(["zz.a", "zz.b"]);
    expect(first.data[0]?.schemas).toEqual({ "1": {} });
    expect(first.iterator).toBe("zz.b");
    const second = await svix.eventType.list({ iterator: first.iterator ?? "", limit: 2 });
    expect([second.data.map(({ name }) => name), second.data[0]?.schemas, second.done]).toEqual([["zz.c"], null, true]);
    const back = await svix.eventType.list({ iterator: second.prevIterator ?? "", limit: 1 });
    expect(back.data.map(({ name }) => name)).toEqual(["zz.b"]);
  });
});

describe("endpoints", () => {
  test("are created, read by id and by uid, changed and deleted", async () => {
    const { id } = await app();
    await svix.eventType.upsert("order.paid", { description: "" });
    const created = await svix.endpoint.create(id, {
      url: "https://example.com/hook",
      uid: "hook",
      description: "The hook",
      eventTypes: ["order.paid"],
      channels: ["eu"],
      throttleRate: 10,
      metadata: { team: "a" },
    });
    expect(created).toMatchObject({
      uid: "hook",
      disabled: false,
      eventTypes: ["order.paid"],
      channels: ["eu"],
      throttleRate: 10,
    });
    expect(await svix.endpoint.get(id, "hook")).toEqual(created);
    expect(await svix.endpoint.get(id, created.id)).toEqual(created);
    expect(await svix.endpoint.patch(id, "hook", { disabled: true, channels: null })).toMatchObject({
      disabled: true,
      channels: null,
    });
    const put = await svix.endpoint.upsert(id, "hook", { url: "https://example.com/other" });
    expect(put).toMatchObject({
      id: created.id,
      url: "https://example.com/other",
      uid: null,
      disabled: false,
      eventTypes: null,
      description: "",
    });
    expect((await svix.endpoint.list(id)).data.map((endpoint) => endpoint.id)).toEqual([created.id]);

    const gone = await raw("DELETE", `/api/v1/app/${id}/endpoint/${created.id}`);
    expect([gone.status, gone.headers.get("posthorn-owed-stopped")]).toEqual([204, "0"]);
    expect((await refusal(svix.endpoint.get(id, created.id))).status).toBe(404);
    expect((await svix.endpoint.list(id)).data).toEqual([]);
  });

  test("P8: an application sees no endpoint of another", async () => {
    const [one, two] = [await app(), await app()];
    const endpoint = await svix.endpoint.create(one.id, { url: "https://example.com/", uid: "mine" });
    expect((await refusal(svix.endpoint.get(two.id, endpoint.id))).status).toBe(404);
    expect((await refusal(svix.endpoint.get(two.id, "mine"))).status).toBe(404);
    expect((await refusal(svix.endpoint.delete(two.id, endpoint.id))).status).toBe(404);
    expect((await svix.endpoint.create(two.id, { url: "https://example.com/", uid: "mine" })).id).not.toBe(endpoint.id);
  });

  test("P8: urls that cannot be, unknown event types and a taken uid are refused", async () => {
    const { id } = await app();
    await svix.endpoint.create(id, { url: "https://example.com/", uid: "taken" });
    for (const url of ["ftp://example.com/", "https://user:secret@example.com/", "https://", "example.com"]) {
      const { status, body } = await refusal(svix.endpoint.create(id, { url }));
      expect([url, status, (body["detail"] as { loc: string[] }[])[0]?.loc]).toEqual([url, 422, ["body", "url"]]);
    }
    expect(
      (await refusal(svix.endpoint.create(id, { url: "https://example.com/", eventTypes: ["no.such"] }))).status,
    ).toBe(422);
    expect(await refusal(svix.endpoint.create(id, { url: "https://example.com/", uid: "taken" }))).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("an event type that was archived since may be kept but not chosen", async () => {
    const { id } = await app();
    await svix.eventType.upsert("soon.archived", { description: "" });
    const endpoint = await svix.endpoint.create(id, { url: "https://example.com/", eventTypes: ["soon.archived"] });
    await svix.eventType.delete("soon.archived");
    expect(
      await svix.endpoint.patch(id, endpoint.id, { description: "kept", eventTypes: ["soon.archived"] }),
    ).toMatchObject({ eventTypes: ["soon.archived"] });
    expect(
      (await refusal(svix.endpoint.create(id, { url: "https://example.com/", eventTypes: ["soon.archived"] }))).status,
    ).toBe(422);
  });

  test("our fields stand beside Svix's: a paused endpoint is not disabled, and a PUT of Svix's keeps it paused", async () => {
    const { id } = await app();
    const body = JSON.stringify({
      url: "https://example.com/",
      uid: "ours",
      mode: "paused",
      retryPolicy: "strict",
      retrySchedule: [1, 2],
      concurrency: 3,
      timeoutMs: 2000,
      expiresAfterSeconds: 60,
      extraHeaders: ["svix"],
      signing: "v1a",
    });
    const made = await raw("POST", `/api/v1/app/${id}/endpoint`, { body });
    expect(made.status).toBe(201);
    expect(
      await svix.endpoint.upsert(id, "ours", { url: "https://example.com/", uid: "ours", disabled: false }),
    ).toMatchObject({ disabled: false });
    const kept = await (await raw("GET", `/api/v1/app/${id}/endpoint/ours`)).json();
    expect(kept).toMatchObject({
      mode: "paused",
      modeReason: "operator",
      retryPolicy: "strict",
      retrySchedule: [1, 2],
      concurrency: 3,
      timeoutMs: 2000,
      expiresAfterSeconds: 60,
      extraHeaders: ["svix"],
      signing: "v1a",
      version: 2,
    });
    expect((await svix.endpoint.getSecret(id, "ours")).key).toMatch(/^whpk_/);
    const contradiction = await raw("PATCH", `/api/v1/app/${id}/endpoint/ours`, {
      body: '{"mode":"enabled","disabled":true}',
    });
    expect(contradiction.status).toBe(422);
    const signing = await raw("PATCH", `/api/v1/app/${id}/endpoint/ours`, { body: '{"signing":"v1"}' });
    expect(signing.status).toBe(422);
    const resumed = await raw("PATCH", `/api/v1/app/${id}/endpoint/ours`, {
      body: '{"mode":"enabled","retrySchedule":null}',
    });
    expect(await resumed.json()).toMatchObject({ mode: "enabled", modeReason: null, retrySchedule: null });
  });

  test("update creates an endpoint under a uid that none has", async () => {
    const { id } = await app();
    const answer = await raw("PUT", `/api/v1/app/${id}/endpoint/new-one`, { body: '{"url":"https://example.com/"}' });
    expect([answer.status, (await answer.json()).uid]).toEqual([201, "new-one"]);
    expect(
      (
        await raw("PUT", `/api/v1/app/${id}/endpoint/new-one`, {
          body: '{"url":"https://example.com/","uid":"new-one"}',
        })
      ).status,
    ).toBe(200);
    expect((await raw("PUT", "/api/v1/app/nobody/endpoint/x", { body: '{"url":"https://example.com/"}' })).status).toBe(
      404,
    );
  });

  test("secrets are made, given, read and rotated", async () => {
    const { id } = await app();
    const { id: endpoint } = await svix.endpoint.create(id, { url: "https://example.com/" });
    const first = await svix.endpoint.getSecret(id, endpoint);
    expect(first.key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await svix.endpoint.rotateSecret(id, endpoint, {});
    expect((await svix.endpoint.getSecret(id, endpoint)).key).not.toBe(first.key);
    const key = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
    await svix.endpoint.rotateSecret(id, endpoint, { key, gracePeriodSeconds: 0 });
    expect(await svix.endpoint.getSecret(id, endpoint)).toEqual({ key });
    expect((await refusal(svix.endpoint.rotateSecret(id, endpoint, { key: "short" }))).status).toBe(422);
    const given = await svix.endpoint.create(id, { url: "https://example.com/", secret: key });
    expect(await svix.endpoint.getSecret(id, given.id)).toEqual({ key });
  });

  test("at most ten secrets sign at once", async () => {
    const { id } = await app();
    const { id: endpoint } = await svix.endpoint.create(id, { url: "https://example.com/" });
    for (let i = 1; i < 10; i++) await svix.endpoint.rotateSecret(id, endpoint, {});
    expect(await refusal(svix.endpoint.rotateSecret(id, endpoint, {}))).toMatchObject({
      status: 429,
      body: { code: "secrets_max_reached" },
    });
    await svix.endpoint.rotateSecret(id, endpoint, { gracePeriodSeconds: 0 });
  });

  test("headers are put, patched and shown, credentials only by name", async () => {
    const { id } = await app();
    const { id: endpoint } = await svix.endpoint.create(id, {
      url: "https://example.com/",
      headers: { "X-Made": "with it" },
    });
    expect(await svix.endpoint.getHeaders(id, endpoint)).toEqual({ headers: { "X-Made": "with it" }, sensitive: [] });
    await svix.endpoint.setHeaders(id, endpoint, {
      headers: { "X-One": "1", "X-Two": "2", Authorization: "Bearer secret" },
    });
    expect(await svix.endpoint.getHeaders(id, endpoint)).toEqual({
      headers: { "X-One": "1", "X-Two": "2" },
      sensitive: ["Authorization"],
    });
    await svix.endpoint.patchHeaders(id, endpoint, { headers: { "x-one": "new" }, deleteHeaders: ["X-TWO"] });
    expect(await svix.endpoint.getHeaders(id, endpoint)).toEqual({
      headers: { "x-one": "new" },
      sensitive: ["Authorization"],
    });
    await raw("PATCH", `/api/v1/app/${id}/endpoint/${endpoint}/headers`, {
      body: '{"headers":{"authorization":null}}',
    });
    expect(await svix.endpoint.getHeaders(id, endpoint)).toEqual({ headers: { "x-one": "new" }, sensitive: [] });
  });

  test("P8: headers of the sender, broken names and values that begin a line are refused", async () => {
    const { id } = await app();
    const { id: endpoint } = await svix.endpoint.create(id, { url: "https://example.com/" });
    const bad: Record<string, string>[] = [
      { Host: "x" },
      { "content-length": "1" },
      { "Webhook-Signature": "x" },
      { "svix-id": "x" },
      { "X-Signature": "x" },
      { "Posthorn-Hops": "0" },
      { "User-Agent": "me" },
      { "a b": "x" },
      { "X-A": "a\r\nX-B: b" },
      { "X-A": "1", "x-a": "2" },
    ];
    for (const headers of bad) {
      const { status } = await refusal(svix.endpoint.setHeaders(id, endpoint, { headers }));
      expect([headers, status]).toEqual([headers, 422]);
    }
    expect(await svix.endpoint.getHeaders(id, endpoint)).toEqual({ headers: {}, sensitive: [] });
  });

  test("deleting one that is owed something says how much is stopped; so does deleting the application", async () => {
    const { id } = await app();
    const endpoints = [
      await svix.endpoint.create(id, { url: "https://example.com/" }),
      await svix.endpoint.create(id, { url: "https://example.com/" }),
    ];
    for (const endpoint of endpoints) {
      for (let i = 0; i < 3; i++) {
        await db.query(
          `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger) values ($1, $2, $3, $4, now(), 'scheduled')`,
          [newId(), newId(), uuid("app", id), uuid("ep", endpoint.id)],
        );
      }
    }
    const one = await raw("DELETE", `/api/v1/app/${id}/endpoint/${endpoints[0]?.id}`);
    expect([one.status, one.headers.get("posthorn-owed-stopped")]).toEqual([204, "3"]);
    const all = await raw("DELETE", `/api/v1/app/${id}`);
    expect([all.status, all.headers.get("posthorn-owed-stopped")]).toEqual([204, "3"]);
    expect((await refusal(svix.endpoint.list(id))).status).toBe(404);
  });
});

describe("messages", () => {
  test("P9: are read back by id and by eventId, the payload byte for byte", async () => {
    const { id } = await app();
    const created = await svix.message.create(id, {
      eventType: "order.paid",
      payload: { a: 1 },
      eventId: "order-1",
      channels: ["eu"],
    });
    expect(await svix.message.get(id, created.id, { withContent: true })).toMatchObject({
      id: created.id,
      eventId: "order-1",
      channels: ["eu"],
      payload: { a: 1 },
    });
    expect((await svix.message.get(id, "order-1")).id).toBe(created.id);
    expect((await svix.message.get(id, created.id)).payload).toEqual({});

    const payload = '{ "big": 12345678901234567890,\t"twice":1, "twice": 2, "f": 1.0, "u": "\\u00e9\u00e9" }';
    const exact = await raw("POST", `/api/v1/app/${id}/msg`, {
      body: `{"eventType":"order.paid","payload":${payload}}`,
    });
    const { id: message } = (await exact.json()) as { id: string };
    const text = await (await raw("GET", `/api/v1/app/${id}/msg/${message}`)).text();
    expect(text).toContain(`"payload":${payload}`);
    const list = await (await raw("GET", `/api/v1/app/${id}/msg`)).text();
    expect(list).toContain(`"payload":${payload}`);
  });

  test("what came as no JSON is shown as a string, what is no text in base64, what was erased as expired", async () => {
    const { id } = await app();
    const store = async (contentType: string, payload: Uint8Array | null) => {
      const event = newIdAt(Date.now() - 5_000);
      await db.query(
        "insert into posthorn.event (app_id, id, type, content_type, payload) values ($1, $2, 't', $3, $4)",
        [uuid("app", id), event, contentType, payload],
      );
      return (await raw("GET", `/api/v1/app/${id}/msg/${publicId("msg", event)}`)).json();
    };
    expect(await store("application/x-www-form-urlencoded", Buffer.from('a=1&b="'))).toMatchObject({
      payload: 'a=1&b="',
    });
    expect(await store("application/json", Buffer.from('{"broken":'))).toMatchObject({ payload: '{"broken":' });
    expect(await store("application/cloudevents+json", Buffer.from('{"ok":true}'))).toMatchObject({
      payload: { ok: true },
    });
    expect(await store("application/octet-stream", Buffer.from([0xff, 0x00]))).toMatchObject({
      payload: {},
      payloadBase64: "/wA=",
    });
    expect(await store("application/json", null)).toMatchObject({ payload: { expired: true } });
  });

  test("lists are newest first, go forth and back, and filter by type, channel and time", async () => {
    const { id } = await app();
    const start = Date.now() - 3_600_000;
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) {
      const event = newIdAt(start + i * 1_000);
      ids.unshift(publicId("msg", event));
      await db.query(
        "insert into posthorn.event (app_id, id, type, channels, content_type, payload) values ($1, $2, $3, $4::text[], 'application/json', '{}')",
        [uuid("app", id), event, i % 2 === 0 ? "even" : "odd", i < 2 ? "{first}" : null],
      );
    }
    const list = (options: Parameters<typeof svix.message.list>[1]) => svix.message.list(id, options);
    const seen = async (options: Parameters<typeof svix.message.list>[1]) =>
      (await list(options)).data.map((message) => message.id);
    const one = await list({ limit: 2 });
    expect([one.data.map((message) => message.id), one.done]).toEqual([ids.slice(0, 2), false]);
    const two = await list({ limit: 2, iterator: one.iterator ?? "" });
    expect(two.data.map((message) => message.id)).toEqual(ids.slice(2, 4));
    expect(await seen({ limit: 2, iterator: two.prevIterator ?? "" })).toEqual(ids.slice(0, 2));
    const three = await list({ limit: 2, iterator: two.iterator ?? "" });
    expect([three.data.map((message) => message.id), three.done]).toEqual([ids.slice(4), true]);
    expect(await seen({ eventTypes: ["even"] })).toEqual([ids[1], ids[3], ids[5]] as string[]);
    expect(await seen({ eventTypes: ["even", "odd", "none"], limit: 3 })).toEqual(ids.slice(0, 3));
    expect(await seen({ channel: "first" })).toEqual(ids.slice(4));
    expect(await seen({ before: new Date(start + 2_000) })).toEqual(ids.slice(4));
    expect(await seen({ after: new Date(start + 4_000) })).toEqual(ids.slice(0, 2));
    expect((await refusal(list({ before: new Date(), after: new Date() }))).status).toBe(422);
  });

  test("following prevIterator misses no message that is committed late", async () => {
    const { id } = await app();
    const insert = (q: Pick<Db, "query">, event: string) =>
      q.query(
        "insert into posthorn.event (app_id, id, type, content_type, payload) values ($1, $2, 't', 'application/json', '{}')",
        [uuid("app", id), event],
      );
    const other = openDb({ url: database.url, poolMax: 1 });
    const late = newIdAt(Date.now());
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const { promise: written, resolve: wrote } = Promise.withResolvers<void>();
    const transaction = other.transaction(async (tx) => {
      await insert(tx, late);
      wrote();
      await release;
    });
    await written;
    const early = newIdAt(Date.now() + 1);
    await insert(db, early);
    const head = await svix.message.list(id);
    expect(head.data.map((message) => message.id)).toEqual([publicId("msg", early)]);
    resolve();
    await transaction;
    const next = await svix.message.list(id, { iterator: head.prevIterator ?? "" });
    expect(next.data.map((message) => message.id)).toEqual([publicId("msg", early), publicId("msg", late)]);
    await other.close();
  });

  test("P7: a page with large payloads ends early and goes on", async () => {
    const { id } = await app();
    const large = Buffer.from(JSON.stringify({ x: "y".repeat(3 << 20) }));
    const ids = [];
    for (let i = 0; i < 5; i++) {
      const event = newIdAt(Date.now() - 10_000 + i);
      ids.unshift(publicId("msg", event));
      await db.query(
        "insert into posthorn.event (app_id, id, type, content_type, payload) values ($1, $2, 't', 'application/json', $3)",
        [uuid("app", id), event, large],
      );
    }
    const seen: string[] = [];
    let iterator: string | undefined;
    let pages = 0;
    for (let done = false; !done; pages++) {
      const page = await svix.message.list(id, {
        withContent: true,
        limit: 5,
        ...(iterator !== undefined && { iterator }),
      });
      seen.push(...page.data.map((message) => message.id));
      iterator = page.iterator ?? undefined;
      done = page.done;
    }
    expect([seen, pages > 1]).toEqual([ids, true]);
    expect((await svix.message.list(id, { limit: 5 })).data.length).toBe(5);
  });
});

describe("attempts", () => {
  async function attempted(): Promise<{ appId: string; endpoint: string; message: string; attempts: string[] }> {
    const { id: appId } = await app();
    const made = await svix.endpoint.create(appId, {
      url: "https://example.com/v1",
      headers: { "X-Team": "a", Authorization: "Bearer secret" },
    });
    const message = await svix.message.create(appId, {
      eventType: "order.paid",
      payload: { a: 1 },
      eventId: newId(),
      channels: ["eu"],
    });
    const attempts: string[] = [];
    const results = [
      ["retryable", "http_503", "owed", 503],
      ["retryable", "connection_refused", "owed", null],
      ["delivered", "http_200", "delivered", 200],
    ] as const;
    const delivery = newId();
    for (const [i, [outcome, reason, settled, status]] of results.entries()) {
      const attempt = newIdAt(Date.now() - 10_000 + i * 1_000);
      attempts.unshift(publicId("atmpt", attempt));
      await db.query(
        `insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason,
           settled_as, next_at, status, remote_address, total_us, signature, response_headers, response_body)
         values ($1, $2, $3, $4, $5, 1, $6, 'scheduled', $7, $8, $9, case when $9 = 'owed' then now() end, $10, '192.0.2.1', 12500, 'v1,abc', $11, $12)`,
        [
          uuid("msg", message.id),
          attempt,
          delivery,
          uuid("app", appId),
          uuid("ep", made.id),
          i + 1,
          outcome,
          reason,
          settled,
          status,
          '[["Server","x"]]',
          Buffer.from("body"),
        ],
      );
    }
    return { appId, endpoint: made.id, message: message.id, attempts };
  }

  test("are listed by message and by endpoint, filtered, and paged both ways", async () => {
    const { appId, endpoint, message, attempts } = await attempted();
    const ids = async (options: Parameters<typeof svix.messageAttempt.listByMsg>[2]) =>
      (await svix.messageAttempt.listByMsg(appId, message, options)).data.map(({ id }) => id);
    const ofEndpoint = async (options: Parameters<typeof svix.messageAttempt.listByEndpoint>[2]) =>
      (await svix.messageAttempt.listByEndpoint(appId, endpoint, options)).data.map(({ id }) => id);
    expect(await ids({})).toEqual(attempts);
    expect(await ofEndpoint({})).toEqual(attempts);
    for (const filter of [ids, ofEndpoint]) {
      expect(await filter({ status: 0 })).toEqual(attempts.slice(0, 1));
      expect(await filter({ status: 2 })).toEqual(attempts.slice(1));
      expect(await filter({ status: 1 })).toEqual([]);
      expect(await filter({ statusCodeClass: 500 })).toEqual(attempts.slice(2));
      expect(await filter({ statusCodeClass: 0 })).toEqual(attempts.slice(1, 2));
      expect(await filter({ channel: "eu" })).toEqual(attempts);
      expect(await filter({ channel: "us" })).toEqual([]);
      expect(await filter({ eventTypes: ["order.paid"] })).toEqual(attempts);
      expect(await filter({ eventTypes: ["other"] })).toEqual([]);
    }
    expect(await ids({ endpointId: endpoint })).toEqual(attempts);
    expect(await ids({ endpointId: publicId("ep", newId()) })).toEqual([]);
    const first = await svix.messageAttempt.listByEndpoint(appId, endpoint, { limit: 2 });
    expect([first.data.map(({ id }) => id), first.done]).toEqual([attempts.slice(0, 2), false]);
    const second = await svix.messageAttempt.listByEndpoint(appId, endpoint, {
      limit: 2,
      iterator: first.iterator ?? "",
    });
    expect([second.data.map(({ id }) => id), second.done]).toEqual([attempts.slice(2), true]);
    expect(await ofEndpoint({ limit: 2, iterator: second.prevIterator ?? "" })).toEqual(attempts.slice(0, 2));
  });

  test("tell Svix's clients what they know, and the rest in our own fields; secrets are masked", async () => {
    const { appId, endpoint, message, attempts } = await attempted();
    await svix.endpoint.upsert(appId, endpoint, { url: "https://example.com/v2" });
    const failed = await svix.messageAttempt.get(appId, message, attempts[2] ?? "");
    expect(failed).toMatchObject({
      url: "https://example.com/v1",
      response: "body",
      responseStatusCode: 503,
      responseDurationMs: 13,
      status: 2,
      statusText: "fail",
      triggerType: 0,
      msgId: message,
      endpointId: endpoint,
    });
    const full = await (await raw("GET", `/api/v1/app/${appId}/msg/${message}/attempt/${attempts[2]}`)).json();
    expect(full).toMatchObject({
      outcome: "retryable",
      reason: "http_503",
      settledAs: "owed",
      number: 1,
      late: false,
      remoteAddress: "192.0.2.1",
      responseHeaders: [["Server", "x"]],
      timing: { totalMs: 12.5 },
    });
    const sent = new Map<string, string>(full.requestHeaders);
    expect(sent.get("X-Team")).toBe("a");
    expect(sent.get("Authorization")).not.toContain("secret");
    expect(sent.get("webhook-id")).toBe(message);
    expect(sent.get("webhook-signature")).toBe("v1,abc");
    const listed = await svix.messageAttempt.listByMsg(appId, message, { withContent: false });
    expect(listed.data[0]?.response).toBe("{}");
  });

  test("P8: another application's message has none", async () => {
    const { message, attempts, endpoint } = await attempted();
    const { id: other } = await app();
    expect((await refusal(svix.messageAttempt.get(other, message, attempts[0] ?? ""))).status).toBe(404);
    expect((await refusal(svix.messageAttempt.listByMsg(other, message))).status).toBe(404);
    expect((await refusal(svix.messageAttempt.listByEndpoint(other, endpoint))).status).toBe(404);
    expect((await refusal(svix.messageAttempt.resend(other, message, endpoint))).status).toBe(404);
  });

  test("resend owes the message once more, now; a disabled endpoint takes nothing", async () => {
    const { appId, endpoint, message } = await attempted();
    const answer = await raw("POST", `/api/v1/app/${appId}/msg/${message}/endpoint/${endpoint}/resend`);
    expect([answer.status, await answer.json()]).toEqual([202, {}]);
    expect(owed.at(-1)).toBe(uuid("ep", endpoint));
    await svix.messageAttempt.resend(appId, message, endpoint);
    const rows = await db.query("select trigger from posthorn.delivery_owed where endpoint_id = $1", [
      uuid("ep", endpoint),
    ]);
    expect(rows.map(({ trigger }) => trigger)).toEqual(["resend", "resend"]);
    await svix.endpoint.patch(appId, endpoint, { disabled: true });
    expect(await refusal(svix.messageAttempt.resend(appId, message, endpoint))).toMatchObject({
      status: 409,
      body: { code: "endpoint_disabled" },
    });
  });
});

describe("sources", () => {
  test("are created, listed, changed, rotated and deleted", async () => {
    const { id } = await app();
    const made = await raw("POST", `/api/v1/app/${id}/source`, {
      body: '{"preset":"github","uid":"gh","name":"GitHub"}',
    });
    const source = await made.json();
    expect([made.status, source]).toEqual([
      201,
      expect.objectContaining({ preset: "github", uid: "gh", disabled: false }),
    ]);
    expect(source.url).toStartWith(`${server.url.origin}/in/`);
    expect(source.secret).toBeString();
    const { secret, ...rest } = source;
    expect(await (await raw("GET", `/api/v1/app/${id}/source/gh`)).json()).toEqual(rest);
    expect(await (await raw("GET", `/api/v1/app/${id}/source`)).json()).toMatchObject({ data: [rest], done: true });
    const rotated = await (await raw("POST", `/api/v1/app/${id}/source/gh/secret/rotate`, { body: "{}" })).json();
    const secrets = await (await raw("GET", `/api/v1/app/${id}/source/gh/secret`)).json();
    expect(secrets.data.map((item: { secret: string }) => item.secret)).toEqual([rotated.secret, secret]);
    expect(
      await (await raw("PATCH", `/api/v1/app/${id}/source/gh`, { body: '{"disabled":true}' })).json(),
    ).toMatchObject({ disabled: true, name: "GitHub" });
    expect(await (await raw("GET", `/api/v1/app/${id}/source/gh/rejection`)).json()).toEqual({ data: [] });
    expect((await raw("POST", `/api/v1/app/${id}/source`, { body: '{"preset":"none","uid":"gh"}' })).status).toBe(409);
    expect((await raw("POST", `/api/v1/app/${id}/source`, { body: '{"preset":"fax"}' })).status).toBe(422);
    expect((await raw("DELETE", `/api/v1/app/${id}/source/gh`)).status).toBe(204);
    expect((await raw("GET", `/api/v1/app/${id}/source/gh`)).status).toBe(404);
  });
});

describe("beside the operations", () => {
  test("health answers without a token, to GET and HEAD", async () => {
    await svix.health.get();
    expect((await fetch(new URL("/api/v1/health", server.url))).status).toBe(204);
    expect((await fetch(new URL("/api/v1/health", server.url), { method: "HEAD" })).status).toBe(204);
    expect((await fetch(new URL("/livez", server.url))).status).toBe(200);
    expect(await (await fetch(new URL("/readyz", server.url))).json()).toEqual({ ready: true, reasons: [] });
  });

  test("the document and the reference are served; the page runs and loads nothing", async () => {
    const document = await (await fetch(new URL("/api/v1/openapi.json", server.url))).json();
    expect(document.openapi).toBe("3.1.0");
    const page = await fetch(new URL("/docs", server.url));
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toStartWith("default-src 'none'; style-src 'sha256-");
    expect(html).not.toMatch(/<script|src=|url\(|@import/);
    for (const operations of Object.values(document.paths as Record<string, Record<string, { operationId: string }>>)) {
      for (const { operationId } of Object.values(operations)) expect(html).toContain(`id="${operationId}"`);
    }
  });
});
