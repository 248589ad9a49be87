import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiver, startEngine, testDatabase } from "#test";
import { apiOf, installation, openLedger } from "./kit/index.ts";

const MAIN = join(import.meta.dir, "../src/main.ts");

interface Finding {
  readonly check: string;
  readonly level: "ok" | "warn" | "fail";
  readonly is: string;
  readonly should?: string;
  readonly remedy?: string;
}

async function run(env: Readonly<Record<string, string>>, ...argv: string[]) {
  const child = Bun.spawn([process.execPath, "--no-env-file", "--no-install", MAIN, ...argv], {
    env: { PATH: process.env["PATH"] ?? "", HOME: tmpdir(), TMPDIR: tmpdir(), ...env },
    cwd: tmpdir(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, err, code: await child.exited };
}

async function doctor(env: Readonly<Record<string, string>>) {
  const { out, err, code } = await run(env, "doctor", "--json");
  if (!out.startsWith("[")) throw new Error(`The doctor ended with ${code}: ${out}${err}`);
  const findings: Finding[] = JSON.parse(out);
  const level = (check: string) => findings.find((finding) => finding.check === check)?.level;
  return {
    code,
    findings,
    level,
    text: out,
    of: (check: string) => findings.find((finding) => finding.check === check),
  };
}

test.concurrent("the doctor looks at a database beside its engines, and says what is wrong with the remedy", async () => {
  await using database = await testDatabase();
  const { env, start } = installation(database.url, { POSTHORN_LISTEN: "127.0.0.1:0" });
  await using engine = await start();
  const app = await apiOf(engine).app();
  await apiOf(engine).endpoint(app, { url: "https://example.com/hook" });
  const well = await doctor(env);
  // The server of the tests flushes nothing: that is what a doctor is for.
  expect(
    well.findings
      .filter(({ level }) => level === "fail")
      .map(({ check }) => check)
      .sort(),
  ).toEqual(["database.fsync", "database.full_page_writes", "database.synchronous_commit"]);
  expect(well.code).toBe(1);
  for (const check of ["database", "schema", "processes.version", "master_key", "partitions.event", "database.rights"])
    expect([check, well.level(check)]).toEqual([check, "ok"]);
  for (const { level, should, remedy } of well.findings)
    if (level !== "ok") expect([typeof should, typeof remedy]).toEqual(["string", "string"]);
  expect(well.text).not.toContain(new URL(database.url).password);

  const otherKey = await doctor({ ...env, POSTHORN_MASTER_KEY: randomBytes(32).toString("base64") });
  expect(otherKey.of("master_key")).toMatchObject({
    level: "fail",
    remedy: expect.stringContaining("POSTHORN_MASTER_KEY"),
  });

  await using ledger = openLedger(database.superuserUrl);
  await ledger.rows("update posthorn.process set version = '0.0.1'");
  await ledger.rows("delete from posthorn.migration where number = (select max(number) from posthorn.migration)");
  const drifted = await doctor(env);
  expect(drifted.level("processes.version")).toBe("warn");
  expect(drifted.level("schema")).toBe("warn");
}, 60_000);

test.concurrent("the doctor tells of flows that nobody runs and of tasks that nobody does", async () => {
  await using database = await testDatabase();
  const { env, start } = installation(database.url, {
    POSTHORN_LISTEN: "127.0.0.1:0",
    POSTHORN_ROLES: "api,delivery,upkeep",
  });
  await using engine = await start();
  const api = apiOf(engine);
  await api.app({ uid: "shop" });
  const well = await doctor(env);
  for (const check of ["processes.flows", "tasks.workers", "schedules.late"]) expect(well.level(check)).toBe("ok");

  const definition = { posthorn: 1, flow: "greet", steps: [{ id: "one", map: 1 }] };
  expect((await api.call("PUT", "/api/v1/app/shop/flow/greet", { definition })).status).toBe(201);
  expect((await api.call("POST", "/api/v1/app/shop/task", { name: "mail.send" })).status).toBe(202);
  await using ledger = openLedger(database.superuserUrl);
  await ledger.rows("update posthorn.task_owed set due_at = now() - interval '10 minutes'");
  const neglected = await doctor(env);
  expect(neglected.code).toBe(1);
  expect(neglected.of("processes.flows")).toMatchObject({
    level: "fail",
    is: expect.stringContaining("1 flow enabled"),
  });
  expect(neglected.of("tasks.workers")).toMatchObject({ level: "warn", is: expect.stringContaining('"mail.send"') });
}, 60_000);

test.concurrent("the doctor tells what keeps it from looking: settings, a server that is away, a wrong password", async () => {
  const faulty = await doctor({ POSTHORN_RETENTION: "ever" });
  expect(faulty).toMatchObject({ code: 1, findings: [{ check: "configuration", level: "fail" }] });
  await using database = await testDatabase();
  const secrets = { POSTHORN_API_TOKEN: "0123456789abcdef0", POSTHORN_MASTER_KEY: randomBytes(32).toString("base64") };
  const wrong = Object.assign(new URL(database.url), { password: "planted-wrong-password" }).href;
  for (const url of ["postgres://posthorn:planted-wrong-password@127.0.0.1:1/posthorn", wrong]) {
    const away = await doctor({ ...secrets, DATABASE_URL: url });
    expect(away.level("database")).toBe("fail");
    expect(away.code).toBe(1);
    expect(away.text).not.toContain("planted-wrong-password");
  }
}, 60_000);

test.concurrent("the embedded database is looked at while its engine runs and when it is stopped, and never made", async () => {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-doctor-"));
  try {
    const env = { POSTHORN_DATA: join(folder, "data"), POSTHORN_LISTEN: "127.0.0.1:0" };
    const fresh = await doctor(env);
    expect(fresh).toMatchObject({ code: 0 });
    expect(await readdir(folder)).toEqual([]);

    const engine = await startEngine({
      env: { ...env, POSTHORN_LOG_FORMAT: "json", POSTHORN_API_TOKEN: "", POSTHORN_MASTER_KEY: "" },
    });
    const running = await doctor(env);
    expect(running.findings.filter(({ level }) => level === "fail")).toEqual([]);
    expect(running.of("processes.version")?.is).toStartWith("1 of version");
    expect(running.of("descriptors")?.is).toContain(`pid ${engine.pid}`);
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
    expect(await engine.stop()).toBe(0);

    const stopped = await doctor(env);
    expect(stopped.findings.filter(({ level }) => level === "fail")).toEqual([]);
    expect(stopped.of("processes")?.is).toContain("none runs");
    // And the folder is free again.
    await using again = await startEngine({ env: { ...env, POSTHORN_API_TOKEN: "", POSTHORN_MASTER_KEY: "" } });
    expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 90_000);

test.concurrent("P8: a support bundle has no secret, no payload and no credential of a URL", async () => {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-bundle-"));
  try {
    await using database = await testDatabase();
    await using hook = receiver({ answer: { status: 500, body: "planted-answer" } });
    const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const port = probe.port;
    probe.stop(true);
    const { env, start } = installation(database.url, {
      POSTHORN_LISTEN: `127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=planted-header-value",
      POSTHORN_PUBLIC_URL: "https://hooks.example.com",
    });
    await using engine = await start();
    const api = apiOf(engine);
    const app = await api.app({ name: "planted-app", uid: "planted-uid" });
    const endpoint = await api.endpoint(app, {
      url: `${hook.url}/planted-path?key=planted-query`,
      retrySchedule: [60],
    });
    await api.call("PATCH", `/api/v1/app/${app}/endpoint/${endpoint}/headers`, {
      headers: { "X-Own": "planted-custom" },
    });
    const secret = (await api.call("GET", `/api/v1/app/${app}/endpoint/${endpoint}/secret`)).body.key;
    expect(secret).toStartWith("whsec_");
    await api.send(app, { payload: { card: "planted-payload" } });
    await hook.waitFor(1);
    const logFile = join(folder, "engine.log");
    await writeFile(
      logFile,
      `${engine.logs()}\n{"event":"x","url":"https://user:planted-password@example.com/planted-log-path?t=planted-log-query"}\nAuthorization: Bearer ${engine.token}\n`,
    );
    const out = join(folder, "bundle.tar.gz");
    const made = await run(env, "support-bundle", "--out", out, "--log", logFile);
    expect([made.code, made.err]).toEqual([0, ""]);
    const listed = Bun.spawnSync(["tar", "-tzf", out]).stdout.toString().trim().split("\n");
    expect(listed).toContainValues([
      "posthorn-support/doctor.json",
      "posthorn-support/settings.json",
      "posthorn-support/versions.json",
      "posthorn-support/database.json",
      "posthorn-support/engine.log",
      "posthorn-support/instance.json",
      "posthorn-support/readyz.json",
    ]);
    const text = Bun.spawnSync(["tar", "-xzOf", out]).stdout.toString();
    for (const kept of ['"event_type"', "POSTHORN_RETENTION", '"listening"', "127.0.0.1", "database.fsync"])
      expect(text).toContain(kept);
    const planted = [engine.token, env.POSTHORN_MASTER_KEY, new URL(database.url).password, secret.slice(6)];
    expect([...text.matchAll(/planted-[a-z-]+/g)].map(([word]) => word)).toEqual([]);
    expect(planted.filter((each) => text.includes(each))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
