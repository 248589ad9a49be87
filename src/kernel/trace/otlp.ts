// Loaded only where traces are exported: the packages cost 17 MB and about a tenth of a second, and nothing else needs them.
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { ExportSpans } from "./queue.ts";
import type { Span } from "./span.ts";

export interface OtlpOptions {
  /** Where spans are posted: the whole URL. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What the spans are of: `service.name` and so on. */
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
}

/**
 * Sends spans as protobuf over HTTP with OpenTelemetry's own exporter, which repeats what a collector asks to be repeated.
 * Its SDK is left out: it would make a tracer, a span object with a lock-step of calls and a context for each event, where an
 * object that is read once, off the road of events, does the same. docs/decisions/0015-traces.md has the figures.
 */
export function otlpExport(options: OtlpOptions): { send: ExportSpans; close(): Promise<void> } {
  const exporter = new OTLPTraceExporter({
    url: options.url,
    headers: { ...options.headers },
    timeoutMillis: options.timeoutMs,
  });
  const resource = resourceFromAttributes({ ...options.resource });
  const instrumentationScope = { name: "posthorn", version: options.version };
  const readable = (span: Span): ReadableSpan => ({
    ...spanOf(span),
    resource,
    instrumentationScope,
  });
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(spans.map(readable), ({ code, error }) => {
          // ExportResultCode.SUCCESS
          if (code === 0) resolve();
          else reject(error ?? new Error("The exporter gave no reason."));
        });
      }),
    close: () => exporter.shutdown(),
  };
}

const KINDS: Readonly<Record<Span["kind"], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
};

/** A recorded span as OpenTelemetry's serializers read one. */
export function spanOf(span: Span): Omit<ReadableSpan, "resource" | "instrumentationScope"> {
  const state = span.state === undefined ? {} : { traceState: new TraceState(span.state) };
  const common = { traceId: span.traceId, traceFlags: TraceFlags.SAMPLED, ...state };
  const context = { ...common, spanId: span.spanId };
  const attributes: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(span.attributes)) if (value !== undefined) attributes[name] = value;
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(span.parentId !== undefined && {
      parentSpanContext: { ...common, spanId: span.parentId, isRemote: span.parentIsRemote === true },
    }),
    startTime: highResolution(span.startMs),
    endTime: highResolution(span.endMs),
    duration: highResolution(Math.max(0, span.endMs - span.startMs)),
    status:
      span.failure === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.failure },
    attributes,
    events: (span.events ?? []).map(({ name, atMs }) => ({ name, time: highResolution(atMs) })),
    links: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function highResolution(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
