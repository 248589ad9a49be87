import { publicId } from "#kernel";
import { findApplication } from "#tenancy";
import { route } from "../http/operation.ts";
import { json } from "../http/reply.ts";
import { WhoAmIOut } from "../schemas/access.ts";

export const whoamiRoute = route(
  {
    method: "get",
    path: "/api/v1/whoami",
    operationId: "v1.authentication.whoami",
    access: "any",
    tag: "Authentication",
    summary: "Tell who the token is, and what it may do",
    responses: { 200: { description: "Who it is", schema: WhoAmIOut } },
  },
  async (_, { q, deps, principal }) => {
    const { kind, id, name, role, permissions, expiresAtMs } = principal;
    const appId = principal.appId === undefined ? null : publicId("app", principal.appId);
    const application = appId === null ? undefined : await findApplication(q, appId);
    return json(200, {
      kind,
      id,
      name,
      role,
      permissions,
      appId,
      appName: application?.name ?? null,
      expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
      development: deps.consoleSessions !== undefined,
    });
  },
);
