import { type Arrival, appendTraced, arrivalOf, digest, type EventLog, isNotConfirmed, type NewEvent } from "#events";
import {
  HOPS_HEADER,
  type Intake,
  type Log,
  newId,
  parseTraceparent,
  publicId,
  readHops,
  type Tracing,
  unreachable,
} from "#kernel";
import { accepted, askAgain, refuse } from "./answer.ts";
import type { ReceiveMeter, Seen } from "./meter.ts";
import type { SpikeWatch } from "./notice-spike.ts";
import type { Disbelieved, Key, Verdict, Verified } from "./presets/preset.ts";
import { readBody } from "./read-body.ts";
import { excerptOf, maskedHeaders, type RejectionReason } from "./rejection.ts";
import type { RejectionRecorder } from "./rejections.ts";
import type { ReadySource, SourceCache } from "./source-cache.ts";
import { isToken } from "./token.ts";

export const HOPS_MAX = 5;
const ROUTE = "/in/{token}";

/** Who asks, as far as Bun's server can tell it; asked only for requests that are refused. */
export interface ClientLookup {
  requestIP(request: Request): { readonly address: string } | null;
}

/** Why an application may not have this event: not now (429), or never, for its size (413). */
export type QuotaRefusal =
  | { readonly kind: "not_now"; readonly detail: string; readonly retryAfterSeconds: number }
  | { readonly kind: "too_large"; readonly detail: string };

export interface ReceiverOptions {
  readonly log: Log;
  readonly events: Pick<EventLog, "append">;
  readonly sources: SourceCache;
  readonly rejections: Pick<RejectionRecorder, "record">;
  /** Told of what is taken and what is refused. */
  readonly spikes?: Pick<SpikeWatch, "accepted" | "rejected"> | undefined;
  readonly bodyBytesMax: number;
  /** How long a provider's own id is remembered. */
  readonly dedupeWindowMs: number;
  readonly hopsMax?: number;
  /** Asked before anything is read: may this process take anything in? */
  readonly intake?: Pick<Intake, "refusal">;
  /** Asked once the request is believed: may this application have one more event? */
  readonly admit?: (appId: string, payloadBytes: number) => Promise<QuotaRefusal | undefined>;
  readonly nowMs?: () => number;
  readonly meter?: ReceiveMeter | undefined;
  /** Absent: traces are off. */
  readonly tracing?: Tracing | undefined;
}

/** Handles `POST /in/<token>`: mount it for that path; `client` is Bun's server. Never rejects. */
export type Receive = (request: Request, client?: ClientLookup) => Promise<Response>;

/** A fixed body hash where the provider's id alone says what is the same. */
const SAME_BY_ID = digest("same by id");

/**
 * The road in: token → source → bounded body → belief → append → answer as the provider wants it. Nothing is answered with
 * 2xx before the commit (P1), and nothing is changed on the way: the bytes that were verified are the bytes that are kept
 * (P9).
 */
