import { z } from "@hono/zod-openapi";
import { ApplicationIn, applicationParams } from "./application.ts";
import { Channel, EventTypeName, idOrUid, listResponse, Tag, Timestamp, uid, uniqueList } from "./common.ts";

export const messageParams = applicationParams.extend({ msg_id: idOrUid("unique-msg-identifier") });

const channels = uniqueList(Channel, 1, 5)
  .nullable()
  .optional()
  .openapi({ description: "Free-form identifiers that endpoints can filter by" });
const payload = z.record(z.string(), z.unknown()).openapi({
  description: "Stored, signed, sent and shown byte for byte as it was written",
  example: { email: "test@example.com", username: "test_user" },
});

export const MessageIn = z
  .object({
    eventType: EventTypeName,
    payload,
    eventId: uid("unique-msg-identifier")
      .nullable()
      .optional()
      .openapi({ description: "Your own id of the event, unique as long as events are kept" }),
    channels,
    tags: uniqueList(Tag, 1, 10).nullable().optional().openapi({
      description: "Free-form words to find messages by in lists and replays; no endpoint filters by them",
    }),
    application: ApplicationIn.nullable()
      .optional()
      .openapi({ description: "Creates the application along with the message, if it does not exist" }),
    payloadRetentionPeriod: z
      .number()
      .int()
      .min(5)
      .max(90)
      .optional()
      .openapi({ default: 90, description: "Accepted for Svix's clients; the installation's retention applies" }),
  })
  .openapi("MessageIn");

export const MessageOut = z
  .object({
    id: z.string().openapi({ example: "msg_01h455vb4pex5vsknk084sn02q" }),
    eventType: z.string(),
    eventId: z.string().nullable().optional(),
    channels: z.array(z.string()).nullable().optional(),
    tags: z.array(z.string()).nullable().optional(),
    payload: payload.openapi({
      description:
        'Byte for byte what was accepted; a string when that is not JSON. `{}` when not asked for, `{"expired":true}` when erased by its owner',
    }),
    timestamp: Timestamp,
    contentType: z.string().optional().openapi({ description: "Of the payload. Not part of Svix's API" }),
    sourceId: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: "The source it came through. Not part of Svix's API" }),
    payloadBase64: z
      .string()
      .optional()
      .openapi({ description: "The payload when it is not text. Not part of Svix's API" }),
  })
  .openapi("MessageOut");

export const MessageList = listResponse(MessageOut, "ListResponse_MessageOut_");

export const MessageBatchIn = z.object({ messages: z.array(MessageIn).min(1).max(1_000) }).openapi("MessageBatchIn");
export const MessageBatchOut = z
  .object({
    accepted: z.number().int(),
    failed: z.number().int(),
    data: z.array(
      z.object({
        index: z.number().int(),
        status: z
          .number()
          .int()
          .openapi({ description: "What the message alone would have been answered: 202, 409, 422, 503, …" }),
        body: z
          .record(z.string(), z.unknown())
          .openapi({ description: "A MessageOut with an empty payload, or an error" }),
      }),
    ),
  })
  .openapi("MessageBatchOut");
