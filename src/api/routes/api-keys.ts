import { parsePublicId, publicId } from "#kernel";
import {
  type ApiKey,
  createApiKey,
  deleteApiKey,
  findApiKey,
  findApplication,
  type IssuedKey,
  listApiKeys,
  rotateApiKey,
  TOKENS_MAX,
  tooStrong,
  updateApiKey,
} from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, type Reply, refuse } from "../http/reply.ts";
import {
  ApiKeyIn,
  ApiKeyIssued,
  ApiKeyList,
  ApiKeyOut,
  ApiKeyPatch,
  ApiKeyRotateIn,
  apiKeyParams,
  apiKeyQuery,
} from "../schemas/api-key.ts";

const tag = "API Key";
const path = "/api/v1/api-key/{key_id}";
const GRACE_SECONDS_DEFAULT = 86_400;

function apiKeyOut(key: ApiKey) {
  return {
    id: publicId("key", key.id),
    name: key.name,
    role: key.role,
    appId: key.appId === undefined ? null : publicId("app", key.appId),
    prefix: key.prefix,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    createdBy: key.createdBy,
  };
}

const issued = (status: number, { key, token }: IssuedKey): Reply =>
  json(status, { ...apiKeyOut(key), token }, { "Cache-Control": "no-store" });

function fault(member: string, msg: string): Reply {
  return invalid({ loc: ["body", member], msg, type: "value_error" });
}

/** A moment of the body; what is over already is no end to give to a key. */
function endOf(text: string | null | undefined, nowMs: number): Date | undefined | "over" {
  if (text === null || text === undefined) return undefined;
  const at = new Date(text);
  return at.getTime() > nowMs ? at : "over";
}

type OnKey = { readonly params: { readonly key_id: string } };

function onKey<A extends OnKey>(handle: (asked: A, scope: Scope, key: ApiKey) => Promise<Reply>, hold?: "change") {
  return async (asked: A, scope: Scope): Promise<Reply> => {
    const id = parsePublicId("key", asked.params.key_id);
    const key = id === undefined ? undefined : await findApiKey(scope.q, id, hold);
    if (key === undefined) return notFound("key", asked.params.key_id);
    if (key.appId !== undefined) scope.about(key.appId);
    if (hold !== undefined) scope.afterCommit(() => scope.deps.onAccessChanged?.());
    return handle(asked, scope, key);
  };
}

export const apiKeyRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/api-key",
      operationId: "v1.api-key.list",
      access: "admin",
      tag,
      summary: "List keys",
      query: apiKeyQuery,
      responses: { 200: { description: "A page of keys", schema: ApiKeyList } },
    },
    async ({ query }, { q }) => {
      const read = readPage(query, query.order ?? "ascending", (text) => parsePublicId("key", text));
      if (!read.ok) return invalid(read.fault);
      const application = query.app_id === undefined ? undefined : await findApplication(q, query.app_id);
      if (query.app_id !== undefined && application === undefined) return notFound("application", query.app_id);
      const rows = await listApiKeys(q, read.page.keyset, application?.id);
      return { status: 200, body: pageBody(read.page, rows, apiKeyOut, (key) => publicId("key", key.id)) };
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/api-key",
      operationId: "v1.api-key.create",
      access: "admin",
      tag,
      summary: "Create a key",
      description:
        "For the organisation or for one application, with a role. The token is in the answer and nowhere else: only its SHA-256 is kept. A key hands out no key that may do more, in more places or for longer than itself.",
      body: ApiKeyIn,
      answersSecret: true,
      responses: { 201: { description: "Created", schema: ApiKeyIssued } },
    },
    async ({ body }, scope) => {
      const { q, deps, principal } = scope;
      const expiresAt = endOf(body.expiresAt, deps.nowMs());
      if (expiresAt === "over") return fault("expiresAt", "expiresAt is over; it should be in the future, or null");
      const application = body.appId == null ? undefined : await findApplication(q, body.appId, "hold");
      if (body.appId != null && application === undefined) return notFound("application", body.appId);
      if (application !== undefined && body.role === "admin") {
        return fault("role", "admin is for the organisation; a key for an application should have another role");
      }
      if (application === undefined && body.role === "portal") {
        return fault("appId", "The role portal is for one application; appId should name it");
      }
      const fields = { name: body.name, role: body.role, appId: application?.id, expiresAt };
      const refusal = tooStrong(principal, fields);
      if (refusal !== undefined) return refuse(403, "forbidden", refusal);
      if (application !== undefined) scope.about(application.id);
      return issued(201, await createApiKey(q, fields, principal.id));
    },
  ),
  route(
    {
      method: "get",
      path,
      operationId: "v1.api-key.get",
      access: "admin",
      tag,
      summary: "Get a key",
      params: apiKeyParams,
      responses: { 200: { description: "The key", schema: ApiKeyOut } },
    },
    onKey(async (_, __, key) => json(200, apiKeyOut(key))),
  ),
  route(
    {
      method: "patch",
      path,
      operationId: "v1.api-key.patch",
      access: "admin",
      tag,
      summary: "Change the name or the end of a key",
      description: "What it may do and where stays: whoever has it was told. Another role is another key.",
      params: apiKeyParams,
      body: ApiKeyPatch,
      responses: { 200: { description: "Changed", schema: ApiKeyOut } },
    },
    onKey(async ({ body }, { q, deps, principal }, before) => {
      const given = body.expiresAt === undefined ? before.expiresAt : endOf(body.expiresAt, deps.nowMs());
      if (given === "over") return fault("expiresAt", "expiresAt is over; it should be in the future, or null");
      if (body.expiresAt !== undefined) {
        const refusal = tooStrong(principal, { ...before, expiresAt: given });
        if (refusal !== undefined) return refuse(403, "forbidden", refusal);
      }
      return json(
        200,
        apiKeyOut(await updateApiKey(q, before.id, { name: body.name ?? before.name, expiresAt: given })),
      );
    }, "change"),
  ),
  route(
    {
      method: "delete",
      path,
      operationId: "v1.api-key.delete",
      access: "admin",
      tag,
      summary: "Revoke a key",
      description: "Its tokens are good no more: here at once, in every other process within a second.",
      params: apiKeyParams,
      responses: { 204: { description: "no content" } },
    },
    onKey(async (_, { q }, key) => {
      await deleteApiKey(q, key.id);
      return { status: 204 };
    }, "change"),
  ),
  route(
    {
      method: "post",
      path: `${path}/rotate`,
      operationId: "v1.api-key.rotate",
      access: "admin",
      tag,
      summary: "Give a key a new token",
      params: apiKeyParams,
      body: ApiKeyRotateIn,
      answersSecret: true,
      responses: { 200: { description: "The key with its new token", schema: ApiKeyIssued } },
    },
    onKey(async ({ body }, { q, principal }, key) => {
      const refusal = tooStrong(principal, key);
      if (refusal !== undefined) return refuse(403, "forbidden", refusal);
      const rotated = await rotateApiKey(q, key.id, body.graceSeconds ?? GRACE_SECONDS_DEFAULT);
      if (rotated === "too_many_tokens") {
        const detail = `The key has ${TOKENS_MAX} tokens that are good; wait until one expires, or rotate with a grace of 0`;
        return refuse(429, "secrets_max_reached", detail);
      }
      return issued(200, rotated);
    }, "change"),
  ),
];
