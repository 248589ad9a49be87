import { expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, testDatabase } from "#test";
import { apiOf, installation, openLedger, until } from "./kit/index.ts";
import { openTail } from "./kit/tail.ts";

const events = (count: number) => Array.from({ length: count }, (_, n) => ({ payload: { n } }));

test("a tail shows events, attempts and rejections as they happen, each as the API names it", async () => {
  await using database = await testDatabase();
  await using engine = await installation(database.url).start();
  await using target = receiver();
  const api = apiOf(engine);
  const app = await api.app();
  const other = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url });
  await using all = await openTail(engine, "/api/v1/tail");
  await using one = await openTail(engine, `/api/v1/app/${other}/tail`);
  await using found = await openTail(engine, "/api/v1/tail?kinds=event&q=Special");
  const id = await api.send(app, { eventType: "order.placed" });
  await api.send(other, { eventType: "very.special" });
  const source = await api.call("POST", `/api/v1/app/${app}/source`, { preset: "stripe" });
  await fetch(source.body.url.replace(/^https?:\/\/[^/]+/, engine.url), { method: "POST", body: "{}" });
  await until("all of it was shown", () => all.items().length === 4);
  const of = (kind: string) => all.items().find((item) => item.kind === kind);
  expect(of("event")).toMatchObject({ appId: app, messageId: id, eventType: "order.placed", sourceId: null });
  expect(of("attempt")).toMatchObject({
    appId: app,
    messageId: id,
    endpointId: endpoint,
    eventType: "order.placed",
    outcome: "delivered",
    status: 200,
    settledAs: "delivered",
    number: 1,
  });
  expect(of("rejection")).toMatchObject({ appId: app, sourceId: source.body.id });
  await until("the others have theirs", () => one.items().length === 1 && found.items().length === 1);
  expect(one.items()[0].appId).toBe(other);
  expect(found.items()[0].eventType).toBe("very.special");
  const foreign = await api.call("POST", "/api/v1/api-key", { name: "one", role: "viewer", appId: other });
  // P8: a token of one application sees that one, and nothing tells it that there are others.
  expect((await openTail(engine, `/api/v1/app/${app}/tail`, foreign.body.token)).status).toBe(404);
  await using own = await openTail(engine, `/api/v1/app/${other}/tail`, foreign.body.token);
  expect(own.status).toBe(200);
  expect((await openTail(engine, "/api/v1/tail?kinds=everything")).status).toBe(422);
}, 30_000);

test("P12: tails end when the process leaves, and do not hold it", async () => {
  await using database = await testDatabase();
  await using engine = await installation(database.url).start();
  await using tail = await openTail(engine, "/api/v1/tail");
  const beganAt = performance.now();
  expect(await engine.stop()).toBe(0);
  await tail.ended;
  expect(tail.events.at(-1)).toBe("bye");
  expect(performance.now() - beganAt).toBeLessThan(10_000);
}, 30_000);

test("P7: a reader that does not read costs a bounded memory, and is told what it missed; and only so many may watch", async () => {
  await using database = await testDatabase();
  await using engine = await installation(database.url).start();
  const api = apiOf(engine);
  const app = await api.app();
  const over = new AbortController();
  const response = await fetch(`${engine.url}/api/v1/tail?kinds=event`, {
    headers: { authorization: `Bearer ${engine.token}` },
    signal: over.signal,
  });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error("The tail has no body.");
  await reader.read();
  // What the kernel's buffers take is sent all the same; far more than that is not.
  const total = 60_000;
  for (let sent = 0; sent < total; sent += 5_000) {
    await Promise.all(Array.from({ length: 5 }, () => api.sendMany(app, events(1_000))));
  }
  const decoder = new TextDecoder();
  let text = "";
  let shown = 0;
  let skipped = 0;
  while (shown + skipped < total) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const data = /^event: batch\ndata: (.*)$/m.exec(part)?.[1];
      if (data === undefined) continue;
      const batch = JSON.parse(data);
      shown += batch.items.length;
      skipped += batch.skipped.events;
    }
  }
  expect(shown + skipped).toBe(total);
  expect(skipped).toBeGreaterThan(total / 4);
  over.abort();
  await until("the tail was closed", async () => {
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    return /^posthorn_tail_readers 0$/m.test(metrics);
  });
  const many = [];
  for (let i = 0; i < 10; i++) many.push(await openTail(engine, "/api/v1/tail"));
  const refused = await api.call("GET", "/api/v1/tail");
  expect([refused.status, refused.body.code]).toEqual([429, "too_many_tails"]);
  for (const tail of many) await tail[Symbol.asyncDispose]();
}, 60_000);

test("a tail of one process shows what happens in another; and when nobody watches, nothing is written", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using target = receiver();
  const fleet = installation(database.url);
  await using door = await fleet.start({ POSTHORN_ROLES: "ingest,api" });
  await using worker = await fleet.start({ POSTHORN_ROLES: "delivery,upkeep" });
  const api = apiOf(door);
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url });
  await api.send(app);
  await target.waitFor(1);
  expect(worker.pid).not.toBe(door.pid);
  const bundles = async () => (await ledger.rows("select count(*)::int as n from posthorn.tail_bundle"))[0].n;
  const watches = async () => (await ledger.rows("select count(*)::int as n from posthorn.tail_watch"))[0].n;
  expect([await bundles(), await watches()]).toEqual([0, 0]);
  {
    await using tail = await openTail(door, "/api/v1/tail?kinds=attempt");
    await until("the others know that somebody watches", async () => (await watches()) === 1);
    const seen = await until("an attempt of the other process was shown", async () => {
      await api.send(app);
      await Bun.sleep(100);
      return tail.items()[0];
    });
    expect(seen).toMatchObject({ endpointId: endpoint, outcome: "delivered", eventType: "test.happened" });
    const total = tail.items().length;
    await api.sendMany(app, events(500));
    await until("all of them were shown, each once", () => {
      const ids = new Set(tail.items().map(({ attemptId }) => attemptId));
      expect(ids.size).toBe(tail.items().length);
      return ids.size + tail.skipped() >= total + 500;
    });
  }
  await until("nobody watches any more", async () => (await watches()) === 0 && (await bundles()) === 0);
  await api.send(app);
  await until("it arrived", () => target.requests.length >= 502);
  expect(await bundles()).toBe(0);
  expect(parsePublicId("ep", endpoint)).toBeDefined();
}, 60_000);

test("P7: asking for the head of a tail opens none", async () => {
  await using database = await testDatabase();
  await using engine = await installation(database.url).start();
  const headers = { authorization: `Bearer ${engine.token}` };
  for (let i = 0; i < 12; i++) {
    const head = await fetch(`${engine.url}/api/v1/tail`, { method: "HEAD", headers });
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  }
  await using tail = await openTail(engine, "/api/v1/tail");
  expect(tail.status).toBe(200);
}, 30_000);
