import type { TestApi } from "../../kit/index.ts";
import { EVENT_TYPES } from "./payloads.ts";
import type { Personality, Receivers } from "./receivers.ts";

/** An application of the world, by a short name of ours. */
export const APPS = {
  northwind: "Northwind Shop",
  acme: "Acme Billing",
  globex: "Globex Logistics",
  // The longest names people give, and scripts that run the other way.
  long: "Vereinigte Landesverkehrs- und Güterbeförderungsgesellschaft Süd-West mbH & Co. KG — Abteilung für Sendungsverfolgung (株式会社テスト, staging №7)",
  rtl: "متجر الياسمين للعطور",
} as const;
export type AppName = keyof typeof APPS;

interface EndpointPlan {
  readonly app: AppName;
  readonly description: string;
  readonly receiver: Personality;
  readonly eventTypes?: readonly string[];
  readonly channels?: readonly string[];
  readonly more?: Readonly<Record<string, unknown>>;
}

/** By what their URL ends in. Short schedules: what ends as a dead letter does so within seconds. */
const ENDPOINTS = {
  "order-service": { app: "northwind", description: "Order service", receiver: "prompt" },
  erp: {
    app: "northwind",
    description: "ERP connector",
    receiver: "slow",
    eventTypes: ["order.created", "order.shipped"],
  },
  "search-indexer": {
    app: "northwind",
    description: "Search indexer",
    receiver: "flaky",
    more: { retrySchedule: [1, 2, 5] },
  },
  "legacy-crm": { app: "northwind", description: "Legacy CRM", receiver: "refusing", more: { retrySchedule: [1, 1] } },
  // Hears only of what steady traffic never sends, and waits a day: what it is owed stands still.
  stocktaking: {
    app: "northwind",
    description: "Stocktaking by night",
    receiver: "broken",
    eventTypes: ["stock.counted"],
    more: { retrySchedule: [86_400] },
  },
  mailer: { app: "northwind", description: "Mailer of the Nordic shops", receiver: "prompt", channels: ["nordic"] },
  accounting: { app: "acme", description: "Accounting export", receiver: "busy" },
  partner: { app: "acme", description: "Hook of an old partner", receiver: "gone", eventTypes: ["invoice.paid"] },
  warehouse: {
    app: "acme",
    description: "Data warehouse loader",
    receiver: "hanging",
    more: { timeoutMs: 5_000, retrySchedule: [2] },
  },
  ledger: { app: "acme", description: "Ledger", receiver: "prompt", more: { throttleRate: 50 } },
  tracking: { app: "globex", description: "Tracking page", receiver: "prompt" },
  // Tries again tomorrow: an event that was sent to it early shows something owed for as long as the world stands.
  customs: { app: "globex", description: "Customs gateway", receiver: "insecure", more: { retrySchedule: [86_400] } },
  depot: { app: "globex", description: "Depot display", receiver: "missing", more: { retryPolicy: "strict" } },
  portal: { app: "globex", description: "Portal of the carriers", receiver: "moved", more: { retryPolicy: "strict" } },
  "long-one": {
    app: "long",
    description:
      "Ein Endpunkt mit einer sehr langen Beschreibung, wie sie entsteht, wenn viele Menschen etwas ergänzen "
        .repeat(3)
        .trim(),
    receiver: "prompt",
  },
  perfumery: { app: "rtl", description: "خدمة الطلبات في المتجر", receiver: "prompt" },
} as const satisfies Readonly<Record<string, EndpointPlan>>;
export type EndpointName = keyof typeof ENDPOINTS;

const SOURCES = {
  github: { app: "northwind", name: "GitHub of the shop", preset: "github", secret: "github-secret-of-the-world" },
  stripe: { app: "acme", name: "Stripe, live mode", preset: "stripe", secret: "whsec_stripe_secret_of_the_world" },
  scanner: {
    app: "globex",
    name: "Parcel scanner (XML)",
    preset: "none",
    secret: null,
    options: { eventTypeDefault: "parcel.scanned" },
  },
} as const;
export type SourceName = keyof typeof SOURCES;

export interface Placed {
  readonly id: string;
  readonly app: AppName;
  readonly appId: string;
}

/** The ids of what was made. */
export interface Scene {
  readonly apps: Readonly<Record<AppName, string>>;
  readonly endpoints: Readonly<Record<EndpointName, Placed>>;
  readonly sources: Readonly<Record<SourceName, Placed & { readonly url: string; readonly secret: string | null }>>;
}

/** The event types that an application sends steadily; what is `stocktaking`'s is sent once, by hand. */
export const SENDS: Readonly<Record<AppName, readonly string[]>> = {
  northwind: ["order.created", "order.shipped", "order.refunded", "user.created", "user.deleted"],
  acme: ["invoice.paid", "invoice.payment_failed", "user.created"],
  globex: ["shipment.location_updated", "order.shipped"],
  long: ["shipment.location_updated"],
  rtl: ["order.created", "order.shipped"],
};

/** Makes applications, event types, endpoints and sources through the API. */
export async function setScene(api: TestApi, receivers: Receivers): Promise<Scene> {
  for (const [name, { description, make }] of Object.entries(EVENT_TYPES)) {
    const example = make(1, () => 0.5);
    const schemas = { "1": { title: description, type: "object", examples: [example] } };
    await made(api, "/api/v1/event-type", { name, description, schemas });
  }
  await made(api, "/api/v1/event-type", {
    name: "order.archived",
    description: "Nobody sends this any more",
    archived: true,
  });

  const apps = await each(APPS, (name, uid) =>
    api.app({ name, uid, metadata: { team: "integration", stage: "live" } }),
  );
  const endpoints = await each<EndpointName, EndpointPlan, Placed>(ENDPOINTS, async (plan, name) => {
    const { app, description, receiver, eventTypes, channels, more } = plan;
    const url = receivers.url(receiver, name);
    const fields = {
      url,
      uid: name,
      description,
      ...(eventTypes && { eventTypes }),
      ...(channels && { channels }),
      ...more,
    };
    return { id: await api.endpoint(apps[app], fields), app, appId: apps[app] };
  });
  const sources = await each(SOURCES, async ({ app, ...fields }) => {
    const source = await made(api, `/api/v1/app/${apps[app]}/source`, fields);
    return { id: source.id as string, url: source.url as string, secret: fields.secret, app, appId: apps[app] };
  });
  return { apps, endpoints, sources };
}

/** POSTs and throws with the answer unless it is a success. */
async function made(api: TestApi, path: string, body: unknown) {
  const answer = await api.call("POST", path, body);
  if (answer.status >= 300)
    throw new Error(`POST ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The same names with what was made of each, one after another: ids are in the order of the list. */
async function each<K extends string, A, B>(
  things: Readonly<Record<K, A>>,
  make: (thing: A, name: K) => Promise<B>,
): Promise<Record<K, B>> {
  const out: Partial<Record<K, B>> = {};
  for (const name of Object.keys(things) as K[]) out[name] = await make(things[name], name);
  // Every key was just filled.
  return out as Record<K, B>;
}
