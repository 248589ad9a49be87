import { z } from "@hono/zod-openapi";
import { applicationParams } from "./application.ts";
import { historyQuery, listResponse, Timestamp } from "./common.ts";
import { messageParams } from "./message.ts";

export const attemptParams = messageParams.extend({
  attempt_id: z.string().min(1).max(64).openapi({ example: "atmpt_01h455vb4pex5vsknk084sn02q" }),
});
export const resendParams = messageParams.extend({
  endpoint_id: applicationParams.shape.app_id.openapi({ example: "unique-ep-identifier" }),
});

export const MessageStatus = z
  .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
  .openapi("MessageStatus", {
    type: "integer",
    enum: [0, 1, 2, 3],
    description: "Success = 0, Pending = 1, Fail = 2, Sending = 3",
  });
export const MessageStatusText = z.enum(["success", "pending", "fail", "sending"]).openapi("MessageStatusText");
export const MessageAttemptTriggerType = z
  .union([z.literal(0), z.literal(1)])
  .openapi("MessageAttemptTriggerType", { type: "integer", enum: [0, 1], description: "Scheduled = 0, Manual = 1" });

/** A number of a closed list in a query string. */
function numberIn<T extends string>(numbers: readonly [T, ...T[]], description: string) {
  return z
    .enum(numbers)
    .transform(Number)
    .optional()
    .openapi({ type: "integer", enum: numbers.map(Number), description });
}

export const attemptQuery = {
  ...historyQuery("atmpt_01h455vb4pex5vsknk084sn02q"),
  status: numberIn(["0", "1", "2", "3"], "Only attempts of this status: 0 succeeded, 2 failed"),
  status_code_class: numberIn(
    ["0", "100", "200", "300", "400", "500"],
    "Only attempts answered with a status of this class",
  ),
};

export const AttemptOutcome = z.enum([
  "delivered",
  "retryable",
  "permanent",
  "gone",
  "timeout",
  "ambiguous",
  "signature_error",
  "endpoint_config_error",
  "internal_error",
]);
export const AttemptSettledAs = z.enum(["delivered", "owed", "dead", "late"]);
export const DeliveryTrigger = z.enum(["scheduled", "resend", "replay", "probe"]);
export const AttemptReason = z.string().min(1).max(64);

/** What an attempt was, in our own words: filters of both lists. */
export const attemptFilters = {
  outcome: AttemptOutcome.optional().openapi({ description: "Only attempts with this outcome" }),
  reason: AttemptReason.optional().openapi({
    description: "Only attempts with this reason",
    example: "http_503",
  }),
  trigger: DeliveryTrigger.optional().openapi({ description: "Only attempts of deliveries that came about so" }),
  settled_as: AttemptSettledAs.optional().openapi({ description: "Only attempts after which the delivery was this" }),
};

const header = z.array(z.string()).openapi({ description: "Name and value" });

export const MessageAttemptOut = z
  .object({
    id: z.string().openapi({ example: "atmpt_01h455vb4pex5vsknk084sn02q" }),
    msgId: z.string(),
    endpointId: z.string(),
    url: z.string().openapi({ format: "uri", description: "As it was when the request was made" }),
    response: z.string().openapi({ description: "The body of the answer, up to the cap; `{}` when not asked for" }),
    responseStatusCode: z.number().int().openapi({ description: "0: no status came" }),
    responseDurationMs: z.number().int(),
    status: MessageStatus,
    statusText: MessageStatusText,
    triggerType: MessageAttemptTriggerType,
    timestamp: Timestamp,
    deliveryId: z.string().optional(),
    number: z.number().int().optional().openapi({ description: "1 for the first request of the delivery" }),
    outcome: AttemptOutcome.optional(),
    reason: z
      .string()
      .optional()
      .openapi({ description: "Stable: `http_503`, `connection_refused`, `timeout_body`, …", example: "http_503" }),
    settledAs: AttemptSettledAs.optional().openapi({
      description: "What became of the delivery with it; late: another process had taken it over",
    }),
    late: z.boolean().optional(),
    nextAttempt: Timestamp.nullable().optional(),
    trigger: DeliveryTrigger.optional(),
    remoteAddress: z.string().nullable().optional(),
    endpointVersion: z.number().int().optional(),
    timing: z
      .object({
        dnsMs: z.number().nullable().openapi({ description: "From the start until the name was resolved" }),
        connectMs: z
          .number()
          .nullable()
          .openapi({ description: "TCP and TLS, by themselves; null on a connection that was open already" }),
        firstByteMs: z
          .number()
          .nullable()
          .openapi({ description: "From the start until the first byte of the answer" }),
        totalMs: z.number().openapi({ description: "From the start until the answer was read to its end or cap" }),
        startedAt: Timestamp.openapi({ description: "When the request was begun, by the process that made it" }),
        recordedAt: Timestamp.nullable().openapi({
          description: "When its row was written, by the database's clock; null for attempts from before that was kept",
        }),
      })
      .optional(),
    requestHeaders: z.array(header).optional().openapi({ description: "As sent, secrets masked" }),
    responseHeaders: z.array(header).nullable().optional(),
    responseTruncated: z.boolean().optional(),
  })
  .openapi("MessageAttemptOut", { description: "Fields after `timestamp` are not part of Svix's API." });

export const MessageAttemptList = listResponse(MessageAttemptOut, "ListResponse_MessageAttemptOut_");
