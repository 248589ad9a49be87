import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Svix, Webhook } from "svix";
import { z } from "zod";
import { publicId } from "#kernel";
import { type ReceivedRequest, type Receiver, receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, installation, type Ledger, openLedger, type TestApi, until } from "./kit/index.ts";

// What Svix's description asks of its operational webhooks: https://api.svix.com/docs#tag/Webhooks
const uid = z
  .string()
  .regex(/^[a-zA-Z0-9\-_.]{1,256}$/)
  .nullable()
  .optional();
const ofEndpoint = z.object({ appId: z.string(), appUid: uid, endpointId: z.string(), endpointUid: uid });
const ofMessage = z.object({
  appId: z.string(),
  appUid: uid,
  endpointId: z.string(),
  msgId: z.string(),
  msgEventId: uid,
  lastAttempt: z.object({
    id: z.string(),
    responseStatusCode: z.int().min(-32_768).max(32_767),
    timestamp: z.iso.datetime(),
  }),
});
const SVIX: Readonly<Record<string, z.ZodObject>> = {
  "endpoint.created": ofEndpoint,
  "endpoint.updated": ofEndpoint,
  "endpoint.deleted": ofEndpoint,
  "endpoint.disabled": ofEndpoint.extend({ failSince: z.iso.datetime() }),
  "message.attempt.failing": ofMessage,
  "message.attempt.exhausted": ofMessage,
  "message.attempt.recovered": ofMessage,
};

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** What a receiver of operational webhooks was told, each of Svix's types held against its shape. */
function toldBy(requests: readonly ReceivedRequest[]): Told[] {
  return requests.map((request) => {
    const told: Told = JSON.parse(Buffer.from(request.body).toString());
    SVIX[told.type]?.parse(told.data);
    return told;
  });
}

const PATH = "/api/v1/operational-webhook/endpoint";

/** A new operational endpoint; its id. */
async function listen(api: TestApi, url: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, body } = await api.call("POST", PATH, { url, ...fields });
  expect({ status, body: status === 201 ? undefined : body }).toEqual({ status: 201, body: undefined });
  return body.id;
}

/** Fails the same delivery again and again, a second apart. */
const failing = (times: number) => ({ retryPolicy: "svix", retrySchedule: Array(times - 1).fill(1) });

