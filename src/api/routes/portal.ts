import type { z } from "@hono/zod-openapi";
import { parsePublicId, publicId } from "#kernel";
import { findApplication, findPortalSession, findTheme, permits, saveTheme, type Theme } from "#tenancy";
import { route } from "../http/operation.ts";
import { json, notFound } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { PortalOut, PortalTheme } from "../schemas/portal.ts";
import { inApplication } from "./within.ts";

const tag = "Portal";
const theme = { 200: { description: "The theme", schema: PortalTheme } };

/** A theme without the members that say nothing. */
export function themeOf(body: z.output<typeof PortalTheme>): Theme {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}

export const portalRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/portal",
      operationId: "v1.portal.get",
      access: "portal:read",
      tag,
      summary: "Get what the portal begins with",
      description:
        "The application of the token and the portal's looks: the organisation's, then the application's, then the session's. A token for the organisation has no portal.",
      responses: { 200: { description: "The portal", schema: PortalOut } },
    },
    async (_, { q, principal }) => {
      const appId = principal.appId === undefined ? undefined : publicId("app", principal.appId);
      const application = appId === undefined ? undefined : await findApplication(q, appId);
      if (application === undefined) return notFound("portal", principal.name);
      const sessionId = parsePublicId("psn", principal.id);
      const session = sessionId === undefined ? undefined : await findPortalSession(q, sessionId);
      return json(200, {
        application: {
          id: publicId("app", application.id),
          uid: application.uid ?? null,
          name: application.name,
        },
        theme: { ...(await findTheme(q, undefined)), ...(await findTheme(q, application.id)), ...session?.theme },
        readOnly: !permits(principal.permissions, "portal:write"),
        expiresAt: principal.expiresAtMs === undefined ? null : new Date(principal.expiresAtMs).toISOString(),
      });
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/portal-theme",
      operationId: "v1.portal-theme.get",
      access: "read",
      tag,
      summary: "Get how the portal looks",
      responses: theme,
    },
    async (_, { q }) => json(200, await findTheme(q, undefined)),
  ),
  route(
    {
      method: "put",
      path: "/api/v1/portal-theme",
      operationId: "v1.portal-theme.update",
      access: "admin",
      tag,
      summary: "Set how the portal looks",
      body: PortalTheme,
      responses: theme,
    },
    async ({ body }, { q }) => {
      await saveTheme(q, undefined, themeOf(body));
      return json(200, themeOf(body));
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/portal-theme",
      operationId: "v1.portal-theme.get-of-application",
      access: "read",
      tag,
      summary: "Get what an application's portal has different",
      params: applicationParams,
      responses: theme,
    },
    inApplication(async (_, { q }, application) => json(200, await findTheme(q, application.id))),
  ),
  route(
    {
      method: "put",
      path: "/api/v1/app/{app_id}/portal-theme",
      operationId: "v1.portal-theme.update-of-application",
      access: "write",
      tag,
      summary: "Set what an application's portal has different",
      params: applicationParams,
      body: PortalTheme,
      responses: theme,
    },
    inApplication(async ({ body }, { q }, application) => {
      await saveTheme(q, application.id, themeOf(body));
      return json(200, themeOf(body));
    }, "hold"),
  ),
];
