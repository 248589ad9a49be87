import { z } from "@hono/zod-openapi";
import { applicationParams } from "./application.ts";
import {
  Channel,
  EventTypeName,
  idOrUid,
  listResponse,
  Metadata,
  ThrottleRate,
  Timestamp,
  text,
  uid,
  uniqueList,
} from "./common.ts";

export const endpointParams = applicationParams.extend({ endpoint_id: idOrUid("unique-ep-identifier") });

const INT4_MAX = 2_147_483_647;
const OURS = "Not part of Svix's API";

/** Ours, unknown to Svix's clients: absent in a PUT, they stay as they are; null means the default. */
const ours = {
  mode: z
    .enum(["enabled", "paused", "disabled"])
    .optional()
    .openapi({ description: `paused: what comes is owed and held; disabled: what comes is not owed. ${OURS}` }),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .optional()
    .openapi({ description: `Requests in flight at most, over all processes. ${OURS}` }),
  timeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(60_000)
    .nullable()
    .optional()
    .openapi({ description: `Deadline of one request. ${OURS}` }),
  retryPolicy: z
    .enum(["default", "svix", "strict"])
    .optional()
    .openapi({
      description: `What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. ${OURS}`,
    }),
  retrySchedule: z
    .array(z.number().int().min(1).max(604_800))
    .max(100)
    .nullable()
    .optional()
    .openapi({
      description: `Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. ${OURS}`,
      example: [5, 300, 1800],
    }),
  expiresAfterSeconds: z
    .number()
    .int()
    .min(1)
    .max(INT4_MAX)
    .nullable()
    .optional()
    .openapi({ description: `A delivery older than this is not sent any more. ${OURS}` }),
  extraHeaders: uniqueList(z.enum(["svix", "plain"]), 0, 2)
    .optional()
    .openapi({ description: `Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. ${OURS}` }),
};

export const Signing = z.enum(["v1", "v1a"]);
const signing = Signing.optional().openapi({
  description: `Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. ${OURS}`,
});

const Url = z.string().min(1).max(2_048).openapi({ format: "uri", example: "https://example.com/webhook/" });

const fields = {
  url: Url,
  uid: uid("unique-ep-identifier").nullable().optional(),
  description: text(4_096).optional().openapi({ default: "", example: "An example endpoint name" }),
  disabled: z.boolean().optional().openapi({ default: false, description: "The same as mode `disabled`" }),
  eventTypes: uniqueList(EventTypeName, 1, 1_000)
    .nullable()
    .optional()
    .openapi({ description: "Types it listens to (null: all); each must exist" }),
  channels: uniqueList(Channel, 1, 10)
    .nullable()
    .optional()
    .openapi({ description: "Channels it listens to (null: all)" }),
  throttleRate: ThrottleRate.nullable().optional().openapi({ description: "Requests started per second at most" }),
  metadata: Metadata.optional().openapi({ default: {} }),
  ...ours,
};

export const SecretText = z.string().max(200).openapi({
  description:
    "base64 of 24 to 64 random bytes, optionally prefixed with `whsec_`; or an ed25519 key prefixed with `whsk_`",
  example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
});

export const EndpointIn = z
  .object({
    ...fields,
    secret: SecretText.nullable().optional(),
    headers: z
      .record(z.string(), z.string())
      .nullable()
      .optional()
      .openapi({ description: "Custom headers, as newer clients of Svix give them" }),
    signing,
  })
  .openapi("EndpointIn");
export const EndpointUpdate = z.object({ ...fields, signing }).openapi("EndpointUpdate");
export const EndpointPatch = z.object({ ...fields, url: Url.optional(), signing }).openapi("EndpointPatch");

export const EndpointOut = z
  .object({
    id: z.string().openapi({ example: "ep_01h455vb4pex5vsknk084sn02q" }),
    uid: z.string().nullable().optional(),
    url: Url,
    description: z.string(),
    disabled: z.boolean().optional(),
    eventTypes: z.array(z.string()).nullable().optional(),
    channels: z.array(z.string()).nullable().optional(),
    throttleRate: z.number().int().nullable().optional(),
    metadata: z.record(z.string(), z.string()),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    ...ours,
    signing,
    modeReason: z
      .enum(["operator", "gone", "gone_again", "failing"])
      .nullable()
      .optional()
      .openapi({
        description: `Why it is not enabled: by an operator, by its receiver's 410 (again), or by days of nothing but failure. ${OURS}`,
      }),
    modeSince: Timestamp.nullable().optional(),
    version: z
      .number()
      .int()
      .optional()
      .openapi({ description: `Grows with every change. ${OURS}` }),
  })
  .openapi("EndpointOut");

export const EndpointList = listResponse(EndpointOut, "ListResponse_EndpointOut_");

const headersExample = { "X-Example": "123", "X-Foobar": "Bar" };
export const EndpointHeadersIn = z
  .object({ headers: z.record(z.string(), z.string()).openapi({ example: headersExample }) })
  .openapi("EndpointHeadersIn");
export const EndpointHeadersPatchIn = z
  .object({
    headers: z
      .record(z.string(), z.string().nullable())
      .openapi({ example: headersExample, description: "null removes a header" }),
    deleteHeaders: z
      .array(z.string())
      .optional()
      .openapi({ description: "Names to remove, as newer clients of Svix write it" }),
  })
  .openapi("EndpointHeadersPatchIn");
export const EndpointHeadersOut = z
  .object({
    headers: z.record(z.string(), z.string()).openapi({ example: headersExample }),
    sensitive: z
      .array(z.string())
      .openapi({ example: ["Authorization"], description: "Names of headers whose values are not shown" }),
  })
  .openapi("EndpointHeadersOut");

export const EndpointSecretOut = z
  .object({
    key: z
      .string()
      .openapi({ description: "What receivers verify with: `whsec_…`, or the public key `whpk_…` of a v1a secret" }),
  })
  .openapi("EndpointSecretOut");
export const GRACE_SECONDS_DEFAULT = 86_400;
export const EndpointSecretRotateIn = z
  .object({
    key: SecretText.nullable().optional().openapi({ description: "The new secret; null or absent: one is made" }),
    gracePeriodSeconds: z.number().int().min(0).max(604_800).nullable().optional().openapi({
      default: GRACE_SECONDS_DEFAULT,
      description: "How long the old secret still signs beside the new one; 0: not any more",
    }),
    signing,
  })
  .openapi("EndpointSecretRotateIn");
