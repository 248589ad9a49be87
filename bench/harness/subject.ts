import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Child, Children } from "./children.ts";
import { EngineApi } from "./engine-api.ts";
import { type Load, orderPayload } from "./load.ts";
import type { SubjectName } from "./options.ts";
import type { Database, Postgres } from "./postgres.ts";
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

/** What is measured: the engine, or the yardstick beside it. Each has a fresh process and a fresh database. */
export interface Subject {
  readonly name: SubjectName;
  readonly child: Child;
  readonly origin: string;
  readonly database: Database;
  /** What a generator has to send. */
  readonly load: Load;
  /** The engine's API; the yardstick has none. */
  readonly api: EngineApi | undefined;
  /** Attempts recorded and committed: the truth that counts, not acknowledgements. */
  recorded(): Promise<number>;
  /** Ends the process and drops the database. */
  close(): Promise<void>;
}

export interface Workshop {
  readonly root: string;
  readonly scratch: string;
  readonly children: Children;
  readonly postgres: Postgres;
  readonly profile: string | undefined;
}

let serial = 0;

export function startSubject(
  name: SubjectName,
  shop: Workshop,
  route: Route,
  engineSettings: Readonly<Record<string, string>> = {},
): Promise<Subject> {
  return name === "engine" ? startRoutedEngine(shop, route, engineSettings) : startYardstick(shop, route);
}

export interface Engine {
  readonly child: Child;
  readonly origin: string;
  readonly token: string;
  readonly api: EngineApi;
  /** Environment it was started with: start it again with the same, and it is the same engine. */
  readonly env: Readonly<Record<string, string>>;
}

/** Settings under which the engine is measured: its defaults, and leave to reach receivers on loopback. */
export function engineEnv(
  shop: Workshop,
  databaseUrl: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const data = join(shop.scratch, `engine-${++serial}`);
  mkdirSync(data, { recursive: true });
  return {
    DATABASE_URL: databaseUrl,
    POSTHORN_LISTEN: "127.0.0.1:0",
    POSTHORN_DATA: data,
    POSTHORN_LOG_FORMAT: "json",
    POSTHORN_LOG_LEVEL: "info",
    POSTHORN_API_TOKEN: `bench_${randomBytes(24).toString("hex")}`,
    POSTHORN_MASTER_KEY: randomBytes(32).toString("base64"),
    POSTHORN_ALLOW_NETWORKS: "127.0.0.0/8",
    // As bin/posthorn.mjs sets it: Bun reads it once, before the program starts.
    BUN_CONFIG_MAX_HTTP_REQUESTS: "20000",
    ...extra,
  };
}

export async function startEngine(shop: Workshop, env: Readonly<Record<string, string>>): Promise<Engine> {
  const profiling =
    shop.profile === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-md", `--cpu-prof-dir=${shop.profile}`, "--cpu-prof-interval=500"];
  const command = [process.execPath, ...profiling, join(shop.root, "src/main.ts"), "serve"];
  const child = shop.children.start("engine", command, { cwd: shop.root, env });
  const origin = await listening(child);
  const token = env["POSTHORN_API_TOKEN"] ?? "";
  return { child, origin, token, env, api: new EngineApi(origin, token) };
}

/** Both subjects say where they listen in one line of JSON. */
export function listening(child: Child): Promise<string> {
  return child.line((line) => {
    if (!line.startsWith("{") || !line.includes('"listening"')) {
      return undefined;
    }
    const said = JSON.parse(line) as { event?: string; url?: string };
    return said.event === "listening" && said.url !== undefined ? new URL(said.url).origin : undefined;
  }, 30_000);
}

async function startRoutedEngine(
  shop: Workshop,
  route: Route,
  settings: Readonly<Record<string, string>>,
): Promise<Subject> {
  const database = await shop.postgres.create(`engine_${++serial}`);
  const trust: Record<string, string> =
    route.receiver.certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: route.receiver.certificate };
  const engine = await startEngine(shop, engineEnv(shop, database.url, { ...trust, ...settings }));
  const paths = await routeEngine(engine.api, route);
  const message = JSON.stringify({ eventType: "order.placed", payload: orderPayload(route.payloadBytes) });
  return {
    name: "engine",
    child: engine.child,
    origin: engine.origin,
    database,
    api: engine.api,
    load: {
      origin: engine.origin,
      paths,
      headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
      body: batched(message, route.batch),
      idempotencyKey: route.idempotencyKey,
      eventsPerRequest: route.batch,
    },
    recorded: () => count(database, "select count(*) as n from posthorn.attempt"),
    async close() {
      await engine.child.stop();
      await database.drop();
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
  const database = await shop.postgres.create(`yardstick_${++serial}`);
  const { origins, certificate } = route.receiver;
  const urls = origins.length > 1 ? origins : Array.from({ length: route.fanOut }, (_, i) => `${origins[0]}/${i}`);
  const child = shop.children.start("yardstick", [process.execPath, join(shop.root, "bench/yardstick.ts")], {
    env: {
      DATABASE_URL: database.url,
      YARD_RECEIVERS: JSON.stringify(urls),
      YARD_FAN_OUT: String(route.fanOut),
      BUN_CONFIG_MAX_HTTP_REQUESTS: "20000",
      ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate }),
    },
  });
  const origin = await listening(child);
  return {
    name: "yardstick",
    child,
    origin,
    database,
    api: undefined,
    load: {
      origin,
      paths: route.batch > 1 ? ["/batch"] : origins.length > 1 ? urls.map((_, i) => `/${i}`) : ["/0"],
      headers: { "content-type": "application/json" },
      body: batched(JSON.stringify(orderPayload(route.payloadBytes)), route.batch),
      idempotencyKey: route.idempotencyKey,
      eventsPerRequest: route.batch,
    },
    recorded: () => count(database, "select count(*) as n from yard_attempt"),
    async close() {
      await child.stop();
      await database.drop();
    },
  };
}

const batched = (message: string, size: number): string =>
  size === 1 ? message : `{"messages":[${Array.from({ length: size }, () => message).join(",")}]}`;

export async function count(database: Database, query: string): Promise<number> {
  return Number((await database.sql.unsafe(query))[0].n);
}

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
