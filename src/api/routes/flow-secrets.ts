import type { z } from "@hono/zod-openapi";
import {
  deleteFlowSecret,
  FLOW_SECRETS_MAX,
  type FlowSecret,
  listFlowSecrets,
  putFlowSecret,
  SECRET_NAME,
} from "#flows";
import { unreachable } from "#kernel";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import {
  FlowSecretIn,
  FlowSecretList,
  FlowSecretOut,
  flowSecretListQuery,
  flowSecretParams,
} from "../schemas/flow-secret.ts";
import { inApplication } from "./within.ts";

const tag = "Flow Secret";
const path = "/api/v1/app/{app_id}/flow-secret/{secret_name}";

function secretOut(secret: FlowSecret): z.output<typeof FlowSecretOut> {
  return {
    name: secret.name,
    flows: secret.flows === undefined ? null : [...secret.flows],
    version: secret.version,
    createdAt: secret.createdAt.toISOString(),
    updatedAt: secret.updatedAt.toISOString(),
    updatedBy: secret.updatedBy,
    lastUsedOn: secret.lastUsedOn ?? null,
  };
}

/** After the commit: what this process remembers counts no more. */
const changed = (scope: Scope) => scope.afterCommit(() => scope.deps.onFlowSecretsChanged?.());

export const flowSecretRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/flow-secret",
      operationId: "v1.flow-secret.list",
      access: "read",
      tag,
      summary: "List the secrets that flows may use",
      description: "Names, grants and dates. No operation shows a value.",
      params: applicationParams,
      query: flowSecretListQuery,
      responses: { 200: { description: "A page of secrets, by name", schema: FlowSecretList } },
    },
    inApplication(async ({ query }, { q }, application) => {
      const read = readPage(query, query.order ?? "ascending", (key) => (SECRET_NAME.test(key) ? key : undefined));
      if (!read.ok) return invalid(read.fault);
      const rows = await listFlowSecrets(q, application.id, read.page.keyset);
      return { status: 200, body: pageBody(read.page, rows, secretOut, (row) => row.name) };
    }),
  ),
  route(
    {
      method: "put",
      path,
      operationId: "v1.flow-secret.put",
      access: "write",
      tag,
      summary: "Set a secret, or grant it to other flows",
      description:
        "Requests that leave a second later carry the new value. Flows name it as `secrets.<name>` in the headers of `http` steps.",
      params: flowSecretParams,
      body: FlowSecretIn,
      responses: {
        200: { description: "Changed", schema: FlowSecretOut },
        201: { description: "Created", schema: FlowSecretOut },
      },
    },
    inApplication(async ({ params, body }, scope, application) => {
      const put = await putFlowSecret(scope.q, scope.deps.sealer, application.id, {
        name: params.secret_name,
        value: body.value,
        flows: body.flows === null ? "all" : body.flows,
        updatedBy: scope.principal.name,
      });
      switch (put.kind) {
        case "put":
          changed(scope);
          return json(put.created ? 201 : 200, secretOut(put.secret));
        case "value_missing": {
          const msg = `There is no secret ${quote(params.secret_name)} yet: a new one needs a value`;
          return invalid({ loc: ["body", "value"], msg, type: "value_error.missing" });
        }
        case "too_many":
          return refuse(
            429,
            "secrets_max_reached",
            `The application has ${FLOW_SECRETS_MAX} secrets for flows already`,
          );
        default:
          return unreachable(put);
      }
    }, "hold"),
  ),
  route(
    {
      method: "delete",
      path,
      operationId: "v1.flow-secret.delete",
      access: "write",
      tag,
      summary: "Delete a secret",
      description: "Steps that need it fail with `secret_unknown` from then on.",
      params: flowSecretParams,
      responses: { 204: { description: "no content" } },
    },
    inApplication(async ({ params }, scope, application) => {
      if (!(await deleteFlowSecret(scope.q, application.id, params.secret_name)))
        return notFound("secret", params.secret_name);
      changed(scope);
      return { status: 204 };
    }, "hold"),
  ),
];
