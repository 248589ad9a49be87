import type { Page } from "playwright-core";
import { eventTypesPath, portalPaths } from "../../console/portal/paths.ts";
import { paths } from "../../console/routes/paths.ts";
import type { Automations, BusyWorld, EndpointName, House, SourceName } from "./world/index.ts";

/** A page as somebody sees it: opened by every test of all pages, and by `npm run screenshots`. */
export interface View {
  /** Of the picture: `overview` becomes `docs/images/overview-dark.png`. */
  readonly name: string;
  /** busy: an engine in the middle of its day. empty: nobody has used it yet. */
  readonly world: "busy" | "empty";
  /** Address of the page, with the ids of the world. */
  readonly path: (world: BusyWorld) => string;
  /** Seen by somebody who is not signed in. */
  readonly stranger?: true;
  /** Resolves when everything is there that a person waits for. */
  readonly ready: (page: Page) => Promise<unknown>;
  /** Shows what comes while somebody looks. All others are seen once the world has stopped sending: what they show stays where it is. */
  readonly isLive?: true;
  /** What somebody does before the picture is taken. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** Kept in `docs/images/`, for the README and the guides. */
  readonly kept?: true;
}

/** Resolves when the page has what it asked for: what is loading says so. Rejects where something loads for ever. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.skeleton, .loading, [aria-busy="true"]') === null);
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { level: 1, name }).waitFor();

/** The editor has loaded, and the engine has said what it makes of the text. */
const checked = (page: Page) => page.getByRole("status").filter({ hasText: "Valid" }).waitFor();

/** A page of an endpoint of the world. */
const at =
  (name: EndpointName, page: (appId: string, endpointId: string) => string) =>
  ({ scene }: BusyWorld): string =>
    page(scene.endpoints[name].appId, scene.endpoints[name].id);

/** A step of the wizard that replays everything of one application. */
const step =
  (number: number) =>
  ({ scene }: BusyWorld): string =>
    `${paths.newReplay}?app=${scene.apps.globex}&what=all&step=${number}`;

/** A page of a source of the world. */
const from =
  (name: SourceName, page: (appId: string, sourceId: string) => string) =>
  ({ scene }: BusyWorld): string =>
    page(scene.sources[name].appId, scene.sources[name].id);

/** A page of the portal, opened by a link of the world. */
const inPortal =
  (link: keyof House["portals"], path: string) =>
  ({ house }: BusyWorld): string =>
    `${path}${house.portals[link]}`;

const portalEndpoint =
  (link: keyof House["portals"], page: (appId: string, endpointId: string) => string) =>
  (world: BusyWorld): string => {
    const { appId, id } = world.scene.endpoints["search-indexer"];
    return inPortal(link, page(appId, id))(world);
  };

/** A page of the world's flow. */
const ofFlow =
  (page: (appId: string, flowId: string) => string, search = "") =>
  ({ automations: { appId, flow } }: BusyWorld): string =>
    `${page(appId, flow)}${search}`;

/** A list of the application whose flows run. */
const ofApp =
  (page: (appId: string) => string, search = "") =>
  ({ automations: { appId } }: BusyWorld): string =>
    `${page(appId)}${search}`;

const ofRun =
  (name: keyof Automations["runs"]) =>
  ({ automations: { appId, runs } }: BusyWorld): string =>
    paths.run(appId, runs[name]);

