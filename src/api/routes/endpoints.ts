import { z } from "@hono/zod-openapi";
import {
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  type EndpointFields,
  type EndpointRefusal,
  type HeldEndpoint,
  headerFaults,
  listEndpoints,
  type NewSecret,
  updateEndpoint,
} from "#delivery";
import { parsePublicId, publicId, unreachable } from "#kernel";
import { type Application, isReservedUid } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { listQuery, owedStoppedHeader } from "../schemas/common.ts";
import {
  EndpointIn,
  EndpointList,
  EndpointOut,
  EndpointPatch,
  EndpointUpdate,
  endpointParams,
} from "../schemas/endpoint.ts";
import { owedStopped } from "./applications.ts";
import { endpointFaults, endpointOut, patched, replaced } from "./endpoint-body.ts";
import { headerItems } from "./endpoint-headers.ts";
import { newSecret } from "./endpoint-secrets.ts";
import { changingEndpoint, inApplication, onEndpoint } from "./within.ts";

const tag = "Endpoint";

export function refusal(refused: EndpointRefusal, fields: EndpointFields): Reply {
  switch (refused.kind) {
    case "uid_taken":
      return refuse(409, "conflict", `Another endpoint of the application has the uid ${quote(fields.uid ?? "")}`);
    case "too_many_endpoints":
      return refuse(429, "endpoints_max_reached", `The application has ${refused.max} endpoints, which is its quota`);
    default:
      return unreachable(refused);
  }
}

async function create(
  scope: Scope,
  application: Application,
  body: z.output<typeof EndpointIn>,
  secret: NewSecret,
  headers: readonly (readonly [string, string])[] = [],
): Promise<Reply> {
  const { q, deps } = scope;
  const fields = replaced(body);
  const faults = [...(await endpointFaults(q, deps, body, fields)), ...headerItems(headerFaults(headers))];
  if (faults.length > 0) return invalid(...faults);
  const max = application.quotas.endpointsMax ?? deps.limits.endpointsMax;
  const created = await createEndpoint(q, deps.sealer, application.id, fields, secret, max, headers);
  return "kind" in created ? refusal(created, fields) : json(201, endpointOut(created));
}

async function change(
  { q, deps }: Scope,
  before: HeldEndpoint,
  body: z.output<typeof EndpointPatch>,
  fields: EndpointFields,
): Promise<Reply> {
  const faults = await endpointFaults(q, deps, body, fields, before);
  if (faults.length > 0) return invalid(...faults);
  const changed = await updateEndpoint(q, deps.sealer, before, fields);
  return "kind" in changed ? refusal(changed, fields) : json(200, endpointOut(changed));
}

export const endpointRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint",
      operationId: "v1.endpoint.list",
      access: "portal:read",
      tag,
      summary: "List endpoints",
      params: applicationParams,
      query: z.object(listQuery("ep_01h455vb4pex5vsknk084sn02q")),
      responses: { 200: { description: "A page of endpoints", schema: EndpointList } },
    },
    inApplication(async ({ query }, { q }, application) => {
      const read = readPage(query, query.order ?? "ascending", (text) => parsePublicId("ep", text));
      if (!read.ok) return invalid(read.fault);
      const rows = await listEndpoints(q, application.id, read.page.keyset);
      return { status: 200, body: pageBody(read.page, rows, endpointOut, (row: Endpoint) => publicId("ep", row.id)) };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint",
      operationId: "v1.endpoint.create",
      access: "portal:write",
      tag,
      summary: "Create an endpoint",
      description: "It is owed every event that is accepted after the answer. Without a secret one is made.",
      params: applicationParams,
      body: EndpointIn,
      responses: { 201: { description: "Created", schema: EndpointOut } },
    },
    inApplication(async ({ body }, scope, application) => {
      const secret = newSecret(body.secret ?? undefined, body.signing, "secret");
      if (!secret.ok) return invalid(secret.fault);
      return create(scope, application, body, secret.secret, Object.entries(body.headers ?? {}));
    }, "hold"),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}",
      operationId: "v1.endpoint.get",
      access: "portal:read",
      tag,
      summary: "Get an endpoint",
      params: endpointParams,
      responses: { 200: { description: "The endpoint", schema: EndpointOut } },
    },
    onEndpoint(async (_, __, endpoint) => json(200, endpointOut(endpoint))),
  ),
  route(
    {
      method: "put",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}",
      operationId: "v1.endpoint.update",
      access: "portal:write",
      tag,
      summary: "Replace an endpoint, or create it",
      description:
        "Creates one when the path holds a uid that none has. What is not part of Svix's API stays as it is when absent. Enabling an endpoint forgets its failures.",
      params: endpointParams,
      body: EndpointUpdate,
      responses: {
        200: { description: "Replaced", schema: EndpointOut },
        201: { description: "Created", schema: EndpointOut },
      },
    },
    async (asked, scope) => {
      const replace = changingEndpoint<typeof asked>((_, __, before) =>
        change(scope, before, asked.body, replaced(asked.body, before)),
      );
      const reply = await replace(asked, scope);
      const { endpoint_id } = asked.params;
      if (reply.status !== 404 || isReservedUid(endpoint_id)) return reply;
      const createIt = inApplication<typeof asked>((_, __, application) => {
        const secret = newSecret(undefined, asked.body.signing, "signing");
        if (!secret.ok) return Promise.resolve(invalid(secret.fault));
        // The body's own uid wins, as at Svix; the path's is taken when the body names none.
        return create(scope, application, { ...asked.body, uid: asked.body.uid ?? endpoint_id }, secret.secret);
      }, "hold");
      return createIt(asked, scope);
    },
  ),
  route(
    {
      method: "patch",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}",
      operationId: "patch_endpoint",
      access: "portal:write",
      tag,
      summary: "Change an endpoint",
      params: endpointParams,
      body: EndpointPatch,
      responses: { 200: { description: "Changed", schema: EndpointOut } },
    },
    changingEndpoint(({ body }, scope, before) => change(scope, before, body, patched(body, before))),
  ),
  route(
    {
      method: "delete",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}",
      operationId: "v1.endpoint.delete",
      access: "portal:write",
      tag,
      summary: "Delete an endpoint",
      description: "It is gone at once. What is owed to it is not sent; removing it goes on in the background.",
      params: endpointParams,
      responses: { 204: { description: "no content", headers: owedStoppedHeader } },
    },
    changingEndpoint(async (_, { q }, endpoint) => ({
      status: 204,
      headers: owedStopped(await deleteEndpoint(q, endpoint)),
    })),
  ),
];
