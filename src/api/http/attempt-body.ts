import type { z } from "@hono/zod-openapi";
import { type Attempt, requestHeadersOf } from "#delivery";
import type { StoredEvent } from "#events";
import { idTimeMs, publicId } from "#kernel";
import type { MessageAttemptOut } from "../schemas/attempt.ts";

type Out = z.output<typeof MessageAttemptOut>;

const milliseconds = (us: number | undefined) => (us === undefined ? null : us / 1000);

/**
 * An attempt on the wire. Svix knows of an attempt whether it succeeded; what became of the delivery with it, and why, stands
 * in our own fields. `event` brings the request's headers along; without content headers and bodies are left out.
 */
export function attemptOut(
  attempt: Attempt,
  withContent: boolean,
  event: StoredEvent | undefined,
  userAgent: string,
): Out {
  const delivered = attempt.outcome === "delivered";
  return {
    id: publicId("atmpt", attempt.id),
    msgId: publicId("msg", attempt.eventId),
    endpointId: publicId("ep", attempt.endpointId),
    url: attempt.url,
    response: withContent ? Buffer.from(attempt.responseBody ?? []).toString("utf8") : "{}",
    responseStatusCode: attempt.status ?? 0,
    responseDurationMs: Math.round(attempt.totalUs / 1000),
    status: delivered ? 0 : 2,
    statusText: delivered ? "success" : "fail",
    triggerType: attempt.trigger === "scheduled" ? 0 : 1,
    timestamp: new Date(idTimeMs(attempt.id)).toISOString(),
    deliveryId: publicId("dlv", attempt.deliveryId),
    number: attempt.number,
    outcome: attempt.outcome,
    reason: attempt.reason,
    settledAs: attempt.settledAs,
    late: attempt.settledAs === "late",
    nextAttempt: attempt.nextAt?.toISOString() ?? null,
    trigger: attempt.trigger,
    remoteAddress: attempt.remoteAddress ?? null,
    endpointVersion: attempt.endpointVersion,
    timing: {
      dnsMs: milliseconds(attempt.dnsUs),
      connectMs: milliseconds(attempt.connectUs),
      firstByteMs: milliseconds(attempt.firstByteUs),
      totalMs: attempt.totalUs / 1000,
      startedAt: new Date(idTimeMs(attempt.id)).toISOString(),
      recordedAt: attempt.recordedAt?.toISOString() ?? null,
    },
    responseTruncated: attempt.responseTruncated,
    ...(withContent && {
      responseHeaders: attempt.responseHeaders === undefined ? null : attempt.responseHeaders.map((pair) => [...pair]),
      ...(event !== undefined && {
        requestHeaders: requestHeadersOf(attempt, event, userAgent).map((pair) => [...pair]),
      }),
    }),
  };
}