export function createReceiver(options: ReceiverOptions): Receive {
  const { log, events, sources, bodyBytesMax, dedupeWindowMs, hopsMax = HOPS_MAX, nowMs = Date.now } = options;

  async function receive(request: Request, client: ClientLookup | undefined, seen: Seen): Promise<Response> {
    const arrival = arrivalOf(options.tracing, request, ROUTE);
    const token = tokenOf(request.url);
    if (token === undefined || !isToken(token)) return notFound();
    if (request.method !== "POST") {
      return refuse(405, "method_not_allowed", "Webhooks are received by POST.", { Allow: "POST" });
    }
    const closed = options.intake?.refusal();
    if (closed !== undefined) return askAgain(closed.code, closed.detail, closed.retryAfterSeconds);

    const found = await sources.find(token);
    if (found.kind === "unknown") return notFound();
    if (found.kind === "busy") return askAgain("overloaded", found.detail, 1);
    if (found.kind === "broken") return askAgain("source_broken", found.detail, 30);
    let source = found.source;
    seen.preset = source.preset.name;
    seen.outcome = "rejected";

    // Kept as it is it could not be understood later, since only its content type is kept with it; no provider sends it.
    const encoding = request.headers.get("content-encoding");
    if (encoding !== null && encoding.toLowerCase() !== "identity") {
      const detail = "The body is compressed (Content-Encoding); it should be sent as it is.";
      return rejected(source, "encoding_not_supported", detail, request, new Uint8Array(), client);
    }
    const body = await readBody(request, bodyBytesMax);
    if (body === undefined) {
      const detail = `The body is larger than ${bodyBytesMax} bytes.`;
      return rejected(source, "body_too_large", detail, request, new Uint8Array(), client);
    }
    // The signature does not cover the header, so it proves nothing; but only we write it, and a loop is ours to cut.
    const hops = readHops(request.headers.get(HOPS_HEADER));
    if (hops > hopsMax) {
      const detail = `${HOPS_HEADER} is ${hops}: the event went through deliveries of ours more than ${hopsMax} times.`;
      return rejected(source, "loop", detail, request, body, client);
    }
    let verdict = believe(source, request, body);
    if (verdict.kind === "rejected") {
      // The secret may have come, or the source been enabled, a moment ago through another process.
      const again = await sources.find(token, "now");
      if (again.kind === "unknown") return notFound();
      if (again.kind === "found" && again.source !== source) {
        source = again.source;
        verdict = believe(source, request, body);
      }
    }
    switch (verdict.kind) {
      case "handshake":
        seen.outcome = "handshake";
        return new Response(verdict.body, { status: 200, headers: { "Content-Type": "text/plain; charset=utf-8" } });
      case "rejected":
        return rejected(source, verdict.reason, verdict.detail, request, body, client);
      case "verified": {
        const refused = await options.admit?.(source.appId, body.byteLength);
        if (refused?.kind === "too_large")
          return rejected(source, "body_too_large", refused.detail, request, body, client);
        if (refused !== undefined) {
          seen.outcome = "refused";
          return askAgain("events_per_second_exceeded", refused.detail, refused.retryAfterSeconds, 429);
        }
        return append(source, verdict, request, body, hops, client, arrival, seen);
      }
      default:
        return unreachable(verdict);
    }
  }

  function believe(source: ReadySource, request: Request, body: Uint8Array): Verdict | Disabled {
    if (source.disabled) {
      return { kind: "rejected", reason: "source_disabled", detail: "The source is disabled." };
    }
    const now = nowMs();
    const keys: Key[] = [];
    for (const { key, expiresAtMs } of source.keys) if (expiresAtMs > now) keys.push(key);
    if (keys.length === 0 && source.preset.secretFrom !== "nobody") {
      const detail = `The source has no secret yet; it should be given the one that ${source.preset.name} shows.`;
      return { kind: "rejected", reason: "secret_missing", detail };
    }
    return source.verify({ headers: request.headers, body, nowMs: now }, keys);
  }

  async function append(
    source: ReadySource,
    verified: Verified,
    request: Request,
    body: Uint8Array,
    hops: number,
    client: ClientLookup | undefined,
    arrival: Arrival | undefined,
    seen: Seen,
  ): Promise<Response> {
    const { answers } = source.preset;
    const event: NewEvent = {
      appId: source.appId,
      type: verified.eventType,
      payload: body,
      contentType: contentTypeOf(request.headers),
      sourceId: source.id,
      sourceUid: source.uid,
      hops,
      ...(verified.dedupeKey !== undefined && {
        dedupe: [
          {
            scope: `source:${source.id}`,
            key: verified.dedupeKey,
            bodyHash: answers.sameIdOtherBody === "repeat" ? SAME_BY_ID : digest(body),
            windowMs: dedupeWindowMs,
          },
        ],
      }),
    };
    const appended = await appendTraced(events, event, arrival);
    switch (appended.kind) {
      case "appended":
      case "repeated":
        options.spikes?.accepted(source.id);
        seen.outcome = appended.kind === "repeated" ? "repeated" : "accepted";
        return answers.successBody === "empty"
          ? new Response(null, { status: answers.successStatus })
          : accepted(answers.successStatus, publicId("msg", appended.id), appended.kind === "repeated");
      case "conflict": {
        const detail = `The provider's id was received before with another body, as ${publicId("msg", appended.id)}. That one is kept; this one is not.`;
        return rejected(source, "conflict", detail, request, body, client);
      }
      case "no_application":
        return notFound();
      default:
        return unreachable(appended);
    }
  }

  function rejected(
    source: ReadySource,
    reason: RejectionReason,
    detail: string,
    request: Request,
    body: Uint8Array,
    client: ClientLookup | undefined,
  ): Response {
    options.spikes?.rejected(source, reason);
    options.meter?.rejected(source, reason);
    options.rejections.record({
      id: newId(),
      sourceId: source.id,
      reason,
      detail,
      remoteAddress: client?.requestIP(request)?.address,
      headers: maskedHeaders(request.headers, source.signatureHeader),
      bodyExcerpt: excerptOf(body),
      bodyBytes: body.byteLength === 0 ? announcedBytes(request.headers) : body.byteLength,
    });
    return refuse(statusOf(reason, source), reason, detail, headersOf(reason, source));
  }

  async function answer(request: Request, client: ClientLookup | undefined, seen: Seen): Promise<Response> {
    try {
      return await receive(request, client, seen);
    } catch (error) {
      if (isNotConfirmed(error)) {
        seen.outcome = "not_confirmed";
        const detail =
          "Not confirmed: send it again. Where it carries the provider's own id it is kept once, even if it was kept now.";
        return askAgain("not_confirmed", detail, 2);
      }
      seen.outcome = "failed";
      if (request.signal.aborted) return refuse(400, "client_gone", "The request ended before its body did.");
      const message = "A webhook could not be received.";
      const requestId = newId();
      const trace = parseTraceparent(request.headers.get("traceparent"));
      log.limited("receive_failed", "error", "receive_failed", message, { requestId, trace_id: trace?.traceId, error });
      return refuse(500, "internal_error", "Something of ours failed; it is not confirmed.", {
        "Posthorn-Request-Id": requestId,
      });
    }
  }

  return async (request, client) => {
    const beganAt = performance.now();
    const seen: Seen = { preset: "unknown", outcome: "refused" };
    const response = await answer(request, client, seen);
    options.meter?.ended(seen, (performance.now() - beganAt) / 1_000);
    return response;
  };
}

