import type { z } from "@hono/zod-openapi";
import type { DeadLetter, OpenDelivery } from "#delivery";
import type { StoredEvent } from "#events";
import { publicId } from "#kernel";
import type { DeadLetterOut, OpenDeliveryOut } from "../schemas/delivery.ts";

const lastAttempt = (last: OpenDelivery["last"]) =>
  last === undefined
    ? null
    : { id: publicId("atmpt", last.id), outcome: last.outcome, reason: last.reason, status: last.status ?? null };

export function openDeliveryOut(
  delivery: OpenDelivery,
  event: StoredEvent | undefined,
): z.output<typeof OpenDeliveryOut> {
  return {
    id: publicId("dlv", delivery.id),
    state: delivery.state,
    messageId: publicId("msg", delivery.eventId),
    eventType: event?.type ?? null,
    endpointId: publicId("ep", delivery.endpointId),
    dueAt: delivery.dueAt?.toISOString() ?? null,
    attempts: delivery.attempts,
    step: delivery.step,
    trigger: delivery.trigger,
    held: delivery.state === "held",
    expiresAt: delivery.expiresAt?.toISOString() ?? null,
    lastOutcome: delivery.last?.outcome ?? null,
    lastReason: delivery.last?.reason ?? null,
    lastAttempt: lastAttempt(delivery.last),
  };
}

export function deadLetterOut(letter: DeadLetter, event: StoredEvent | undefined): z.output<typeof DeadLetterOut> {
  return {
    id: publicId("dlv", letter.id),
    messageId: publicId("msg", letter.eventId),
    eventType: event?.type ?? null,
    endpointId: publicId("ep", letter.endpointId),
    attempts: letter.attempts,
    reason: letter.reason,
    settledAt: letter.settledAt.toISOString(),
    lastAttempt: lastAttempt(letter.last),
  };
}