describe("operational webhooks", () => {
  let database: TestDatabase;
  let engine: TestEngine;
  let ledger: Ledger;
  let api: TestApi;

  beforeAll(async () => {
    database = await testDatabase();
    ledger = openLedger(database.superuserUrl);
    engine = await installation(database.url, { POSTHORN_SPIKE_REJECTIONS: "20" }).start();
    api = apiOf(engine);
  }, 30_000);

  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await ledger?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  /** What this receiver is told of one endpoint or source, once there is as much of it. */
  async function toldOf(ops: Receiver, id: string, count: number, timeoutMs = 20_000): Promise<Told[]> {
    const about = () => toldBy(ops.requests).filter(({ data }) => data["endpointId"] === id || data["sourceId"] === id);
    await until(`${count} webhooks about ${id} came`, () => about().length >= count, timeoutMs).catch((error) => {
      throw new Error(`${error}: ${JSON.stringify(about())}`);
    });
    return about();
  }

  test("a message that fails, is exhausted, and an endpoint that recovers are told once each, in Svix's shapes", async () => {
    await using ops = receiver();
    await using target = receiver({ answer: { status: 500 } });
    const listener = await listen(api, ops.url, {
      eventTypes: ["message.attempt.failing", "message.attempt.exhausted", "message.attempt.recovered"],
    });
    const app = await api.app({ uid: "acme" });
    const endpoint = await api.endpoint(app, { url: target.url, ...failing(5) });
    const first = await api.send(app, { eventId: "order-1" });
    const told = await toldOf(ops, endpoint, 2);
    expect(told.map(({ type }) => type)).toEqual(["message.attempt.failing", "message.attempt.exhausted"]);
    expect(told[0]?.data).toMatchObject({
      appId: app,
      appUid: "acme",
      msgId: first,
      msgEventId: "order-1",
      lastAttempt: { responseStatusCode: 500 },
    });
    target.answer({ status: 204 });
    const second = await api.send(app);
    const [, , recovered] = await toldOf(ops, endpoint, 3);
    expect(recovered).toMatchObject({
      type: "message.attempt.recovered",
      data: { msgId: second, lastAttempt: { responseStatusCode: 204 } },
    });
    // What is named is recorded.
    const attempts = await api.call("GET", `/api/v1/app/${app}/attempt/endpoint/${endpoint}`);
    const recorded = attempts.body.data.map(({ id }: { id: string }) => id);
    for (const { data } of await toldOf(ops, endpoint, 3)) {
      expect(recorded).toContain((data["lastAttempt"] as { id: string }).id);
    }
    await api.send(app);
    await ledger.drained();
    expect(await toldOf(ops, endpoint, 3)).toHaveLength(3);
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 40_000);

  test("what is done to endpoints is told, with signature and retries like every other webhook", async () => {
    let refusals = 2;
    await using ops = receiver({ answer: () => ({ status: refusals-- > 0 ? 500 : 204 }) });
    const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const eventTypes = ["endpoint.created", "endpoint.updated", "endpoint.deleted"];
    const listener = await listen(api, ops.url, { eventTypes, secret, retrySchedule: [1, 1, 1] });
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: "https://example.com", uid: "main", mode: "paused" });
    await api.patchEndpoint(app, endpoint, { description: "changed" });
    await api.call("POST", `/api/v1/app/${app}/endpoint/${endpoint}/secret/rotate`, {});
    await api.call("DELETE", `/api/v1/app/${app}/endpoint/${endpoint}`);
    const accepted = () => ops.requests.slice(2);
    await until("all four were accepted", () => accepted().length === 4);
    const told = toldBy(accepted()).filter(({ data }) => data["endpointId"] === endpoint);
    expect(told.map(({ type }) => type).sort()).toEqual([
      "endpoint.created",
      "endpoint.deleted",
      "endpoint.updated",
      "endpoint.updated",
    ]);
    for (const { data } of told)
      expect(data).toEqual({ appId: app, appUid: null, endpointId: endpoint, endpointUid: "main" });
    const verifier = new Webhook(secret);
    for (const request of ops.requests) {
      const header = (name: string) => request.header(name) ?? "";
      verifier.verify(Buffer.from(request.body).toString(), {
        "webhook-id": header("webhook-id"),
        "webhook-timestamp": header("webhook-timestamp"),
        "webhook-signature": header("webhook-signature"),
      });
    }
    // The attempts are evidence, and any of them can be sent once more.
    const attempts = await api.call("GET", `${PATH}/${listener}/attempts?limit=10`);
    expect(attempts.body.data).toHaveLength(6);
    const again = accepted()[0]?.header("webhook-id");
    const resent = await api.call("POST", `${PATH}/${listener}/msg/${again}/resend`);
    expect(resent.status).toBe(202);
    await until(
      "it came once more",
      () => ops.requests.filter((request) => request.header("webhook-id") === again).length >= 2,
    );
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 40_000);

  test("an endpoint that says 410 is told when it is paused, and when it is disabled", async () => {
    await using ops = receiver();
    await using target = receiver({ answer: { status: 410 } });
    const listener = await listen(api, ops.url, { eventTypes: ["endpoint.disabled"] });
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: target.url });
    await api.send(app);
    const [paused] = await toldOf(ops, endpoint, 1);
    expect(paused).toMatchObject({ type: "endpoint.disabled", data: { mode: "paused", modeReason: "gone" } });
    await api.patchEndpoint(app, endpoint, { mode: "enabled" });
    await api.send(app);
    const [, disabled] = await toldOf(ops, endpoint, 2);
    expect(disabled).toMatchObject({ data: { mode: "disabled", modeReason: "gone_again" } });
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 40_000);

  test("a breaker that opens and a source that refuses nearly everything are told", async () => {
    await using ops = receiver();
    await using target = receiver({ answer: { status: 503 } });
    const listener = await listen(api, ops.url, {
      eventTypes: ["endpoint.breaker_opened", "source.rejections_spiked"],
    });
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: target.url });
    await api.sendMany(app, Array(12).fill({}));
    expect((await toldOf(ops, endpoint, 1))[0]).toMatchObject({ type: "endpoint.breaker_opened", data: { opens: 1 } });
    const made = await api.call("POST", `/api/v1/app/${app}/source`, {
      preset: "hmac",
      options: { signatureHeader: "X-Sig" },
    });
    expect(made.status).toBe(201);
    const { pathname } = new URL(made.body.url);
    for (let i = 0; i < 25; i++) expect((await api.call("POST", pathname, {}, { "x-sig": "00" })).status).toBe(401);
    const [spike] = await toldOf(ops, made.body.id, 1);
    expect(spike).toMatchObject({
      type: "source.rejections_spiked",
      data: { appId: app, rejected: 25, accepted: 0, windowSeconds: 60 },
    });
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 40_000);

  test("a receiver of operational webhooks that is down is retried, and nothing is told about it", async () => {
    await using down = receiver({ answer: { status: 500 } });
    await using watching = receiver();
    const broken = await listen(api, down.url, failing(5));
    const listener = await listen(api, watching.url);
    const app = await api.app();
    const endpoint = await api.endpoint(app, { url: "https://example.com", mode: "paused" });
    await toldOf(watching, endpoint, 1);
    await down.waitFor(5);
    await api.call("PATCH", `${PATH}/${broken}`, { description: "still down" });
    await api.call("DELETE", `${PATH}/${broken}`);
    await until("nothing more is to be told", async () => {
      const [left] = await ledger.rows(
        `select (select count(*) from posthorn.notice)
              + (select count(*) from posthorn.delivery_owed where app_id = posthorn.operational_app())
              + (select count(*) from posthorn.delivery_leased where app_id = posthorn.operational_app()) as n`,
      );
      return Number(left?.["n"]) === 0;
    });
    const told = toldBy(watching.requests).filter(({ data }) => data["endpointId"] !== endpoint);
    expect(told).toEqual([]);
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 40_000);

  test("P8: a webhook that comes back through a source and leads to the next one is cut in the end", async () => {
    const app = await api.app();
    const source = await api.call("POST", `/api/v1/app/${app}/source`, { preset: "none" });
    const { pathname } = new URL(source.body.url);
    // Each exhausted message of the application makes an event of the same application.
    await using target = receiver({ answer: { status: 404 } });
    await api.endpoint(app, { url: target.url, retryPolicy: "strict" });
    const listener = await listen(api, `${engine.url}${pathname}`, {
      eventTypes: ["message.attempt.exhausted"],
      retryPolicy: "strict",
    });
    await api.send(app);
    const rejections = async () =>
      (await api.call("GET", `/api/v1/app/${app}/source/${source.body.id}/rejection`)).body.data;
    const [last] = await until("the loop was cut", async () => {
      const found = await rejections();
      return found.length > 0 && found;
    });
    expect(last.reason).toBe("loop");
    // Sent with two more hops in each turn, taken with up to five.
    expect(target.requests.map((request) => request.header("posthorn-hops"))).toEqual(["1", "3", "5"]);
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 30_000);

  test("P8: nobody finds the application whose endpoints these are", async () => {
    await using ops = receiver();
    const listener = await listen(api, ops.url);
    const [row] = await ledger.rows("select posthorn.operational_app()::text as id");
    const id = publicId("app", String(row?.["id"]));
    const apps = await api.call("GET", "/api/v1/app?limit=250");
    expect(apps.body.data.map((app: { id: string }) => app.id)).not.toContain(id);
    for (const [method, path, body] of [
      ["GET", `/api/v1/app/${id}`, undefined],
      ["PATCH", `/api/v1/app/${id}`, { name: "mine" }],
      ["DELETE", `/api/v1/app/${id}`, undefined],
      ["GET", `/api/v1/app/${id}/endpoint`, undefined],
      ["GET", `/api/v1/app/${id}/endpoint/${listener}`, undefined],
      ["POST", `/api/v1/app/${id}/endpoint`, { url: "https://example.com" }],
      ["GET", `/api/v1/app/${id}/msg`, undefined],
      ["POST", `/api/v1/app/${id}/msg`, { eventType: "endpoint.disabled", payload: {} }],
      ["GET", `/api/v1/app/${id}/attempt/endpoint/${listener}`, undefined],
      ["GET", `/api/v1/find/${listener}`, undefined],
      ["GET", `/api/v1/find/${id}`, undefined],
    ] as const) {
      expect({ path, status: (await api.call(method, path, body)).status }).toEqual({ path, status: 404 });
    }
    const app = await api.app();
    expect((await api.call("GET", `/api/v1/app/${app}/endpoint/${listener}`)).status).toBe(404);
    const own = await api.endpoint(app, { url: ops.url });
    expect((await api.call("GET", `${PATH}/${own}`)).status).toBe(404);
    await api.call("DELETE", `${PATH}/${listener}`);
  }, 20_000);

  test("Svix's client does with operational webhook endpoints all that it can", async () => {
    const { endpoint } = new Svix(engine.token, { serverUrl: engine.url }).operationalWebhook;
    const made = await endpoint.create({
      url: "https://example.com/ops",
      uid: "ops",
      description: "the pager",
      eventTypes: ["endpoint.disabled"],
      metadata: { team: "night" },
      headers: { "X-Team": "night" },
    });
    expect(made).toMatchObject({ uid: "ops", eventTypes: ["endpoint.disabled"], disabled: false });
    expect(await endpoint.get("ops")).toEqual(made);
    expect((await endpoint.list({ limit: 1 })).data.map(({ id }) => id)).toEqual([made.id]);
    expect(await endpoint.getHeaders(made.id)).toMatchObject({ headers: { "X-Team": "night" } });
    await endpoint.setHeaders(made.id, { headers: { "X-Other": "1" } });
    expect(await endpoint.getHeaders(made.id)).toMatchObject({ headers: { "X-Other": "1" } });
    const { key } = await endpoint.getSecret(made.id);
    await endpoint.rotateSecret(made.id, { gracePeriodSeconds: 60 });
    expect((await endpoint.getSecret(made.id)).key).not.toBe(key);
    const replaced = await endpoint.upsert(made.id, { url: "https://example.com/other", disabled: true });
    expect(replaced).toMatchObject({ id: made.id, disabled: true, eventTypes: null });
    const other = await endpoint.upsert("other", { url: "https://example.com/third" });
    expect(other.uid).toBe("other");
    await expect(endpoint.create({ url: "https://example.com", uid: "other" })).rejects.toThrow("409");
    await expect(endpoint.create({ url: "https://example.com", eventTypes: ["order.placed"] })).rejects.toThrow("422");
    for (const { id } of (await endpoint.list()).data) await endpoint.delete(id);
    await expect(endpoint.get(made.id)).rejects.toThrow("404");
  }, 20_000);

  test("every type is listed with a schema that its example fits", async () => {
    const { body } = await api.call("GET", "/api/v1/operational-webhook/event-type");
    expect(body.done).toBe(true);
    expect(body.data).toHaveLength(10);
    for (const { name, svix, schema, example, description } of body.data) {
      expect(example.type).toBe(name);
      expect(description).toEndWith(".");
      expect(svix).toBe(name in SVIX);
      z.fromJSONSchema(schema).parse(example);
      SVIX[name]?.parse(example.data);
    }
  });
});

