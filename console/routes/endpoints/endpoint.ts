import { api } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

export type Endpoint = components["schemas"]["EndpointOut"];
export type Health = components["schemas"]["EndpointHealthOut"];

/** What people call it. */
export const nameOf = (endpoint: Endpoint): string => endpoint.description || endpoint.uid || endpoint.url;

export const PATH = "/api/v1/app/{app_id}/endpoint/{endpoint_id}" as const;

const HEALTH_EVERY_MS = 3_000;

export function useEndpoint(appId: string, endpointId: string) {
  return api.useQuery("get", PATH, { params: { path: { app_id: appId, endpoint_id: endpointId } } });
}

/** How it is, asked again while somebody looks. */
export function useHealth(appId: string, endpointId: string) {
  return api.useQuery(
    "get",
    `${PATH}/health`,
    { params: { path: { app_id: appId, endpoint_id: endpointId } } },
    { refetchInterval: HEALTH_EVERY_MS },
  );
}

/** The event types an endpoint may listen to; undefined while they load. */
export function useTypeChoices() {
  const types = api.useQuery("get", "/api/v1/event-type", { params: { query: { limit: 250 } } });
  return types.data?.data;
}
