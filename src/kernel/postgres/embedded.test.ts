import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded.ts";
import { isAlive, processesIn, signal, until } from "./orphans.ts";

// Each test makes a server or two, and the machine may be busy with other things.
setDefaultTimeout(60_000);

const scratch = mkdtempSync(join(tmpdir(), "posthorn-embedded-"));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const QUICK = { fsync: "off", dynamic_shared_memory_type: "mmap" };
let folders = 0;
const newFolder = () => join(scratch, `${++folders}`);

function recorder() {
  const events: string[] = [];
  const line = (event: string) => void events.push(event);
  return { events, log: { info: line, warn: line, error: line } };
}

const start = (dataDir: string, log = recorder().log) => startEmbeddedPostgres({ dataDir, log, settings: QUICK });

async function once(url: string, statement: string) {
  const sql = new SQL({ url, max: 1, connectionTimeout: 5, onclose: () => {} });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.close({ timeout: 0 });
  }
}

/** A process that starts the server as an engine does and then does nothing; prints one line when the server is there. */
async function startParent(dataDir: string): Promise<{ process: Bun.Subprocess; postgres: number; url: string }> {
  const code = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(join(import.meta.dir, "embedded.ts"))});
    const quiet = () => {};
    const options = { dataDir: ${JSON.stringify(dataDir)}, settings: ${JSON.stringify(QUICK)} };
    const server = await startEmbeddedPostgres({ ...options, log: { info: quiet, warn: quiet, error: quiet } });
    console.log(JSON.stringify({ postgres: server.pid, url: server.url }));
    setInterval(quiet, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "inherit", stdin: "ignore" });
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) return { process: child, ...JSON.parse(text) };
  }
  throw new Error(`The parent ended with ${await child.exited} before its server was there`);
}

test("the first start makes a server for this machine only, and a second one finds the data again", async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  try {
    const [facts] = await once(
      first.url,
      `select current_user as me, (select rolsuper from pg_roles where rolname = current_user) as super,
              current_setting('listen_addresses') as listens, current_setting('server_encoding') as encoding,
              (select datcollate || ' ' || datlocale from pg_database where datname = current_database()) as locale,
              current_setting('synchronous_commit') as commit`,
    );
    expect(facts).toEqual({
      me: "posthorn",
      super: false,
      listens: "127.0.0.1",
      encoding: "UTF8",
      locale: "C C.UTF-8",
      commit: "on",
    });
    expect(statSync(join(dataDir, "postgres.json")).mode & 0o777).toBe(0o600);
    expect(statSync(first.dir).mode & 0o777).toBe(0o700);
    await expect(once(first.url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toThrow(
      "password authentication failed",
    );
    await once(first.url, "create table public.kept (value int); insert into public.kept values (42)");
  } finally {
    await first.stop();
  }
  expect(processesIn(first.dir)).toEqual([]);
  const second = await start(dataDir);
  try {
    expect((await once(second.url, "select value from public.kept"))[0]).toEqual({ value: 42 });
  } finally {
    await second.stop();
    await second.stop(); // Stopping twice is fine.
  }
});

test("a server stands in a session of its own, so that Ctrl-C does not reach it before the engine has drained", async () => {
  const server = await start(newFolder());
  try {
    const session = (pid: number | string) =>
      Bun.spawnSync(["ps", "-o", "sid=", "-p", String(pid)])
        .stdout.toString()
        .trim();
    expect(session(server.pid ?? 0)).toBe(String(server.pid));
    expect(session(process.pid)).not.toBe(String(server.pid));
  } finally {
    await server.stop();
  }
});

test("kill -9 of the engine ends its server within seconds, and the next start has the data", async () => {
  const dataDir = newFolder();
  const parent = await startParent(dataDir);
  await once(parent.url, "create table public.kept (value int); insert into public.kept values (1)");
  parent.process.kill("SIGKILL");
  expect(await until(() => !isAlive(parent.postgres), 5_000)).toBe(true);
  const again = await start(dataDir);
  try {
    expect((await once(again.url, "select count(*)::int as rows from public.kept"))[0]).toEqual({ rows: 1 });
  } finally {
    await again.stop();
  }
});

test("a server that outlived its engine is recognised by its data and stopped before the next start", async () => {
  const dataDir = newFolder();
  const parent = await startParent(dataDir);
  const watchdog = Bun.spawnSync(["pgrep", "-f", `posthorn-watchdog ${parent.postgres}$`])
    .stdout.toString()
    .trim();
  signal(Number(watchdog), "SIGKILL");
  await until(() => !isAlive(Number(watchdog)), 5_000);
  parent.process.kill("SIGKILL");
  await parent.process.exited;
  expect(isAlive(parent.postgres)).toBe(true);
  const { events, log } = recorder();
  const again = await start(dataDir, log);
  try {
    expect(isAlive(parent.postgres)).toBe(false);
    expect((await once(again.url, "select 1 as one"))[0]).toEqual({ one: 1 });
    expect(events).toEqual(["postgres_orphan_stopped", "postgres_started"]);
  } finally {
    await again.stop();
  }
});

test("a stale postmaster.pid whose number another program has now is cleared, and that program left alone", async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  await first.stop();
  const bystander = Bun.spawn(["sleep", "60"]);
  try {
    writeFileSync(join(first.dir, "postmaster.pid"), `${bystander.pid}\n/elsewhere\n`);
    const second = await start(dataDir);
    await second.stop();
    expect(bystander.exitCode).toBeNull();
  } finally {
    bystander.kill();
  }
});