type Disabled = Omit<Disbelieved, "reason"> & { readonly reason: "source_disabled" };

function notFound(): Response {
  return refuse(404, "not_found", "There is no source at this URL.");
}

/** What follows `/in/`, without building a URL object for each request. */
function tokenOf(url: string): string | undefined {
  // The first slash after `https://` begins the path, so a host cannot be taken for one.
  const path = url.indexOf("/", url.indexOf("://") + 3);
  const start = path < 0 ? -1 : url.indexOf("/in/", path);
  if (start < 0) return undefined;
  const end = url.slice(start + 4).search(/[/?#]/);
  return end < 0 ? url.slice(start + 4) : url.slice(start + 4, start + 4 + end);
}

function contentTypeOf(headers: Headers): string {
  return headers.get("content-type")?.slice(0, 255) || "application/octet-stream";
}

function announcedBytes(headers: Headers): number {
  const announced = Number(headers.get("content-length") ?? 0);
  return Number.isSafeInteger(announced) ? Math.min(announced, 2 ** 31 - 1) : 0;
}

/** Status by reason. Where the provider's documents ask for one of their own it stands in the preset. */
function statusOf(reason: RejectionReason, source: ReadySource): number {
  switch (reason) {
    case "secret_missing":
    case "signature_missing":
    case "signature_malformed":
    case "signature_mismatch":
    case "timestamp_missing":
    case "timestamp_malformed":
    case "timestamp_too_old":
    case "timestamp_too_new":
    case "id_missing":
    case "id_malformed":
      return source.preset.answers.disbelievedStatus;
    case "event_type_missing":
    case "body_malformed":
      return 400;
    case "body_too_large":
      return 413;
    case "encoding_not_supported":
      return 415;
    case "source_disabled":
      return 403;
    case "conflict":
      return 409;
    // Not 508: senders, ourselves among them, take a 5xx for a reason to try for days.
    case "loop":
      return 422;
    default:
      return unreachable(reason);
  }
}

/** A missing secret, a disabled source and a skewed clock may be cured before the provider gives up: those it may retry. */
function headersOf(reason: RejectionReason, source: ReadySource): Readonly<Record<string, string>> | undefined {
  const curable = reason === "secret_missing" || reason === "source_disabled" || reason.startsWith("timestamp_");
  return curable ? undefined : source.preset.answers.refusalHeaders;
}
