import { expect, test } from "bun:test";
import { freshServer, type Receiver, receiver, type TestEngine, testDatabase } from "#test";
import { apiOf, flowsOf, installation, openLedger, proxyTo, until } from "./kit/index.ts";
import { flowStorm } from "./scenarios/flows-storm.ts";

/** Remembers, asks, tells. */
const asking = (shop: Receiver, more: object = {}) => ({
  posthorn: 1,
  flow: "asking",
  steps: [
    { id: "note", map: { $: "input" }, durable: true },
    {
      id: "ask",
      http: { method: "POST", url: `${shop.url}/ask`, body: { $: "steps.note" } },
      retry: { attempts: 20, wait: "50ms", max: "500ms" },
      ...more,
    },
    { id: "tell", emit: { type: "was.told", data: { $: "steps.note" } } },
    { id: "end", map: { $: "steps.ask.body" }, durable: true },
  ],
  output: { $: "steps.end" },
});
const json = (body: unknown) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const keysOf = (shop: Receiver) =>
  Map.groupBy(shop.requests, (request) => request.text())
    .values()
    .map((all) => new Set(all.map((one) => one.header("idempotency-key"))).size);

test.concurrent("P2 P3 P4: random flows on two engines that are killed in turn end as the reference says", async () => {
  await using database = await testDatabase();
  const { violations, seen } = await flowStorm({
    installation: installation(database.url),
    ledgerUrl: database.url,
    seed: 20_260_602,
    flows: 60,
    wave: 60,
    waves: 1,
    engines: 2,
    killEveryMs: 3_000,
    killsMax: 3,
  });
  console.log(`Two engines: ${JSON.stringify(seen)}`);
  expect(violations).toEqual([]);
  expect(seen["kills"]).toBeGreaterThan(0);
}, 240_000);

test.concurrent("P2: what a killed engine had in hand is asked again by another within five seconds, under the same key", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.url);
  await using shop = receiver({ answer: (_, index) => (index < 5 ? "never" : json("second")) });
  const house = installation(database.url);
  await using a = await house.start();
  await using b = await house.start();
  const api = apiOf(b);
  const flows = flowsOf(() => api, await api.app(), ledger);
  await flows.put(asking(shop));
  // Half of the runs may have begun where they were not started.
  for (let n = 0; n < 5; n++) await flows.start("asking", n);
  await shop.waitFor(5);
  const first = shop.requests.map((request) => request.header("idempotency-key")).sort();
  const [row] = await ledger.rows(
    "select p.name from posthorn.run_leased r join posthorn.process p on p.token = r.owner limit 1",
  );
  const owner = [a, b].find(({ pid }) => String(row.name).endsWith(`:${pid}`));
  if (owner === undefined) throw new Error(`No engine is ${row.name}.`);
  const heir = owner === a ? b : a;
  const killedAt = performance.now();
  owner.kill("SIGKILL");
  const again = await shop.waitFor(10);
  expect((again[9]?.atMs ?? 0) - killedAt).toBeLessThan(5_000);
  expect(
    again
      .slice(5)
      .map((request) => request.header("idempotency-key"))
      .sort(),
  ).toEqual(first);
  const runs = await flowsOf(() => apiOf(heir), "", ledger).live();
  expect(runs).toBeLessThanOrEqual(5);
  await until("all have ended", async () => (await flows.live()) === 0);
  const ended = await flows.ended("asking");
  expect(ended.map(({ state, result }) => [state, result])).toEqual(Array(5).fill(["completed", "second"]));
  expect((await flows.emitted("was.told")).sort()).toEqual([0, 1, 2, 3, 4]);
}, 60_000);

