import { join } from "node:path";
import type { Child } from "./children.ts";
import { count, engineEnv, freshFolder, listening, startEngine, type Workshop } from "./engine.ts";
import type { EngineApi } from "./engine-api.ts";
import { type Load, orderPayload } from "./load.ts";
import type { SubjectName } from "./options.ts";
import { type Server, startServer } from "./postgres.ts";
import type { Receiver } from "./receiver.ts";

/** Where events go and what they look like. */
export interface Route {
  readonly receiver: Pick<Receiver, "origins" | "certificate">;
  /** Endpoints that each event goes to. With more than one host each event goes to one host, in turn. */
  readonly fanOut: number;
  readonly payloadBytes: number;
  /** Messages per request; 1 is the ordinary call, more is the batch API. */
  readonly batch: number;
  readonly idempotencyKey: boolean;
}

/** What is measured: the engine, or the yardstick beside it. Each has a fresh process and a fresh PostgreSQL. */
export interface Subject {
  readonly name: SubjectName;
  readonly child: Child;
  readonly origin: string;
  readonly server: Server;
  /** What a generator has to send. */
  readonly load: Load;
  /** The engine's API; the yardstick has none. */
  readonly api: EngineApi | undefined;
  /** Attempts recorded and committed: the truth that counts, not acknowledgements. */
  recorded(): Promise<number>;
  /** Ends the process and its PostgreSQL, and removes their data. Works as well after the process was killed. */
  close(): Promise<void>;
}

export async function startSubject(
  name: SubjectName,
  shop: Workshop,
  route: Route,
  engineSettings: Readonly<Record<string, string>> = {},
): Promise<Subject> {
  switch (name) {
    case "yardstick":
      return startYardstick(shop, route);
    case "engine":
      return startRoutedEngine(name, shop, route, engineSettings);
    case "engine-unmeasured":
      return startRoutedEngine(name, shop, route, { POSTHORN_METRICS: "off", ...engineSettings });
    case "engine-traced":
      return startTracedEngine(shop, route, engineSettings);
  }
}

/** One trace in a hundred goes to a collector, as one would have it in production. */
async function startTracedEngine(
  shop: Workshop,
  route: Route,
  settings: Readonly<Record<string, string>>,
): Promise<Subject> {
  const collector = shop.children.start("collector", [process.execPath, join(shop.root, "bench/harness/collector.ts")]);
  const url = await collector.line((line) => /"url":"([^"]+)"/.exec(line)?.[1], 10_000);
  const engine = await startRoutedEngine("engine-traced", shop, route, {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
    ...settings,
  });
  return {
    ...engine,
    async close() {
      await engine.close();
      await collector.stop();
    },
  };
}

async function startRoutedEngine(
  name: SubjectName,
  shop: Workshop,
  route: Route,
  settings: Readonly<Record<string, string>>,
): Promise<Subject> {
  const trust: Record<string, string> =
    route.receiver.certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: route.receiver.certificate };
  const engine = await startEngine(shop, engineEnv(shop, { ...trust, ...settings }));
  const paths = await routeEngine(engine.api, route);
  const message = JSON.stringify({ eventType: "order.placed", payload: orderPayload(route.payloadBytes) });
  return {
    name,
    child: engine.child,
    origin: engine.origin,
    server: engine.server,
    api: engine.api,
    load: {
      origin: engine.origin,
      paths,
      headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
      body: batched(message, route.batch),
      idempotencyKey: route.idempotencyKey,
      eventsPerRequest: route.batch,
      pauseAfterRefusalMs: pauseFor(route),
    },
    recorded: () => count(engine.server, "select count(*) as n from posthorn.attempt"),
    async close() {
      await engine.child.stop();
      await engine.server.discard();
    },
  };
}

/** Creates applications and endpoints; returns the paths that messages are posted to. */
async function routeEngine(api: EngineApi, route: Route): Promise<string[]> {
  const suffix = route.batch > 1 ? "/msg/batch" : "/msg";
  const [first = "", ...more] = route.receiver.origins;
  const applications =
    more.length === 0
      ? [Array.from({ length: route.fanOut }, (_, i) => `${first}/${i}`)]
      : [first, ...more].map((origin) => [`${origin}/0`]);
  return inParallel(applications, 16, async (urls, i) => {
    const app = await api.createApp(`bench ${i}`);
    for (const url of urls) {
      await api.createEndpoint(app, { url });
    }
    return `/api/v1/app/${app}${suffix}`;
  });
}

async function startYardstick(shop: Workshop, route: Route): Promise<Subject> {
  const server = await startServer(freshFolder(shop, "yardstick"));
  const forget = shop.children.owe(() => server.close());
  const { origins, certificate } = route.receiver;
  const urls = origins.length > 1 ? origins : Array.from({ length: route.fanOut }, (_, i) => `${origins[0]}/${i}`);
  const child = shop.children.start("yardstick", [process.execPath, join(shop.root, "bench/yardstick.ts")], {
    env: {
      DATABASE_URL: server.url,
      YARD_RECEIVERS: JSON.stringify(urls),
      YARD_FAN_OUT: String(route.fanOut),
      BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
      ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate }),
    },
  });
  const origin = await listening(child);
  return {
    name: "yardstick",
    child,
    origin,
    server,
    api: undefined,
    load: {
      origin,
      paths: route.batch > 1 ? ["/batch"] : origins.length > 1 ? urls.map((_, i) => `/${i}`) : ["/0"],
      headers: { "content-type": "application/json" },
      body: batched(JSON.stringify(orderPayload(route.payloadBytes)), route.batch),
      idempotencyKey: route.idempotencyKey,
      eventsPerRequest: route.batch,
      pauseAfterRefusalMs: pauseFor(route),
    },
    recorded: () => count(server, "select count(*) as n from yard.attempt"),
    async close() {
      await child.stop();
      forget();
      await server.discard();
    },
  };
}

/** Where one request owes many deliveries, or each is dear, accepting runs ahead of delivering and is refused now and then. */
const pauseFor = (route: Route): number =>
  route.fanOut > 1 || route.batch > 1 || route.receiver.certificate !== undefined ? 100 : 0;

const batched = (message: string, size: number): string =>
  size === 1 ? message : `{"messages":[${Array.from({ length: size }, () => message).join(",")}]}`;

/** Runs `work` over the items, at most `most` at a time; results in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, i: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      results[i] = await work(items[i] as T, i); // i is below the length
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
