import { createServer } from "node:net";
import { EmbeddedPostgresError } from "./errors.ts";
import { type OpenCluster, type OpenOptions, openCluster } from "./open.ts";
import type { Postmaster } from "./postmaster.ts";

export interface EmbeddedPostgresOptions extends OpenOptions {
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
  /** Resolves when the server has ended and the data folder is free. Stopping twice is fine. */
  stop(): Promise<void>;
}

const PORT_TRIES = 5;

/**
 * Starts the PostgreSQL 18 that npm brought on the data folder: makes the data on the first start, ends what a killed engine
 * left behind, and from then on restarts the server on the same port whenever it dies by itself. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options);
  try {
    const { port, postmaster } = await startOnFreePort((port) => cluster.start(port));
    options.log.info("postgres_started", "The embedded PostgreSQL takes connections.", {
      port,
      pid: postmaster.pid,
      data: cluster.dir,
    });
    const supervisor = supervise(cluster, port, postmaster, options);
    let stopped: Promise<void> | undefined;
    return {
      ...cluster.urls(port),
      port,
      get pid() {
        return supervisor.pid();
      },
      dir: cluster.dir,
      logFile: cluster.logFile,
      stop: () => {
        stopped ??= supervisor.stop().finally(() => cluster.close());
        return stopped;
      },
    };
  } catch (error) {
    cluster.close();
    throw error;
  }
}

/** A port that was free a moment ago may be taken when the server binds it: then another one. */
export async function startOnFreePort(
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

const RESTART_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000] as const;
/** A server that lived so long died of something new; one that dies sooner would do it for ever. */
const LIVED_MS = 10_000;

/** Keeps one server alive: when it ends and nobody asked it to, starts it again, at once and then with growing pauses. */
function supervise(cluster: OpenCluster, port: number, first: Postmaster, options: EmbeddedPostgresOptions) {
  const { log, stopMode = "fast" } = options;
  const stopping = new AbortController();
  const stopAsked = new Promise<void>((asked) => stopping.signal.addEventListener("abort", () => asked()));
  let current: Postmaster | undefined = first;
  let failures = 0;

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      current ??= await startAgain();
      if (current === undefined) continue;
      const since = performance.now();
      const ended = await Promise.race([current.ended, stopAsked]);
      if (typeof ended !== "string") break;
      current = undefined;
      failures = performance.now() - since > LIVED_MS ? 0 : failures + 1;
      log.error("postgres_died", `The embedded PostgreSQL ${ended} by itself; it is started again.`);
    }
    await current?.stop(stopMode);
    current = undefined;
  }

  async function startAgain(): Promise<Postmaster | undefined> {
    await Promise.race([Bun.sleep(RESTART_MS[Math.min(failures, RESTART_MS.length - 1)] ?? 0), stopAsked]);
    if (stopping.signal.aborted) return undefined;
    try {
      const started = await cluster.start(port, stopping.signal);
      log.info("postgres_restarted", "The embedded PostgreSQL takes connections again.", { port, pid: started.pid });
      return started;
    } catch (error) {
      failures += 1;
      if (!stopping.signal.aborted)
        log.error("postgres_restart_failed", "The embedded PostgreSQL could not be started again.", { error });
      return undefined;
    }
  }

  const life = live();
  return {
    pid: () => current?.pid,
    stop() {
      stopping.abort();
      return life;
    },
  };
}
