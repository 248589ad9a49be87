import { expect, test } from "bun:test";
import { receiver, testDatabase } from "#test";
import { apiOf, installation, proxyTo, until } from "./kit/index.ts";

test.concurrent("an instance tells its versions, schema and settings, and no secret; its log level changes while it runs", async () => {
  await using database = await testDatabase();
  const { env, start } = installation(database.url, { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20planted-1" });
  await using engine = await start();
  const api = apiOf(engine);
  const { body, headers, status } = await api.call("GET", "/api/v1/instance");
  expect(status).toBe(200);
  expect(headers.get("posthorn-process")).toBe(body.process);
  expect(body.process).toEndWith(`:${engine.pid}`);
  expect(body.schema[0]).toMatchObject({ number: 1, name: "0001_spine" });
  expect(body.postgres).toMatchObject({ embedded: false, version: expect.stringMatching(/^18/) });
  expect(body.postgres.settings).toMatchObject({ fsync: "off", server_encoding: "UTF8" });
  expect(body.retention).toEqual({ days: 90 });
  expect(body.log).toEqual({ level: "info" });
  const setting = (name: string) => body.settings.find((each: { name: string }) => each.name === name);
  expect(setting("POSTHORN_DATABASE_POOL")).toMatchObject({ value: "4", source: "environment" });
  expect(setting("POSTHORN_RETENTION")).toMatchObject({ value: "90d", source: "default" });
  expect(setting("POSTHORN_MASTER_KEY")).toMatchObject({ value: "[secret]" });
  const text = JSON.stringify(body);
  for (const secret of [
    env.POSTHORN_MASTER_KEY,
    engine.token,
    database.url,
    new URL(database.url).password,
    "planted-1",
  ])
    expect(text).not.toContain(secret);

  const patched = await api.call("PATCH", "/api/v1/instance", { logLevel: "debug" });
  expect(patched.body).toMatchObject({ process: body.process });
  expect(patched.body.log).toEqual({ level: "debug" });
  await engine.waitForEvent("log_level_changed");
  expect((await api.call("GET", "/api/v1/instance")).body.log).toEqual({ level: "debug" });
  expect((await api.call("PATCH", "/api/v1/instance", { logLevel: "loud" })).status).toBe(422);
  for (const level of ["trace", "info"]) {
    engine.kill("SIGUSR2");
    await until(`a signal set ${level}`, () => engine.events("log_level_changed").at(-1)?.["logLevel"] === level);
  }
}, 30_000);

test.concurrent("P12: probes tell why a process is not ready, whatever role it plays, and go on answering", async () => {
  await using database = await testDatabase();
  await using proxy = proxyTo(Number(new URL(database.url).port));
  const url = Object.assign(new URL(database.url), { port: String(proxy.port) }).href;
  const { start } = installation(url, { POSTHORN_SHUTDOWN_DELAY: "2s" });
  await using engine = await start({ POSTHORN_ROLES: "delivery" });
  const ask = async (path: string) => {
    const response = await fetch(`${engine.url}${path}`);
    const body = await response.json();
    return { status: response.status, body, codes: (body.reasons ?? []).map(({ code }: { code: string }) => code) };
  };
  expect(await ask("/readyz")).toMatchObject({ status: 200, body: { ready: true } });
  expect(await ask("/startupz")).toMatchObject({ status: 200, body: { started: true } });
  proxy.refuse();
  await until("the database was missed", async () => (await ask("/readyz")).codes.includes("database_unavailable"));
  expect(await ask("/livez")).toMatchObject({ status: 200, body: { alive: true } });
  proxy.pass();
  await until("it was found again", async () => (await ask("/readyz")).status === 200);
  engine.kill("SIGTERM");
  await until("it was leaving", async () => (await ask("/readyz")).codes.includes("draining"));
  expect((await ask("/readyz")).status).toBe(503);
  expect((await ask("/livez")).status).toBe(200);
  expect((await ask("/startupz")).status).toBe(200);
  expect(await engine.exited).toBe(0);
}, 30_000);

test.concurrent("a failing request names itself in the log, with the trace it was part of", async () => {
  await using database = await testDatabase();
  await using _ = receiver();
  await using proxy = proxyTo(Number(new URL(database.url).port));
  const url = Object.assign(new URL(database.url), { port: String(proxy.port) }).href;
  await using engine = await installation(url).start();
  proxy.refuse();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const answer = await apiOf(engine).call("GET", "/api/v1/app", undefined, {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
  });
  expect(answer.status).toBe(503);
  const line = await engine.waitForEvent("api_answered_5xx");
  expect(line).toMatchObject({ requestId: answer.headers.get("posthorn-request-id"), trace_id: traceId });
}, 30_000);