test("P2: an engine killed at any moment of a storm of transitions tells each exactly once", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  const { start } = installation(database.url);
  await using ops = receiver();
  const made = new Set<string>();
  for (const round of [0, 1, 2]) {
    await using engine = await start();
    const api = apiOf(engine);
    if (round === 0) await listen(api, ops.url, { eventTypes: ["endpoint.created"] });
    const app = await api.app();
    // Whoever is not answered does not know; what was answered must be told.
    const creating = Array.from({ length: 40 }, async () => {
      made.add(await api.endpoint(app, { url: "https://example.com", mode: "paused" }));
    });
    await until("half of them were answered", () => made.size >= 40 * round + 20);
    engine.kill("SIGKILL");
    await Promise.allSettled(creating);
  }
  await using _last = await start();
  const rows = await ledger.rows("select id from posthorn.endpoint where app_id <> posthorn.operational_app()");
  await until(
    "no notice is left",
    async () => (await ledger.rows("select 1 from posthorn.notice")).length === 0,
    30_000,
  );
  await ledger.drained(30_000);
  const events = await ledger.rows(
    "select convert_from(payload, 'UTF8') as said from posthorn.event where app_id = posthorn.operational_app()",
  );
  const told = events.map(({ said }) => JSON.parse(String(said)).data.endpointId);
  expect(new Set(told).size).toBe(told.length);
  expect(told.length).toBe(rows.length);
  expect([...made].filter((id) => !told.includes(id))).toEqual([]);
  expect(new Set(toldBy(ops.requests).map(({ data }) => data["endpointId"])).size).toBe(told.length);
}, 90_000);

