import { z } from "@hono/zod-openapi";
import { idOrUid, listResponse, Metadata, ThrottleRate, Timestamp, text, uid } from "./common.ts";

export const applicationParams = z.object({ app_id: idOrUid("unique-app-identifier") });

const THROTTLE = "Maximum deliveries per second to all endpoints of the application; null: unlimited";
const INT4_MAX = 2_147_483_647;
const quota = (description: string) =>
  z.number().int().min(1).max(INT4_MAX).nullable().optional().openapi({ description });

/** Ours, unknown to Svix's clients: absent in a PUT, they stay as they are. */
const quotas = {
  eventsPerSecond: quota("Events it may send per second; null: the installation's setting. Not part of Svix's API"),
  endpointsMax: quota("Endpoints it may have; null: the installation's setting. Not part of Svix's API"),
  payloadBytesMax: quota(
    "Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API",
  ),
};

const fields = {
  name: text(512).min(1).openapi({ example: "My first application" }),
  uid: uid("unique-app-identifier").nullable().optional(),
  throttleRate: ThrottleRate.nullable().optional().openapi({ description: THROTTLE }),
  metadata: Metadata.optional().openapi({ default: {} }),
  ...quotas,
};

export const ApplicationIn = z.object(fields).openapi("ApplicationIn");
export const ApplicationPatch = z.object({ ...fields, name: fields.name.optional() }).openapi("ApplicationPatch");

export const ApplicationOut = z
  .object({
    id: z.string().openapi({ example: "app_01h455vb4pex5vsknk084sn02q" }),
    uid: z.string().nullable().optional(),
    name: z.string(),
    throttleRate: z.number().int().nullable().optional().openapi({ description: THROTTLE }),
    metadata: z.record(z.string(), z.string()),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    ...quotas,
  })
  .openapi("ApplicationOut");

export const ApplicationList = listResponse(ApplicationOut, "ListResponse_ApplicationOut_");