/** Every page of the console; whoever makes a page adds it here. */
export const VIEWS: readonly View[] = [
  {
    name: "sign-in",
    world: "empty",
    stranger: true,
    path: () => paths.overview,
    ready: (page) => page.getByRole("button", { name: /sign in/i }).waitFor(),
  },
  {
    name: "overview",
    world: "busy",
    isLive: true,
    path: () => paths.overview,
    ready: heading("Overview"),
    // An hour of a world that is a minute old is an empty chart.
    before: (page) => page.getByText("15 min", { exact: true }).click(),
    kept: true,
  },
  { name: "overview-empty", world: "empty", path: () => paths.overview, ready: heading("Overview") },
  { name: "apps", world: "busy", path: () => paths.apps, ready: heading("Applications"), kept: true },
  { name: "apps-empty", world: "empty", path: () => paths.apps, ready: heading("Applications") },
  {
    name: "app",
    world: "busy",
    path: ({ scene }) => paths.app(scene.apps.northwind),
    ready: heading("Northwind Shop"),
  },
  {
    name: "app-long",
    world: "busy",
    path: ({ scene }) => paths.app(scene.apps.long),
    ready: heading(/^Vereinigte/),
  },
  { name: "app-rtl", world: "busy", path: ({ scene }) => paths.app(scene.apps.rtl), ready: heading(/متجر/) },
  {
    name: "endpoint",
    world: "busy",
    path: at("search-indexer", paths.endpoint),
    ready: heading(/./),
    kept: true,
  },
  { name: "endpoint-gone", world: "busy", path: at("partner", paths.endpoint), ready: heading(/./) },
  { name: "endpoint-dead", world: "busy", path: at("depot", paths.endpointDead), ready: heading(/./) },
  {
    name: "endpoint-owed",
    world: "busy",
    path: at("stocktaking", paths.endpointOwed),
    ready: (page) =>
      page
        .getByRole("row", { name: /stock\.counted/ })
        .first()
        .waitFor(),
  },
  {
    name: "endpoint-attempts",
    world: "busy",
    path: at("depot", paths.endpointAttempts),
    ready: heading(/./),
  },
  { name: "messages", world: "busy", path: ({ scene }) => paths.messages(scene.apps.northwind), ready: heading(/./) },
  {
    name: "message",
    world: "busy",
    path: ({ scene, events }) => paths.message(scene.apps.globex, events.mixed),
    ready: (page) => page.getByText("Permanent").first().waitFor(),
    kept: true,
  },
  {
    name: "message-delivered",
    world: "busy",
    path: ({ scene, events }) => paths.message(scene.apps.rtl, events.delivered),
    ready: heading(/./),
  },
  {
    name: "message-large",
    world: "busy",
    path: ({ scene, events }) => paths.message(scene.apps.globex, events.large),
    ready: heading(/./),
  },
  {
    name: "app-settings",
    world: "busy",
    path: ({ scene }) => paths.appSettings(scene.apps.northwind),
    ready: heading("Settings"),
  },
  { name: "endpoints", world: "busy", path: ({ scene }) => paths.endpoints(scene.apps.northwind), ready: heading(/./) },
  {
    name: "endpoint-new",
    world: "busy",
    path: ({ scene }) => paths.newEndpoint(scene.apps.northwind),
    ready: heading("New endpoint"),
  },
  { name: "endpoint-failing", world: "busy", path: at("legacy-crm", paths.endpoint), ready: heading("Legacy CRM") },
  {
    name: "endpoint-settings",
    world: "busy",
    path: at("mailer", paths.endpointSettings),
    ready: heading("Mailer of the Nordic shops"),
  },
  {
    name: "sources",
    world: "busy",
    path: ({ scene }) => paths.sources(scene.apps.northwind),
    ready: heading("Sources"),
  },
  {
    name: "sources-none",
    world: "busy",
    path: ({ scene }) => paths.sources(scene.apps.rtl),
    ready: heading("Sources"),
  },
  {
    name: "source-new",
    world: "busy",
    path: ({ scene }) => paths.newSource(scene.apps.northwind),
    ready: heading("New source"),
  },
  { name: "source", world: "busy", path: from("github", paths.source), ready: heading("GitHub of the shop") },
  { name: "source-unsigned", world: "busy", path: from("scanner", paths.source), ready: heading(/^Parcel scanner/) },
  {
    name: "source-rejections",
    world: "busy",
    path: from("stripe", paths.sourceRejections),
    ready: heading("Stripe, live mode"),
  },
  {
    name: "source-settings",
    world: "busy",
    path: from("stripe", paths.sourceSettings),
    ready: heading("Stripe, live mode"),
  },
  { name: "flows", world: "busy", path: ofApp(paths.flows), ready: heading("Flows"), kept: true },
  { name: "flows-none", world: "busy", path: ({ scene }) => paths.flows(scene.apps.rtl), ready: heading("Flows") },
  { name: "flow-new", world: "busy", path: ofApp(paths.newFlow, "?from=nightly"), ready: checked },
  { name: "flow", world: "busy", path: ofFlow(paths.flow), ready: heading("Order to fulfilment") },
  {
    name: "flow-failing",
    world: "busy",
    path: ({ automations: { appId } }) => paths.flow(appId, "carrier-booking"),
    ready: heading("Carrier booking, which fails"),
  },
  {
    name: "flow-scheduled",
    world: "busy",
    path: ({ automations: { appId, paused } }) => paths.flow(appId, paused),
    ready: (page) => page.getByRole("table", { name: "Schedules" }).waitFor(),
  },
  {
    name: "flow-controlled",
    world: "busy",
    path: ({ automations: { appId, controlled } }) => paths.flow(appId, controlled),
    ready: (page) => page.getByText("Over the rate", { exact: false }).first().waitFor(),
  },
  {
    name: "flow-graph",
    world: "busy",
    path: ofFlow(paths.flowGraph, "?step=steps[0]"),
    ready: heading("Order to fulfilment"),
  },
  { name: "flow-definition", world: "busy", path: ofFlow(paths.flowDefinition), ready: checked, kept: true },
  { name: "flow-versions", world: "busy", path: ofFlow(paths.flowVersions), ready: heading("Order to fulfilment") },
  { name: "flow-runs", world: "busy", path: ofFlow(paths.flowRuns), ready: heading("Order to fulfilment") },
  {
    name: "flow-settings",
    world: "busy",
    path: ({ automations: { appId, paused } }) => paths.flowSettings(appId, paused),
    ready: heading("Nightly report"),
  },
  { name: "runs", world: "busy", path: ofApp(paths.runs), ready: heading("Runs") },
  {
    name: "runs-none",
    world: "busy",
    path: ofApp(paths.runs, "?state=cancelled&trigger=batch"),
    ready: heading("Runs"),
  },
  { name: "run-completed", world: "busy", path: ofRun("completed"), ready: heading("order-fulfilment") },
  { name: "run-failed", world: "busy", path: ofRun("failed"), ready: heading("carrier-booking"), kept: true },
  { name: "run-asking", world: "busy", path: ofRun("asking"), ready: heading("refund-approval") },
  { name: "approvals", world: "busy", path: ofApp(paths.approvals), ready: heading("Approvals") },
  {
    name: "approvals-none",
    world: "busy",
    path: ({ scene }) => paths.approvals(scene.apps.rtl),
    ready: heading("Approvals"),
  },
  { name: "flow-secrets", world: "busy", path: ofApp(paths.flowSecrets), ready: heading("Secrets") },
  {
    name: "flow-secrets-none",
    world: "busy",
    path: ({ scene }) => paths.flowSecrets(scene.apps.rtl),
    ready: heading("Secrets"),
  },
  { name: "tasks", world: "busy", path: ofApp(paths.tasks), ready: heading("Tasks") },
  { name: "tasks-none", world: "busy", path: ({ scene }) => paths.tasks(scene.apps.rtl), ready: heading("Tasks") },
  {
    name: "task-list",
    world: "busy",
    path: ofApp(paths.taskList),
    ready: heading("Tasks"),
  },
  { name: "workers", world: "busy", path: ofApp(paths.workers), ready: heading("Tasks") },
  { name: "workers-none", world: "busy", path: ({ scene }) => paths.workers(scene.apps.rtl), ready: heading("Tasks") },
  {
    name: "task",
    world: "busy",
    path: ({ automations: { appId, tasks } }) => paths.task(appId, tasks.failed),
    ready: heading("pdf.render"),
  },
  { name: "event-types", world: "busy", path: () => paths.eventTypes, ready: heading("Event types") },
  { name: "event-types-empty", world: "empty", path: () => paths.eventTypes, ready: heading("Event types") },
  {
    name: "event-types-none",
    world: "busy",
    path: () => `${paths.eventTypes}?find=nothing-is-called-so`,
    ready: heading("Event types"),
  },
  { name: "event-type-new", world: "busy", path: () => paths.newEventType, ready: heading("New event type") },
  { name: "event-type", world: "busy", path: () => paths.eventType("order.created"), ready: heading("order.created") },
  {
    name: "event-type-archived",
    world: "busy",
    path: () => paths.eventType("order.archived"),
    ready: heading("order.archived"),
  },
  {
    name: "tail",
    world: "busy",
    isLive: true,
    path: () => paths.tail,
    // As many as are in sight in the hand; only those are made.
    ready: (page) => page.waitForFunction(() => document.querySelectorAll(".tail-row").length >= 8),
    kept: true,
  },
  { name: "replays", world: "busy", path: () => paths.replays, ready: heading("Replays") },
  { name: "replays-empty", world: "empty", path: () => paths.replays, ready: heading("Replays") },
  {
    name: "replay",
    world: "busy",
    path: ({ house }) => paths.replay(house.replay),
    ready: heading(/^Replay: /),
    kept: true,
  },
  { name: "replay-new", world: "busy", path: () => paths.newReplay, ready: heading("New replay") },
  { name: "replay-where", world: "busy", path: step(2), ready: heading("New replay") },
  { name: "replay-some", world: "busy", path: step(3), ready: heading("New replay") },
  {
    name: "replay-count",
    world: "busy",
    path: step(4),
    ready: (page) => page.getByText(/would be sent again/).waitFor(),
  },
  { name: "operational", world: "busy", path: () => paths.operationalWebhooks, ready: heading("Operational webhooks") },
  {
    name: "operational-empty",
    world: "empty",
    path: () => paths.operationalWebhooks,
    ready: heading("Operational webhooks"),
  },
  {
    name: "operational-types",
    world: "busy",
    path: () => paths.operationalWebhookTypes,
    ready: heading("Operational webhooks"),
  },
  { name: "operational-new", world: "busy", path: () => paths.newOperationalWebhook, ready: heading(/^New/) },
  {
    name: "operational-one",
    world: "busy",
    path: ({ house }) => paths.operationalWebhook(house.operationalWebhook),
    ready: heading("On-call channel"),
  },
  {
    name: "operational-settings",
    world: "busy",
    path: ({ house }) => paths.operationalWebhookSettings(house.operationalWebhook),
    ready: heading("On-call channel"),
  },
  { name: "settings", world: "busy", path: () => paths.settings, ready: heading("Settings") },
  { name: "keys", world: "busy", path: () => paths.keys, ready: heading("Keys"), kept: true },
  { name: "keys-empty", world: "empty", path: () => paths.keys, ready: heading("Keys") },
  { name: "audit", world: "busy", path: () => paths.audit, ready: heading("Audit log"), kept: true },
  { name: "audit-empty", world: "empty", path: () => paths.audit, ready: heading("Audit log") },
  { name: "retention", world: "busy", path: () => paths.retention, ready: heading("Retention") },
  { name: "portal-theme", world: "busy", path: () => paths.portal, ready: heading("Portal theme") },
  {
    name: "portal-theme-app",
    world: "busy",
    path: ({ scene }) => `${paths.portal}?app=${scene.apps.globex}`,
    ready: heading("Portal theme"),
  },
  { name: "configuration", world: "busy", path: () => paths.configuration, ready: heading("Configuration") },
  { name: "about", world: "busy", path: () => paths.about, ready: heading("About") },
  {
    name: "portal",
    world: "busy",
    path: inPortal("plain", portalPaths.endpoints()),
    stranger: true,
    ready: heading("Endpoints"),
    kept: true,
  },
  {
    name: "portal-themed",
    world: "busy",
    path: inPortal("themed", portalPaths.messages()),
    stranger: true,
    ready: heading("Messages"),
    kept: true,
  },
  {
    name: "portal-endpoint",
    world: "busy",
    path: portalEndpoint("themed", portalPaths.endpoint),
    stranger: true,
    ready: heading("Search indexer"),
  },
  {
    name: "portal-settings",
    world: "busy",
    path: portalEndpoint("themed", portalPaths.endpointSettings),
    stranger: true,
    ready: heading("Search indexer"),
  },
  {
    name: "portal-looking",
    world: "busy",
    path: portalEndpoint("looking", portalPaths.endpointSettings),
    stranger: true,
    ready: heading("Search indexer"),
  },
  {
    name: "portal-types",
    world: "busy",
    path: inPortal("plain", eventTypesPath),
    stranger: true,
    ready: heading("Event types"),
  },
  {
    name: "portal-closed",
    world: "busy",
    path: portalPaths.endpoints,
    stranger: true,
    ready: heading(/opens by a link/),
  },
];