test("P2: several processes, each with a role of its own, tell each exhausted message exactly once", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  const { start } = installation(database.url);
  await using ops = receiver();
  await using target = receiver({ answer: { status: 404 } });
  await using front = await start({ POSTHORN_ROLES: "api,ingest" });
  await using _one = await start({ POSTHORN_ROLES: "delivery,upkeep" });
  await using _other = await start({ POSTHORN_ROLES: "delivery,upkeep" });
  const api = apiOf(front);
  await listen(api, ops.url, { eventTypes: ["message.attempt.exhausted", "message.attempt.recovered"] });
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, retryPolicy: "strict" });
  const ids = await api.sendMany(app, Array(40).fill({}));
  const toldOf = (type: string) => toldBy(ops.requests).filter((told) => told.type === type);
  await until("all were told", () => toldOf("message.attempt.exhausted").length >= 40, 30_000);
  target.answer({ status: 200 });
  await api.sendMany(app, Array(40).fill({}));
  await until("the recovery was told", () => toldOf("message.attempt.recovered").length >= 1, 30_000);
  await ledger.drained(30_000);
  expect(
    toldOf("message.attempt.exhausted")
      .map(({ data }) => data["msgId"])
      .sort(),
  ).toEqual([...ids].sort());
  expect(toldOf("message.attempt.recovered").map(({ data }) => data["endpointId"])).toEqual([endpoint]);
  expect(await ledger.contradictions()).toEqual([]);
}, 90_000);
