import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Receiver, receiver, startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, until } from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;
let shop: Receiver;
let app = "";

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what is asked differs from test to test; each looks at what it names.
  readonly body: any;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${engine.url}/api/v1/app/${app}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${engine.token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** The answer's body; anything but a success is a failed test, told whole. */
async function ok(method: string, path: string, body?: unknown) {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const ended = (id: string) =>
  until(`the run ${id} has ended`, async () => {
    const run = await ok("GET", `/run/${id}`);
    return run.endedAt === null ? undefined : run;
  });

/** Asks the shop for a price, and says what it was told. */
const priced = (flow: string, more: object[] = []) => ({
  posthorn: 1,
  flow,
  title: "What it costs",
  steps: [
    { id: "twice", map: { $: "input.n * 2.0" } },
    { id: "price", http: { method: "POST", url: `${shop.url}/price`, body: { n: { $: "steps.twice" } } } },
    ...more,
  ],
  output: { price: { $: "steps.price.body.price" } },
});

beforeAll(async () => {
  database = await testDatabase();
  shop = receiver();
  shop.answer({ status: 200, body: '{"price":7}', headers: { "content-type": "application/json" } });
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  app = await apiOf(engine).app({ uid: "shop" });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe("a definition", () => {
  test("is checked without being stored, and its faults have places", async () => {
    const source = "posthorn: 1\nflow: greet\nsteps:\n  - id: a\n    map: { $: 'inptu.name' }\n";
    const checked = await ok("POST", "/flow/check", { source, format: "yaml" });
    expect(checked).toMatchObject({ valid: false, definition: null, faults: [{ line: 5 }] });
    expect(checked.faults[0].path).toContain("steps[0].map");
    expect((await ok("GET", "/flow")).data).toEqual([]);
    const put = await ask("PUT", "/flow/greet", { source });
    expect([put.status, put.body.code, put.body.faults]).toEqual([422, "definition_invalid", checked.faults]);
  });

  test("makes a flow, then versions of it; the same once more changes nothing", async () => {
    const dry = await ok("PUT", "/flow/versions", { definition: priced("versions"), dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, created: true, changed: true, version: 1 });
    expect((await ask("GET", "/flow/versions")).status).toBe(404);
    const first = await ask("PUT", "/flow/versions", { definition: priced("versions"), note: "the first" });
    expect([first.status, first.body.created, first.body.version, first.body.title]).toEqual([
      201,
      true,
      1,
      "What it costs",
    ]);
    expect(await ok("PUT", "/flow/versions", { definition: priced("versions") })).toMatchObject({
      created: false,
      changed: false,
      version: 1,
    });
    const second = await ok("PUT", "/flow/versions", { definition: priced("versions", [{ id: "more", map: 1 }]) });
    expect(second).toMatchObject({ changed: true, version: 2 });
    expect((await ok("GET", "/flow/versions/version")).data).toMatchObject([
      { version: 2, isCurrent: true },
      { version: 1, isCurrent: false, note: "the first" },
    ]);
    expect(await ok("POST", "/flow/versions/version/1/deploy", {})).toMatchObject({ version: 1 });
    expect((await ok("GET", `/flow/${first.body.id}`)).version).toBe(1);
    expect((await ask("POST", "/flow/versions/version/9/deploy", {})).status).toBe(404);
  });

  test("of another name than the path says is refused", async () => {
    const put = await ask("PUT", "/flow/other", { definition: priced("versions") });
    expect([put.status, put.body.detail[0].loc]).toEqual([422, ["body", "definition", "flow"]]);
  });
});

describe("a run", () => {
  beforeAll(() =>
    ok("PUT", "/flow/price", {
      definition: {
        ...priced("price"),
        input: { type: "object", required: ["n"], properties: { n: { type: "number" } } },
      },
    }),
  );

  test("is started, waited for, and shown with what it did", async () => {
    const answered = await ok("POST", "/flow/price/run", { input: { n: 4 }, wait: 20 });
    expect(answered).toMatchObject({
      run: { state: "completed", flow: "price", trigger: "api" },
      response: null,
      output: { price: 7 },
    });
    const run = await ok("GET", `/run/${answered.run.id}`);
    expect(run).toMatchObject({ input: { n: 4 }, output: { price: 7 }, isComplete: true, version: 1 });
    expect(run.steps).toMatchObject([
      { path: "price", kind: "http", state: "completed", attempts: [{ number: 1, outcome: "completed" }] },
    ]);
    const value = await ok("GET", `/run/${run.id}/value?path=price&part=input`);
    expect(value).toMatchObject({ known: true, value: { method: "POST", url: `${shop.url}/price`, body: { n: 8 } } });
    expect(await ok("GET", `/run/${run.id}/value?path=price&part=output`)).toMatchObject({
      known: true,
      value: { status: 200 },
    });
    expect((await ok("GET", `/run/${run.id}/journal`)).data.at(-1)).toMatchObject({ kind: "completed", path: "price" });
    expect((await ok("GET", `/run?flow=price&state=completed`)).data.map(({ id }: { id: string }) => id)).toContain(
      run.id,
    );
  });

  test("is not started with what its flow cannot take, nor twice under one key", async () => {
    const refused = await ask("POST", "/flow/price/run", { input: { n: "four" } });
    expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ["body", "input", "n"]]);
    const key = { "idempotency-key": "order-17" };
    const [a, b] = [
      await ask("POST", "/flow/price/run", { input: { n: 1 } }, key),
      await ask("POST", "/flow/price/run", { input: { n: 1 } }, key),
    ];
    expect([a.status, b.status, a.body.id]).toEqual([202, 202, b.body.id]);
    const other = await ask("POST", "/flow/price/run", { input: { n: 2 } }, key);
    expect([other.status, other.body.code]).toEqual([409, "idempotency_key_reused"]);
    const batch = await ok("POST", "/flow/price/run/batch", {
      runs: [{ input: { n: 1 }, key: "b1" }, { input: { n: 2 } }, { input: { n: 1 }, key: "b1" }],
    });
    expect(batch.data.map(({ started }: { started: boolean }) => started)).toEqual([true, true, false]);
    expect(batch.data[2].id).toBe(batch.data[0].id);
    for (const { id } of batch.data) await ended(id);
  });

  test("answers whoever waits as soon as its respond step speaks, and goes on", async () => {
    const definition = {
      posthorn: 1,
      flow: "speaks",
      steps: [
        { id: "say", respond: { status: 201, body: { hello: { $: "input.name" } } } },
        { id: "rest", wait: { for: "1h" } },
      ],
    };
    await ok("PUT", "/flow/speaks", { definition });
    const answered = await ok("POST", "/flow/speaks/run", { input: { name: "Ada" }, wait: 20 });
    expect(answered).toMatchObject({ response: { status: 201, body: { hello: "Ada" } }, output: null });
    const late = await ask("POST", "/flow/speaks/run", { input: { name: "Bob" }, delay: "1h", wait: 0.05 });
    expect([late.status, late.body.waitingFor]).toEqual([202, "time"]);
    // Both are told to end; what waited is a row and is gone when it says so.
    for (const id of [answered.run.id, late.body.id]) {
      expect((await ask("POST", `/run/${id}/cancel`, { reason: "enough" })).status).toBe(202);
      expect(await ended(id)).toMatchObject({ state: "cancelled", reason: "enough" });
      expect((await ask("POST", `/run/${id}/cancel`, {})).body.code).toBe("run_ended");
    }
  });

  test("is told live until it ends", async () => {
    const started = await ok("POST", "/flow/price/run", { input: { n: 3 } });
    const response = await fetch(`${engine.url}/api/v1/app/${app}/run/${started.id}/tail`, {
      headers: { authorization: `Bearer ${engine.token}` },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    expect(text).toStartWith("event: hello\n");
    expect(text).toContain('"path":"price"');
    expect(text).toEndWith('event: bye\ndata: {"reason":"ended"}\n\n');
  });
});

describe("what failed", () => {
  test("is grouped, counted, run again from where it failed, and nothing before is done twice", async () => {
    const calls = () => shop.requests.filter(({ target }) => target === "/once").length;
    const definition = {
      posthorn: 1,
      flow: "fails",
      steps: [
        { id: "first", http: { method: "POST", url: `${shop.url}/once`, body: { $: "input" } } },
        {
          id: "check",
          if: "input.n > 10.0",
          // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
          then: [
            {
              id: "stop_it",
              fail: { code: "too_large", message: { $: "'The number ' + string(input.n) + ' is too large'" } },
            },
          ],
        },
      ],
      output: { $: "steps.first.status" },
    };
    await ok("PUT", "/flow/fails", { definition });
    const before = calls();
    const ids: string[] = [];
    for (const n of [11, 12, 1]) ids.push((await ok("POST", "/flow/fails/run", { input: { n }, wait: 20 })).run.id);
    expect(calls() - before).toBe(3);
    const { data } = await ok("GET", "/flow/fails/failure");
    expect(data).toMatchObject([{ code: "too_large", count: 2, step: "check.stop_it", lastRunId: ids[1] }]);
    const listed = await ok("GET", `/run?flow=fails&fingerprint=${data[0].fingerprint}`);
    expect(listed.data.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);

    // One, with another input: what was asked of the shop is not asked again.
    const again = await ok("POST", `/run/${ids[0]}/rerun`, { from: "check", input: { n: 2 } });
    expect(await ended(again.id)).toMatchObject({
      state: "completed",
      output: 200,
      parentId: ids[0],
      trigger: "rerun",
    });
    expect(calls() - before).toBe(3);
    expect((await ok("GET", `/run/${ids[0]}`)).children.map(({ id }: { id: string }) => id)).toEqual([again.id]);
    expect((await ok("GET", `/run/${again.id}`)).steps[0]).toMatchObject({ path: "first", pinned: true });
    const nowhere = await ask("POST", `/run/${ids[0]}/rerun`, { from: "nothing" });
    expect([nowhere.status, nowhere.body.code]).toEqual([409, "rerun_impossible"]);

    // All of one kind: counted first, then begun at a rate.
    const filter = { state: "failed", fingerprint: data[0].fingerprint };
    expect(await ok("POST", "/flow/fails/rerun", { filter, dryRun: true })).toEqual({
      dryRun: true,
      count: 2,
      isExact: true,
    });
    const job = await ok("POST", "/flow/fails/rerun", { filter, ratePerSecond: 1000 });
    const done = await until("both were run again", async () => {
      const now = await ok("GET", `/flow/fails/rerun/${job.id}`);
      return now.state === "finished" ? now : undefined;
    });
    expect(done).toMatchObject({ matched: 2, started: 2, skipped: 0 });
    expect(calls() - before).toBe(3);
    const all = await until("they failed again", async () => {
      const [failure] = (await ok("GET", "/flow/fails/failure")).data;
      return failure.count === 4 ? failure : undefined;
    });
    expect(all.fingerprint).toBe(data[0].fingerprint);
    const stats = await ok("GET", "/flow/fails/stats");
    expect(stats.series.reduce((n: number, point: { failed: number }) => n + point.failed, 0)).toBe(4);

    // What another definition would have made of them.
    const tried = await ok("POST", "/flow/fails/backtest", {
      definition: { ...definition, steps: [definition.steps[0], { id: "note", map: 1 }] },
    });
    expect(tried.cannot).toEqual([]);
    expect([tried.runs, tried.same]).toEqual([6, 2]);
    expect(tried.differ[0]).toMatchObject({ at: null, was: { kind: "failed" }, would: { kind: "completed" } });
    expect(calls() - before).toBe(3);
  });
});

describe("a deploy", () => {
  const waiting = (steps: object[]) => ({ posthorn: 1, flow: "waits", steps });
  const rest = { id: "rest", wait: { for: "1h" } };
  const note = { id: "note", map: 1, durable: true };

  test("moves waiting runs to the new version where that can be, and says why it cannot", async () => {
    await ok("PUT", "/flow/waits", { definition: waiting([note, rest]) });
    const { id } = await ok("POST", "/flow/waits/run", { input: 1 });
    await until("it waits", async () => (await ok("GET", `/run/${id}`)).waitingFor === "time");
    const gone = await ok("PUT", "/flow/waits", { definition: waiting([note]), running: "migrate", dryRun: true });
    expect(gone.runs).toMatchObject({ migrate: 0, finish: 1, cannot: [{ runId: id }] });
    expect(gone.runs.cannot[0].reason).toContain('the step "rest", which the new version does not have');
    const moved = await ok("PUT", "/flow/waits", {
      definition: waiting([note, rest, { id: "last", map: 2 }]),
      running: "migrate",
    });
    expect(moved.runs).toEqual({ finish: 0, migrate: 1, cancel: 0, cannot: [], isComplete: true });
    expect((await ok("GET", `/run/${id}`)).version).toBe(2);
    const cancelled = await ok("PUT", "/flow/waits", { definition: waiting([rest]), running: "cancel" });
    expect(cancelled.runs).toMatchObject({ cancel: 1 });
    expect((await ended(id)).state).toBe("cancelled");
  });

  test("gives what waits the time of the new version", async () => {
    const step = { id: "ok", approve: { title: "Go on?" } };
    const asks = (timeout: string) => ({ posthorn: 1, flow: "patient", timeout, steps: [step] });
    await ok("PUT", "/flow/patient", { definition: asks("1h") });
    const { id } = await ok("POST", "/flow/patient/run", { input: 1 });
    const dueIn = async () => {
      const { version, state, waitingFor, dueAt } = await ok("GET", `/run/${id}`);
      return (
        state === "waiting" &&
        waitingFor === "approval" &&
        `${version}: ${Math.round((Date.parse(dueAt) - Date.now()) / 3_600_000)} h`
      );
    };
    expect(await until("it waits", dueIn)).toBe("1: 1 h");
    for (const [version, timeout, hours] of [
      [2, "24h", 24],
      [3, "2h", 2],
    ] as const) {
      const { runs } = await ok("PUT", "/flow/patient", { definition: asks(timeout), running: "migrate" });
      expect(runs).toMatchObject({ migrate: 1 });
      await until(`it waits for ${timeout}`, async () => (await dueIn()) === `${version}: ${hours} h`);
    }
    await ok("POST", `/run/${id}/cancel`, { reason: "seen" });
    expect((await ended(id)).state).toBe("cancelled");
  });

  test("that deletes the flow ends its runs", async () => {
    const { id } = await ok("POST", "/flow/waits/run", { input: 1 });
    expect((await ask("DELETE", "/flow/waits")).status).toBe(204);
    expect(await ended(id)).toMatchObject({ state: "cancelled" });
    expect((await ask("GET", "/flow/waits")).status).toBe(404);
  });
});

test("a run that an event started shows the event's data as its input", async () => {
  const definition = { posthorn: 1, flow: "taken", on: [{ event: "cart.left" }], steps: [{ id: "kept", map: 1 }] };
  await ok("PUT", "/flow/taken", { definition });
  const sent = await ok("POST", "/msg", { eventType: "cart.left", payload: { cart: "c-1" } });
  const run = await until("it ran", async () => (await ok("GET", "/run?flow=taken&state=completed")).data[0]);
  expect(await ok("GET", `/run/${run.id}`)).toMatchObject({ eventId: sent.id, input: { cart: "c-1" } });
  // The message holds it, and nothing else does: once that is erased nobody is shown it.
  expect((await ask("DELETE", `/msg/${sent.id}/content`)).status).toBe(204);
  expect((await ok("GET", `/run/${run.id}`)).input).toBeNull();
});

describe("an approval", () => {
  const definition = {
    posthorn: 1,
    flow: "asks",
    steps: [
      { id: "send", http: { method: "POST", url: "SHOP/link", body: { link: { $: "run.approve_url.big" } } } },
      { id: "big", approve: { title: { $: "'Order of ' + string(input.total)" }, details: { $: "input" } } },
    ],
    output: { $: "steps.big" },
  };
  beforeAll(async () => {
    const text = JSON.stringify(definition).replace("SHOP", shop.url);
    await ok("PUT", "/flow/asks", { definition: JSON.parse(text) });
  });
  const asked = (id: string) =>
    until("it asks", async () =>
      (await ok("GET", "/approval?flow=asks")).data.find((one: { runId: string }) => one.runId === id),
    );

  test("waits for a person, who, when and why are kept", async () => {
    const { id } = await ok("POST", "/flow/asks/run", { input: { total: 900 } });
    expect(await asked(id)).toMatchObject({
      path: "big",
      title: "Order of 900",
      details: { total: 900 },
      decision: null,
    });
    const answer = await ok("POST", `/run/${id}/approve`, { path: "big", approved: true, reason: "known customer" });
    expect(answer.decision).toEqual({
      approved: true,
      by: expect.any(String),
      at: expect.stringContaining("T"),
      reason: "known customer",
    });
    const run = await ended(id);
    expect(run.output).toMatchObject({ approved: true, reason: "known customer" });
    expect(run.output.by.length).toBeGreaterThan(0);
    expect((await ok("GET", "/approval?flow=asks")).data).toEqual([]);
    const late = await ask("POST", `/run/${id}/approve`, { path: "big", approved: false });
    expect([late.status, late.body.code]).toEqual([409, "approval_over"]);
  });

  test("P8: is decided by its link once; looking at it changes nothing", async () => {
    const { id } = await ok("POST", "/flow/asks/run", { input: { total: "<b>7</b>" } });
    await asked(id);
    const sent = shop.requests.filter(({ target }) => target === "/link").at(-1);
    const link = new URL(JSON.parse(Buffer.from(sent?.body ?? "").toString()).link);
    const at = `${engine.url}${link.pathname}`;
    // A mail scanner follows every link, more than once; a browser says that it takes pages, and is not given one of the console's.
    for (const accept of ["*/*", "*/*", "text/html,application/xhtml+xml"]) {
      const page = await fetch(at, { headers: { accept } });
      expect([page.status, page.headers.get("cache-control"), page.headers.get("referrer-policy")]).toEqual([
        200,
        "no-store",
        "no-referrer",
      ]);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      const html = await page.text();
      expect(html).toContain("&lt;b&gt;7&lt;/b&gt;");
      expect(html).not.toContain("<b>7</b>");
    }
    expect((await asked(id)).decision).toBeNull();
    const post = (body: Record<string, string>) => fetch(at, { method: "POST", body: new URLSearchParams(body) });
    expect((await post({ decision: "perhaps" })).status).toBe(422);
    const decided = await post({ decision: "reject", name: "Grace", reason: "too much" });
    expect(decided.status).toBe(200);
    expect((await ended(id)).output).toMatchObject({ approved: false, by: "Grace (by link)", reason: "too much" });
    expect((await post({ decision: "approve", name: "Mallory" })).status).toBe(410);
    expect((await fetch(`${engine.url}/approve/${"A".repeat(43)}`)).status).toBe(410);
    // What may only be read does not tell the link.
    const shown = await ok("GET", `/run/${id}/value?path=send&part=input`);
    expect(shown.value.body).toEqual({ link: "(an approval link)" });
  });
});

test("a rerun from a step that waits for flow control is cancelled like others", async () => {
  const turns = {
    posthorn: 1,
    flow: "turns",
    control: { concurrency: { limit: 1 } },
    steps: [
      { id: "nap", wait: { for: { $: "input.nap" } } },
      { id: "told", map: "told" },
    ],
  };
  await ok("PUT", "/flow/turns", { definition: turns });
  const first = await ok("POST", "/flow/turns/run", { input: { nap: "1ms" } });
  await ended(first.id);
  const holder = await ok("POST", "/flow/turns/run", { input: { nap: "1h" } });
  const queued = await ok("POST", `/run/${first.id}/rerun`, { from: "told" });
  await until("it waits for its turn", async () =>
    (await ok("GET", `/run/${queued.id}`)).waitingFor === "control" ? true : undefined,
  );
  await ok("POST", `/run/${queued.id}/cancel`, { reason: "not any more" });
  expect(await ended(queued.id)).toMatchObject({ state: "cancelled", reason: expect.stringContaining("not any more") });
  await ok("POST", `/run/${holder.id}/cancel`, {});
});

test("P7: whoever sends a decision slowly holds up nobody else's", async () => {
  const leaving = new AbortController();
  const link = (letter: string) => `${engine.url}/approve/${letter.repeat(43)}`;
  const begun = (body: ReadableStreamDefaultController) => body.enqueue("name=a");
  const slow = ["A", "B", "C"].map((letter) =>
    fetch(link(letter), {
      method: "POST",
      body: new ReadableStream({ start: begun }),
      signal: leaving.signal,
    }).catch(() => undefined),
  );
  await ok("GET", "/flow");
  const others = await Promise.all(
    ["D", "E"].map((letter) => fetch(link(letter), { signal: AbortSignal.timeout(3_000) })),
  );
  expect(others.map(({ status }) => status)).toEqual([410, 410]);
  leaving.abort();
  await Promise.all(slow);
});

test("P8: another application's flows and runs are as if they never were", async () => {
  const { id } = await ok("POST", "/flow/price/run", { input: { n: 1 }, wait: 20 }).then(({ run }) => run);
  const mine = app;
  app = await apiOf(engine).app({ uid: "neighbour" });
  try {
    for (const path of [`/run/${id}`, `/run/${id}/value?part=input`, "/flow/price", "/flow/price/failure"]) {
      const answer = await ask("GET", path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, "not_found"]);
    }
    expect((await ask("POST", `/run/${id}/rerun`, {})).status).toBe(404);
    expect((await ok("GET", "/run")).data).toEqual([]);
    // Exactly what is said of one that never was.
    const never = await ask("GET", "/run/run_01h455vb4pex5vsknk084sn02q");
    const foreign = await ask("GET", `/run/${id}`);
    expect(JSON.stringify(foreign.body).replace(id, "X")).toBe(
      JSON.stringify(never.body).replace("run_01h455vb4pex5vsknk084sn02q", "X"),
    );
  } finally {
    app = mine;
  }
});

test("the JSON Schema of definitions is there for editors, without a token", async () => {
  const response = await fetch(`${engine.url}/api/v1/flow.schema.json`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ type: "object", properties: { flow: {} } });
});
