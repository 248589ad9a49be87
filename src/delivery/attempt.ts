import { classify, HOPS_HEADER, newIdAt, type Outbound, type Outcome, publicId, type SendResult } from "#kernel";
import type { EndpointConfig } from "./endpoint.ts";
import type { Task } from "./lane.ts";
import type { AttemptRecord } from "./settlement.ts";
import { signatureHeaders } from "./signing.ts";
import { traceHeaders } from "./trace.ts";

export interface Sender {
  readonly outbound: Outbound;
  /** The deadline of an endpoint that sets none. */
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly userAgent: string;
  /** Whether requests carry on the trace of their event. */
  readonly propagatesTraces?: boolean;
}

/** Builds, signs and sends one request, and says what happened. Never rejects: a fault of our own is an outcome too. */
export async function attemptDelivery(
  sender: Sender,
  endpoint: EndpointConfig,
  task: Task,
  nowMs: number,
): Promise<{ record: AttemptRecord; outcome: Outcome }> {
  // The attempt's id tells when its request was started: webhook-timestamp is the same moment in seconds.
  const id = newIdAt(nowMs);
  let signature: string | undefined;
  let headers: (readonly [string, string])[];
  try {
    const signed = signatureHeaders({
      secrets: endpoint.secrets,
      messageId: publicId("msg", task.eventId),
      deliveryId: publicId("dlv", task.id),
      attempt: task.attempts + 1,
      timestampSeconds: Math.floor(nowMs / 1000),
      nowMs,
      body: task.payload,
      extra: endpoint.extraHeaders,
    });
    signature = signed.signature;
    headers = [
      ["Content-Type", task.contentType],
      ["User-Agent", sender.userAgent],
      ...endpoint.headers,
      ...signed.headers,
      [HOPS_HEADER, String(task.hops + 1)],
      ...(sender.propagatesTraces === true ? traceHeaders(task.trace, id, endpoint.headers) : []),
    ];
  } catch (error) {
    return notSent(id, endpoint, { class: "signature_error", reason: "signing_failed" }, error);
  }
  let result: SendResult;
  try {
    result = await sender.outbound.send({
      url: endpoint.url,
      method: "POST",
      headers,
      // Nothing of ours lies in shared memory, which is all that the narrower type excludes.
      body: task.payload as Uint8Array<ArrayBuffer>,
      timeoutMs: endpoint.timeoutMs ?? sender.timeoutMs,
      responseBytesMax: sender.responseBytesMax,
    });
  } catch (error) {
    return notSent(id, endpoint, { class: "internal_error", reason: "sender_failed" }, error);
  }
  const outcome = classify(result, nowMs);
  const response = "response" in result ? result.response : undefined;
  return {
    outcome,
    record: {
      id,
      endpointVersion: endpoint.version,
      outcome: outcome.class,
      reason: outcome.reason,
      status: response?.status,
      remoteAddress: result.remoteAddress,
      dnsUs: result.timing.dnsUs,
      connectUs: result.timing.connectUs,
      firstByteUs: result.timing.firstByteUs,
      totalUs: result.timing.totalUs,
      signature,
      responseHeaders: response === undefined ? undefined : JSON.stringify(response.headers),
      responseBody: response?.body,
      responseTruncated: response?.truncated ?? false,
    },
  };
}

function notSent(
  id: string,
  endpoint: EndpointConfig,
  outcome: Outcome,
  error: unknown,
): { record: AttemptRecord; outcome: Outcome } {
  return {
    outcome,
    record: {
      id,
      endpointVersion: endpoint.version,
      outcome: outcome.class,
      reason: outcome.reason,
      status: undefined,
      remoteAddress: undefined,
      dnsUs: undefined,
      connectUs: undefined,
      firstByteUs: undefined,
      totalUs: 0,
      signature: undefined,
      responseHeaders: undefined,
      // What went wrong, for the operator's eyes, where the answer of a receiver would stand.
      responseBody: Buffer.from(String(error)),
      responseTruncated: false,
    },
  };
}
