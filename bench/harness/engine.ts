import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Child, Children } from "./children.ts";
import { EngineApi } from "./engine-api.ts";
import { attachToServer, type Server } from "./postgres.ts";

/** What starting a measured process takes. */
export interface Workshop {
  readonly root: string;
  readonly scratch: string;
  readonly children: Children;
  readonly profile: string | undefined;
}

/** A running engine. `server` is the PostgreSQL it started for itself, or the one it was given. */
export interface Engine {
  readonly child: Child;
  readonly origin: string;
  readonly token: string;
  readonly api: EngineApi;
  readonly server: Server;
  /** Environment it was started with: start it again with the same, and it is the same engine on the same data. */
  readonly env: Readonly<Record<string, string>>;
}

let serial = 0;

/** A folder for data that does not exist yet. */
export function freshFolder(shop: Workshop, name: string): string {
  const folder = join(shop.scratch, `${name}-${++serial}`);
  mkdirSync(folder);
  return folder;
}

/** Settings under which the engine is measured: its defaults, as `npm start` has them, on a free port and a fresh folder. */
export function engineEnv(shop: Workshop, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    POSTHORN_LISTEN: "127.0.0.1:0",
    POSTHORN_DATA: freshFolder(shop, "engine"),
    POSTHORN_LOG_FORMAT: "json",
    POSTHORN_API_TOKEN: `bench_${randomBytes(24).toString("hex")}`,
    POSTHORN_MASTER_KEY: randomBytes(32).toString("base64"),
    POSTHORN_ALLOW_NETWORKS: "127.0.0.0/8",
    // As bin/posthorn.mjs sets it: Bun reads it once, before the program starts.
    BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
    ...extra,
  };
}

/** Starts the engine; with a server given, on that one instead of its own. */
export async function startEngine(
  shop: Workshop,
  env: Readonly<Record<string, string>>,
  server?: Server,
): Promise<Engine> {
  const profiling =
    shop.profile === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-md", `--cpu-prof-dir=${shop.profile}`, "--cpu-prof-interval=500"];
  const command = [process.execPath, ...profiling, join(shop.root, "src/main.ts"), "serve"];
  const database: Record<string, string> = server === undefined ? {} : { DATABASE_URL: server.url };
  const child = shop.children.start("engine", command, { cwd: shop.root, env: { ...env, ...database } });
  const own = server === undefined ? await child.line(ownServer, 60_000) : undefined;
  const origin = await listening(child);
  const token = env["POSTHORN_API_TOKEN"] ?? "";
  const attached = own === undefined ? undefined : attachToServer(env["POSTHORN_DATA"] ?? "", own.port, own.pid);
  const used = server ?? attached;
  if (used === undefined) {
    throw new Error("The engine runs, but on which PostgreSQL is not known.");
  }
  return { child, origin, token, env, server: used, api: new EngineApi(origin, token) };
}

interface Said {
  readonly event?: string;
  readonly url?: string;
  readonly port?: number;
  readonly pid?: number;
}

function said(line: string, event: string): Said | undefined {
  // Most lines are not looked for: the text is searched before it is parsed.
  const parsed = line.startsWith("{") && line.includes(`"${event}"`) ? (JSON.parse(line) as Said) : undefined;
  return parsed?.event === event ? parsed : undefined;
}

function ownServer(line: string): { port: number; pid: number } | undefined {
  const { port, pid } = said(line, "postgres_started") ?? {};
  return port === undefined || pid === undefined ? undefined : { port, pid };
}

/** Both subjects say where they listen in one line of JSON. */
export function listening(child: Child): Promise<string> {
  return child.line((line) => {
    const url = said(line, "listening")?.url;
    return url === undefined ? undefined : new URL(url).origin;
  }, 30_000);
}

export async function count(server: Server, query: string): Promise<number> {
  return Number((await server.sql.unsafe(query))[0].n);
}
