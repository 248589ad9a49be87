import type { Place } from "../routes/place.ts";

const part = encodeURIComponent;
const endpoint = (_: string, endpointId: string): string => `/portal/endpoints/${part(endpointId)}`;

/** Every address of the portal. None names an application: there is one, that of the token. */
export const portalPaths = {
  endpoints: () => "/portal",
  newEndpoint: () => "/portal/endpoints/new",
  endpoint,
  endpointOwed: (appId, id) => `${endpoint(appId, id)}/owed`,
  endpointDead: (appId, id) => `${endpoint(appId, id)}/dead`,
  endpointAttempts: (appId, id) => `${endpoint(appId, id)}/attempts`,
  endpointSettings: (appId, id) => `${endpoint(appId, id)}/settings`,
  messages: () => "/portal/messages",
  message: (_, messageId) => `/portal/messages/${part(messageId)}`,
} satisfies Place["paths"];

export const eventTypesPath = "/portal/event-types";
