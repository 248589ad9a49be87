import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import type { Log } from "../log.ts";
import { serverAccount } from "./account.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { checkVersion, createCluster, ENGINE, ensureCredentials, SUPERUSER, writeSettings } from "./cluster.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import { lockFolder } from "./lock.ts";
import { endOrphan } from "./orphans.ts";
import { homeOfData, moveElsewhere, ownerOf, type Place, reach } from "./place.ts";
import { type Postmaster, startPostmaster } from "./postmaster.ts";
import { openServerLog } from "./server-log.ts";

export interface EmbeddedPostgresOptions {
  /** The engine's data folder; made when absent. The server's data goes to `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** Server settings beyond or instead of ours, by PostgreSQL's names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** How `stop` ends it. `immediate` is for data that nobody wants any more. Default `fast`. */
  readonly stopMode?: "fast" | "immediate";
}

export interface EmbeddedPostgres {
  /** For the engine: the role `posthorn`, no superuser, owner of the database `posthorn`. Stays true over restarts. */
  readonly url: string;
  /** For operators and tests: the superuser `postgres` in the database `postgres`. */
  readonly superuserUrl: string;
  readonly port: number;
  /** Of the server's first process as it runs now; undefined between its death and its restart. */
  readonly pid: number | undefined;
  /** The data, as the engine sees it. */
  readonly dir: string;
  readonly logFile: string;
  /** Resolves when no process of the server is left and the data folder is free. Stopping twice is fine. */
  stop(): Promise<void>;
}

const PORT_TRIES = 5;
const RESTART_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000] as const;

/**
 * Starts the PostgreSQL 18 that npm brought on the data folder: makes the data on the first start, ends what a killed engine
 * left behind, and from then on restarts the server on the same port whenever it dies by itself. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(dataDir);
  const serverLog = openServerLog(join(dataDir, "postgres.log"));
  const letGo = () => {
    serverLog.close();
    lock.release();
  };
  try {
    const { place, binaries } = await prepare(dataDir, options.log);
    const orphan = await endOrphan(place.dir);
    if (orphan !== undefined)
      options.log.warn("postgres_orphan_stopped", "Stopped the PostgreSQL of an engine that was killed.", {
        pid: orphan,
      });
    await checkVersion(place, binaries);
    await writeSettings(place, options.settings ?? {});
    const credentials = await ensureCredentials(dataDir, place, binaries);

    const start = (port: number) =>
      startPostmaster({
        binaries,
        place,
        port,
        log: serverLog,
        onSlow: (seconds) =>
          options.log.warn("postgres_starting", "PostgreSQL is not ready yet; after a crash it replays its log.", {
            seconds,
          }),
      });
    const first = await startOnFreePort(start);
    options.log.info("postgres_started", "The embedded PostgreSQL takes connections.", {
      port: first.port,
      pid: first.postmaster.pid,
      data: place.dir,
    });
    const supervisor = supervise(first.postmaster, () => restart(place, () => start(first.port)), options);
    const address = `127.0.0.1:${first.port}`;
    let stopped: Promise<void> | undefined;
    return {
      url: `postgres://${ENGINE}:${credentials.password}@${address}/${ENGINE}`,
      superuserUrl: `postgres://${SUPERUSER}:${credentials.superuserPassword}@${address}/${SUPERUSER}`,
      port: first.port,
      get pid() {
        return supervisor.pid();
      },
      dir: place.dir,
      logFile: serverLog.path,
      stop: () => {
        stopped ??= supervisor.stop().finally(letGo);
        return stopped;
      },
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Finds or makes the data, and programs and an account that can work on it. */
async function prepare(
  dataDir: string,
  log: EmbeddedPostgresOptions["log"],
): Promise<{ place: Place; binaries: Binaries }> {
  let home = await homeOfData(dataDir);
  const owner = await ownerOf(join(home, "postgres"));
  const as = await serverAccount(owner);
  const binaries = await findBinaries(as, dataDir);
  if (owner !== undefined) {
    const place = await reach(join(home, "postgres"), as);
    if (place !== undefined) return { place, binaries };
    throw new EmbeddedPostgresError(
      "no_permission",
      `The data in ${join(home, "postgres")} belongs to account ${owner.uid}, and ${as === undefined ? `we are ${process.getuid?.()}` : `account ${as.uid} cannot reach it`}. ` +
        "Start Posthorn as it was started before, or give it another folder with POSTHORN_DATA.",
    );
  }
  let place = await createCluster(home, as, binaries);
  if (place === undefined && as !== undefined) {
    home = await moveElsewhere(dataDir);
    log.warn("postgres_data_elsewhere", "The account that runs PostgreSQL cannot reach the data folder.", {
      data: home,
    });
    const made = existsSync(join(home, "postgres")) ? await reach(join(home, "postgres"), as) : undefined;
    place = made ?? (await createCluster(home, as, binaries));
  }
  if (place !== undefined) return { place, binaries };
  throw new EmbeddedPostgresError(
    "unreachable",
    `PostgreSQL cannot write in ${dataDir}, though we made a folder there.`,
  );
}

/** A port that was free a moment ago may be taken when the server binds it: then another one. */
async function startOnFreePort(
  start: (port: number) => Promise<Postmaster>,
): Promise<{ port: number; postmaster: Postmaster }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return { port, postmaster: await start(port) };
    } catch (error) {
      if (!(error instanceof EmbeddedPostgresError && error.fault === "port_taken") || tries === PORT_TRIES)
        throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? done(address.port) : fail(new Error("No port"))));
    });
  });
}

async function restart(place: Place, start: () => Promise<Postmaster>): Promise<Postmaster> {
  await endOrphan(place.dir);
  return start();
}

/** Keeps one server alive: when it ends and nobody asked it to, starts it again, at once and then with growing pauses. */
function supervise(first: Postmaster, startAgain: () => Promise<Postmaster>, options: EmbeddedPostgresOptions) {
  const { log, stopMode = "fast" } = options;
  const stopping = Promise.withResolvers<"stopping">();
  let stopAsked = false;
  let current: Postmaster | undefined = first;

  const watch = async () => {
    for (;;) {
      if (current === undefined) return;
      const startedAt = performance.now();
      const ended = await Promise.race([current.ended, stopping.promise]);
      if (stopAsked) return current.stop(stopMode);
      current = undefined;
      log.error("postgres_died", `The embedded PostgreSQL ${ended} by itself; it is started again.`);
      // One that lived for a while died of something new; one that dies at once would do it for ever.
      current = await again(performance.now() - startedAt > 10_000 ? 0 : 1);
    }
  };
  const again = async (failures: number): Promise<Postmaster | undefined> => {
    for (let tries = failures; !stopAsked; tries++) {
      await Promise.race([Bun.sleep(RESTART_MS[Math.min(tries, RESTART_MS.length - 1)] ?? 0), stopping.promise]);
      if (stopAsked) return undefined;
      try {
        const started = await startAgain();
        log.info("postgres_restarted", "The embedded PostgreSQL takes connections again.", { pid: started.pid });
        return started;
      } catch (error) {
        log.error("postgres_restart_failed", "The embedded PostgreSQL could not be started again.", { error });
      }
    }
    return undefined;
  };
  const life = watch();
  return {
    pid: () => current?.pid,
    stop() {
      stopAsked = true;
      stopping.resolve("stopping");
      return life;
    },
  };
}
