import { z } from "@hono/zod-openapi";
import { applicationParams } from "./application.ts";
import { idOrUid, listResponse, Metadata, Timestamp, text, uid } from "./common.ts";

export const sourceParams = applicationParams.extend({ source_id: idOrUid("unique-source-identifier") });

export const Preset = z
  .enum(["stripe", "github", "shopify", "slack", "standard-webhooks", "hmac", "none"])
  .openapi("SourcePreset", { description: "Whose webhooks come in: how they are verified, told apart and answered" });

const Options = z.record(z.string(), z.unknown()).openapi({
  description: "Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …",
  example: {},
});

const fields = {
  uid: uid("unique-source-identifier").nullable().optional(),
  name: text(512).optional().openapi({ default: "" }),
  options: Options.optional(),
  disabled: z.boolean().optional().openapi({ default: false, description: "It answers 403 and takes nothing" }),
  metadata: Metadata.optional().openapi({ default: {} }),
};
const secret = z
  .string()
  .min(1)
  .max(4_096)
  .nullable()
  .optional()
  .openapi({ description: "As the provider shows it; absent: one is made where either side may choose it" });

export const SourceIn = z.object({ preset: Preset, ...fields, secret }).openapi("SourceIn");
export const SourceUpdate = z.object(fields).openapi("SourceUpdate");
export const SourcePatch = z.object(fields).openapi("SourcePatch");

const out = {
  id: z.string().openapi({ example: "src_01h455vb4pex5vsknk084sn02q" }),
  uid: z.string().nullable(),
  name: z.string(),
  preset: Preset,
  options: Options,
  disabled: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  url: z.string().openapi({
    description: "Where the provider posts to. Whoever knows it may post: the signature decides what is believed",
    format: "uri",
  }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};
export const SourceOut = z.object(out).openapi("SourceOut");
export const SourceCreated = z
  .object({
    ...out,
    secret: z.string().nullable().openapi({ description: "null: the provider makes it; bring it with a rotation" }),
  })
  .openapi("SourceCreated");
export const SourceList = listResponse(SourceOut, "ListResponse_SourceOut_");

export const SourceSecretsOut = z
  .object({
    data: z.array(
      z.object({
        secret: z.string(),
        createdAt: Timestamp,
        expiresAt: Timestamp.nullable().openapi({ description: "null: the current one" }),
      }),
    ),
  })
  .openapi("SourceSecretsOut");
export const SourceSecretRotateIn = z
  .object({
    secret,
    overlapSeconds: z
      .number()
      .int()
      .min(0)
      .max(604_800)
      .optional()
      .openapi({ default: 86_400, description: "How long those before stay good; 0: not any more" }),
  })
  .openapi("SourceSecretRotateIn");
export const SourceSecretRotated = z.object({ secret: z.string() }).openapi("SourceSecretRotated");

export const SourceRejectionList = z
  .object({
    data: z.array(
      z.object({
        id: z.string().openapi({ example: "rej_01h455vb4pex5vsknk084sn02q" }),
        timestamp: Timestamp,
        reason: z.string().openapi({ example: "signature_mismatch" }),
        detail: z.string(),
        remoteAddress: z.string().nullable(),
        headers: z.array(z.array(z.string())).openapi({ description: "Signatures and credentials masked" }),
        bodyExcerpt: z.string(),
        bodyBytes: z.number().int(),
      }),
    ),
  })
  .openapi("SourceRejectionList");
