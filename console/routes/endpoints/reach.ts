import { client } from "../../api/client.ts";
import type { Reach } from "../endpoint-parts/reach.ts";
import { PATH } from "./endpoint.ts";

/** An application's endpoint. */
export function reachOf(appId: string, endpointId: string): Reach {
  const path = { app_id: appId, endpoint_id: endpointId };
  return {
    key: `${appId} ${endpointId}`,
    secret: async () => (await client.GET(`${PATH}/secret`, { params: { path } })).data?.key ?? "",
    rotateSecret: (body, key) =>
      client.POST(`${PATH}/secret/rotate`, { params: { path, header: { "idempotency-key": key } }, body }),
    headers: async () =>
      (await client.GET(`${PATH}/headers`, { params: { path } })).data ?? { headers: {}, sensitive: [] },
    changeHeaders: (changes) =>
      client.PATCH(`${PATH}/headers`, { params: { path }, body: { headers: { ...changes } } }),
  };
}
