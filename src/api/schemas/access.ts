import { z } from "@hono/zod-openapi";
import { type KEY_ROLES, PERMISSIONS } from "#tenancy";
import { Timestamp } from "./common.ts";

export const PermissionName = z
  .enum(PERMISSIONS)
  .openapi("Permission", { description: "What an operation takes: `x-posthorn-access` names it on each" });

export const RoleName = z.enum(["admin", "operator", "viewer", "ingest", "worker", "portal"]).openapi("Role", {
  description:
    "A set of permissions. admin: all; operator: all but admin; viewer: read, portal:read; ingest: ingest; worker: work; portal: portal:read, portal:write",
}) satisfies z.ZodType<(typeof KEY_ROLES)[number]>;

export const WhoAmIOut = z
  .object({
    kind: z.enum(["root", "key", "portal", "console"]),
    id: z.string().openapi({ example: "key_01h455vb4pex5vsknk084sn02q" }),
    name: z.string(),
    role: RoleName,
    permissions: z.array(PermissionName),
    appId: z.string().nullable().openapi({ description: "The one application it is for; null: the organisation" }),
    appName: z.string().nullable(),
    expiresAt: Timestamp.nullable(),
    development: z.boolean().openapi({ description: "Whether this is an engine in development, on its own machine" }),
  })
  .openapi("WhoAmIOut");
