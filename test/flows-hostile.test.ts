import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Receiver, receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import {
  apiOf,
  type FlowClient,
  flowsOf,
  installation,
  type Ledger,
  openLedger,
  residentBytes,
  type TestApi,
  until,
} from "./kit/index.ts";

// What people may do to the engine with a flow, by mistake or on purpose.

let database: TestDatabase;
let ledger: Ledger;
let engine: TestEngine;
let shop: Receiver;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  ledger = openLedger(database.url);
  shop = receiver();
  engine = await installation(database.url).start();
  api = apiOf(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const flowsOfNewApp = async (): Promise<FlowClient & { readonly app: string }> => {
  const app = await api.app();
  return { ...flowsOf(() => api, app, ledger), app };
};
const MB = 1024 * 1024;

describe("sizes", () => {
  test("P7: an answer of 100 MB, and a program that returns 100 MB, fail their steps by their size; memory stays bounded", async () => {
    const flows = await flowsOfNewApp();
    const chunk = "x".repeat(MB);
    shop.answer({
      stream: async (send) => {
        await send(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${100 * MB}\r\n\r\n`);
        for (let i = 0; i < 100; i++) await send(chunk);
      },
    });
    const before = residentBytes(engine.pid);
    await flows.put({ posthorn: 1, flow: "huge", steps: [{ id: "get", http: { url: `${shop.url}/huge` } }] });
    await flows.put({
      posthorn: 1,
      flow: "long",
      steps: [{ id: "make", code: "return 'x'.repeat(100 * 1024 * 1024);" }],
    });
    await flows.start("huge");
    await flows.start("long");
    expect((await flows.waitFor("huge", 1))[0]).toMatchObject({
      state: "failed",
      result: { code: "response_too_large" },
    });
    expect((await flows.waitFor("long", 1))[0]).toMatchObject({ state: "failed", result: { path: "make" } });
    expect(residentBytes(engine.pid) - before).toBeLessThan(100 * MB);
  }, 60_000);

  test("P7: a loop over a million items is refused by their number", async () => {
    const flows = await flowsOfNewApp();
    await flows.put({
      posthorn: 1,
      flow: "million",
      steps: [
        { id: "list", timeout: "10s", code: "return new Array(1000000).fill(0);" },
        { id: "all", for_each: "steps.list", do: [{ id: "one", map: 1 }] },
      ],
    });
    await flows.start("million");
    expect((await flows.waitFor("million", 1))[0]).toMatchObject({
      state: "failed",
      result: { code: "too_many_items", path: "all" },
    });
  }, 30_000);

  test("P7: an expression that never stops working is stopped, and others go on meanwhile", async () => {
    const flows = await flowsOfNewApp();
    const nested = "input.all(a, input.all(b, input.all(c, input.all(d, input.all(e, a + b + c + d + e >= 0.0)))))";
    const doubled = Array.from({ length: 40 }, (_, i) => ({
      id: `s${i}`,
      map: { $: i === 0 ? "'x'" : `steps.s${i - 1} + steps.s${i - 1}` },
    }));
    await flows.put({ posthorn: 1, flow: "bomb", steps: [{ id: "count", map: { $: nested } }] });
    await flows.put({ posthorn: 1, flow: "doubling", steps: doubled });
    await flows.put({ posthorn: 1, flow: "small", steps: [{ id: "one", map: 1, durable: true }] });
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    await flows.start("bomb", numbers);
    await flows.start("doubling");
    for (let i = 0; i < 5; i++) await flows.start("small");
    await flows.waitFor("small", 5);
    expect((await flows.waitFor("bomb", 1))[0]).toMatchObject({
      state: "failed",
      result: { class: "invalid", path: "count" },
    });
    expect((await flows.waitFor("doubling", 1))[0]).toMatchObject({ state: "failed", result: { class: "invalid" } });
  }, 30_000);

  test("P7: a definition that is too large, too deep or too long is refused with what is wrong", async () => {
    const { app } = await flowsOfNewApp();
    const deep = (levels: number): object[] =>
      // biome-ignore lint/suspicious/noThenProperty: the language calls it so.
      levels === 0 ? [{ id: "end", map: 1 }] : [{ id: `l${levels}`, if: "true", then: deep(levels - 1) }];
    const refused = [
      { posthorn: 1, flow: "deep", steps: deep(200) },
      { posthorn: 1, flow: "long", steps: Array.from({ length: 501 }, (_, i) => ({ id: `s${i}`, map: 1 })) },
      { posthorn: 1, flow: "wide", steps: [{ id: "a", map: { $: `${"(".repeat(5_000)}1${")".repeat(5_000)}` } }] },
    ];
    for (const definition of refused) {
      const answer = await api.call("PUT", `/api/v1/app/${app}/flow/${definition.flow}`, { definition });
      expect([definition.flow, answer.status]).toEqual([definition.flow, 422]);
    }
  });
});

test("P8: programs that try to get out find nothing, and fail or come back empty-handed", async () => {
  const flows = await flowsOfNewApp();
  const attempts = [
    "return typeof process + typeof Bun + typeof require + typeof fetch + typeof Deno;",
    "return typeof (() => {}).constructor('return this')().process;",
    "return typeof input.constructor.constructor('return globalThis.Bun')();",
    "return await import('node:fs');",
    "return import.meta;",
    "while (true) {}",
    "const all = []; while (true) all.push(new Array(1e6).fill(1));",
    "return (function f() { return f(); })();",
    "throw { get message() { return globalThis.process; } };",
  ];
  await flows.put({
    posthorn: 1,
    flow: "echo",
    steps: [{ id: "x", code: "return 'still here';" }],
    output: { $: "steps.x" },
  });
  for (const [i, code] of attempts.entries()) {
    await flows.put({
      posthorn: 1,
      flow: `escape-${i}`,
      steps: [{ id: "x", code, input: {} }],
      output: { $: "steps.x" },
    });
    await flows.start(`escape-${i}`);
  }
  for (const [i] of attempts.entries()) {
    const [run] = await flows.waitFor(`escape-${i}`, 1);
    if (run?.state === "completed") expect(String(run.result)).toMatch(/^(undefined)+$/);
    else expect(run?.state).toBe("failed");
  }
  await flows.start("echo");
  expect((await flows.waitFor("echo", 1))[0]?.result).toBe("still here");
}, 60_000);

describe("flows that start each other", () => {
  test("by what they emit are stopped at depth 16, and the last says which flows they are", async () => {
    const flows = await flowsOfNewApp();
    const pair = (flow: string, on: string, type: string) => ({
      posthorn: 1,
      flow,
      on: [{ event: on }],
      steps: [{ id: "tell", emit: { type, data: {} } }],
    });
    await flows.put(pair("ping", "to.ping", "to.pong"));
    await flows.put(pair("pong", "to.pong", "to.ping"));
    await api.send(flows.app, { eventType: "to.ping" });
    await until("the cycle was cut", async () =>
      [...(await flows.ended("ping")), ...(await flows.ended("pong"))].some(({ state }) => state === "failed"),
    );
    await until("nothing goes on", async () => (await flows.live()) === 0);
    const all = [...(await flows.ended("ping")), ...(await flows.ended("pong"))];
    const failed = all.filter(({ state }) => state === "failed");
    expect(failed.length).toBe(1);
    expect(failed[0]?.result).toMatchObject({ code: "flow_cycle" });
    expect(failed[0]?.result.message).toStartWith("17 runs led to this one, and at most 16 may: ");
    expect(failed[0]?.result.message).toContain("ping");
    expect(failed[0]?.result.message).toContain("pong");
    expect(Math.max(...all.map(({ depth }) => depth))).toBe(17);
    expect(all.length).toBe(18);
  }, 30_000);

  test("by how they end are stopped likewise", async () => {
    const flows = await flowsOfNewApp();
    const pair = (flow: string, other: string) => ({
      posthorn: 1,
      flow,
      on: [{ run: other, state: ["completed"] }],
      steps: [{ id: "note", map: 1, durable: true }],
    });
    await flows.put({ posthorn: 1, flow: "tick", steps: [{ id: "note", map: 1 }] });
    await flows.put(pair("tock", "tick"));
    await flows.put(pair("tick", "tock"));
    // The very next end is heard.
    await flows.start("tick");
    await until("the cycle was cut", async () =>
      [...(await flows.ended("tick")), ...(await flows.ended("tock"))].some(({ state }) => state === "failed"),
    );
    await until("nothing goes on", async () => (await flows.live()) === 0);
    const all = [...(await flows.ended("tick")), ...(await flows.ended("tock"))];
    const failed = all.filter(({ state }) => state === "failed");
    expect(failed.map(({ result, depth }) => `${result.code} ${depth}`)).toEqual(["flow_cycle 17"]);
    expect(Math.max(...all.map(({ depth }) => depth))).toBe(17);
    expect(all.length).toBe(18);
  }, 60_000);
});

describe("cancelling", () => {
  test("ends a run at whatever step it is, undoes what was done, and leaves nothing behind", async () => {
    const flows = await flowsOfNewApp();
    shop.answer((request) => (request.target.startsWith("/stuck") ? "never" : { status: 503 }));
    const step: Readonly<Record<string, object>> = {
      http: { http: { url: `${shop.url}/stuck/read` } },
      write: { effect: "write", http: { method: "POST", url: `${shop.url}/stuck/write` } },
      code: { timeout: "10s", code: "while (true) {}" },
      task: { task: { name: "nobody-does-it" } },
      wait: { wait: { for: "1h" } },
      event: { wait_for_event: { type: "never.comes" } },
      approval: { approve: { title: "Nobody does" } },
      call: { call: { flow: "sleeps" } },
      loop: { for_each: "[1, 2, 3]", parallel: 3, do: [{ id: "each", wait: { for: "1h" } }] },
      branches: { parallel: { a: [{ id: "wa", wait: { for: "1h" } }], b: [{ id: "wb", task: { name: "nobody" } }] } },
      retry: {
        http: { url: `${shop.url}/busy` },
        retry: { attempts: 50, wait: "1h" },
      },
    };
    await flows.put({ posthorn: 1, flow: "sleeps", steps: [{ id: "w", wait: { for: "1h" } }] });
    const before = {
      id: "before",
      map: 1,
      durable: true,
      compensate: [{ id: "undo", emit: { type: "was.undone", data: { $: "run.flow" } } }],
    };
    const runs = new Map<string, string>();
    for (const [kind, body] of Object.entries(step)) {
      await flows.put({ posthorn: 1, flow: `at-${kind}`, steps: [before, { id: "stuck", ...body }] });
      runs.set(kind, await flows.start(`at-${kind}`));
    }
    for (const [kind, run] of runs) {
      await until(`${kind} has begun`, async () => (await flows.journal(run)).includes("completed before 1"));
      expect([kind, ...(await flows.ended(`at-${kind}`))]).toEqual([kind]);
      await flows.cancel(run, `at ${kind}`);
    }
    for (const kind of runs.keys()) {
      const [ended] = await flows.waitFor(`at-${kind}`, 1);
      expect([kind, ended?.state, ended?.result]).toEqual([kind, "cancelled", `at ${kind}`]);
    }
    expect((await flows.emitted("was.undone")).sort()).toEqual([...runs.keys()].map((kind) => `at-${kind}`).sort());
    // The run that it called goes with it.
    expect((await flows.waitFor("sleeps", 1))[0]?.state).toBe("cancelled");
    await until("no row of theirs is left", async () => {
      const [row] = await ledger.rows(
        `select ((select count(*) from posthorn.run_leased) + (select count(*) from posthorn.run_waiting) + (select count(*) from posthorn.task_owed)
                 + (select count(*) from posthorn.flow_wait) + (select count(*) from posthorn.flow_approval where approved is null))::int as n`,
      );
      return row.n === 0;
    });
  }, 60_000);

  test("again and again while it compensates changes nothing: each is undone once, last first", async () => {
    const flows = await flowsOfNewApp();
    const undone = (of: string) => [
      { id: `rest_${of}`, wait: { for: "100ms" } },
      { id: `undo_${of}`, emit: { type: "was.undone", data: of } },
    ];
    await flows.put({
      posthorn: 1,
      flow: "undoing",
      steps: [
        ...["a", "b", "c"].map((id) => ({ id, map: 1, durable: true, compensate: undone(id) })),
        { id: "stuck", wait: { for: "1h" } },
      ],
    });
    const run = await flows.start("undoing");
    await until("it waits", async () => (await flows.journal(run)).includes("waiting stuck 1"));
    for (let i = 0; i < 5; i++) await flows.cancel(run, "first").catch(() => undefined);
    const [ended] = await flows.waitFor("undoing", 1);
    expect([ended?.state, ended?.result]).toEqual(["cancelled", "first"]);
    expect(await flows.emitted("was.undone")).toEqual(["c", "b", "a"]);
  }, 30_000);
});

test.each(["finish", "migrate", "cancel"] as const)(
  "a version deployed while runs wait: %s",
  async (running) => {
    const flows = await flowsOfNewApp();
    const definition = (last: string) => ({
      posthorn: 1,
      flow: "moving",
      steps: [
        { id: "first", map: 1, durable: true },
        { id: "rest", wait_for_event: { type: "go.on" } },
        { id: "last", map: last, durable: true },
      ],
      output: { $: "steps.last" },
    });
    await flows.put(definition("old"));
    for (let i = 0; i < 5; i++) await flows.start("moving");
    const waiting = () => ledger.rows("select from posthorn.run_waiting where waiting_for = 'event'");
    await until("they wait", async () => (await waiting()).length === 5);
    await flows.put(definition("new"), { running });
    if (running === "cancel") {
      expect((await flows.waitFor("moving", 5)).map(({ state }) => state)).toEqual(Array(5).fill("cancelled"));
      return;
    }
    await api.send(flows.app, { eventType: "go.on" });
    const word = running === "finish" ? "old" : "new";
    expect((await flows.waitFor("moving", 5)).map(({ result }) => result)).toEqual(Array(5).fill(word));
  },
  30_000,
);

test("P7: a flood of 20,000 events at a debounced and a singleton flow costs two runs and bounded memory", async () => {
  const flows = await flowsOfNewApp();
  const controlled = (flow: string, control: object) => ({
    posthorn: 1,
    flow,
    on: [{ event: "flood" }],
    control,
    steps: [{ id: "rest", wait_for_event: { type: "flood.over" } }],
    output: { $: "event.data.n" },
  });
  await flows.put(controlled("calm", { debounce: { wait: "3s" } }));
  await flows.put(controlled("single", { singleton: { mode: "skip" } }));
  const before = residentBytes(engine.pid);
  let peak = before;
  for (let from = 0; from < 20_000; from += 2_000) {
    await api.sendMany(
      flows.app,
      Array.from({ length: 2_000 }, (_, i) => ({ eventType: "flood", payload: { n: from + i } })),
    );
    peak = Math.max(peak, residentBytes(engine.pid));
  }
  const rows = async () =>
    ledger.rows(
      `select f.name, w.waiting_for, count(*)::int as n from posthorn.run_waiting w join posthorn.flow f on f.id = w.flow_id
        where posthorn.public_id('app', w.app_id) = $1 group by 1, 2 order by 1`,
      [flows.app],
    );
  await until(
    "one run of each waits",
    async () => {
      const all = await rows();
      return all.length === 2 && all.every(({ waiting_for, n }) => waiting_for === "event" && n === 1);
    },
    60_000,
  );
  await api.send(flows.app, { eventType: "flood.over" });
  const [calm] = await flows.waitFor("calm", 1);
  expect(calm?.result).toBe(19_999);
  expect((await flows.waitFor("single", 1)).length).toBe(1);
  expect(peak - before).toBeLessThan(300 * MB);
}, 120_000);
