import { z } from "@hono/zod-openapi";
import { RoleName } from "./access.ts";
import { idOrUid, listQuery, listResponse, Timestamp, text } from "./common.ts";

export const apiKeyParams = z.object({
  key_id: z.string().min(1).max(64).openapi({ example: "key_01h455vb4pex5vsknk084sn02q" }),
});

const expiresAt = z.iso
  .datetime({ offset: true })
  .nullable()
  .optional()
  .openapi({ format: "date-time", description: "When its tokens stop being good; null: when it is revoked" });
const name = text(256).min(1).openapi({ example: "Billing service" });

export const ApiKeyIn = z
  .object({
    name,
    role: RoleName,
    appId: idOrUid("unique-app-identifier")
      .nullable()
      .optional()
      .openapi({ description: "The application it is for, by id or uid; null: the organisation" }),
    expiresAt,
  })
  .openapi("ApiKeyIn");

export const ApiKeyPatch = z.object({ name: name.optional(), expiresAt }).openapi("ApiKeyPatch");

const out = {
  id: z.string().openapi({ example: "key_01h455vb4pex5vsknk084sn02q" }),
  name: z.string(),
  role: RoleName,
  appId: z.string().nullable(),
  prefix: z.string().openapi({ description: "How its token begins", example: "phk_9fJ2aB" }),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable().openapi({ description: "To about a minute" }),
  createdBy: z.string().openapi({ description: "`root`, or the id of a key or session" }),
};
export const ApiKeyOut = z.object(out).openapi("ApiKeyOut");
export const ApiKeyIssued = z
  .object({ ...out, token: z.string().openapi({ description: "Shown this once", example: "phk_9fJ2aB…" }) })
  .openapi("ApiKeyIssued");
export const ApiKeyList = listResponse(ApiKeyOut, "ListResponse_ApiKeyOut_");

export const ApiKeyRotateIn = z
  .object({
    graceSeconds: z.number().int().min(0).max(604_800).optional().openapi({
      default: 86_400,
      description: "How long the tokens before stay good; 0: not any more, as after a leak",
    }),
  })
  .openapi("ApiKeyRotateIn");

export const apiKeyQuery = z.object({
  ...listQuery("key_01h455vb4pex5vsknk084sn02q"),
  app_id: idOrUid("unique-app-identifier").optional().openapi({ description: "Only keys for this application" }),
});
