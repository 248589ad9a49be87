import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createEventLog, ensureEventPartitions } from "#events";
import { DatabaseError, type Db, type Intake, type IntakeRefusal, openDb, parsePublicId } from "#kernel";
import {
  createApplication,
  createApplicationResolver,
  createAuthenticate,
  createQuota,
  liveApplications,
} from "#tenancy";
import { testDatabase } from "#test";
import { createHotRoutes, type HotOptions } from "./hot.ts";
import { applicationFrom } from "./routes/applications.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureEventPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const noQuotas = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };
let made = 0;

async function application(quotas = noQuotas): Promise<string> {
  const uid = `app-${made++}`;
  const app = await createApplication(db, { name: "Acme", uid, throttleRate: undefined, quotas, metadata: {} });
  if (app === "uid_taken") throw new Error(uid);
  return uid;
}

function open(changes: Partial<HotOptions> = {}) {
  const refusal = (): IntakeRefusal | undefined => undefined;
  const intake: Intake = { refusal, drain: () => undefined, measure: async () => undefined };
  return createHotRoutes({
    log: createEventLog({ db, planners: [], liveApplications }),
    intake,
    authenticate: createAuthenticate("the-token-of-this-test"),
    applications: createApplicationResolver({ q: db }),
    createApplication: async (_, text) => {
      const fields = applicationFrom(text);
      if (fields === undefined || fields.uid !== "nobody-1") return "not_this_one";
      const app = await createApplication(db, fields);
      return app === "uid_taken" ? undefined : app;
    },
    quota: createQuota({ eventsPerSecond: undefined, processes: () => 1, monotonic: () => performance.now() }),
    limits: { bodyBytesMax: 10_000, batchEventsMax: 5, batchBytesMax: 50_000 },
    dedupeWindowMs: 86_400_000,
    retentionMs: 86_400_000,
    ...changes,
  });
}

const hot = () => open();

function post(body: string | Uint8Array, headers: Record<string, string> = {}, query = ""): Request {
  return new Request(`http://posthorn/api/v1/app/x/msg${query}`, {
    method: "POST",
    body: body as BodyInit,
    headers: { authorization: "Bearer the-token-of-this-test", "content-type": "application/json", ...headers },
  });
}

/** Status and JSON of an answer. */
async function told(
  answer: Promise<Response>,
): Promise<{ status: number; body: Record<string, unknown>; response: Response }> {
  const response = await answer;
  return { status: response.status, body: (await response.clone().json()) as Record<string, unknown>, response };
}

/** The last part of the place of each fault. */
function placesIn(body: Record<string, unknown>): (string | undefined)[] {
  return (body["detail"] as { loc: string[] }[]).map(({ loc }) => loc.at(-1));
}

async function storedPayload(id: unknown): Promise<string> {
  const [row] = await db.query<{ payload: Uint8Array }>("select payload from posthorn.event where id = $1", [
    parsePublicId("msg", String(id)) ?? "",
  ]);
  return Buffer.from(row?.payload ?? []).toString();
}

