import { afterAll, beforeAll, expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { readExposition, readValue } from "./kit/exposition.ts";
import { apiOf, installation, type Ledger, openLedger, type TestApi, until } from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;
let ledger: Ledger;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  engine = await installation(database.url, { POSTHORN_METRICS_LISTEN: "127.0.0.1:0" }).start();
  ledger = openLedger(database.superuserUrl);
  api = apiOf(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function scrape(url = engine.url, headers: Record<string, string> = {}) {
  const response = await fetch(`${url.replace(/\/$/, "")}/metrics`, { headers });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}
const overview = async () => (await api.call("GET", "/api/v1/overview")).body;

test("what goes through is counted: by route, outcome, commit and latency, and no tenant is named", async () => {
  await using well = receiver();
  await using ill = receiver({ answer: { status: 404 } });
  const app = await api.app({ name: "Secretive Customer", uid: "secretive" });
  await api.endpoint(app, { url: `${well.url}/hush` });
  await api.endpoint(app, { url: ill.url, retrySchedule: [] });
  await api.sendMany(
    app,
    Array.from({ length: 30 }, (_, n) => ({ payload: { n } })),
  );
  await api.send(app);
  await api.call("GET", "/api/v1/nothing/here");
  const { samples, types } = await until("all was counted", async () => {
    const read = readExposition((await scrape()).text);
    return readValue(read.samples, "posthorn_delivery_attempts_total") === 62 && read;
  });
  const value = (name: string, labels?: Record<string, string>) => readValue(samples, name, labels);
  expect(value("posthorn_delivery_attempts_total", { outcome: "delivered" })).toBe(31);
  expect(value("posthorn_delivery_attempts_total", { outcome: "permanent" })).toBe(31);
  expect(value("posthorn_delivery_settled_total", { settled_as: "dead" })).toBe(31);
  expect(value("posthorn_delivery_duration_seconds_count")).toBe(31);
  expect(value("posthorn_delivery_receiver_duration_seconds_count")).toBe(62);
  expect(value("posthorn_events_appended_total", { origin: "api" })).toBe(31);
  expect(value("posthorn_http_requests_total", { route: "/api/v1/app/{app_id}/msg/batch", status: "2xx" })).toBe(1);
  expect(value("posthorn_http_requests_total", { route: "unmatched", status: "4xx" })).toBe(1);
  expect(value("posthorn_ack_duration_seconds_count", { origin: "api" })).toBe(2);
  expect(value("posthorn_commit_rows_sum", { commit: "append" })).toBe(31);
  expect(value("posthorn_commit_rows_sum", { commit: "settle" })).toBe(62);
  expect(value("posthorn_ready")).toBe(1);
  expect(value("posthorn_build_info")).toBe(1);
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(types.get("posthorn_delivery_duration_seconds")).toBe("histogram");
  const { text } = await scrape();
  for (const secret of [app, "Secretive", "secretive", "hush", parsePublicId("app", app) ?? "?", "127.0.0.1"]) {
    expect(text).not.toContain(secret);
  }
  // Buckets only grow with their bound, and end with all.
  const buckets = samples.filter(({ name }) => name === "posthorn_delivery_receiver_duration_seconds_bucket");
  expect(buckets.map(({ value: n }) => n)).toEqual(buckets.map(({ value: n }) => n).toSorted((a, b) => a - b));
  expect(buckets.at(-1)).toMatchObject({ labels: { le: "+Inf" }, value: 62 });
}, 30_000);

test("metrics are shown to this machine, or for a token that may read; on their own listener to all", async () => {
  expect((await scrape()).status).toBe(200);
  expect((await scrape()).type).toContain("text/plain");
  // Through a proxy of this machine everybody comes from this machine.
  expect((await scrape(engine.url, { "x-forwarded-for": "203.0.113.7" })).status).toBe(401);
  // A page whose name leads here comes under that name.
  expect((await scrape(engine.url, { host: "rebound.example" })).status).toBe(401);
  const outside = { "x-forwarded-for": "203.0.113.7", authorization: `Bearer ${engine.token}` };
  expect((await scrape(engine.url, outside)).status).toBe(200);
  const app = await api.app();
  const ofApp = await api.call("POST", "/api/v1/api-key", { name: "one", role: "viewer", appId: app });
  const asApp = { "x-forwarded-for": "203.0.113.7", authorization: `Bearer ${ofApp.body.token}` };
  expect((await scrape(engine.url, asApp)).status).toBe(403);
  const { url } = await engine.waitForEvent("metrics_listening");
  expect((await scrape(String(url), { "x-forwarded-for": "203.0.113.7" })).status).toBe(200);
  expect((await fetch(`${url}api/v1/app`)).status).toBe(404);
  expect((await fetch(`${url}readyz`)).status).toBe(200);
});

test("the overview is of this second, and its charts go on from rows to memory without a gap or a double count", async () => {
  // Of its own: a chart's first step holds what came before, too.
  await using own = await testDatabase();
  await using fresh = await installation(own.url).start();
  await using books = openLedger(own.superuserUrl);
  await using target = receiver();
  const api = apiOf(fresh);
  const overview = async () => (await api.call("GET", "/api/v1/overview")).body;
  const app = await api.app({ name: "Charted" });
  const endpoint = await api.endpoint(app, { url: target.url });
  const since = new Date(Date.now() - 1_000).toISOString();
  for (let round = 0; round < 4; round++) {
    await api.sendMany(
      app,
      Array.from({ length: 50 }, (_, n) => ({ payload: { round, n } })),
    );
  }
  await target.waitFor(200);
  const now = await until("it was seen within two seconds", async () => {
    const body = await overview();
    return body.rates.eventsInPerSecond > 10 && body.latencyMs.delivery !== null && body;
  });
  expect(now.processes.filter(({ alive }: { alive: boolean }) => alive).length).toBe(1);
  expect(now.processes[0]).toMatchObject({ roles: ["ingest", "api", "delivery", "flows", "upkeep"], alive: true });
  expect(now.latencyMs.ack.p50).toBeGreaterThan(0);
  const eventsIn = async (step: number) => {
    const { body } = await api.call("GET", `/api/v1/overview/series?since=${since}&step_seconds=${step}`);
    expect(body.stepSeconds).toBe(step);
    return body.points.reduce((sum: number, point: { eventsIn: number }) => sum + point.eventsIn, 0);
  };
  // The second that is not over yet may still be on its way from memory; never more than there were, and soon all.
  for (const step of [1, 10, 60]) {
    await until(`all were in steps of ${step} s`, async () => {
      const found = await eventsIn(step);
      expect(found).toBeLessThanOrEqual(200);
      return found === 200;
    });
  }
  // And once more when the same is in a row.
  await until(
    "a row was written since",
    async () => {
      const rows = await books.rows(
        "select from posthorn.process_sample where span_s = 10 and at > $1::text::timestamptz and events_in > 0",
        [since],
      );
      return rows.length > 0;
    },
    20_000,
  );
  await until("all of it is in rows", async () => {
    const [row] = await books.rows(
      "select sum(events_in)::int as n from posthorn.process_sample where span_s = 10 and at > $1::text::timestamptz",
      [since],
    );
    return row?.n >= 200;
  });
  for (const step of [10, 60]) expect(Math.abs((await eventsIn(step)) - 200)).toBeLessThanOrEqual(1);
  const series = await until(
    "the endpoint's minutes were written",
    async () => {
      const { body } = await api.call("GET", `/api/v1/app/${app}/endpoint/${endpoint}/series?since=${since}`);
      const total = body.points.reduce((sum: number, point: { attempts: number }) => sum + point.attempts, 0);
      return total === 200 && body;
    },
    20_000,
  );
  expect(series.isComplete).toBe(true);
  expect(series.points.some((point: { latencyMs: unknown }) => point.latencyMs !== null)).toBe(true);
  const top = await api.call("GET", "/api/v1/overview/top?by=events");
  expect(top.body.data.find((row: { appId: string }) => row.appId === app)).toMatchObject({
    appName: "Charted",
    endpointId: null,
    value: 200,
  });
}, 60_000);

test("what needs attention is named with where to look: a broken endpoint, a failing one, a source that rejects", async () => {
  await using dead = receiver({ answer: { status: 503 } });
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: dead.url });
  await api.sendMany(
    app,
    Array.from({ length: 30 }, (_, n) => ({ payload: { n } })),
  );
  const source = await api.call("POST", `/api/v1/app/${app}/source`, { name: "Stripe", preset: "stripe" });
  expect(source.status).toBe(201);
  for (let i = 0; i < 12; i++) {
    await fetch(source.body.url.replace(/^https?:\/\/[^/]+/, engine.url), { method: "POST", body: "{}" });
  }
  const attention = await until(
    "both were named",
    async () => {
      const { attention: found } = await overview();
      const kinds = new Set(found.map(({ kind }: { kind: string }) => kind));
      return kinds.has("breaker_open") && kinds.has("source_rejecting") && found;
    },
    20_000,
  );
  const of = (kind: string) => attention.find((entry: { kind: string }) => entry.kind === kind);
  expect(of("breaker_open")).toMatchObject({ appId: app, endpointId: endpoint, severity: "warning" });
  expect(of("source_rejecting")).toMatchObject({ appId: app, sourceId: source.body.id, value: expect.any(Number) });
  const { samples } = readExposition((await scrape()).text);
  expect(
    readValue(samples, "posthorn_ingest_requests_total", { preset: "stripe", outcome: "rejected" }),
  ).toBeGreaterThanOrEqual(12);
}, 60_000);

test("where nothing is measured there are no metrics and no tail, and everything else is as ever", async () => {
  await using own = await testDatabase();
  await using still = await installation(own.url, { POSTHORN_METRICS: "off" }).start();
  await using target = receiver();
  const off = apiOf(still);
  const app = await off.app();
  await off.endpoint(app, { url: target.url });
  await off.send(app);
  await target.waitFor(1);
  expect((await scrape(still.url)).status).toBe(404);
  expect((await off.call("GET", "/api/v1/tail")).body.code).toBe("not_measured");
  const { status, body } = await off.call("GET", "/api/v1/overview");
  expect([status, body.owed, body.processes.length]).toEqual([200, null, 1]);
}, 30_000);
