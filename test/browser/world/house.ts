import type { TestApi } from "../../kit/index.ts";
import type { Receivers } from "./receivers.ts";
import type { Scene } from "./scene.ts";

/** What operators of the world did: the ids of what one can look at. */
export interface House {
  /** A replay that is paused half-way. */
  readonly replay: string;
  /** Told of everything; its receiver answers at once. */
  readonly operationalWebhook: string;
  /** What stands behind `/portal` in links to one customer's portal: as it comes, in the customer's colours, and for looking only. */
  readonly portals: Readonly<Record<"plain" | "themed" | "looking", string>>;
}

const DAY_MS = 86_400_000;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#d6336c"/><path d="M8 20 16 8l8 12z" fill="#fff"/></svg>`;
/** Light where the reader prefers it, and dark where not: the background counts in the light. */
const NORTHWIND = {
  name: "Northwind",
  logoUrl: `data:image/svg+xml;base64,${btoa(LOGO)}`,
  primary: "#d6336c",
  background: "#fff6f0",
  text: "#40231a",
  radiusPx: 14,
  mode: "auto",
};

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
  const portal = async (body: object): Promise<string> =>
    new URL((await make(`/api/v1/auth/app-portal-access/${scene.apps.northwind}`, body)).url).hash;
  const portals = {
    plain: await portal({}),
    themed: await portal({ theme: NORTHWIND }),
    looking: await portal({ readOnly: true }),
  };
  return { replay: replay.id, operationalWebhook: operational.id, portals };
}
