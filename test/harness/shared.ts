import { rm } from "node:fs/promises";
import { SQL } from "bun";
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres } from "#kernel";
import { makeTestFolder } from "./folder.ts";
import { MIGRATIONS, QUIET, TEST_SETTINGS } from "./settings.ts";

/** A database of one test's own, with the whole schema and no rows. */
export interface TestDatabase extends AsyncDisposable {
  /** As the engine gets it: a role without superuser rights that owns the database. */
  readonly url: string;
  /** The superuser in the same database, for what a test does to its server (ending sessions, reading pg_stat_*). */
  readonly superuserUrl: string;
  readonly name: string;
}

/** The server of a test run: one per process of `bun test`, so runs side by side do not meet. */
export interface TestServer {
  readonly url: string;
  readonly superuserUrl: string;
  readonly port: number;
  readonly pid: number | undefined;
}

interface Shared {
  readonly server: EmbeddedPostgres;
  readonly dataDir: string;
  readonly admin: SQL;
  readonly caretaker: Bun.Subprocess;
}

const TEMPLATE = "posthorn_template";
let shared: Promise<Shared> | undefined;
let databases = 0;

/** The server that all tests of this process share; started by whoever asks first, stopped by the preload. */
export async function testServer(): Promise<TestServer> {
  return (await start()).server;
}

/**
 * `await using db = await testDatabase()`: a fresh database, cloned from one that was migrated once. With `{ empty: true }` it
 * has no schema yet.
 */
export async function testDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const { server, admin } = await start();
  const name = `test_${++databases}`;
  const template = options.empty ? "template1" : TEMPLATE;
  // Copying files is faster than logging their pages while nothing is flushed.
  await admin.unsafe(`create database ${name} template ${template} owner posthorn strategy file_copy`);
  return {
    name,
    url: inDatabase(server.url, name),
    superuserUrl: inDatabase(server.superuserUrl, name),
    async [Symbol.asyncDispose]() {
      await admin.unsafe(`drop database if exists ${name} with (force)`);
    },
  };
}

function inDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

function start(): Promise<Shared> {
  shared ??= (async () => {
    const dataDir = await makeTestFolder();
    const caretaker = Bun.spawn(["/bin/sh", "-c", CARETAKER, "posthorn-test-caretaker", dataDir], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    caretaker.unref();
    const server = await startEmbeddedPostgres({ dataDir, log: QUIET, settings: TEST_SETTINGS, stopMode: "immediate" });
    const admin = new SQL({ url: server.superuserUrl, max: 4, idleTimeout: 0, onclose: () => {} });
    await admin.unsafe(`create database ${TEMPLATE} owner posthorn`);
    await migrate(inDatabase(server.url, TEMPLATE), MIGRATIONS);
    return { server, dataDir, admin, caretaker };
  })();
  return shared;
}

/**
 * Removes the folder when we are gone without having done so: it holds the other end of a pipe from us, and waits until the server's
 * watchdog has ended the server. `$1` is the folder.
 */
const CARETAKER = `trap '' INT TERM HUP QUIT
read -r _
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 1
  [ -e "$1/postgres/postmaster.pid" ] || { rm -rf "$1"; exit; }
done
`;

/** Ends the shared server if one was started. A process that is killed leaves that to the server's watchdog and the caretaker. */
export async function stopShared(): Promise<void> {
  const started = await shared?.catch(() => undefined);
  shared = undefined;
  if (started === undefined) return;
  await started.admin.close({ timeout: 0 }).catch(() => undefined);
  await started.server.stop();
  await rm(started.dataDir, { recursive: true, force: true });
  started.caretaker.kill("SIGKILL");
}
