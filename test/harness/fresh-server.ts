import { rm } from "node:fs/promises";
import { migrate, openCluster, processesIn, signal, startOnFreePort, until } from "#kernel";
import { makeTestFolder } from "./folder.ts";
import { MIGRATIONS, QUIET, TEST_SETTINGS } from "./settings.ts";

/** A PostgreSQL of one test's own, that the test may kill, pause and start again. Nothing restarts it but the test. */
export interface FreshServer extends AsyncDisposable {
  /** The engine's role in the migrated database `posthorn`; the same over restarts. */
  readonly url: string;
  readonly superuserUrl: string;
  readonly port: number;
  /** Of the server's first process; undefined while it is down. */
  readonly pid: number | undefined;
  /** SIGKILL to every process of the server, as the out-of-memory killer or a power cut would. Resolves when all are gone. */
  kill(): Promise<void>;
  /** SIGSTOP to every process of the server: connections stay open and nothing answers. */
  pause(): void;
  /** Ends a pause. */
  resume(): void;
  /** Starts it again on the same port and data; a server that still runs is stopped first (`fast`). */
  restart(): Promise<void>;
  /** The data, as we see it. */
  readonly dir: string;
  readonly logFile: string;
}

/** What was committed stays when every process is killed; only the machine must not go down. */
const SURVIVES_KILL = { synchronous_commit: "on", full_page_writes: "on" } as const;

export async function freshServer(
  options: { readonly settings?: Readonly<Record<string, string>>; readonly migrated?: boolean } = {},
): Promise<FreshServer> {
  const dataDir = await makeTestFolder();
  const cluster = await openCluster({
    dataDir,
    log: QUIET,
    settings: { ...TEST_SETTINGS, ...SURVIVES_KILL, ...options.settings },
  });
  const { port, postmaster } = await startOnFreePort((port) => cluster.start(port));
  let current: typeof postmaster | undefined = postmaster;
  const urls = cluster.urls(port);
  const all = (name: NodeJS.Signals) => {
    // The first process before the others: it makes new ones.
    if (current !== undefined) signal(current.pid, name);
    for (const pid of processesIn(cluster.dir)) if (pid !== current?.pid) signal(pid, name);
  };
  const end = async () => {
    all("SIGCONT");
    await current?.stop("immediate");
    current = undefined;
  };
  if (options.migrated !== false) await migrate(urls.url, MIGRATIONS);
  return {
    ...urls,
    port,
    dir: cluster.dir,
    logFile: cluster.logFile,
    get pid() {
      return current?.pid;
    },
    async kill() {
      const killed = current;
      all("SIGKILL");
      await killed?.ended;
      current = undefined;
      await until(() => processesIn(cluster.dir).length === 0, 5_000);
    },
    pause: () => all("SIGSTOP"),
    resume: () => all("SIGCONT"),
    async restart() {
      all("SIGCONT");
      await current?.stop("fast");
      current = await cluster.start(port);
    },
    async [Symbol.asyncDispose]() {
      await end();
      cluster.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
