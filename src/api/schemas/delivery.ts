import { z } from "@hono/zod-openapi";
import { AttemptOutcome, DeliveryTrigger, MessageAttemptOut } from "./attempt.ts";
import { EventTypeName, listResponse, Timestamp } from "./common.ts";
import { MessageOut } from "./message.ts";

// What an operator sees of deliveries. None of it is part of Svix's API.

const deliveryId = z.string().openapi({ example: "dlv_01h455vb4pex5vsknk084sn02q" });
const count = z.number().int();
const isExact = z.boolean().openapi({ description: "False: there are at least so many; counting stopped" });

const Percentiles = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .openapi({ description: "Milliseconds of the requests that were made; null: none was" });

export const EndpointHealthOut = z
  .object({
    mode: z.enum(["enabled", "paused", "disabled"]),
    modeReason: z.enum(["operator", "gone", "gone_again", "failing"]).nullable(),
    modeSince: Timestamp.nullable(),
    breaker: z.object({
      state: z.enum(["closed", "open", "half_open"]),
      until: Timestamp.nullable().openapi({ description: "When an open breaker lets a probe through" }),
      opens: count.openapi({ description: "Times opened in a row" }),
    }),
    holdUntil: Timestamp.nullable().openapi({ description: "Retry-After asked for quiet until then" }),
    failingSince: Timestamp.nullable().openapi({ description: "Known once failing has lasted a minute" }),
    owed: count.openapi({ description: "Waiting, without those held by hand" }),
    owedIsExact: isExact,
    oldestOwedAt: Timestamp.nullable().openapi({
      description:
        "Since when the oldest of them is owed; when the count is not exact, the oldest of those that fall due first",
    }),
    held: count.openapi({ description: "Held by hand" }),
    heldIsExact: isExact,
    leased: count.openapi({ description: "In the hands of processes" }),
    leasedIsExact: isExact,
    dead: count.openapi({ description: "Dead letters" }),
    deadIsExact: isExact,
    window: z.object({ since: Timestamp, attempts: count }).openapi({
      description: "What the next three are made from: the attempts of the last 24 hours, at most the newest 1,000",
    }),
    successRatio: z.number().nullable(),
    latencyMs: Percentiles,
    reasons: z
      .array(z.object({ outcome: AttemptOutcome, reason: z.string(), count, lastAt: Timestamp }))
      .openapi({ description: "Why attempts failed, the most frequent first" }),
  })
  .openapi("EndpointHealthOut");

const LastAttempt = z.object({
  id: z.string(),
  outcome: z.string(),
  reason: z.string(),
  status: z.number().int().nullable(),
});

export const OpenDeliveryOut = z
  .object({
    id: deliveryId,
    state: z.enum(["waiting", "held", "leased"]),
    messageId: z.string(),
    eventType: z.string().nullable().openapi({ description: "null: its day was dropped a moment ago" }),
    endpointId: z.string(),
    dueAt: Timestamp.nullable().openapi({ description: "Of a held one, when it would be due; null: leased" }),
    attempts: count.openapi({ description: "Requests made" }),
    step: count.openapi({ description: "Steps of the retry schedule used up" }),
    trigger: DeliveryTrigger,
    held: z.boolean(),
    expiresAt: Timestamp.nullable(),
    lastOutcome: z.string().nullable(),
    lastReason: z.string().nullable(),
    lastAttempt: LastAttempt.nullable(),
  })
  .openapi("OpenDeliveryOut");
export const OpenDeliveryList = listResponse(OpenDeliveryOut, "ListResponse_OpenDeliveryOut_");

export const DeadReason = z.enum([
  "exhausted",
  "permanent",
  "expired",
  "endpoint_deleted",
  "application_deleted",
  "endpoint_disabled",
  "held_too_long",
  "held_too_many",
  "cancelled",
  "erased",
]);

export const DeadLetterOut = z
  .object({
    id: deliveryId,
    messageId: z.string(),
    eventType: z.string().nullable(),
    endpointId: z.string(),
    attempts: count,
    reason: DeadReason,
    settledAt: Timestamp,
    lastAttempt: LastAttempt.nullable(),
  })
  .openapi("DeadLetterOut");
export const DeadLetterList = listResponse(DeadLetterOut, "ListResponse_DeadLetterOut_");

export const momentIn = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({ type: "string", format: "date-time", description });

export const eventTypesIn = z
  .array(EventTypeName)
  .optional()
  .openapi({ description: "Only messages of these types: repeated, or joined by commas", uniqueItems: true });

export const TimelineOut = z
  .object({
    message: MessageOut,
    acceptedAt: Timestamp.openapi({
      description: "When the message got its id, by the clock of the process that took it",
    }),
    storedAt: Timestamp.nullable().openapi({
      description:
        "When its row was written, inside the transaction that was committed before the 202, by the database's clock; null for messages from before that was kept",
    }),
    traceId: z.string().nullable(),
    isComplete: z.boolean().openapi({ description: "False: not all deliveries or attempts are shown" }),
    isExpanding: z.boolean().openapi({ description: "It goes to very many endpoints, and not all are owed it yet" }),
    deliveries: z.array(
      z.object({
        id: deliveryId,
        endpointId: z.string(),
        endpointUrl: z.string().nullable(),
        endpointDescription: z.string().nullable(),
        endpointDeleted: z.boolean(),
        trigger: DeliveryTrigger.nullable(),
        owedAt: Timestamp.openapi({ description: "When it began to be owed" }),
        state: z.enum(["leased", "owed", "held", "delivered", "dead"]),
        dueAt: Timestamp.nullable(),
        deadReason: DeadReason.nullable().openapi({ description: "null of a dead one: its dead letter was expired" }),
        deadAt: Timestamp.nullable(),
        attempts: z.array(MessageAttemptOut),
      }),
    ),
  })
  .openapi("TimelineOut");
