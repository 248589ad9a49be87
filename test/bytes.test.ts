import { afterAll, beforeAll, expect, test } from "bun:test";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { type ReceivedRequest, receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, installation, type Ledger, openLedger, type TestApi } from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;
let ledger: Ledger;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  engine = await installation(database.url).start();
  ledger = openLedger(database.superuserUrl);
  api = apiOf(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Each is JSON that a parser and a writer of JSON would not give back as it was. */
const PAYLOADS: readonly string[] = [
  `{"a":1.0,"b":1,"c":1e2,"d":-0,"e":0.10}`,
  `{"big":12345678901234567890123456789.000000000000000001}`,
  `{ "spaced" :\t[ 1 ,2 ]\r\n , "tail": {} }`,
  `{"escaped":"\\u00e9\\/\\u0041\\ud83d\\ude00","plain":"é/A😀"}`,
  `{"lone":"\\ud800"}`,
  `{"z":1,"a":2,"z":3,"__proto__":{"x":1},"10":1,"9":2}`,
  `{"payload":{"eventType":"inner.type","payload":{}},"quote":"\\"}{\\""}`,
  `{"nul":"\\u0000","line":"\\u2028","empty":""}`,
  `{}`,
];

test("P9: the exact bytes of a payload are stored, signed, sent and shown", async () => {
  await using target = receiver();
  const app = await api.app();
  await api.endpoint(app, { url: target.url });
  for (const [i, payload] of PAYLOADS.entries()) {
    // The payload neither first nor last, among odd spacing: its span is what counts.
    const body = ` {\n"channels" : null ,"payload":${payload}\t,"eventType":"test.bytes" } `;
    const created = await fetch(`${engine.url}/api/v1/app/${app}/msg`, {
      method: "POST",
      headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
      body,
    });
    const text = await created.text();
    expect({ payload, status: created.status }).toEqual({ payload, status: 202 });
    expect(text).toContain(`"payload":${payload},`);
    const { id } = JSON.parse(text);
    const [request] = await target.waitFor(1, { fits: (one) => one.header("webhook-id") === id });
    expect(request?.text()).toBe(payload);
    expect(request?.body).toEqual(new TextEncoder().encode(payload));
    expect(request?.header("content-type")).toBe("application/json");
    const shown = await fetch(`${engine.url}/api/v1/app/${app}/msg/${id}`, {
      headers: { authorization: `Bearer ${engine.token}` },
    });
    expect(await shown.text()).toContain(`"payload":${payload}`);
    const [stored] = await ledger.rows("select payload from posthorn.event order by id desc limit 1");
    expect({ i, stored: Buffer.from(stored.payload).toString() }).toEqual({ i, stored: payload });
  }
});

test("P9: what came through a source leaves as it came, with its content type, JSON or not", async () => {
  await using target = receiver();
  const app = await api.app();
  await api.endpoint(app, { url: target.url });
  const { body: source } = await api.call("POST", `/api/v1/app/${app}/source`, { preset: "none" });
  const sent: [type: string, body: Uint8Array][] = [
    ["application/x-www-form-urlencoded", new TextEncoder().encode("a=1&b=%C3%A9&a=2")],
    ["application/json; charset=utf-8", new TextEncoder().encode(`{ "a" : 1.0 }\n`)],
    ["application/octet-stream", Uint8Array.from({ length: 256 }, (_, byte) => byte)],
  ];
  for (const [type, bytes] of sent) {
    const count = target.requests.length;
    const answer = await fetch(source.url, {
      method: "POST",
      headers: { "content-type": type },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
    expect([type, answer.status < 300]).toEqual([type, true]);
    const request = (await target.waitFor(count + 1))[count];
    expect({ type, bytes: request?.body }).toEqual({ type, bytes });
    expect(request?.header("content-type")).toBe(type);
  }
});

function headersOf(request: ReceivedRequest | undefined): Record<string, string> {
  return Object.fromEntries((request?.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));
}

test("P9: receivers verify with the standardwebhooks and svix libraries, also during a rotation", async () => {
  await using target = receiver();
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, extraHeaders: ["svix"] });
  const path = `/api/v1/app/${app}/endpoint/${endpoint}/secret`;
  const first = (await api.call("GET", path)).body.key;
  await api.call("POST", `${path}/rotate`, {});
  const second = (await api.call("GET", path)).body.key;
  expect(second).not.toBe(first);
  const payload = { text: "é", n: 1.5 };
  await api.send(app, { payload });
  const [request] = await target.waitFor(1);
  const headers = headersOf(request);
  const body = request?.text() ?? "";
  for (const secret of [first, second]) {
    expect(new StandardWebhook(secret).verify(body, headers)).toEqual(payload);
    expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
  }
  const stranger = (
    await api.call("GET", `/api/v1/app/${app}/endpoint/${await api.endpoint(app, { url: target.url })}/secret`)
  ).body.key;
  expect(() => new StandardWebhook(stranger).verify(body, headers)).toThrow();
  expect(() => new SvixWebhook(stranger).verify(body, headers)).toThrow();
  expect(() => new StandardWebhook(first).verify(`${body} `, headers)).toThrow();
});
