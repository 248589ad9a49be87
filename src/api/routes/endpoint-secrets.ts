import {
  currentSecret,
  formatPublicKey,
  formatSecret,
  generateSecret,
  type NewSecret,
  parseSecret,
  rotateSecret,
  SECRETS_MAX,
  type SecretKind,
} from "#delivery";
import { unreachable } from "#kernel";
import { route } from "../http/operation.ts";
import { type Invalid, invalid, json, refuse } from "../http/reply.ts";
import {
  EndpointSecretOut,
  EndpointSecretRotateIn,
  endpointParams,
  GRACE_SECONDS_DEFAULT,
} from "../schemas/endpoint.ts";
import { changingEndpoint, onEndpoint } from "./within.ts";

const tag = "Endpoint";

/** The secret a body asks for: the given one, or one that is made, of the kind that is asked for or was there before. */
export function newSecret(
  text: string | undefined,
  kind: SecretKind | undefined,
  field: string,
  kindBefore: SecretKind = "v1",
): { readonly ok: true; readonly secret: NewSecret } | { readonly ok: false; readonly fault: Invalid } {
  if (text === undefined) {
    const made = kind ?? kindBefore;
    return { ok: true, secret: { kind: made, key: generateSecret(made) } };
  }
  const parsed = parseSecret(text);
  const fault = (msg: string) => ({ ok: false as const, fault: { loc: ["body", field], msg, type: "value_error" } });
  if (!parsed.ok) return fault(parsed.message);
  if (kind !== undefined && kind !== parsed.kind)
    return fault(`The secret is of kind ${parsed.kind}, signing is ${kind}`);
  return { ok: true, secret: parsed };
}

export const endpointSecretRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret",
      operationId: "v1.endpoint.get-secret",
      access: "portal:write",
      tag,
      summary: "Get what receivers verify with",
      params: endpointParams,
      responses: { 200: { description: "The secret, or the public key", schema: EndpointSecretOut } },
    },
    onEndpoint(async (_, { q, deps }, endpoint) => {
      const secret = await currentSecret(q, deps.sealer, endpoint.id);
      if (secret === undefined)
        throw new Error(`The endpoint ${endpoint.id} has no current secret; every endpoint is created with one`);
      switch (secret.kind) {
        case "v1":
          return json(200, { key: formatSecret(secret) });
        case "v1a":
          // The private key leaves never: nobody but the sender has a use for it.
          return json(200, { key: formatPublicKey(secret.key) });
        default:
          return unreachable(secret.kind);
      }
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate",
      operationId: "v1.endpoint.rotate-secret",
      access: "portal:write",
      tag,
      summary: "Rotate the secret of an endpoint",
      description: "The old secret signs beside the new one until its grace is over.",
      params: endpointParams,
      body: EndpointSecretRotateIn,
      responses: { 204: { description: "no content" } },
    },
    changingEndpoint(async ({ body }, { q, deps }, endpoint) => {
      const secret = newSecret(body.key ?? undefined, body.signing, "key", endpoint.signing);
      if (!secret.ok) return invalid(secret.fault);
      const grace = body.gracePeriodSeconds ?? GRACE_SECONDS_DEFAULT;
      const rotated = await rotateSecret(q, deps.sealer, endpoint, secret.secret, grace);
      if (rotated === "rotated") return { status: 204 };
      return refuse(
        429,
        "secrets_max_reached",
        `The endpoint has ${SECRETS_MAX} secrets that still sign; wait until one expires, or give a grace of 0`,
      );
    }),
  ),
];
