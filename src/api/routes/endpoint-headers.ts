import {
  changeHeaders,
  type HeaderFault,
  type Headers,
  type HeldEndpoint,
  headerFaults,
  patchHeaders,
  readHeaders,
  showHeaders,
} from "#delivery";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { type Invalid, invalid, json, type Reply } from "../http/reply.ts";
import { EndpointHeadersIn, EndpointHeadersOut, EndpointHeadersPatchIn, endpointParams } from "../schemas/endpoint.ts";
import { changingEndpoint, onEndpoint } from "./within.ts";

const tag = "Endpoint";
const path = "/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers";

export function headerItems(faults: readonly HeaderFault[]): Invalid[] {
  return faults.map(({ name, message }) => ({
    loc: name === "" ? ["body", "headers"] : ["body", "headers", name],
    msg: message,
    type: "value_error",
  }));
}

export async function changeHeadersBy(
  { q, deps }: Scope,
  endpoint: HeldEndpoint,
  make: (before: Headers) => Headers,
): Promise<Reply> {
  let faults: HeaderFault[] = [];
  await changeHeaders(q, deps.sealer, endpoint, (before) => {
    const after = make(before);
    faults = headerFaults(after);
    return faults.length > 0 ? undefined : after;
  });
  return faults.length > 0 ? invalid(...headerItems(faults)) : { status: 204 };
}

export const endpointHeaderRoutes = [
  route(
    {
      method: "get",
      path,
      operationId: "v1.endpoint.get-headers",
      access: "portal:read",
      tag,
      summary: "Get the custom headers of an endpoint",
      description: "Values that are credentials are not shown; their names are.",
      params: endpointParams,
      responses: { 200: { description: "The headers", schema: EndpointHeadersOut } },
    },
    onEndpoint(async (_, { q, deps }, endpoint) => {
      const { shown, sensitive } = showHeaders(await readHeaders(q, deps.sealer, endpoint.id));
      return json(200, { headers: Object.fromEntries(shown), sensitive });
    }),
  ),
  route(
    {
      method: "put",
      path,
      operationId: "v1.endpoint.update-headers",
      access: "portal:write",
      tag,
      summary: "Replace the custom headers of an endpoint",
      description: "They are sent in this order and case. Host, framing, signature and id headers cannot be set.",
      params: endpointParams,
      body: EndpointHeadersIn,
      responses: { 204: { description: "no content" } },
    },
    changingEndpoint(({ body }, scope, endpoint) =>
      changeHeadersBy(scope, endpoint, () => Object.entries(body.headers)),
    ),
  ),
  route(
    {
      method: "patch",
      path,
      operationId: "v1.endpoint.patch-headers",
      access: "portal:write",
      tag,
      summary: "Change some of the custom headers of an endpoint",
      params: endpointParams,
      body: EndpointHeadersPatchIn,
      responses: { 204: { description: "no content" } },
    },
    changingEndpoint(({ body }, scope, endpoint) => {
      const removed = (body.deleteHeaders ?? []).map((name) => [name, null] as const);
      return changeHeadersBy(scope, endpoint, (before) =>
        patchHeaders(before, [...removed, ...Object.entries(body.headers)]),
      );
    }),
  ),
];
