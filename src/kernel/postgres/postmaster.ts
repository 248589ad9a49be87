import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError, faultFromWords } from "./errors.ts";
import { readPidFile, signal } from "./orphans.ts";
import type { Place } from "./place.ts";
import { SERVER_ENV } from "./run.ts";
import type { ServerLog } from "./server-log.ts";

/** One running server process. */
export interface Postmaster {
  readonly pid: number;
  /** How it ended, told in words; never rejects. */
  readonly ended: Promise<string>;
  /** `fast` ends sessions and writes a checkpoint; `immediate` leaves recovery to the next start. Resolves when it is gone. */
  stop(mode: "fast" | "immediate"): Promise<void>;
}

/** Replaying gigabytes of log after a crash may take long; a server that is alive gets this much time to become ready. */
const READY_MS = 10 * 60_000;

/**
 * Ends the server when we are gone, however that happened: it holds the other end of a pipe from us, and reads its end. Before
 * each signal it looks whether that number is still the server's. `$1` is the server's pid; the current folder is its data.
 */
const WATCHDOG = `# Posthorn's watchdog: ends PostgreSQL when the engine is gone.
trap '' INT TERM HUP QUIT
read -r _
mine() { read -r pid < postmaster.pid && [ "$pid" = "$1" ] && kill -0 "$1"; }
n=0
while mine "$1"; do
  case $n in
    0) kill -CONT "$1"; kill -INT "$1" ;;
    5) kill -QUIT "$1" ;;
    15) kill -KILL "$1"; exit ;;
  esac
  n=$((n + 1))
  sleep 1
done 2>/dev/null
`;

/**
 * Starts a server and waits until it takes connections. It and its watchdog stand in sessions of their own: Ctrl-C ends the
 * engine, and the engine ends them when it has drained. Throws an EmbeddedPostgresError with the server's own words.
 */
export async function startPostmaster(options: {
  readonly binaries: Binaries;
  readonly place: Place;
  readonly port: number;
  readonly log: ServerLog;
  readonly onSlow?: (seconds: number) => void;
  /** Gives up waiting for readiness, ends the server and throws. */
  readonly signal?: AbortSignal;
}): Promise<Postmaster> {
  const { place, log } = options;
  const account = place.as === undefined ? {} : { uid: place.as.uid, gid: place.as.gid };
  const common = { cwd: place.dir, env: { ...SERVER_ENV }, detached: true, ...account } as const;
  const mark = log.mark();
  const server = Bun.spawn(
    [join(options.binaries.root, "bin", "postgres"), "-D", place.pgdata, "-c", `port=${options.port}`],
    { ...common, stdio: ["ignore", log.fd, log.fd] },
  );
  const watchdog = Bun.spawn(["/bin/sh", "-c", WATCHDOG, "posthorn-watchdog", String(server.pid)], {
    ...common,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.unref();
  const ended = server.exited.then(() => {
    signal(watchdog.pid, "SIGKILL");
    return server.signalCode === null ? `ended with ${server.exitCode}` : `was killed by ${server.signalCode}`;
  });

  let stopping: Promise<void> | undefined;
  const stop = async (mode: "fast" | "immediate") => {
    const order: readonly (readonly [NodeJS.Signals, number])[] =
      mode === "fast"
        ? [
            ["SIGINT", 30_000],
            ["SIGQUIT", 10_000],
          ]
        : [["SIGQUIT", 10_000]];
    for (const [name, patienceMs] of order) {
      signal(server.pid, name);
      if (await endsWithin(ended, patienceMs)) return;
    }
    signal(server.pid, "SIGKILL");
    await ended;
  };
  const postmaster: Postmaster = {
    pid: server.pid,
    ended,
    stop: (mode) => {
      stopping ??= stop(mode);
      return stopping;
    },
  };

  const started = performance.now();
  let told = 0;
  for (;;) {
    const now = readPidFile(place.dir);
    if (now?.pid === server.pid && now.ready) return postmaster;
    if (server.exitCode !== null || server.signalCode !== null) {
      const how = await ended;
      throw faultFromWords(`Starting the embedded PostgreSQL (it ${how})`, log.since(mark), place.dir);
    }
    if (options.signal?.aborted) {
      await postmaster.stop("immediate");
      throw new EmbeddedPostgresError("failed", "The start of PostgreSQL was called off.");
    }
    const seconds = Math.floor((performance.now() - started) / 1000);
    if (seconds >= told + 10) {
      told = seconds;
      options.onSlow?.(seconds);
    }
    if (seconds * 1000 > READY_MS) {
      await postmaster.stop("immediate");
      throw new EmbeddedPostgresError("failed", `PostgreSQL was not ready after ${seconds} s. Its log: ${log.path}`);
    }
    await Promise.race([Bun.sleep(10), ended]);
  }
}

async function endsWithin(ended: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(late.resolve, patienceMs, false);
  try {
    return await Promise.race([ended.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer); // A pending timer would keep a process alive that has nothing left to do.
  }
}
