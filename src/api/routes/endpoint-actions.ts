import { type Endpoint, type HeldEndpoint, requestProbe, updateEndpoint } from "#delivery";
import { findEvent, findEventType, storeUnplanned } from "#events";
import { unreachable } from "#kernel";
import type { Scope } from "../http/deps.ts";
import { examplePayload } from "../http/example-payload.ts";
import { messageBody } from "../http/message-body.ts";
import { route } from "../http/operation.ts";
import { json, quote, type Reply, refuse } from "../http/reply.ts";
import { EmptyResponse } from "../schemas/common.ts";
import { EventExampleIn } from "../schemas/delivery.ts";
import { EndpointOut, endpointParams } from "../schemas/endpoint.ts";
import { MessageOut } from "../schemas/message.ts";
import { endpointOut } from "./endpoint-body.ts";
import { changingEndpoint } from "./within.ts";

const tag = "Endpoint";
const PATH = "/api/v1/app/{app_id}/endpoint/{endpoint_id}";

const disabled = () => refuse(409, "endpoint_disabled", "The endpoint is disabled and takes nothing; enable it first");

/** Asked for what is so already, nothing changes: a pause by its receiver stays the receiver's. */
async function changeMode({ q, deps }: Scope, before: HeldEndpoint, mode: Endpoint["mode"]): Promise<Endpoint> {
  if (before.mode === mode) return before;
  const changed = await updateEndpoint(q, deps.sealer, before, { ...before, mode });
  if ("kind" in changed) throw new Error(`The endpoint ${before.id} kept its uid, and was told that it is taken`);
  return changed;
}

export const endpointActionRoutes = [
  route(
    {
      method: "post",
      path: `${PATH}/pause`,
      operationId: "v1.endpoint.pause",
      access: "portal:write",
      tag,
      summary: "Pause an endpoint",
      description:
        "Nothing more is started for it; what it is owed and what comes is kept until it is resumed, within the bounds of what is held. Requests under way end. Asking twice is asking once. Not part of Svix's API.",
      params: endpointParams,
      responses: { 200: { description: "Paused", schema: EndpointOut } },
    },
    changingEndpoint(async (_, scope, endpoint) => {
      // What comes for a disabled endpoint is not owed: pausing it would begin to owe, which is another wish.
      if (endpoint.mode === "disabled") return disabled();
      return json(200, endpointOut(await changeMode(scope, endpoint, "paused")));
    }),
  ),
  route(
    {
      method: "post",
      path: `${PATH}/resume`,
      operationId: "v1.endpoint.resume",
      access: "portal:write",
      tag,
      summary: "Resume an endpoint",
      description:
        "Enables it, paused or disabled: breaker, hold and failures are forgotten, and what it is owed falls due as it would have. Not part of Svix's API.",
      params: endpointParams,
      responses: { 200: { description: "Enabled", schema: EndpointOut } },
    },
    changingEndpoint(async (_, scope, endpoint) => {
      const changed = await changeMode(scope, endpoint, "enabled");
      scope.afterCommit(() => scope.deps.onOwed?.(endpoint.id));
      return json(200, endpointOut(changed));
    }),
  ),
  route(
    {
      method: "post",
      path: `${PATH}/probe`,
      operationId: "v1.endpoint.probe",
      access: "portal:write",
      tag,
      summary: "Ask whether an endpoint is back, now",
      description:
        "Lets one request, the delivery that is next, through an open breaker or a hold, within about a second and through one process only. A success closes the breaker; a hold that Retry-After asked for stays until its time. 409 `nothing_to_probe`: nothing keeps requests back; `probe_under_way`: one is on its way; `nothing_owed`: there is nothing to send; `endpoint_paused`, `endpoint_disabled`: resume it instead. Not part of Svix's API.",
      params: endpointParams,
      responses: { 202: { description: "Asked for", schema: EmptyResponse } },
    },
    changingEndpoint(async (_, scope, endpoint): Promise<Reply> => {
      if (endpoint.mode === "disabled") return disabled();
      if (endpoint.mode === "paused")
        return refuse(409, "endpoint_paused", "The endpoint is paused; resume it, and what it is owed is sent");
      const asked = await requestProbe(scope.q, endpoint.id);
      switch (asked) {
        case "asked":
          scope.afterCommit(() => scope.deps.onOwed?.(endpoint.id));
          return json(202, {});
        case "nothing_to_probe":
          return refuse(409, asked, "Neither an open breaker nor a hold keeps requests to the endpoint back");
        case "probe_under_way":
          return refuse(409, asked, "A probe of the endpoint is under way already");
        case "nothing_owed":
          return refuse(
            409,
            asked,
            "Nothing waits for the endpoint that could be sent to it; resend a message, or send an example",
          );
        default:
          return unreachable(asked);
      }
    }),
  ),
  route(
    {
      method: "post",
      path: `${PATH}/send-example`,
      operationId: "v1.endpoint.send-example",
      access: "portal:write",
      tag,
      summary: "Send an example to an endpoint",
      description:
        "A message of its own, with an example of the event type's newest schema, or one that says that there is none. It goes to this endpoint alone, whatever that listens to, signed and recorded like any other.",
      params: endpointParams,
      body: EventExampleIn,
      responses: { 200: { description: "Sent", schema: MessageOut } },
    },
    changingEndpoint(async ({ body }, scope, endpoint, application) => {
      const { q, deps } = scope;
      const type = await findEventType(q, body.eventType);
      if (type === undefined)
        return refuse(404, "not_found", `There is no event type ${quote(body.eventType)} to make an example of`);
      const payload = Buffer.from(JSON.stringify(examplePayload(type.name, type.schemas)));
      const eventId = await storeUnplanned(q, {
        appId: application.id,
        type: type.name,
        contentType: "application/json",
        payload,
      });
      if ((await deps.resend(q, application.id, eventId, endpoint.id)) === undefined) return disabled();
      scope.afterCommit(() => deps.onOwed?.(endpoint.id));
      const event = await findEvent(q, application.id, eventId, true);
      if (event === undefined) throw new Error(`The example ${eventId} was stored and is not there`);
      return { status: 200, body: messageBody(event, { kind: "bytes", bytes: payload }) };
    }),
  ),
];
