import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Log } from "../log.ts";
import { serverAccount } from "./account.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { checkVersion, createCluster, ENGINE, ensureCredentials, SUPERUSER, writeSettings } from "./cluster.ts";
import { EmbeddedPostgresError, faultOfFolder } from "./errors.ts";
import { lockFolder } from "./lock.ts";
import { endOrphan } from "./orphans.ts";
import { dataElsewhere, homeOfData, ownerOf, type Place, reach } from "./place.ts";
import { type Postmaster, startPostmaster } from "./postmaster.ts";
import { openServerLog } from "./server-log.ts";

export interface OpenOptions {
  /** The engine's data folder; made when absent. The server's data goes to `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** Server settings beyond or instead of ours, by PostgreSQL's names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

/** A data folder that is ours alone, ready for a server to start on it. */
export interface OpenCluster {
  /** The data, as the engine sees it. */
  readonly dir: string;
  readonly logFile: string;
  /** Where a server on that port is reached, by the engine's role or by the superuser. */
  urls(port: number): { readonly url: string; readonly superuserUrl: string };
  /** Starts a server, after ending what was left of the one before. */
  start(port: number, signal?: AbortSignal): Promise<Postmaster>;
  /** Frees the data folder. The server must have ended. */
  close(): void;
}

/** Locks the data folder, makes the data on the first start, and ends the server of an engine that was killed. */
export async function openCluster(options: OpenOptions): Promise<OpenCluster> {
  const { log } = options;
  const dataDir = resolve(options.dataDir);
  const undo: (() => void)[] = [];
  const close = () => {
    for (const step of undo.splice(0).reverse()) step();
  };
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const lock = lockFolder(dataDir);
    undo.push(() => lock.release());
    const serverLog = openServerLog(join(dataDir, "postgres.log"));
    undo.push(() => serverLog.close());
    const { place, binaries } = await prepare(dataDir, log);
    const orphan = await endOrphan(place.dir);
    if (orphan !== undefined)
      log.warn("postgres_orphan_stopped", "Stopped the PostgreSQL of an engine that was killed.", { pid: orphan });
    await checkVersion(place, binaries);
    await writeSettings(place, options.settings ?? {});
    const { password, superuserPassword } = await ensureCredentials(dataDir, place, binaries);
    const onSlow = (seconds: number) =>
      log.warn("postgres_starting", "PostgreSQL is not ready yet; after a crash it replays its log.", { seconds });
    return {
      dir: place.dir,
      logFile: serverLog.path,
      urls: (port) => ({
        url: `postgres://${ENGINE}:${password}@127.0.0.1:${port}/${ENGINE}`,
        superuserUrl: `postgres://${SUPERUSER}:${superuserPassword}@127.0.0.1:${port}/${SUPERUSER}`,
      }),
      async start(port, signal) {
        await endOrphan(place.dir);
        return startPostmaster({ binaries, place, port, log: serverLog, onSlow, ...(signal && { signal }) });
      },
      close,
    };
  } catch (error) {
    close();
    throw faultOfFolder(error, dataDir);
  }
}

/** Finds or makes the data, and programs and an account that can work on it. */
async function prepare(dataDir: string, log: OpenOptions["log"]): Promise<{ place: Place; binaries: Binaries }> {
  const home = await homeOfData(dataDir);
  const owner = await ownerOf(join(home, "postgres"));
  const as = await serverAccount(owner);
  const binaries = await findBinaries(as, dataDir);
  if (owner !== undefined) return { place: await reachExisting(join(home, "postgres"), as, owner.uid), binaries };

  const here = await createCluster(home, as, binaries);
  if (here !== undefined) return { place: here, binaries };
  if (as !== undefined) {
    const elsewhere = await dataElsewhere(dataDir);
    log.warn("postgres_data_elsewhere", "The account that runs PostgreSQL cannot reach the data folder.", {
      data: elsewhere,
    });
    const before = await ownerOf(join(elsewhere, "postgres"));
    if (before !== undefined)
      return { place: await reachExisting(join(elsewhere, "postgres"), before, before.uid), binaries };
    const there = await createCluster(elsewhere, as, binaries);
    if (there !== undefined) return { place: there, binaries };
  }
  throw new EmbeddedPostgresError(
    "unreachable",
    `PostgreSQL cannot write in ${home}, though a folder was made for it there.`,
  );
}

async function reachExisting(dir: string, as: Place["as"], owner: number): Promise<Place> {
  const place = await reach(dir, as);
  if (place !== undefined) return place;
  const who = as === undefined ? `this is account ${process.getuid?.()}` : "that account cannot reach it";
  throw new EmbeddedPostgresError(
    "no_permission",
    `The data in ${dir} belongs to account ${owner}, and ${who}. Start Posthorn as it was started before, give the folder to ` +
      "this account, or name another one with POSTHORN_DATA.",
  );
}
