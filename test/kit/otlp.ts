/**
 * A collector: takes OTLP over HTTP and keeps the spans. Reads protobuf by the numbers of
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto; its own test holds that
 * against what OpenTelemetry's serializers write.
 */
import { until } from "./until.ts";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** 2: server, 3: client, 5: consumer. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly atNs: bigint }[];
  /** 0: unset, 2: error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
}

export interface Collector extends AsyncDisposable {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  readonly requests: readonly { readonly path: string; readonly headers: Headers }[];
  /** Answers with this status from now on. */
  answer(status: number): void;
  /** Waits until spans fit, and answers with those that do. */
  waitFor(what: string, fits: (spans: readonly CollectedSpan[]) => boolean): Promise<readonly CollectedSpan[]>;
}

export function collector(): Collector {
  const spans: CollectedSpan[] = [];
  const requests: { path: string; headers: Headers }[] = [];
  let status = 200;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const bytes = new Uint8Array(await request.arrayBuffer());
      requests.push({ path: new URL(request.url).pathname, headers: request.headers });
      if (status !== 200) return new Response(null, { status });
      const body = request.headers.get("content-encoding") === "gzip" ? Bun.gunzipSync(bytes) : bytes;
      spans.push(...decodeTraces(body));
      return new Response(new Uint8Array(0), { headers: { "content-type": "application/x-protobuf" } });
    },
  });
  return {
    url: server.url.href.replace(/\/$/, ""),
    spans,
    requests,
    answer: (next) => {
      status = next;
    },
    waitFor: async (what, fits) => {
      await until(what, () => fits(spans));
      return spans;
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
}

type Value = bigint | Uint8Array;
type Fields = Map<number, Value[]>;

/** One message: field numbers to values, varints and fixed numbers as bigint. */
function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const value = (wireType: number): Value => {
    switch (wireType) {
      case 0:
        return varint();
      case 1:
        at += 8;
        return view.getBigUint64(at - 8, true);
      case 2: {
        const length = Number(varint());
        at += length;
        return bytes.subarray(at - length, at);
      }
      case 5:
        at += 4;
        return BigInt(view.getUint32(at - 4, true));
      default:
        throw new Error(`There is no wire type ${wireType}.`);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const found = fields.get(tag >> 3) ?? [];
    found.push(value(tag & 7));
    fields.set(tag >> 3, found);
  }
  return fields;
}

const messages = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).map((value) => fieldsOf(value as Uint8Array)); // The schema says that these are messages.
const bytesOf = (fields: Fields, number: number): Buffer =>
  Buffer.from((fields.get(number)?.[0] as Uint8Array | undefined) ?? new Uint8Array(0));
const textOf = (fields: Fields, number: number): string => bytesOf(fields, number).toString();
const numberOf = (fields: Fields, number: number): bigint => (fields.get(number)?.[0] as bigint | undefined) ?? 0n;

function attributesOf(fields: Fields, number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(fields, number).map((pair) => {
      const [any] = messages(pair, 2);
      if (any === undefined) return [textOf(pair, 1), undefined];
      if (any.has(1)) return [textOf(pair, 1), textOf(any, 1)];
      if (any.has(2)) return [textOf(pair, 1), numberOf(any, 2) === 1n];
      if (any.has(3)) return [textOf(pair, 1), Number(BigInt.asIntN(64, numberOf(any, 3)))];
      return [textOf(pair, 1), new Float64Array(new BigUint64Array([numberOf(any, 4)]).buffer)[0]];
    }),
  );
}

/** The spans of an ExportTraceServiceRequest. */
export function decodeTraces(bytes: Uint8Array): CollectedSpan[] {
  return messages(fieldsOf(bytes), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const [scope] = messages(scopeSpans, 1);
      return messages(scopeSpans, 2).map((span) => {
        const [status] = messages(span, 15);
        return {
          traceId: bytesOf(span, 1).toString("hex"),
          spanId: bytesOf(span, 2).toString("hex"),
          traceState: textOf(span, 3),
          parentSpanId: bytesOf(span, 4).toString("hex"),
          name: textOf(span, 5),
          kind: Number(numberOf(span, 6)),
          startNs: numberOf(span, 7),
          endNs: numberOf(span, 8),
          attributes: attributesOf(span, 9),
          events: messages(span, 11).map((event) => ({ name: textOf(event, 2), atNs: numberOf(event, 1) })),
          status: {
            code: status === undefined ? 0 : Number(numberOf(status, 3)),
            message: status === undefined ? "" : textOf(status, 2),
          },
          resource: resource === undefined ? {} : attributesOf(resource, 1),
          scope: scope === undefined ? "" : textOf(scope, 1),
        };
      });
    });
  });
}
