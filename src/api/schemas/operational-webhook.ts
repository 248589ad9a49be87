import { z } from "@hono/zod-openapi";
import { NOTICE_TYPES } from "#events";
import { listResponse, uniqueList } from "./common.ts";
import { EndpointIn, EndpointOut, EndpointPatch, EndpointUpdate, endpointParams } from "./endpoint.ts";

export const operationalParams = endpointParams.omit({ app_id: true });
export const operationalMessageParams = operationalParams.extend({
  msg_id: z.string().min(1).max(256).openapi({ example: "msg_01h455vb4pex5vsknk084sn02q" }),
});

const eventTypes = uniqueList(z.enum(NOTICE_TYPES), 1, NOTICE_TYPES.length)
  .nullable()
  .optional()
  .openapi({
    description: "What it is told (null: everything); GET /api/v1/operational-webhook/event-type lists what there is",
    example: ["endpoint.disabled", "message.attempt.exhausted"],
  });

// An endpoint like any other, but without channels: what is told has none.
const none = { channels: true } as const;

export const OperationalWebhookEndpointIn = EndpointIn.omit(none)
  .extend({ eventTypes })
  .openapi("OperationalWebhookEndpointIn");
export const OperationalWebhookEndpointUpsertIn = EndpointUpdate.omit(none)
  .extend({ eventTypes })
  .openapi("OperationalWebhookEndpointUpsertIn");
export const OperationalWebhookEndpointPatch = EndpointPatch.omit(none)
  .extend({ eventTypes })
  .openapi("OperationalWebhookEndpointPatch");
export const OperationalWebhookEndpointOut = EndpointOut.omit(none).openapi("OperationalWebhookEndpointOut");
export const OperationalWebhookEndpointList = listResponse(
  OperationalWebhookEndpointOut,
  "ListResponse_OperationalWebhookEndpointOut_",
);

export const OperationalWebhookEventTypeOut = z
  .object({
    name: z.enum(NOTICE_TYPES),
    description: z.string(),
    svix: z.boolean().openapi({ description: "Whether name and shape are those of Svix's event of this name" }),
    schema: z.record(z.string(), z.unknown()).openapi({ description: "JSON Schema of the payload" }),
    example: z.record(z.string(), z.unknown()),
  })
  .openapi("OperationalWebhookEventTypeOut");
export const OperationalWebhookEventTypeList = listResponse(
  OperationalWebhookEventTypeOut,
  "ListResponse_OperationalWebhookEventTypeOut_",
);
