import type { TestApi } from "../../kit/index.ts";
import type { Receivers } from "./receivers.ts";
import type { Scene } from "./scene.ts";

/** What operators of the world did: the ids of what one can look at. */
export interface House {
  /** A replay that is paused half-way. */
  readonly replay: string;
  /** Told of everything; its receiver answers at once. */
  readonly operationalWebhook: string;
}

const DAY_MS = 86_400_000;

/** Makes keys, operational webhooks, a portal theme and replays, as operators do; a viewer who tries too much is refused. */
export async function keepHouse(api: TestApi, scene: Scene, receivers: Receivers): Promise<House> {
  const make = async (path: string, body: unknown, method = "POST") => {
    const answer = await api.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return answer.body;
  };
  const expiresAt = new Date(Date.now() + 3 * DAY_MS).toISOString();
  const key = (name: string, role: string, more: object = {}) => make("/api/v1/api-key", { name, role, ...more });
  await key("Deployment pipeline of the integration team", "ingest", { appId: scene.apps.long });
  await key("Billing service", "operator", { appId: scene.apps.acme, expiresAt });
  await key("Dashboard on the wall", "viewer");

  const webhooks = "/api/v1/operational-webhook/endpoint";
  await make(webhooks, {
    url: receivers.url("missing", "old-pager"),
    description: "Pager nobody carries any more",
    eventTypes: ["endpoint.disabled", "message.attempt.exhausted"],
  });
  const operational = await make(webhooks, { url: receivers.url("prompt", "on-call"), description: "On-call channel" });

  const { depot } = scene.endpoints;
  await make(`/api/v1/app/${depot.appId}/endpoint/${depot.id}`, { description: "Depot display" }, "PATCH");
  await make(`/api/v1/app/${scene.apps.globex}/portal-theme`, { name: "Globex", primary: "#0b7a4b" }, "PUT");

  const since = new Date(Date.now() - DAY_MS).toISOString();
  await make(`/api/v1/app/${scene.apps.rtl}/replay`, { what: "all", since, ratePerSecond: 1_000 });
  const replay = await make(`/api/v1/app/${scene.apps.northwind}/replay`, { what: "all", since, ratePerSecond: 1 });
  await make(`/api/v1/background-task/${replay.id}/pause`, undefined);
  return { replay: replay.id, operationalWebhook: operational.id };
}
