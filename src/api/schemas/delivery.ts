import { z } from "@hono/zod-openapi";
import { AttemptOutcome, DeliveryTrigger, MessageAttemptOut, MessageStatus, MessageStatusText } from "./attempt.ts";
import { EventTypeName, listResponse, Tag, Timestamp } from "./common.ts";
import { EndpointOut } from "./endpoint.ts";
import { MessageOut } from "./message.ts";

// What an operator sees of deliveries, and does to them.

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

// ------------------------------------------------------------------------------------------------------------ acts

/** Deliveries named in one request. */
export const IDS_MAX = 1_000;
const ids = z
  .array(z.string().max(64))
  .min(1)
  .max(IDS_MAX)
  .optional()
  .openapi({ description: `These deliveries, up to ${IDS_MAX}`, example: ["dlv_01h455vb4pex5vsknk084sn02q"] });
const filter = {
  since: momentIn("Of messages accepted from then on"),
  until: momentIn("Of messages accepted before"),
  eventTypes: z
    .array(EventTypeName)
    .min(1)
    .max(1_000)
    .optional()
    .openapi({ description: "Of messages of these types" }),
  tag: Tag.optional().openapi({ description: "Of messages with this tag" }),
};
const dryRun = z.boolean().optional().openapi({ default: false, description: "Only count" });
const CHOSEN = "Either `ids` or `filter`; an empty filter means all";
const isChosen = (body: { ids?: unknown; filter?: unknown }) =>
  (body.ids === undefined) !== (body.filter === undefined);

export const OwedChangeIn = z
  .object({ ids, filter: z.object(filter).optional(), dryRun })
  .refine(isChosen, CHOSEN)
  .openapi("OwedChangeIn", { description: CHOSEN });
export const DeadChangeIn = z
  .object({
    ids,
    filter: z.object({ ...filter, reason: DeadReason.optional() }).optional(),
    dryRun,
    ratePerSecond: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .openapi({ default: 100, description: "How fast a task requeues, when there are too many for one request" }),
  })
  .refine(isChosen, CHOSEN)
  .openapi("DeadChangeIn", { description: CHOSEN });

export const DeliveryChangeOut = z
  .object({
    count: count.openapi({ description: "How many were changed, or would be" }),
    countIsExact: isExact,
    done: z.boolean().openapi({ description: "False: this request reached its bound; asking again goes on" }),
    skipped: count.openapi({
      description:
        "Of the given ids, those left alone: in the hands of a process (its request may be on the wire), settled, or as asked already",
    }),
    dryRun: z.boolean(),
  })
  .openapi("DeliveryChangeOut");

export const EventExampleIn = z.object({ eventType: EventTypeName }).openapi("EventExampleIn");

export const EndpointStats = z
  .object({
    success: count,
    pending: count,
    sending: count.openapi({ description: "In the hands of processes now, whenever accepted" }),
    fail: count,
    canceled: count,
    isExact: isExact.optional().openapi({ description: "False: a count stopped at its bound. Not part of Svix's API" }),
  })
  .openapi("EndpointStats");

const standing = {
  status: MessageStatus,
  statusText: MessageStatusText,
  nextAttempt: Timestamp.nullable().optional(),
};
export const EndpointMessageOut = z.object({ ...MessageOut.shape, ...standing }).openapi("EndpointMessageOut");
export const EndpointMessageList = listResponse(EndpointMessageOut, "ListResponse_EndpointMessageOut_");

const { id, uid, url, description, disabled, eventTypes, channels, throttleRate, createdAt, updatedAt } =
  EndpointOut.shape;
export const MessageEndpointOut = z
  .object({
    id,
    uid,
    url,
    description,
    disabled,
    eventTypes,
    channels,
    throttleRate,
    createdAt,
    updatedAt,
    ...standing,
  })
  .openapi("MessageEndpointOut");
export const MessageEndpointList = listResponse(MessageEndpointOut, "ListResponse_MessageEndpointOut_");

export const FoundOut = z
  .object({
    kind: z.enum(["application", "endpoint", "message", "attempt", "delivery", "source", "flow", "run", "task"]),
    id: z.string(),
    appId: z.string(),
    name: z
      .string()
      .nullable()
      .openapi({ description: "What people know it by: name, URL or event type; of a run, its flow's name" }),
    endpointId: z.string().nullable(),
    messageId: z.string().nullable(),
  })
  .openapi("FoundOut");