describe("POST …/msg", () => {
  test("P9: stores and answers the very bytes of the payload, spacing, escapes and numbers included", async () => {
    const app = await application();
    const payload = '{ "a" : 1.0, "b":"\\u00e9\\/", "n": 12345678901234567890,\n "e": 1E+2 }';
    const { status, response } = await told(
      hot().createMessage(post(`{"eventType":"a.b","payload":${payload},"eventId":"e-1","channels":["x","y"]}`), app),
    );
    expect(status).toBe(202);
    const text = await response.text();
    expect(text).toContain(`"payload":${payload}`);
    const body = JSON.parse(text) as Record<string, unknown>;
    expect(body).toMatchObject({ eventType: "a.b", eventId: "e-1", channels: ["x", "y"] });
    expect(await storedPayload(body["id"])).toBe(payload);
  });

  test("leaves the payload out of the answer when asked to", async () => {
    const { body } = await told(
      hot().createMessage(
        post('{"eventType":"a","payload":{"big":1}}', {}, "?with_content=false"),
        await application(),
      ),
    );
    expect(body["payload"]).toEqual({});
  });

  test.each([
    ["no JSON", "{", "body"],
    ["trailing bytes", '{"eventType":"a","payload":{}} x', "body"],
    ["a member twice", '{"eventType":"a","payload":{},"payload":{"b":1}}', "body"],
    ["invalid UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), "body"],
    ["no eventType", '{"payload":{}}', "eventType"],
    ["an eventType with a quote", '{"eventType":"a\\"b","payload":{}}', "eventType"],
    ["an eventType that is a number", '{"eventType":1,"payload":{}}', "eventType"],
    ["no payload", '{"eventType":"a"}', "payload"],
    ["a payload that is a list", '{"eventType":"a","payload":[]}', "payload"],
    ["channels that are no list", '{"eventType":"a","payload":{},"channels":"x"}', "channels"],
    ["the same channel twice", '{"eventType":"a","payload":{},"channels":["x","x"]}', "channels"],
    ["a channel with a comma", '{"eventType":"a","payload":{},"channels":["x,y"]}', "channels"],
    ["an eventId with a space", '{"eventType":"a","payload":{},"eventId":"a b"}', "eventId"],
  ])("refuses %s with 422 and the place", async (_, body, place) => {
    const answer = await told(hot().createMessage(post(body), await application()));
    expect(answer.status).toBe(422);
    const [fault] = answer.body["detail"] as { loc: string[]; msg: string; type: string }[];
    expect(fault?.loc).toContain(place);
    expect(fault?.loc.every((part) => typeof part === "string")).toBe(true);
    expect(fault?.msg.length).toBeGreaterThan(5);
  });

  test("tells everything that is wrong at once", async () => {
    const { body } = await told(
      hot().createMessage(post('{"eventType":"","payload":1,"channels":[],"eventId":""}'), await application()),
    );
    expect(placesIn(body).sort()).toEqual(["channels", "eventId", "eventType", "payload"]);
  });

  test("P7: refuses a body or a payload above its limit before it costs anything", async () => {
    const big = `{"eventType":"a","payload":{"x":"${"y".repeat(10_000)}"}}`;
    const tooLong = await told(hot().createMessage(post(big), await application()));
    expect([tooLong.status, placesIn(tooLong.body)[0]]).toEqual([422, "payload"]);
    const huge = await told(hot().createMessage(post(`{"x":"${"y".repeat(100_000)}"}`), await application()));
    expect([huge.status, huge.body["code"]]).toEqual([413, "body_too_large"]);
    const own = await told(
      hot().createMessage(
        post('{"eventType":"a","payload":{"x":12345}}'),
        await application({ ...noQuotas, payloadBytesMax: 5 } as never),
      ),
    );
    expect(own.status).toBe(422);
  });

  test("P8: says 401 to a stranger, whatever he sends", async () => {
    for (const authorization of ["", "Bearer wrong", "Basic dGhl", "the-token-of-this-test"]) {
      const { status, body } = await told(hot().createMessage(post("{", { authorization }), "any"));
      expect([status, body["code"]]).toEqual([401, "authentication_failed"]);
    }
  });

  test("says 404 for an application that is not there, and makes one that came along", async () => {
    const routes = hot();
    const missing = await told(routes.createMessage(post('{"eventType":"a","payload":{}}'), "nobody-1"));
    expect([missing.status, missing.body["code"]]).toEqual([404, "not_found"]);
    const other = '{"eventType":"a","payload":{},"application":{"name":"New","uid":"somebody"}}';
    expect((await told(routes.createMessage(post(other), "nobody-1"))).status).toBe(422);
    const brought = '{"eventType":"a","payload":{},"application":{"name":"New","uid":"nobody-1"}}';
    expect((await told(routes.createMessage(post(brought), "nobody-1"))).status).toBe(202);
    expect((await told(routes.createMessage(post('{"eventType":"a","payload":{}}'), "nobody-1"))).status).toBe(202);
  });

  test("answers the same key with the first answer, and another body under it with 409", async () => {
    const app = await application();
    const routes = hot();
    const ask = (body: string) => routes.createMessage(post(body, { "idempotency-key": "k 1!" }), app);
    const first = await (await ask('{"eventType":"a","payload":{"n":1}}')).text();
    expect(await (await ask('{"eventType":"a","payload":{"n":1}}')).text()).toBe(first);
    const other = await told(ask('{"eventType":"a","payload":{"n":2}}'));
    expect([other.status, other.body["code"]]).toEqual([409, "idempotency_key_reused"]);
    const bad = await told(routes.createMessage(post("{}", { "idempotency-key": "k".repeat(300) }), app));
    expect(bad.status).toBe(422);
  });

  test("says 409 for an eventId that exists", async () => {
    const app = await application();
    const routes = hot();
    const ask = () => told(routes.createMessage(post('{"eventType":"a","payload":{},"eventId":"order-1"}'), app));
    const first = await ask();
    const again = await ask();
    expect([again.status, again.body["code"]]).toEqual([409, "event_exists"]);
    expect(String(again.body["detail"])).toContain(String(first.body["id"]));
  });

  test("P7: an application over its quota gets 429 with Retry-After, and nothing is stored", async () => {
    const app = await application({ ...noQuotas, eventsPerSecond: 2 } as never);
    const routes = hot();
    const ask = () => told(routes.createMessage(post('{"eventType":"a","payload":{}}'), app));
    expect([(await ask()).status, (await ask()).status]).toEqual([202, 202]);
    const over = await ask();
    expect([over.status, over.body["code"], over.response.headers.get("retry-after")]).toEqual([
      429,
      "events_per_second_exceeded",
      "1",
    ]);
  });

  test("P1: closed intake and a commit that was not confirmed are 503 with Retry-After", async () => {
    const app = await application();
    const closed = open({
      intake: {
        refusal: () => ({ code: "disk_full", detail: "Full.", retryAfterSeconds: 10 }),
        drain: () => undefined,
        measure: async () => undefined,
      },
    });
    const full = await told(closed.createMessage(post('{"eventType":"a","payload":{}}'), app));
    expect([full.status, full.body["code"], full.response.headers.get("retry-after")]).toEqual([
      503,
      "disk_full",
      "10",
    ]);
    const lost = open({
      log: {
        append: () => Promise.reject(new DatabaseError("unknown", "The connection broke.")),
        pending: 0,
        pendingBytes: 0,
        oldestMs: 0,
        idle: async () => undefined,
      },
    });
    const unsure = await told(lost.createMessage(post('{"eventType":"a","payload":{}}'), app));
    expect([unsure.status, unsure.body["code"], unsure.response.headers.get("retry-after")]).toEqual([
      503,
      "not_confirmed",
      "1",
    ]);
  });
});

describe("POST …/msg/batch", () => {
  test("answers for each item, and a bad one never fails its neighbours", async () => {
    const app = await application();
    const items = [
      '{"eventType":"a","payload":{"n":[1,{"x":"},{"}]}}',
      '{"eventType":"","payload":{}}',
      '  {"payload" : { "s":"a\\"]" } , "eventType":"b"}',
      "7",
    ];
    const { status, body } = await told(hot().createMessages(post(`{ "messages" : [${items.join(" , ")}] }`), app));
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 2, failed: 2 });
    const data = body["data"] as { index: number; status: number; body: Record<string, unknown> }[];
    expect(data.map((item) => [item.index, item.status])).toEqual([
      [0, 202],
      [1, 422],
      [2, 202],
      [3, 422],
    ]);
    expect(await storedPayload(data[0]?.body["id"])).toBe('{"n":[1,{"x":"},{"}]}');
    expect(await storedPayload(data[2]?.body["id"])).toBe('{ "s":"a\\"]" }');
    expect(data[1]?.body).toMatchObject({ detail: [{ loc: ["body", "messages", "1", "eventType"] }] });
  });

  test("a repeated batch under a key finishes what the first one left", async () => {
    const app = await application();
    const routes = hot();
    const ask = (body: string) => told(routes.createMessages(post(body, { "idempotency-key": "batch" }), app));
    const ids = ({ body }: { body: Record<string, unknown> }) =>
      (body["data"] as { body: { id: string } }[]).map((item) => item.body.id);
    const messages = '{"messages":[{"eventType":"a","payload":{}},{"eventType":"b","payload":{}}]}';
    expect(ids(await ask(messages))).toEqual(ids(await ask(messages)));
  });

  test.each([
    ["no messages", "{}"],
    ["messages that are no list", '{"messages":{}}'],
    ["an empty list", '{"messages":[]}'],
    ["too many", `{"messages":[${'{"eventType":"a","payload":{}},'.repeat(5)}{"eventType":"a","payload":{}}]}`],
  ])("refuses %s as a whole", async (_, body) => {
    expect((await told(hot().createMessages(post(body), await application()))).status).toBe(422);
  });
});