test.concurrent("P3: an engine that slept beyond its lease changes nothing of the runs that others took over", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.url);
  const late = Promise.withResolvers<void>();
  await using shop = receiver({
    answer: async (_, index) => {
      if (index < 10) await late.promise;
      return json(index < 10 ? "of the sleeper" : "of the heir");
    },
  });
  const house = installation(database.url);
  await using sleeper = await house.start();
  const api = apiOf(sleeper);
  const app = await api.app();
  const flows = flowsOf(() => api, app, ledger);
  await flows.put(asking(shop));
  await Promise.all(Array.from({ length: 10 }, (_, n) => flows.start("asking", n)));
  await shop.waitFor(10);
  await using _heir = await house.start();
  sleeper.kill("SIGSTOP");
  let before: string[][];
  try {
    await flows.waitFor("asking", 10);
    before = await Promise.all((await flows.ended("asking")).map(({ id }) => flows.journal(id)));
    late.resolve();
  } finally {
    sleeper.kill("SIGCONT");
  }
  await sleeper.waitForEvent("lease_lost");
  // It goes on, under a new lease: what it does now counts.
  const next = await flows.start("asking", 10);
  await flows.waitFor("asking", 11);
  const ended = await flows.ended("asking");
  expect(ended.map(({ state, result }) => [state, result])).toEqual(Array(11).fill(["completed", "of the heir"]));
  const after = await Promise.all(ended.filter(({ id }) => id !== next).map(({ id }) => flows.journal(id)));
  expect(after).toEqual(before);
  expect((await flows.emitted("was.told")).length).toBe(11);
}, 60_000);

test.concurrent("P1 P2: runs under way when PostgreSQL is killed, and when it stands still, end once it is back, each effect once", async () => {
  await using server = await freshServer();
  await using ledger = openLedger(server.url);
  await using shop = receiver({
    answer: async (request) => {
      await Bun.sleep(20);
      return json(JSON.parse(request.text()));
    },
  });
  const house = installation(server.url);
  await using engine = await house.start();
  const api = apiOf(engine);
  const flows = flowsOf(() => api, await api.app(), ledger);
  await flows.put(asking(shop));
  const begin = async (from: number) => {
    for (let n = from; n < from + 100; n += 10)
      await Promise.all(Array.from({ length: 10 }, (_, i) => flows.start("asking", n + i)));
  };
  await begin(0);
  await server.kill();
  await server.restart();
  await flows.waitFor("asking", 100, 30_000);
  await begin(100);
  server.pause();
  // Longer than a statement may take and than a lease lasts.
  await until("the engine noticed", async () => (await api.call("GET", "/readyz")).status !== 200);
  server.resume();
  const ended = await flows.waitFor("asking", 200, 40_000);
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
  const all = Array.from({ length: 200 }, (_, n) => n);
  expect(ended.map(({ result }) => result).sort((x, y) => x - y)).toEqual(all);
  expect(((await flows.emitted("was.told")) as number[]).sort((x, y) => x - y)).toEqual(all);
  expect([...keysOf(shop)]).toEqual(Array(200).fill(1));
  expect(await flows.live()).toBe(0);
}, 120_000);

test.concurrent("P1: a commit of runs whose answer was lost is found out about: nothing is lost, nothing done twice", async () => {
  await using database = await testDatabase();
  await using proxy = proxyTo(Number(new URL(database.url).port));
  await using ledger = openLedger(database.url);
  await using shop = receiver({ answer: (request) => json(request.text()) });
  const house = installation(Object.assign(new URL(database.url), { port: proxy.port }).href);
  await using engine = await house.start();
  const api = apiOf(engine);
  const flows = flowsOf(() => api, await api.app(), ledger);
  const definition = asking(shop);
  const steps = definition.steps.map((step) =>
    "emit" in step ? { ...step, emit: { type: { $: "input" }, data: { $: "steps.note" } } } : step,
  );
  await flows.put({ ...definition, steps });
  await flows.start("asking", "was.heard");
  await flows.waitFor("asking", 1);
  const started = Array.from({ length: 8 }, () => flows.start("asking", "never.heard"));
  await Promise.all(started);
  proxy.loseAnswersTo("never.heard");
  const more = Promise.allSettled(Array.from({ length: 8 }, () => flows.start("asking", "never.heard")));
  await until("a commit was made whose answer is lost", async () => (await flows.live()) > 0);
  proxy.cut();
  await more;
  await until("all have ended", async () => (await flows.live()) === 0, 40_000);
  const ended = await flows.ended("asking");
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
  expect((await flows.emitted("never.heard")).length).toBe(ended.length - 1);
  for (const { id } of ended)
    expect(await flows.journal(id)).toEqual([
      "completed note 1",
      "completed ask 1",
      "completed tell 1",
      "completed end 1",
    ]);
}, 90_000);

