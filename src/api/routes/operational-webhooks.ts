import { z } from "@hono/zod-openapi";
import {
  createEndpoint,
  currentSecret,
  deleteEndpoint,
  type Endpoint,
  findEndpoint,
  formatPublicKey,
  formatSecret,
  type HeldEndpoint,
  headerFaults,
  holdEndpoint,
  listAttemptsOfEndpoint,
  listEndpoints,
  type NewSecret,
  patchHeaders,
  readHeaders,
  rotateSecret,
  SECRETS_MAX,
  showHeaders,
  updateEndpoint,
} from "#delivery";
import { NOTICE_TYPES } from "#events";
import { parsePublicId, publicId } from "#kernel";
import { isReservedUid, OPERATIONAL_APP_ID } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, type Reply, refuse } from "../http/reply.ts";
import { MessageAttemptList } from "../schemas/attempt.ts";
import { EmptyResponse, listQuery, owedStoppedHeader } from "../schemas/common.ts";
import {
  EndpointHeadersIn,
  EndpointHeadersOut,
  EndpointHeadersPatchIn,
  EndpointSecretOut,
  EndpointSecretRotateIn,
  GRACE_SECONDS_DEFAULT,
} from "../schemas/endpoint.ts";
import { OPERATIONAL_EVENTS, operationalPayload } from "../schemas/operational-event.ts";
import {
  OperationalWebhookEndpointIn,
  OperationalWebhookEndpointList,
  OperationalWebhookEndpointOut,
  OperationalWebhookEndpointPatch,
  OperationalWebhookEndpointUpsertIn,
  OperationalWebhookEventTypeList,
  operationalMessageParams,
  operationalParams,
} from "../schemas/operational-webhook.ts";
import { owedStopped } from "./applications.ts";
import { answer as answerAttempts, byEndpointQuery } from "./attempts.ts";
import { endpointFaults, endpointOut, patched, replaced } from "./endpoint-body.ts";
import { changeHeadersBy, headerItems } from "./endpoint-headers.ts";
import { newSecret } from "./endpoint-secrets.ts";
import { refusal } from "./endpoints.ts";
import { eventOf } from "./within.ts";

// Endpoints of the one application that nobody sees, by the same store and the same rules as every other endpoint. What is
// told to them is told to whoever runs the installation, so all of it takes `admin`.

const tag = "Operational Webhook";
const path = "/api/v1/operational-webhook/endpoint";
const onePath = `${path}/{endpoint_id}`;
const access = "admin";

/** Each of them is sent everything that happens: more than a few are a mistake. */
const ENDPOINTS_MAX = 50;

type OnOne = { readonly params: { readonly endpoint_id: string } };

function onOperational<A extends OnOne>(handle: (asked: A, scope: Scope, endpoint: Endpoint) => Promise<Reply>) {
  return async (asked: A, scope: Scope): Promise<Reply> => {
    const endpoint = await findEndpoint(scope.q, OPERATIONAL_APP_ID, asked.params.endpoint_id);
    return endpoint === undefined ? missing(asked) : handle(asked, scope, endpoint);
  };
}

/** The endpoint is about to change: other changes of operational endpoints wait. */
function changingOperational<A extends OnOne>(
  handle: (asked: A, scope: Scope, endpoint: HeldEndpoint) => Promise<Reply>,
) {
  return async (asked: A, scope: Scope): Promise<Reply> => {
    const endpoint = await holdEndpoint(scope.q, OPERATIONAL_APP_ID, asked.params.endpoint_id);
    return endpoint === undefined ? missing(asked) : handle(asked, scope, endpoint);
  };
}

const missing = (asked: OnOne) => notFound("operational webhook endpoint", asked.params.endpoint_id);

function out(endpoint: Endpoint): z.output<typeof OperationalWebhookEndpointOut> {
  const { channels: _, ...shown } = endpointOut(endpoint);
  return shown;
}

/** The body's schema has judged the types: they are not those that applications send. */
const allKnown = async () => [];

async function create(
  { q, deps }: Scope,
  body: z.output<typeof OperationalWebhookEndpointUpsertIn>,
  secret: NewSecret,
  headers: readonly (readonly [string, string])[] = [],
): Promise<Reply> {
  const fields = replaced(body);
  const faults = [
    ...(await endpointFaults(q, deps, body, fields, undefined, allKnown)),
    ...headerItems(headerFaults(headers)),
  ];
  if (faults.length > 0) return invalid(...faults);
  const created = await createEndpoint(q, deps.sealer, OPERATIONAL_APP_ID, fields, secret, ENDPOINTS_MAX, headers);
  if (!("kind" in created)) return json(201, out(created));
  return created.kind === "too_many_endpoints"
    ? refuse(429, "endpoints_max_reached", `There are ${created.max} operational webhook endpoints, which is the most`)
    : refusal(created, fields);
}

async function change(
  { q, deps }: Scope,
  before: HeldEndpoint,
  body: z.output<typeof OperationalWebhookEndpointPatch>,
  fields: ReturnType<typeof replaced>,
): Promise<Reply> {
  const faults = await endpointFaults(q, deps, body, fields, before, allKnown);
  if (faults.length > 0) return invalid(...faults);
  const changed = await updateEndpoint(q, deps.sealer, before, fields);
  return "kind" in changed ? refusal(changed, fields) : json(200, out(changed));
}