test("a second engine on the same data folder is refused, and told who holds it", async () => {
  const dataDir = newFolder();
  const parent = await startParent(dataDir);
  try {
    await expect(start(dataDir)).rejects.toMatchObject({
      fault: "in_use",
      message: expect.stringContaining(`(pid ${parent.process.pid})`),
    });
    expect((await once(parent.url, "select 1 as one"))[0]).toEqual({ one: 1 });
  } finally {
    parent.process.kill("SIGKILL");
    await until(() => !isAlive(parent.postgres), 10_000);
  }
});

test("a server that is killed while its engine lives comes back on the same port, and that is logged", async () => {
  const { events, log } = recorder();
  const server = await start(newFolder(), log);
  try {
    await once(server.url, "create table public.kept (value int); insert into public.kept values (1)");
    const killed = server.pid ?? 0;
    process.kill(killed, "SIGKILL");
    expect(await until(() => server.pid !== undefined && server.pid !== killed, 20_000)).toBe(true);
    expect((await once(server.url, "select value from public.kept"))[0]).toEqual({ value: 1 });
    expect(events).toEqual(["postgres_started", "postgres_died", "postgres_restarted"]);
  } finally {
    await server.stop();
  }
});

test("data of another major version is refused with what to do", async () => {
  const dataDir = newFolder();
  const server = await start(dataDir);
  await server.stop();
  writeFileSync(join(server.dir, "PG_VERSION"), "17\n");
  await expect(start(dataDir)).rejects.toMatchObject({
    fault: "other_version",
    message: expect.stringContaining("PostgreSQL 17"),
  });
});

test("lost passwords are made anew, and an interrupted first start is begun again", async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, "postgres.new-0badcafe"), { recursive: true });
  writeFileSync(join(dataDir, "postgres.new-0badcafe", "half"), "");
  const first = await start(dataDir);
  await first.stop();
  expect(existsSync(join(dataDir, "postgres.new-0badcafe"))).toBe(false);
  const before = readFileSync(join(dataDir, "postgres.json"), "utf8");
  unlinkSync(join(dataDir, "postgres.json"));
  unlinkSync(join(first.dir, "passwords-set"));
  const second = await start(dataDir);
  try {
    expect(readFileSync(join(dataDir, "postgres.json"), "utf8")).not.toBe(before);
    expect((await once(second.url, "select 1 as one"))[0]).toEqual({ one: 1 });
  } finally {
    await second.stop();
  }
});

const asRoot = process.getuid?.() === 0;
test.skipIf(!asRoot)(
  `as root, it runs as another account in a folder that only root may enter, with a space in its name${asRoot ? "" : " (skipped: not root)"}`,
  async () => {
    const closed = join(newFolder(), "only root");
    mkdirSync(join(closed, "my data"), { recursive: true });
    chmodSync(closed, 0o700);
    let server: EmbeddedPostgres | undefined;
    try {
      server = await start(join(closed, "my data"));
      expect(server.dir).toBe(join(closed, "my data", "postgres"));
      expect(statSync(server.dir).uid).not.toBe(0);
      expect((await once(server.url, "select 1 as one"))[0]).toEqual({ one: 1 });
      // The owner of the data could not get there by its path.
      const { uid, gid } = statSync(server.dir);
      expect(Bun.spawnSync(["/bin/ls", server.dir], { uid, gid, cwd: "/" }).exitCode).not.toBe(0);
    } finally {
      await server?.stop();
    }
  },
);
