import { api, client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { type Draft, bodyOf as plainBodyOf } from "../endpoint-parts/draft.ts";
import type { Reach } from "../endpoint-parts/reach.ts";

type Schemas = components["schemas"];
export type Webhook = Schemas["OperationalWebhookEndpointOut"];
export type WebhookPatch = Schemas["OperationalWebhookEndpointPatch"];
export type EventType = Schemas["OperationalWebhookEventTypeOut"];

export const LIST = "/api/v1/operational-webhook/endpoint" as const;
export const ONE = "/api/v1/operational-webhook/endpoint/{endpoint_id}" as const;

export const nameOf = (webhook: Webhook): string => webhook.description || webhook.uid || webhook.url;

export function useWebhook(endpointId: string) {
  return api.useQuery("get", ONE, { params: { path: { endpoint_id: endpointId } } });
}

/** Everything that can be told. It changes with the version only. */
export function useOperationalTypes() {
  return api.useQuery("get", "/api/v1/operational-webhook/event-type", {}, { staleTime: Number.POSITIVE_INFINITY });
}

export function reachOf(endpointId: string): Reach {
  const path = { endpoint_id: endpointId };
  return {
    key: `operational ${endpointId}`,
    secret: async () => (await client.GET(`${ONE}/secret`, { params: { path } })).data?.key ?? "",
    rotateSecret: (body, key) =>
      client.POST(`${ONE}/secret/rotate`, { params: { path, header: { "idempotency-key": key } }, body }),
    headers: async () =>
      (await client.GET(`${ONE}/headers`, { params: { path } })).data ?? { headers: {}, sensitive: [] },
    changeHeaders: (changes) => client.PATCH(`${ONE}/headers`, { params: { path }, body: { headers: { ...changes } } }),
  };
}

/** The body of the request; the types are those of the API that were chosen. */
export function bodyOf(draft: Draft, types: readonly EventType[]) {
  const { channels: _, eventTypes, ...body } = plainBodyOf(draft);
  const chosen = types.map(({ name }) => name).filter((name) => eventTypes?.includes(name) === true);
  return { ...body, eventTypes: chosen.length === 0 ? null : chosen };
}
