import { expect, test } from "bun:test";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { collector } from "./otlp.ts";

test("the collector reads what OpenTelemetry's own SDK and exporter send", async () => {
  await using receiver = collector();
  const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "somebody" }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("a scope", "1.2.3");
  const parent = tracer.startSpan("parent", { kind: SpanKind.SERVER, startTime: [1_700_000_000, 5] }, ROOT_CONTEXT);
  const child = tracer.startSpan(
    "child",
    { kind: SpanKind.CLIENT, attributes: { text: "é", whole: -7, part: 0.25, yes: true, no: false } },
    trace.setSpan(ROOT_CONTEXT, parent),
  );
  child.addEvent("something", {}, [1_700_000_000, 7]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "went wrong" });
  child.end();
  parent.end([1_700_000_001, 0]);
  await provider.forceFlush();
  const spans = await receiver.waitFor("both came", (all) => all.length === 2);
  const [first, second] = spans;
  expect(receiver.requests[0]?.path).toBe("/v1/traces");
  expect(second).toMatchObject({
    ...idsOf(parent),
    parentSpanId: "",
    name: "parent",
    kind: 2,
    startNs: 1_700_000_000_000_000_005n,
    endNs: 1_700_000_001_000_000_000n,
    status: { code: 0, message: "" },
    scope: "a scope",
  });
  expect(second?.resource["service.name"]).toBe("somebody");
  expect(first).toMatchObject({
    ...idsOf(child),
    parentSpanId: parent.spanContext().spanId,
    name: "child",
    kind: 3,
    attributes: { text: "é", whole: -7, part: 0.25, yes: true, no: false },
    events: [{ name: "something", atNs: 1_700_000_000_000_000_007n }],
    status: { code: 2, message: "went wrong" },
  });
  await provider.shutdown();
});

function idsOf(span: { spanContext(): { readonly traceId: string; readonly spanId: string } }) {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}
