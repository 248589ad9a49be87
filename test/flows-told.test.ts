import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDb } from "#kernel";
import { receiver, startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, until } from "./kit/index.ts";

// What the API tells of flows besides their runs: what an id names, what was held back, what was written down.

let database: TestDatabase;
let engine: TestEngine;
let shop = "";

// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON; what is not there fails the test.
type Body = any;

async function ask(method: string, path: string, body?: unknown, token = engine.token) {
  const response = await fetch(`${engine.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as Body };
}

/** The answer's body; anything but a success is a failed test, told whole. */
async function ok(method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const put = (name: string, definition: object) =>
  ok("PUT", `/app/shop/flow/${name}`, { definition: { posthorn: 1, flow: name, ...definition } });

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  shop = await apiOf(engine).app({ uid: "shop" });
  await apiOf(engine).app({ uid: "neighbour" });
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test("an id of a flow, a run or a task leads to its application, whatever its state", async () => {
  const flow = await put("found", {
    steps: [{ id: "rest", wait: { for: { $: "input.span" } } }],
  });
  const start = async (span: string): Promise<string> =>
    (await ok("POST", "/app/shop/flow/found/run", { input: { span } })).id;
  const [waiting, over] = [await start("1h"), await start("1ms")];
  const standing = (id: string, state: string) =>
    until(`${id} is ${state}`, async () => (await ok("GET", `/app/shop/run/${id}`)).state === state);
  await Promise.all([standing(waiting, "waiting"), standing(over, "completed")]);

  // Other applications have tasks too: theirs are passed over, and what is asked for is found behind them.
  const enqueue = async (app: string): Promise<string> =>
    (await ok("POST", `/app/${app}/task`, { name: "mail.send" })).id;
  const [owed, leased, done, theirs] = [
    await enqueue("shop"),
    await enqueue("shop"),
    await enqueue("shop"),
    await enqueue("neighbour"),
  ];
  await ok("POST", `/app/shop/task/${done}/cancel`, {});
  const worker = { name: "w", queues: ["default"], names: ["mail.send"], concurrency: 1 };
  await ok("POST", "/app/shop/worker/lease", { worker, max: 1 });

  const neighbour = (await ok("GET", "/app/neighbour")).id;
  for (const [id, found] of [
    [flow.id, { kind: "flow", name: "found", appId: shop }],
    [waiting, { kind: "run", name: "found", appId: shop }],
    [over, { kind: "run", name: "found", appId: shop }],
    [owed, { kind: "task", name: "mail.send", appId: shop }],
    [leased, { kind: "task", name: "mail.send", appId: shop }],
    [done, { kind: "task", name: "mail.send", appId: shop }],
    [theirs, { kind: "task", name: "mail.send", appId: neighbour }],
  ] as const) {
    expect(await ok("GET", `/find/${id}`)).toMatchObject({ id, ...found });
  }
  expect(await ok("GET", "/find/found?app_id=shop")).toMatchObject({ kind: "flow", id: flow.id });
  expect((await ask("GET", "/find/found?app_id=neighbour")).status).toBe(404);
  for (const prefix of ["flow", "run", "task"]) {
    expect((await ask("GET", `/find/${prefix}_01h455vb4pex5vsknk084sn02q`)).status).toBe(404);
  }
  // A flow that is deleted has no page; its runs still have one.
  await ok("DELETE", "/app/shop/flow/found");
  expect((await ask("GET", `/find/${flow.id}`)).status).toBe(404);
  expect(await ok("GET", `/find/${over}`)).toMatchObject({ kind: "run" });
});

test("P8: a key of one application finds nothing by id, not even what is its own", async () => {
  const flow = await put("guarded", { steps: [{ id: "a", map: 1 }] });
  const key = await ok("POST", "/api-key", { name: "theirs", role: "operator", appId: "neighbour" });
  const own = await ok("POST", "/api-key", { name: "ours", role: "operator", appId: "shop" });
  for (const { token } of [key, own]) {
    expect((await ask("GET", `/find/${flow.id}`, undefined, token)).status).toBe(403);
  }
});

const rowsOf = (list: readonly Body[], ...names: string[]) => list.map((row) => names.map((name) => row[name]));

test("what flow control holds back and skips is told with its rule, key, event and count", async () => {
  await put("controlled", {
    on: [{ event: "order.paid" }],
    control: {
      rate: { limit: 1, per: "1h", key: "event.data.shop" },
      concurrency: { limit: 1 },
    },
    steps: [{ id: "rest", wait: { for: "1h" } }],
  });
  expect(await ok("GET", "/app/shop/flow/controlled/skip")).toMatchObject({ held: [], skipped: [], counts: [] });
  const send = async (shop: string): Promise<string> =>
    (await ok("POST", "/app/shop/msg", { eventType: "order.paid", payload: { shop } })).id;
  await send("a");
  await until("the first has begun", async () => (await ok("GET", "/app/shop/run?flow=controlled")).data.length === 1);
  const [second, third] = [await send("a"), await send("a")];
  await send("b");
  await send("c");
  const told = await until("two are skipped and two are held", async () => {
    const now = await ok("GET", "/app/shop/flow/controlled/skip");
    return now.skipped.length === 2 && now.held[0]?.count === 2 ? now : undefined;
  });
  expect(rowsOf(told.skipped, "why", "key", "trigger", "scheduledAt")).toEqual([
    ["rate", "a", "event", null],
    ["rate", "a", "event", null],
  ]);
  expect(told.skipped.map(({ eventId }: Body) => eventId).sort()).toEqual([second, third].sort());
  expect(told).toMatchObject({ held: [{ rule: "concurrency", key: "", count: 2 }], heldIsComplete: true });
  expect(told.counts.reduce((sum: number, { count }: Body) => sum + count, 0)).toBe(2);
  // One skipped longer ago than is asked for is not counted; the newest are told all the same.
  const later = new Date(Date.now() + 60_000).toISOString();
  expect((await ask("GET", `/app/shop/flow/controlled/skip?since=${later}`)).status).toBe(422);
  expect((await ok("GET", "/app/shop/flow/controlled/skip?limit=1")).skipped).toHaveLength(1);
});

test("a schedule tells what comes next and what became of what came", async () => {
  await put("yearly", {
    on: [{ event: "never.sent" }, { schedule: "0 9 1 1 *", zone: "Europe/Berlin", jitter: "10m" }],
    steps: [{ id: "a", map: 1 }],
  });
  const list = async () => (await ok("GET", "/app/shop/flow/yearly/schedule")).data;
  const [before] = await list();
  const year = new Date(before.next[0].at).getUTCFullYear();
  expect(before).toMatchObject({
    trigger: 1,
    schedule: "0 9 1 1 *",
    zone: "Europe/Berlin",
    missed: "skip",
    last: null,
    skipped: [],
  });
  // Nine in Berlin in winter.
  expect(before.next.map(({ at }: Body) => at)).toEqual([0, 1, 2, 3, 4].map((n) => `${year + n}-01-01T08:00:00.000Z`));
  for (const { at, beginsAt } of before.next) {
    expect(Date.parse(beginsAt) - Date.parse(at)).toBeGreaterThanOrEqual(0);
    expect(Date.parse(beginsAt) - Date.parse(at)).toBeLessThanOrEqual(600_000);
  }
  // As if nothing had run for two years; due now, as what fell due so long ago is looked for every half a minute only.
  const db = openDb({ url: database.url, poolMax: 1 });
  const missed = [`${year - 2}-01-01T08:00:00.000Z`, `${year - 1}-01-01T08:00:00.000Z`];
  await db.query("update posthorn.flow_schedule set next_at = $1, due_at = now() where trigger = 1", [
    missed[0] ?? null,
  ]);
  await db.close();
  const [after] = await until("it went on", async () => {
    const now = await list();
    return now[0].last === null ? undefined : now;
  });
  const skipped = (at: string | undefined) => ({ at, outcome: "skipped", why: "missed", runId: null });
  expect(after).toMatchObject({ next: before.next, last: skipped(missed[1]) });
  expect(after.skipped).toEqual([skipped(missed[1]), skipped(missed[0])]);
  await ok("PATCH", "/app/shop/flow/yearly", { mode: "disabled" });
  expect(await list()).toEqual([]);
});

test("what a program writes is kept with the attempt that it made, whether that completes or fails, and spells no secret", async () => {
  await using echo = receiver();
  echo.answer((request) => ({ status: 200, body: `you sent ${request.header("authorization")}` }));
  await ok("PUT", "/app/shop/flow-secret/echoed", { value: "correct horse battery staple", flows: ["writes"] });
  await put("writes", {
    secrets: ["echoed"],
    steps: [
      {
        id: "ask",
        http: { method: "GET", url: echo.url, headers: { authorization: { $: '"Bearer " + secrets.echoed' } } },
      },
      {
        id: "all",
        for_each: "[1.0, 2.0]",
        on_item_failure: "continue",
        do: [
          {
            id: "look",
            code: "console.log('item', input.item, '\\u0000'); if (input.item > 1) throw new Error('no'); console.error(input.said); return 1",
            input: { item: { $: "item" }, said: { $: "string(steps.ask.body)" } },
          },
        ],
      },
      { id: "silent", code: "return 2" },
    ],
  });
  const { run } = await ok("POST", "/app/shop/flow/writes/run", { input: null, wait: 20 });
  const told = await ok("GET", `/app/shop/run/${run.id}`);
  expect(told.state).toBe("completed");
  expect(rowsOf(told.logs, "path", "attempt").toSorted()).toEqual([
    ["all[0].look", 1],
    ["all[0].look", 1],
    ["all[1].look", 1],
  ]);
  const lines = told.logs.filter(({ path }: Body) => path === "all[0].look").map(({ text }: Body) => text);
  expect(lines[0]).toBe("item 1 \u0000");
  expect(lines[1]).toContain("sent");
  expect(echo.requests[0]?.header("authorization")).toBe("Bearer correct horse battery staple");
  expect(JSON.stringify(told)).not.toContain("correct horse battery staple");
  const failed = told.steps.find(({ path }: Body) => path === "all[1].look");
  expect(failed.attempts[0]).toMatchObject({ outcome: "failed", error: { code: "code_threw" } });
  expect(failed.attempts[0].error.detail).not.toHaveProperty("logs");
});

test("a run that an event started is run again with that event, whole, from a step, or with another input", async () => {
  await using shop = receiver();
  shop.answer({ status: 200, body: "{}", headers: { "content-type": "application/json" } });
  await put("again", {
    on: [{ event: "parcel.sent" }],
    steps: [
      { id: "tell", effect: "write", http: { method: "POST", url: shop.url, body: { $: "event.data" } } },
      { id: "seen", durable: true, map: { weight: { $: "event.data.weight" }, type: { $: "event.type" } } },
    ],
    output: { id: { $: "event.id" }, kind: { $: "trigger.kind" }, seen: { $: "steps.seen" } },
  });
  const event = await ok("POST", "/app/shop/msg", { eventType: "parcel.sent", payload: { weight: 7 } });
  const over = (id: string) =>
    until(`${id} has ended`, async () => {
      const run = await ok("GET", `/app/shop/run/${id}`);
      return run.endedAt === null ? undefined : run;
    });
  const first = await until("its run has begun", async () => (await ok("GET", "/app/shop/run?flow=again")).data[0]);
  const seen = (weight: number) => ({ weight, type: "parcel.sent" });
  const original = await over(first.id);
  expect(original.output).toEqual({ id: event.id, kind: "event", seen: seen(7) });
  // A write says so before it begins: its first attempt has a beginning that is no later than its end.
  const [attempt] = original.steps[0].attempts;
  expect(Date.parse(attempt.startedAt)).toBeLessThanOrEqual(Date.parse(attempt.at));

  const rerun = async (id: string, body: object) => over((await ok("POST", `/app/shop/run/${id}/rerun`, body)).id);
  const whole = await rerun(first.id, {});
  expect(whole).toMatchObject({ eventId: event.id, output: { id: event.id, kind: "rerun", seen: seen(7) } });
  const part = await rerun(first.id, { from: "seen" });
  expect(part.output).toEqual({ id: event.id, kind: "rerun", seen: seen(7) });
  // What was edited is what the event says now; everything else of it stays, also when that is run again.
  const edited = await rerun(first.id, { input: { weight: 9 } });
  expect(edited).toMatchObject({ eventId: null, output: { id: event.id, kind: "rerun", seen: seen(9) } });
  expect((await rerun(edited.id, {})).output).toEqual({ id: event.id, kind: "rerun", seen: seen(9) });
  const both = await rerun(edited.id, { from: "seen", input: { weight: 11 } });
  expect(both.output).toEqual({ id: event.id, kind: "rerun", seen: seen(11) });
  // Asked of the shop once by each that was not told to begin later.
  expect(shop.requests.map((request) => JSON.parse(request.text()).weight)).toEqual([7, 7, 9, 9]);
});
