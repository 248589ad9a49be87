import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian puts it is on root's path only. */
export const PGBOUNCER = Bun.which("pgbouncer", { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` });

export interface Pooler extends AsyncDisposable {
  /** The same database through the pooler, in transaction mode. */
  through(url: string): string;
}

const NOBODY = 65_534;

/** A PgBouncer in transaction mode before the server of this URL, whose password it knows. It refuses to run as root. */
export async function startPgbouncer(url: string): Promise<Pooler> {
  if (PGBOUNCER === null) throw new Error("There is no pgbouncer on the path; ask for PGBOUNCER first.");
  const { hostname, port, username, password } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), "posthorn-pgbouncer-"));
  const asNobody = process.getuid?.() === 0;
  const listening = await freePort();
  const users = join(folder, "users.txt");
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    config,
    [
      "[databases]",
      `* = host=${hostname} port=${port}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${listening}`,
      "unix_socket_dir =",
      "auth_type = plain",
      `auth_file = ${users}`,
      "pool_mode = transaction",
      // Fewer than the clients' connections: they must share.
      "default_pool_size = 5",
      "max_client_conn = 200",
      "",
    ].join("\n"),
  );
  chmodSync(folder, 0o755);
  const child = Bun.spawn([PGBOUNCER, config], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    ...(asNobody && { uid: NOBODY, gid: NOBODY }),
  });
  const said = new Response(child.stderr).text();
  for (let tries = 0; !(await accepts(listening)); tries++) {
    if (child.exitCode !== null || tries > 100) {
      child.kill("SIGKILL");
      throw new Error(`pgbouncer did not listen on ${listening}. It wrote:\n${await said}`);
    }
    await Bun.sleep(20);
  }
  return {
    through: (direct) => Object.assign(new URL(direct), { port: listening }).href,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