test.concurrent("P12: engines replaced one after the other under load lose no run, do nothing twice, and record what was under way", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.url);
  await using shop = receiver({
    answer: async (request) => {
      await Bun.sleep(30);
      return json(JSON.parse(request.text()));
    },
  });
  const house = installation(database.url);
  const engines: TestEngine[] = [await house.start(), await house.start()];
  try {
    const last = () => engines.at(-1) as TestEngine;
    const app = await apiOf(last()).app();
    const flows = flowsOf(() => apiOf(last()), app, ledger);
    await flows.put(asking(shop));
    let n = 0;
    const codes: number[] = [];
    const load = async (most: number) => {
      for (; n < most; ) {
        const batch = Array.from({ length: 5 }, () => n++);
        await Promise.all(batch.map((one) => flows.start("asking", one)));
      }
    };
    for (let round = 1; round <= 3; round++) {
      engines.push(await house.start());
      const loading = load(round * 60);
      await shop.waitFor((round - 1) * 60 + 20);
      const leaving = engines.shift() as TestEngine;
      codes.push(await leaving.stop());
      await loading;
    }
    const ended = await flows.waitFor("asking", n, 30_000);
    expect(codes).toEqual([0, 0, 0]);
    expect(ended.length).toBe(n);
    const all = Array.from({ length: n }, (_, i) => i);
    expect(ended.map(({ result }) => result).sort((x, y) => x - y)).toEqual(all);
    expect(((await flows.emitted("was.told")) as number[]).sort((x, y) => x - y)).toEqual(all);
    // Each request on the wire is a recorded attempt: nothing was killed, so the numbers agree.
    const [row] = await ledger.rows(
      "select count(*)::int as n from posthorn.run_step where path = 'ask' and kind in ('completed', 'failed')",
    );
    expect(shop.requests.length).toBeLessThanOrEqual(row.n);
    expect([...keysOf(shop)]).toEqual(Array(n).fill(1));
  } finally {
    for (const engine of engines) engine.kill();
    await Promise.all(engines.map((engine) => engine.exited));
  }
}, 90_000);

test.concurrent("a run whose event was erased while it waited fails alone and says so; its queue goes on", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.url);
  await using engine = await installation(database.url).start();
  const api = apiOf(engine);
  const app = await api.app();
  const flows = flowsOf(() => api, app, ledger);
  await flows.put({
    posthorn: 1,
    flow: "waits",
    on: [{ event: "has.come" }],
    steps: [
      { id: "rest", wait_for_event: { type: "go.on" } },
      { id: "end", map: { $: "event.data.n" }, durable: true },
    ],
    output: { $: "steps.end" },
  });
  await api.sendMany(
    app,
    [1, 2, 3].map((n) => ({ eventType: "has.come", payload: { n } })),
  );
  const waiting = () => ledger.rows("select id from posthorn.run_waiting where waiting_for = 'event' order by id");
  await until("three runs wait", async () => (await waiting()).length === 3);
  await ledger.rows(
    "update posthorn.event set payload = null where id = (select event_id from posthorn.run_waiting order by id limit 1)",
  );
  await api.send(app, { eventType: "go.on" });
  const ended = await flows.waitFor("waits", 3);
  expect(ended.map(({ state }) => state)).toEqual(["failed", "completed", "completed"]);
  // What it would have looked at is not there any more.
  expect(ended[0]?.result).toMatchObject({ class: "invalid", path: "end" });
}, 60_000);
