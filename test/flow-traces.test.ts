import { expect, test } from "bun:test";
import { parsePublicId, spanIdOf } from "#kernel";
import { receiver, testDatabase } from "#test";
import { apiOf, type CollectedSpan, collector, installation, until } from "./kit/index.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

const DEFINITION = {
  posthorn: 1,
  flow: "charge",
  on: [{ event: "order.paid" }],
  steps: [
    { id: "rate", code: "return input * 2", input: { $: "event.data.n" } },
    { id: "charge", http: { url: "", method: "PUT", body: { amount: { $: "steps.rate" } } } },
    { id: "tell", emit: { type: "order.charged", data: { amount: { $: "steps.rate" } } } },
  ],
};

test("one trace holds the event, the run that it started, what the run asked of others, and what followed from what it emitted", async () => {
  await using database = await testDatabase();
  await using otlp = collector();
  await using bank = receiver({ answer: { status: 200 } });
  await using hook = receiver({ answer: { status: 200 } });
  const { start } = installation(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url });
  await using engine = await start({});
  const api = apiOf(engine);
  const app = await api.app();
  await api.endpoint(app, { url: hook.url });
  const [rate, charge, tell] = DEFINITION.steps;
  const put = await api.call("PUT", `/api/v1/app/${app}/flow/charge`, {
    definition: {
      ...DEFINITION,
      steps: [rate, { ...charge, http: { ...charge?.http, url: `${bank.url}/accounts/7?key=1` } }, tell],
    },
  });
  expect(put.status).toBeLessThan(300);
  const sent = await api.call(
    "POST",
    `/api/v1/app/${app}/msg`,
    { eventType: "order.paid", payload: { n: 21 } },
    { traceparent: TRACEPARENT },
  );
  const [asked] = await bank.waitFor(1);
  await hook.waitFor(2);
  await until("the run has ended", async () => {
    const { body } = await api.call("GET", `/api/v1/app/${app}/run?flow=charge`);
    return body.data?.[0]?.state === "completed";
  });
  expect(await engine.stop()).toBe(0);

  const spans = otlp.spans.filter(({ traceId }) => traceId === TRACE);
  const only = (name: string): CollectedSpan => {
    const [span, ...more] = spans.filter((one) => one.name === name);
    if (span === undefined || more.length > 0) throw new Error(`${name}: ${more.length + (span ? 1 : 0)} spans`);
    return span;
  };
  const run = only("run");
  expect(run).toMatchObject({
    parentSpanId: spanIdOf(parsePublicId("msg", sent.body.id) ?? ""),
    attributes: { "posthorn.run.state": "completed", "posthorn.run.trigger": "event", "posthorn.flow.version": 1 },
    status: { code: 0 },
  });
  const put1 = only("PUT");
  expect(put1).toMatchObject({
    parentSpanId: run.spanId,
    kind: 3,
    attributes: {
      "http.response.status_code": 200,
      "url.full": `http://127.0.0.1:${bank.port}/REDACTED`,
      "posthorn.step.path": "charge",
    },
  });
  expect(asked?.header("traceparent")).toBe(`00-${TRACE}-${put1.spanId}-01`);
  expect(only("code")).toMatchObject({ parentSpanId: run.spanId, kind: 1 });
  const emit = only("emit");
  expect(emit).toMatchObject({ parentSpanId: run.spanId, kind: 4 });
  const delivered = spans.filter(({ name }) => name === "deliver");
  expect(
    delivered.map(({ parentSpanId, attributes }) => [attributes["messaging.message.id"], parentSpanId]).sort(),
  ).toEqual(
    [
      [sent.body.id, run.parentSpanId],
      [emit.attributes["messaging.message.id"], emit.spanId],
    ].sort(),
  );
});