const endpoints = [
  route(
    {
      method: "get",
      path,
      operationId: "v1.operational-webhook.endpoint.list",
      access,
      tag,
      summary: "List operational webhook endpoints",
      query: z.object(listQuery("ep_01h455vb4pex5vsknk084sn02q")),
      responses: { 200: { description: "A page of endpoints", schema: OperationalWebhookEndpointList } },
    },
    async ({ query }, { q }) => {
      const read = readPage(query, query.order ?? "ascending", (text) => parsePublicId("ep", text));
      if (!read.ok) return invalid(read.fault);
      const rows = await listEndpoints(q, OPERATIONAL_APP_ID, read.page.keyset);
      return { status: 200, body: pageBody(read.page, rows, out, (row: Endpoint) => publicId("ep", row.id)) };
    },
  ),
  route(
    {
      method: "post",
      path,
      operationId: "v1.operational-webhook.endpoint.create",
      access,
      tag,
      summary: "Create an operational webhook endpoint",
      description: "It is told what happens after the answer. Without a secret one is made.",
      body: OperationalWebhookEndpointIn,
      responses: { 201: { description: "Created", schema: OperationalWebhookEndpointOut } },
    },
    async ({ body }, scope) => {
      const secret = newSecret(body.secret ?? undefined, body.signing, "secret");
      if (!secret.ok) return invalid(secret.fault);
      return create(scope, body, secret.secret, Object.entries(body.headers ?? {}));
    },
  ),
  route(
    {
      method: "get",
      path: onePath,
      operationId: "v1.operational-webhook.endpoint.get",
      access,
      tag,
      summary: "Get an operational webhook endpoint",
      params: operationalParams,
      responses: { 200: { description: "The endpoint", schema: OperationalWebhookEndpointOut } },
    },
    onOperational(async (_, __, endpoint) => json(200, out(endpoint))),
  ),
  route(
    {
      method: "put",
      path: onePath,
      operationId: "v1.operational-webhook.endpoint.update",
      access,
      tag,
      summary: "Replace an operational webhook endpoint, or create it",
      description: "Creates one when the path holds a uid that none has.",
      params: operationalParams,
      body: OperationalWebhookEndpointUpsertIn,
      responses: {
        200: { description: "Replaced", schema: OperationalWebhookEndpointOut },
        201: { description: "Created", schema: OperationalWebhookEndpointOut },
      },
    },
    async (asked, scope) => {
      const replace = changingOperational<typeof asked>((_, __, before) =>
        change(scope, before, asked.body, replaced(asked.body, before)),
      );
      const reply = await replace(asked, scope);
      const { endpoint_id } = asked.params;
      if (reply.status !== 404 || isReservedUid(endpoint_id)) return reply;
      const secret = newSecret(undefined, asked.body.signing, "signing");
      if (!secret.ok) return invalid(secret.fault);
      return create(scope, { ...asked.body, uid: asked.body.uid ?? endpoint_id }, secret.secret);
    },
  ),
  route(
    {
      method: "patch",
      path: onePath,
      operationId: "patch_operational_webhook_endpoint",
      access,
      tag,
      summary: "Change an operational webhook endpoint",
      params: operationalParams,
      body: OperationalWebhookEndpointPatch,
      responses: { 200: { description: "Changed", schema: OperationalWebhookEndpointOut } },
    },
    changingOperational(({ body }, scope, before) => change(scope, before, body, patched(body, before))),
  ),
  route(
    {
      method: "delete",
      path: onePath,
      operationId: "v1.operational-webhook.endpoint.delete",
      access,
      tag,
      summary: "Delete an operational webhook endpoint",
      params: operationalParams,
      responses: { 204: { description: "no content", headers: owedStoppedHeader } },
    },
    changingOperational(async (_, { q }, endpoint) => ({
      status: 204,
      headers: owedStopped(await deleteEndpoint(q, endpoint)),
    })),
  ),
];

const headers = [
  route(
    {
      method: "get",
      path: `${onePath}/headers`,
      operationId: "v1.operational-webhook.endpoint.get-headers",
      access,
      tag,
      summary: "Get the custom headers of an operational webhook endpoint",
      description: "Values that are credentials are not shown; their names are.",
      params: operationalParams,
      responses: { 200: { description: "The headers", schema: EndpointHeadersOut } },
    },
    onOperational(async (_, { q, deps }, endpoint) => {
      const { shown, sensitive } = showHeaders(await readHeaders(q, deps.sealer, endpoint.id));
      return json(200, { headers: Object.fromEntries(shown), sensitive });
    }),
  ),
  route(
    {
      method: "put",
      path: `${onePath}/headers`,
      operationId: "v1.operational-webhook.endpoint.update-headers",
      access,
      tag,
      summary: "Replace the custom headers of an operational webhook endpoint",
      params: operationalParams,
      body: EndpointHeadersIn,
      responses: { 204: { description: "no content" } },
    },
    changingOperational(({ body }, scope, endpoint) =>
      changeHeadersBy(scope, endpoint, () => Object.entries(body.headers)),
    ),
  ),
  route(
    {
      method: "patch",
      path: `${onePath}/headers`,
      operationId: "v1.operational-webhook.endpoint.patch-headers",
      access,
      tag,
      summary: "Change some of the custom headers of an operational webhook endpoint",
      params: operationalParams,
      body: EndpointHeadersPatchIn,
      responses: { 204: { description: "no content" } },
    },
    changingOperational(({ body }, scope, endpoint) => {
      const removed = (body.deleteHeaders ?? []).map((name) => [name, null] as const);
      return changeHeadersBy(scope, endpoint, (before) =>
        patchHeaders(before, [...removed, ...Object.entries(body.headers)]),
      );
    }),
  ),
];

