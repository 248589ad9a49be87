import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Child } from "./children.ts";
import { freshFolder, type Workshop } from "./engine.ts";
import { freePort, startServer } from "./postgres.ts";
import { until } from "./until.ts";
import { usageOf, usageOfTree } from "./usage.ts";

/** What a peer's program says of itself when it is done (bench/peers/measure.mjs). */
export interface PeerFigures {
  readonly seconds: number;
  /** Ended inside the window, by what the program saw. */
  readonly ended: number;
  /** The same by the peer's own store, over `storedSeconds`; null: it keeps no history to count. */
  readonly stored: number | null;
  readonly storedSeconds: number | null;
  /** Of what was begun at fixed moments or waited; null when nothing was. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** CPU of the program itself and of its store, in seconds, from its start to its end. */
  readonly cpuSeconds: number;
  readonly storeCpuSeconds: number;
}

export interface PeerRun {
  readonly seconds: number;
  readonly concurrency: number;
  /** Begun each second; 0: as many as it can. */
  readonly rate: number;
}

/** Where their packages are: installed beside their programs' lock file, in a folder of this run's own. */
let installed: Promise<string> | undefined;

/** Installs what bench/peers/package.json names, with npm, once per run. Rejects with npm's words when that fails. */
export function installPeers(shop: Workshop): Promise<string> {
  installed ??= (async () => {
    const folder = join(shop.scratch, "peers");
    await mkdir(folder);
    await cp(join(shop.root, "bench/peers"), folder, {
      recursive: true,
      filter: (from) => !from.includes("node_modules"),
    });
    await cp(join(shop.root, ".npmrc"), join(folder, ".npmrc"));
    const npm = shop.children.start("npm", ["npm", "install", "--no-save", "--no-audit", "--no-fund"], { cwd: folder });
    if ((await npm.exited) !== 0) throw new Error(`npm could not install the peers:\n${npm.output.join("\n")}`);
    return folder;
  })();
  return installed;
}

/** Redis from the system (Debian: redis-server); npm brings none that is built. */
export const redisServer = (): string | null => Bun.which("redis-server", { PATH: `${process.env["PATH"]}:/usr/sbin` });

/** Runs one peer once, with a fresh store, and ends both. `undefined`: what it needs is not on this machine. */
export async function runPeer(shop: Workshop, name: string, run: PeerRun): Promise<PeerFigures | undefined> {
  if (name === "bullmq-redis" && redisServer() === null) return undefined;
  const folder = await installPeers(shop);
  const store = await startStore(shop, folder, name);
  try {
    const program = name.startsWith("bullmq") ? "bullmq" : name;
    const child = shop.children.start(name, [join(folder, "node_modules/.bin/node"), `${program}.mjs`], {
      cwd: folder,
      env: {
        NODE_ENV: "production",
        PEER_SECONDS: String(run.seconds),
        PEER_CONCURRENCY: String(run.concurrency),
        PEER_RATE: String(run.rate),
        ...store.env,
      },
    });
    let cpuSeconds = Number.NaN;
    const watch = setInterval(() => {
      cpuSeconds = usageOf(child.pid).cpuSeconds || cpuSeconds;
    }, 500);
    const figures = await child
      .line(
        (line) => (line.startsWith('{"event":"measured"') ? JSON.parse(line) : undefined),
        (run.seconds + 90) * 1_000,
      )
      .finally(() => clearInterval(watch));
    const storeCpuSeconds = usageOfTree(store.pid).cpuSeconds;
    await child.stop();
    return { ...figures, cpuSeconds, storeCpuSeconds };
  } finally {
    await store.close();
  }
}

interface Store {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function startStore(shop: Workshop, folder: string, name: string): Promise<Store> {
  if (name === "restate") return startRestate(shop, folder);
  if (name === "bullmq-redis") return startRedis(shop);
  const server = await startServer(freshFolder(shop, name));
  const forget = shop.children.owe(() => server.close());
  return {
    pid: server.pid,
    env: { DATABASE_URL: server.url },
    close: async () => {
      forget();
      await server.discard();
    },
  };
}

/** One node with its defaults: its log is synced to disk before it acknowledges (rocksdb-disable-wal-fsync is false). */
async function startRestate(shop: Workshop, folder: string): Promise<Store> {
  const [ingress, admin, node] = [await freePort(), await freePort(), await freePort()];
  const child = shop.children.start(
    "restate-server",
    [join(folder, "node_modules/.bin/restate-server"), "--no-logo", "--listen-mode", "tcp"],
    {
      env: {
        RESTATE_BASE_DIR: freshFolder(shop, "restate"),
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
        RESTATE_BIND_IP: "127.0.0.1",
        RESTATE_BIND_PORT: String(node),
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_LOG_FILTER: "error",
      },
    },
  );
  const origin = `http://127.0.0.1:${admin}`;
  await answers(child, `${origin}/health`);
  return {
    pid: child.pid,
    env: { RESTATE_INGRESS: `http://127.0.0.1:${ingress}`, RESTATE_ADMIN: origin, RESTATE_LOGGING: "ERROR" },
    close: () => child.stop(),
  };
}

/** As durable as ours: each write is on the disk before it is acknowledged. */
async function startRedis(shop: Workshop): Promise<Store> {
  const port = await freePort();
  const child = shop.children.start("redis-server", [
    redisServer() ?? "redis-server",
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", freshFolder(shop, "redis"), "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
  ]);
  await child.line((line) => (line.includes("Ready to accept connections") ? true : undefined), 15_000);
  return { pid: child.pid, env: { REDIS_PORT: String(port) }, close: () => child.stop() };
}

function answers(child: Child, url: string): Promise<void> {
  return until(`${child.name} at ${url}`, 60_000, 200, () =>
    fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
}
