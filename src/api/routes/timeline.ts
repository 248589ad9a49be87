import { type TimelineDelivery, timelineOf } from "#delivery";
import { type StoredEvent, storedAt } from "#events";
import { idTimeMs, publicId } from "#kernel";
import { attemptOut } from "../http/attempt-body.ts";
import { messageBody } from "../http/message-body.ts";
import { route } from "../http/operation.ts";
import { TimelineOut } from "../schemas/delivery.ts";
import { messageParams } from "../schemas/message.ts";
import { onMessage } from "./within.ts";

const iso = (at: Date | undefined) => at?.toISOString() ?? null;

function deliveryOut(delivery: TimelineDelivery, event: StoredEvent, userAgent: string) {
  return {
    id: publicId("dlv", delivery.id),
    endpointId: publicId("ep", delivery.endpointId),
    endpointUrl: delivery.endpointUrl ?? null,
    endpointDescription: delivery.endpointDescription ?? null,
    endpointDeleted: delivery.endpointIsDeleted,
    trigger: delivery.trigger ?? null,
    owedAt: new Date(idTimeMs(delivery.id)).toISOString(),
    state: delivery.state,
    dueAt: iso(delivery.dueAt),
    deadReason: delivery.deadReason ?? null,
    deadAt: iso(delivery.deadAt),
    attempts: delivery.attempts.map((attempt) => attemptOut(attempt, true, event, userAgent)),
  };
}

export const timelineRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/timeline",
      operationId: "v1.message.timeline",
      access: "portal:read",
      tag: "Message",
      summary: "Follow a message from its arrival to each outcome",
      description:
        "Every delivery of it, also those that were not tried yet, with its attempts from the first to the last. Each time says whose clock told it: between a process's and the database's lies what they differ. The payload is not among it. Not part of Svix's API.",
      params: messageParams,
      responses: { 200: { description: "Its timeline", schema: TimelineOut } },
    },
    onMessage(async (_, { q, deps }, event, application) => {
      const timeline = await timelineOf(q, event.id);
      const rest = JSON.stringify({
        acceptedAt: new Date(idTimeMs(event.id)).toISOString(),
        storedAt: iso(await storedAt(q, application.id, event.id)),
        traceId: event.traceId ?? null,
        isComplete: timeline.isComplete,
        isExpanding: timeline.isExpanding,
        deliveries: timeline.deliveries.map((delivery) => deliveryOut(delivery, event, deps.userAgent)),
      });
      return { status: 200, body: `{"message":${messageBody(event, { kind: "not_asked" })},${rest.slice(1)}` };
    }),
  ),
];
