import { describe, expect, test } from "bun:test";
import { parsePublicId, spanIdOf } from "#kernel";
import { type ReceivedRequest, receiver, testDatabase } from "#test";
import { apiOf, type CollectedSpan, collector, installation, openLedger, type TestApi, until } from "./kit/index.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

const uuidOf = (prefix: "msg" | "dlv" | "atmpt", id: unknown) => parsePublicId(prefix, String(id)) ?? "";
const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);
const msOf = (ns: bigint) => Number(ns / 1_000n) / 1_000;

function sendTraced(api: TestApi, app: string, headers: Readonly<Record<string, string>>) {
  return api.call("POST", `/api/v1/app/${app}/msg`, { eventType: "order.paid", payload: { n: 1 } }, headers);
}

/** `traceparent` of a request, taken apart. */
function parentOf(request: ReceivedRequest | undefined) {
  const [, traceId, spanId, flags] = (request?.header("traceparent") ?? "").split("-");
  return { traceId, spanId, flags };
}

describe("traces", () => {
  test.concurrent("one trace holds the request, the event, its delivery and every attempt, over a restart and two processes", async () => {
    await using database = await testDatabase();
    await using otlp = collector();
    await using ledger = openLedger(database.superuserUrl);
    await using hook = receiver({ answer: { status: 503 } });
    const { start } = installation(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url });
    const first = await start({ POSTHORN_ROLES: "ingest,api,delivery,upkeep", OTEL_SERVICE_NAME: "first" });
    const api = apiOf(first);
    const app = await api.app();
    // The second attempt is due in a second: by then this process has gone.
    await api.endpoint(app, { url: `${hook.url}/secret-path?token=hidden`, retrySchedule: [2] });
    const answer = await sendTraced(api, app, { traceparent: TRACEPARENT, tracestate: "vendor=1" });
    expect(answer.status).toBe(202);
    await hook.waitFor(1);
    await until("the first attempt was recorded", async () => (await ledger.attempts()).length === 1);
    expect(await first.stop()).toBe(0);
    hook.answer({ status: 200 });
    await using second = await start({ POSTHORN_ROLES: "delivery", OTEL_SERVICE_NAME: "second" });
    const [tried, again] = await hook.waitFor(2);
    await ledger.drained();
    expect(await second.stop()).toBe(0);

    const spans = otlp.spans.filter((span) => span.traceId === TRACE);
    expect(spans.map(({ name }) => name).sort()).toEqual(["POST", "POST", "POST /api/v1/app/{app_id}/msg", "deliver"]);
    const [accept] = named(spans, "POST /api/v1/app/{app_id}/msg");
    const [delivery] = named(spans, "deliver");
    const attempts = named(spans, "POST").sort((a, b) => Number(a.startNs - b.startNs));
    expect(accept).toMatchObject({
      parentSpanId: CALLER,
      spanId: spanIdOf(uuidOf("msg", answer.body.id)),
      traceState: "vendor=1",
      kind: 2,
      scope: "posthorn",
      attributes: {
        "messaging.message.id": answer.body.id,
        "posthorn.app.id": app,
        "posthorn.event.type": "order.paid",
      },
      events: [{ name: "append" }],
      status: { code: 0 },
    });
    expect(accept?.resource).toMatchObject({ "service.name": "first", "service.version": expect.any(String) });
    expect(delivery).toMatchObject({
      parentSpanId: accept?.spanId ?? "",
      kind: 5,
      attributes: { "posthorn.delivery.settled_as": "delivered", "posthorn.delivery.attempts": 2 },
      status: { code: 0 },
    });
    expect(delivery?.resource["service.name"]).toBe("second");
    expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(2).fill(delivery?.spanId ?? ""));
    expect(attempts.map(({ resource }) => resource["service.name"])).toEqual(["first", "second"]);
    expect(attempts.map(({ status }) => status)).toEqual([
      { code: 2, message: "http_503" },
      { code: 0, message: "" },
    ]);
    const [failed, delivered] = attempts;
    expect(failed?.attributes).toMatchObject({
      "http.request.method": "POST",
      "http.response.status_code": 503,
      "error.type": "http_503",
      "url.full": `http://127.0.0.1:${hook.port}/REDACTED`,
      "server.address": "127.0.0.1",
      "server.port": hook.port,
      "posthorn.attempt.number": 1,
      "posthorn.attempt.outcome": "retryable",
      "posthorn.attempt.settled_as": "owed",
    });
    expect(delivered?.attributes).toMatchObject({
      "http.request.resend_count": 1,
      "posthorn.attempt.number": 2,
      "posthorn.attempt.settled_as": "delivered",
    });
    expect(JSON.stringify(spans, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toMatch(
      /secret-path|hidden/,
    );
    // What happened on the wire lies inside its attempt, and each attempt inside its delivery.
    for (const span of attempts) {
      expect(span.events.map(({ name }) => name)).toContainAllValues(["connected", "first_byte"]);
      for (const { atNs } of span.events) expect(atNs >= span.startNs && atNs <= span.endNs).toBeTrue();
      expect(msOf(span.startNs)).toBeGreaterThanOrEqual(msOf(delivery?.startNs ?? 0n));
      expect(msOf(span.endNs)).toBeLessThanOrEqual(msOf(delivery?.endNs ?? 0n) + 2);
    }
    // And the receivers were told the spans that asked them.
    expect([tried, again].map(parentOf)).toEqual(
      attempts.map(({ spanId }) => ({ traceId: TRACE, spanId, flags: "01" })),
    );
    expect([tried, again].map((request) => request?.header("tracestate"))).toEqual([undefined, undefined]);
    expect(await ledger.rows("select trace from posthorn.event")).toEqual([
      { trace: `00-${TRACE}-${accept?.spanId}-01 vendor=1` },
    ]);
  }, 40_000);

  test.concurrent("a batch, a received webhook and a repetition are accepted in the trace that they came with", async () => {
    await using database = await testDatabase();
    await using otlp = collector();
    await using engine = await installation(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url }).start();
    const api = apiOf(engine);
    const app = await api.app();
    const headers = { traceparent: TRACEPARENT };
    const messages = [1, 2].map((n) => ({ eventType: "order.paid", payload: { n } }));
    const batch = await api.call("POST", `/api/v1/app/${app}/msg/batch`, { messages }, headers);
    expect(batch.body.accepted).toBe(2);
    const source = await api.call("POST", `/api/v1/app/${app}/source`, { name: "in", preset: "none" });
    if (source.status < 300) {
      const got = await fetch(source.body.url, { method: "POST", headers, body: '{"type":"thing.happened"}' });
      expect(got.status).toBeLessThan(300);
    }
    const key = { ...headers, "idempotency-key": "once" };
    expect((await sendTraced(api, app, key)).body.id).toBe((await sendTraced(api, app, key)).body.id);
    const wanted = source.status < 300 ? 5 : 4;
    await otlp.waitFor("all were accepted", (spans) => spans.length === wanted);
    expect(new Set(otlp.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(new Set(otlp.spans.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([CALLER]));
    expect(new Set(otlp.spans.map(({ spanId }) => spanId)).size).toBe(wanted);
    const of = (route: string) => named(otlp.spans, `POST ${route}`).map(({ attributes }) => attributes);
    expect(of("/api/v1/app/{app_id}/msg/batch").map((each) => each["messaging.batch.message_count"])).toEqual([2, 2]);
    expect(
      of("/api/v1/app/{app_id}/msg")
        .map((each) => each["posthorn.event.accepted_as"])
        .sort(),
    ).toEqual(["appended", "repeated"]);
    expect(source.status).toBeLessThan(300);
    expect(of("/in/{token}")).toHaveLength(1);
  }, 30_000);

  test.concurrent("the head decides: nothing of an unsampled trace is recorded, and its flag travels on", async () => {
    await using database = await testDatabase();
    await using otlp = collector();
    await using hook = receiver();
    await using ledger = openLedger(database.superuserUrl);
    const { start } = installation(database.url, {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
    });
    await using engine = await start();
    const api = apiOf(engine);
    const app = await api.app();
    await api.endpoint(app, { url: hook.url });
    await sendTraced(api, app, { traceparent: `00-${TRACE}-${CALLER}-00` });
    const [unsampled] = await hook.waitFor(1);
    expect(parentOf(unsampled)).toMatchObject({ traceId: TRACE, flags: "00" });
    hook.clear();
    // Of those that come without a trace about half begin one.
    await api.sendMany(
      app,
      Array.from({ length: 200 }, () => ({})),
    );
    const requests = await hook.waitFor(200);
    await ledger.drained();
    const begun = requests.filter((request) => request.header("traceparent") !== undefined);
    expect(begun.length).toBeWithin(60, 141);
    await engine.stop();
    expect(otlp.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
    expect(new Set(otlp.spans.map(({ traceId }) => traceId))).toEqual(
      new Set(begun.map((request) => parentOf(request).traceId ?? "")),
    );
    expect(otlp.spans.length).toBe(3 * begun.length);
    const [kept] = await ledger.rows(
      "select count(trace)::int as n, count(*) filter (where trace like '%-00')::int as unsampled from posthorn.event",
    );
    expect(kept).toEqual({ n: begun.length + 1, unsampled: 1 });
  }, 40_000);

  test.concurrent("off: no header is read, none is sent, and no column is filled", async () => {
    await using database = await testDatabase();
    await using hook = receiver();
    await using ledger = openLedger(database.superuserUrl);
    await using engine = await installation(database.url).start();
    const api = apiOf(engine);
    const app = await api.app();
    await api.endpoint(app, { url: hook.url });
    await sendTraced(api, app, { traceparent: TRACEPARENT });
    const [request] = await hook.waitFor(1);
    expect(request?.header("traceparent")).toBeUndefined();
    expect(await ledger.rows("select trace from posthorn.event")).toEqual([{ trace: null }]);
  }, 30_000);

  test.concurrent("contexts may stay inside, or pass through without a collector", async () => {
    await using database = await testDatabase();
    await using otlp = collector();
    await using hook = receiver();
    await using ledger = openLedger(database.superuserUrl);
    const { start } = installation(database.url);
    const inside = { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, POSTHORN_TRACE_PROPAGATE: "off" };
    const engine = await start(inside);
    const app = await apiOf(engine).app();
    await apiOf(engine).endpoint(app, { url: hook.url });
    await sendTraced(apiOf(engine), app, { traceparent: TRACEPARENT });
    const [withheld] = await hook.waitFor(1);
    expect(withheld?.header("traceparent")).toBeUndefined();
    await ledger.drained();
    await engine.stop();
    expect(otlp.spans.length).toBe(3);
    hook.clear();
    await using through = await start({ POSTHORN_TRACE_PROPAGATE: "on" });
    await sendTraced(apiOf(through), app, { traceparent: TRACEPARENT });
    await sendTraced(apiOf(through), app, {});
    const passed = await hook.waitFor(2);
    expect(passed.map((request) => parentOf(request).traceId).filter((id) => id !== undefined)).toEqual([TRACE]);
    expect(otlp.spans.length).toBe(3);
  }, 30_000);

  test.concurrent("P7: a collector that is down costs spans, which are counted and told, and no event", async () => {
    await using database = await testDatabase();
    await using otlp = collector();
    otlp.answer(400);
    await using hook = receiver();
    await using engine = await installation(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url }).start();
    const api = apiOf(engine);
    const app = await api.app();
    await api.endpoint(app, { url: hook.url });
    await api.sendMany(
      app,
      Array.from({ length: 50 }, () => ({})),
    );
    await hook.waitFor(50);
    const told = await engine.waitForEvent("spans_not_exported");
    expect(told["failed"]).toBeGreaterThan(0);
    otlp.answer(200);
    await api.send(app);
    await otlp.waitFor("the next ones came", (spans) => spans.length >= 3);
    const headers = { authorization: `Bearer ${engine.token}` };
    const metrics = await (await fetch(`${engine.url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^posthorn_trace_spans_lost_total [1-9]\d*$/m);
    expect(metrics).toMatch(/^posthorn_trace_spans_exported_total [3-9]\d*$/m);
    const startedAt = performance.now();
    expect(await engine.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  }, 30_000);
});