const secrets = [
  route(
    {
      method: "get",
      path: `${onePath}/secret`,
      operationId: "v1.operational-webhook.endpoint.get-secret",
      access,
      tag,
      summary: "Get what the receiver of operational webhooks verifies with",
      params: operationalParams,
      answersSecret: true,
      responses: { 200: { description: "The secret, or the public key", schema: EndpointSecretOut } },
    },
    onOperational(async (_, { q, deps }, endpoint) => {
      const secret = await currentSecret(q, deps.sealer, endpoint.id);
      if (secret === undefined) throw new Error(`The endpoint ${endpoint.id} has no current secret`);
      return json(200, { key: secret.kind === "v1" ? formatSecret(secret) : formatPublicKey(secret.key) });
    }),
  ),
  route(
    {
      method: "post",
      path: `${onePath}/secret/rotate`,
      operationId: "v1.operational-webhook.endpoint.rotate-secret",
      access,
      tag,
      summary: "Rotate the secret of an operational webhook endpoint",
      description: "The old secret signs beside the new one until its grace is over.",
      params: operationalParams,
      body: EndpointSecretRotateIn,
      responses: { 204: { description: "no content" } },
    },
    changingOperational(async ({ body }, { q, deps }, endpoint) => {
      const secret = newSecret(body.key ?? undefined, body.signing, "key", endpoint.signing);
      if (!secret.ok) return invalid(secret.fault);
      const grace = body.gracePeriodSeconds ?? GRACE_SECONDS_DEFAULT;
      const rotated = await rotateSecret(q, deps.sealer, endpoint, secret.secret, grace);
      if (rotated === "rotated") return { status: 204 };
      return refuse(429, "secrets_max_reached", `The endpoint has ${SECRETS_MAX} secrets that still sign`);
    }),
  ),
];

const evidence = [
  route(
    {
      method: "get",
      path: `${onePath}/attempts`,
      operationId: "list_operational_webhook_attempts",
      access,
      tag,
      summary: "List the attempts to an operational webhook endpoint",
      params: operationalParams,
      query: byEndpointQuery,
      responses: { 200: { description: "A page of attempts", schema: MessageAttemptList } },
    },
    onOperational(({ query }, scope, endpoint) =>
      answerAttempts(scope, OPERATIONAL_APP_ID, query, {}, (keyset, filter) =>
        listAttemptsOfEndpoint(scope.q, endpoint.id, keyset, filter, query.with_content),
      ),
    ),
  ),
  route(
    {
      method: "post",
      path: `${onePath}/msg/{msg_id}/resend`,
      operationId: "resend_operational_webhook",
      access,
      tag,
      summary: "Send an operational webhook once more",
      description: "Now, as a delivery of its own with the same webhook-id.",
      params: operationalMessageParams,
      responses: { 202: { description: "Accepted", schema: EmptyResponse } },
    },
    onOperational(async ({ params }, scope, endpoint) => {
      const { q, deps } = scope;
      const event = await eventOf(q, OPERATIONAL_APP_ID, params.msg_id, false);
      if (event === undefined) return notFound("operational webhook", params.msg_id);
      const delivery = await deps.resend(q, OPERATIONAL_APP_ID, event.id, endpoint.id);
      if (delivery === undefined)
        return refuse(409, "endpoint_disabled", "The endpoint is disabled and takes nothing; enable it first");
      scope.afterCommit(() => deps.onOwed?.(endpoint.id));
      return json(202, {});
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/operational-webhook/event-type",
      operationId: "list_operational_webhook_event_types",
      access,
      tag,
      summary: "List what operational webhooks tell",
      description: "Each with the JSON Schema of its payload and an example.",
      responses: { 200: { description: "All types", schema: OperationalWebhookEventTypeList } },
    },
    async () =>
      json(200, {
        data: NOTICE_TYPES.map((name) => {
          const { description, svix, example } = OPERATIONAL_EVENTS[name];
          const schema = z.toJSONSchema(operationalPayload(name));
          return { name, description, svix, schema, example: { type: name, data: example } };
        }),
        iterator: null,
        prevIterator: null,
        done: true,
      }),
  ),
];

export const operationalWebhookRoutes = [...endpoints, ...headers, ...secrets, ...evidence];
