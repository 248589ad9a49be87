import { z } from "@hono/zod-openapi";
import { idOrUid, listQuery, listResponse, moment, Timestamp } from "./common.ts";

const filters = {
  actor: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .openapi({ description: "`root`, `stranger`, or the id of a key or session" }),
  operation: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .openapi({ example: "v1.endpoint.update", description: "An operationId" }),
  app_id: idOrUid("unique-app-identifier").optional().openapi({ description: "Only what was about this application" }),
  target: z.string().min(1).max(256).optional().openapi({ description: "The id of what was made or changed" }),
  since: moment("Only what was done then or later"),
  until: moment("Only what was done before"),
};
const { order: _, ...page } = listQuery("aud_01h455vb4pex5vsknk084sn02q");

export const auditQuery = z.object({ ...page, ...filters });
export const auditExportQuery = z.object(filters);

export const AuditOut = z
  .object({
    id: z.string().openapi({ example: "aud_01h455vb4pex5vsknk084sn02q" }),
    at: Timestamp,
    actor: z.object({
      kind: z.enum(["root", "key", "portal", "console", "stranger"]),
      id: z.string(),
      name: z.string(),
    }),
    operation: z.string().openapi({ description: "The operationId" }),
    method: z.string(),
    path: z.string(),
    appId: z.string().nullable(),
    target: z.string().nullable(),
    status: z.number().int().openapi({ description: "Below 400: done. 401, 403, 404: refused" }),
    requestId: z.string(),
    remoteAddress: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()).openapi({
      description:
        "What was asked, values that may be secret masked; `suppressed`: refusals of the same actor since the last that was recorded",
    }),
  })
  .openapi("AuditOut");
export const AuditList = listResponse(AuditOut, "ListResponse_AuditOut_");
