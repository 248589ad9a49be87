/** What a generator sends: the same body to one path after the other. Plain data, so that it can be handed to a child. */
export interface Load {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A fresh Idempotency-Key on each request, as the official SDKs send one. */
  readonly idempotencyKey: boolean;
  /** How many events one request carries (the batch API). */
  readonly eventsPerRequest: number;
  /**
   * After a refusal a client waits this long, as one that reads Retry-After would: otherwise a closed loop that runs ahead of
   * its deliveries becomes a flood of refusals that eats the cores the figure is about. 0 where none are expected.
   */
  readonly pauseAfterRefusalMs: number;
}

/** What came of it. Latencies of a closed loop are how long an acknowledgement took, not what a caller at a fixed rate sees. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly refused: number;
  readonly socketErrors: number;
  readonly ackMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly cpuSeconds: number;
}

/** The bytes of one request without its Idempotency-Key header, split where that header goes. */
export function requestParts(load: Load, path: string): { readonly before: string; readonly after: string } {
  const headers = Object.entries({
    host: new URL(load.origin).host,
    ...load.headers,
    "content-length": String(Buffer.byteLength(load.body)),
  });
  return {
    before: `POST ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}`,
    after: `\r\n${load.body}`,
  };
}

/**
 * A payload like a small shop's order, about 0.9 kB as it is; larger ones have more lines. ASCII only, so characters are bytes.
 */
export function orderPayload(bytes = 900, extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const line = { sku: "ABC-123", qty: 2, price: 1999 };
  const order = { ...extra, id: "ord_1234567890", items: [line], total: 12345, currency: "EUR" };
  const lines = Math.max(1, Math.round((bytes - JSON.stringify(order).length) / (JSON.stringify(line).length + 1)) + 1);
  return { ...order, items: Array.from({ length: lines }, () => line) };
}
