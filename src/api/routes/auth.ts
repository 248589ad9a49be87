import { parsePublicId, publicId, unreachable } from "#kernel";
import {
  type Application,
  createApplication,
  createPortalSession,
  deletePortalSession,
  expirePortalSessions,
  findApplication,
  PORTAL_SESSION_SECONDS_DEFAULT,
  permits,
} from "#tenancy";
import { forbidden } from "../http/authorize.ts";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { json, notFound, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { ApplicationTokenExpireIn, AppPortalAccessIn, AppPortalAccessOut } from "../schemas/portal.ts";
import { applicationFrom } from "./applications.ts";
import { themeOf } from "./portal.ts";
import { whoamiRoute } from "./whoami.ts";
import { inApplication } from "./within.ts";

const tag = "Authentication";

/** The application of a name, or the one that the request brings along for it. */
async function applicationFor(scope: Scope, name: string, brought: unknown): Promise<Application | Reply> {
  const application = await findApplication(scope.q, name, "hold");
  if (application !== undefined) return application;
  if (brought === undefined || brought === null || parsePublicId("app", name) !== undefined) {
    return notFound("application", name);
  }
  if (!permits(scope.principal.permissions, "admin")) return forbidden(scope.principal, "admin");
  const fields = applicationFrom(JSON.stringify(brought));
  if (fields === undefined || (fields.uid ?? name) !== name) return notFound("application", name);
  const created = await createApplication(scope.q, { ...fields, uid: name });
  return created === "uid_taken" ? notFound("application", name) : created;
}

const isReply = (found: Application | Reply): found is Reply => "status" in found;

export const authRoutes = [
  whoamiRoute,
  route(
    {
      method: "post",
      path: "/api/v1/auth/app-portal-access/{app_id}",
      operationId: "v1.authentication.app-portal-access",
      access: "write",
      tag,
      summary: "Open the portal to a user of an application",
      description:
        "The answer has a token for this one application, and a link with the token in its fragment, which browsers send to no server. Whoever has either is that user until it expires.",
      params: applicationParams,
      body: AppPortalAccessIn,
      answersSecret: true,
      responses: { 200: { description: "The link and the token", schema: AppPortalAccessOut } },
    },
    async ({ params, body }, scope) => {
      const application = await applicationFor(scope, params.app_id, body.application);
      if (isReply(application)) return application;
      scope.about(application.id);
      const manages = body.capabilities == null || body.capabilities.includes("ManageEndpoint");
      const { token } = await createPortalSession(
        scope.q,
        {
          appId: application.id,
          name: body.sessionId ?? undefined,
          readOnly: body.readOnly === true || !manages,
          theme: themeOf(body.theme ?? {}),
          seconds: body.expiresInSeconds ?? body.expiry ?? PORTAL_SESSION_SECONDS_DEFAULT,
        },
        scope.principal.id,
      );
      const appId = publicId("app", application.id);
      const key = Buffer.from(JSON.stringify({ appId, token })).toString("base64url");
      const base = (scope.deps.publicUrl ?? scope.origin).replace(/\/+$/, "");
      return json(200, { token, url: `${base}/portal#key=${key}` }, { "Cache-Control": "no-store" });
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/auth/logout",
      operationId: "v1.authentication.logout",
      access: "any",
      tag,
      summary: "End the session of this token",
      description: "Of the portal, or of the console in development. A key does not log out: it is revoked.",
      responses: { 204: { description: "no content" } },
    },
    async (_, { q, deps, principal, afterCommit }) => {
      switch (principal.kind) {
        case "portal": {
          await deletePortalSession(q, parsePublicId("psn", principal.id) ?? "");
          afterCommit(() => deps.onAccessChanged?.());
          return { status: 204 };
        }
        case "console":
          afterCommit(() => deps.consoleSessions?.close(principal.id));
          return { status: 204 };
        case "root":
        case "key":
          return refuse(409, "not_a_session", "The token is no session; a key is ended by revoking it");
        default:
          return unreachable(principal.kind);
      }
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/auth/app/{app_id}/expire-all",
      operationId: "v1.authentication.expire-all",
      access: "write",
      tag,
      summary: "End the portal sessions of an application",
      params: applicationParams,
      body: ApplicationTokenExpireIn,
      responses: { 204: { description: "no content" } },
    },
    inApplication(async ({ body }, { q, deps, afterCommit }, application) => {
      const names = body.sessionIds === undefined || body.sessionIds.length === 0 ? undefined : body.sessionIds;
      await expirePortalSessions(q, application.id, names, body.expiry ?? 0);
      afterCommit(() => deps.onAccessChanged?.());
      return { status: 204 };
    }, "hold"),
  ),
];
