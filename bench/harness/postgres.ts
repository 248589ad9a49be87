import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { SQL } from "bun";
import { startEmbeddedPostgres } from "#kernel";
import { until } from "./until.ts";

/**
 * A PostgreSQL as the engine starts it for itself: the npm binaries, its settings, real files, fsync on. Each subject has one
 * of its own in a fresh folder, so that no run pays for the dirty pages of another.
 */
export interface Server {
  /** Of the server's first process; the others descend from it. */
  readonly pid: number;
  /** For the measured process: the role and the database `posthorn`. */
  readonly url: string;
  /** For counting: two connections of a superuser into the database `posthorn`. */
  readonly sql: SQL;
  /** A connection into another database, whose questions do not show in the statistics of the measured one. */
  readonly aside: SQL;
  /** Closes our connections and waits until the server is gone, ending it if it is ours to end. */
  close(): Promise<void>;
  /** The same, and removes its data: gigabytes of them would pile up otherwise. */
  discard(): Promise<void>;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Starts one from this process. Its watchdog ends it when this process is gone, however that happens. */
export async function startServer(dataDir: string): Promise<Server> {
  const embedded = await startEmbeddedPostgres({ dataDir, log: silent });
  const pid = embedded.pid ?? 0;
  return watched(pid, embedded.url, embedded.superuserUrl, dataDir, () => embedded.stop());
}

/** Connects to the server that an engine started for itself, with the passwords that it keeps in its data folder. */
export function attachToServer(dataDir: string, port: number, pid: number): Server {
  const { password, superuserPassword } = JSON.parse(readFileSync(join(dataDir, "postgres.json"), "utf8"));
  const at = `127.0.0.1:${port}`;
  return watched(
    pid,
    `postgres://posthorn:${password}@${at}/posthorn`,
    `postgres://postgres:${superuserPassword}@${at}/postgres`,
    dataDir,
    async () => {},
  );
}

function watched(pid: number, url: string, superuserUrl: string, dataDir: string, end: () => Promise<void>): Server {
  const inside = new URL(superuserUrl);
  inside.pathname = "/posthorn";
  const sql = new SQL({ url: inside.href, max: 2 });
  const aside = new SQL({ url: superuserUrl, max: 1 });
  const close = async (): Promise<void> => {
    await Promise.all([sql.close(), aside.close()]).catch(() => undefined); // a server that is gone has closed them itself
    await end();
    await until(`PostgreSQL (pid ${pid}) to end`, 40_000, 20, () => !isAlive(pid));
  };
  return {
    pid,
    url,
    sql,
    aside,
    close,
    async discard() {
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody waited for yet has ended as well.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. Somebody may take it in between; then the start fails and says so. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until what is counted stands still for a second, and returns it. */
export async function standsStill(count: () => Promise<number>, timeoutMs: number): Promise<number> {
  let last = -1;
  await until("a count that stands still", timeoutMs, 1000, async () => {
    const now = await count();
    const same = now === last;
    last = now;
    return same;
  });
  return last;
}
