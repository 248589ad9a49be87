import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Log, listPartitions, newIdAt } from "#kernel";
import type { Definition, Json } from "#language";
import { testDatabase } from "#test";
import { findRunSummary } from "./acts/run-read.ts";
import { type FlowWorld, world } from "./engine/world.ts";
import { sendSignals } from "./signal.ts";
import type { Started, StartRequest } from "./start.ts";
import { ensureFlowPartitions, flowChores } from "./upkeep.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  w = await world(database.url);
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const three = (flow = "three") =>
  ({
    posthorn: 1,
    flow,
    steps: [
      { id: "a", map: { n: { $: "input.n + 1" } }, durable: true },
      { id: "b", map: { n: { $: "steps.a.n + 1" } }, durable: true },
      { id: "c", map: { n: { $: "steps.b.n + 1" } }, durable: true },
    ],
    output: { $: "steps.c.n" },
  }) as const;

test("an API start of three durable maps ends, with a journal of three and the rows of nothing else", async () => {
  const app = await w.application();
  const flowId = await w.put(app, three());
  const [started] = await w.flows.startRuns([{ appId: app, flow: { name: "three" }, trigger: "api", input: { n: 1 } }]);
  if (started?.kind !== "started") throw new Error(`not started: ${started?.kind}`);
  const waited = await w.flows.waitFor({ runId: started.id, flowId }, 5_000);
  expect(waited).toMatchObject({ kind: "ended", state: "completed", told: { output: 4 } });
  expect(await w.ended(flowId, started.id)).toMatchObject({ state: "completed", result: 4, steps: 3, trigger: "api" });
  expect((await w.journal(started.id)).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "completed a",
    "completed b",
    "completed c",
  ]);
  expect(await w.live()).toBe(0);
});

test("the first durable step of a lone start is committed with it, and counts like the others", async () => {
  const app = await w.application();
  const flowId = await w.put(app, three("lone"));
  // The version has to be in memory.
  await endOf(flowId, idOf(await run(app, "lone", { n: 1 })));
  const before = w.flows.stats();
  const begunBefore = before.started.get("api") ?? 0;
  const doneBefore = before.steps.get("record completed") ?? 0;
  const runId = idOf(await run(app, "lone", { n: 1 }));
  expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: 4, steps: 3 });
  const after = w.flows.stats();
  expect(after.commits - before.commits).toBe(2);
  expect(after.started.get("api")).toBe(begunBefore + 1);
  expect(after.steps.get("record completed")).toBe(doneBefore + 3);
  expect((await w.journal(runId)).map(({ path, attempt }) => `${path} ${attempt}`)).toEqual(["a 1", "b 1", "c 1"]);
});

test("a start by what was known of an application that is another by now starts nothing", async () => {
  const app = await w.application();
  const flowId = await w.put(app, three("known"));
  const as = (uid: string | null) => run(app, "known", { n: 1 }, { application: { uid, throttleRate: null } });
  expect(await as(null)).toMatchObject({ kind: "started", flowId });
  expect(await as("renamed")).toEqual({ kind: "no_application" });
  // What is limited otherwise is the same application.
  expect(await run(app, "known", { n: 1 }, { application: { uid: null, throttleRate: 7 } })).toMatchObject({
    kind: "started",
  });
  await w.db.query("update posthorn.application set deleted_at = now() where id = $1", [app]);
  expect(await as(null)).toEqual({ kind: "no_application" });
});

test("an input that is to be checked is held against the schema that is in force before anything starts", async () => {
  const app = await w.application();
  const schema = (type: string) => ({ type: "object", properties: { n: { type } } });
  await w.put(app, { ...three("checked"), input: schema("integer") });
  const start = (input: Json) => run(app, "checked", input, { checked: { input } });
  expect(await start({ n: "one" })).toMatchObject({ kind: "invalid", faults: [{ at: "/n" }] });
  expect(await start({ n: 1 })).toMatchObject({ kind: "started" });
  await w.put(app, { ...three("checked"), input: schema("string") });
  expect(await start({ n: 1 })).toMatchObject({ kind: "invalid" });
});

test("a start that is refused leaves no step behind", async () => {
  const app = await w.application();
  await w.put(app, three("once"));
  const first = idOf(await run(app, "once", { n: 1 }, { key: "k" }));
  const id = newIdAt(Date.now());
  expect(await run(app, "once", { n: 2 }, { key: "k", id })).toEqual({ kind: "conflict", id: first });
  expect(await w.journal(id)).toEqual([]);
});

test("a lone run whose first durable step breaks fails and says where", async () => {
  const app = await w.application();
  const steps = [{ id: "no", map: { $: "input.nothing.there" }, durable: true }] as const;
  const flowId = await w.put(app, { posthorn: 1, flow: "breaks", steps });
  const ended = await endOf(flowId, idOf(await run(app, "breaks", { n: 1 })));
  expect(ended).toMatchObject({ state: "failed", result: { path: "no" } });
});

test("an event starts a run, which emits another, which starts another", async () => {
  const app = await w.application();
  const first = await w.put(app, {
    posthorn: 1,
    flow: "first",
    on: [{ event: "order.placed" }],
    steps: [
      { id: "sum", map: { total: { $: "event.data.net * 2" } } },
      { id: "tell", emit: { type: "order.summed", data: { $: "steps.sum" } } },
    ],
    output: { $: "steps.tell.id" },
  });
  const second = await w.put(app, {
    posthorn: 1,
    flow: "second",
    on: [{ event: "order.summed" }],
    steps: [{ id: "see", map: { $: "event.data.total" }, durable: true }],
    output: { $: "steps.see" },
  });
  await w.events.append({
    appId: app,
    type: "order.placed",
    payload: Buffer.from('{"net": 21}'),
    contentType: "application/json",
  });
  await w.until(async () => (await w.endedOf(second)).length === 1);
  expect(await w.endedOf(first)).toMatchObject([{ state: "completed", trigger: "event", depth: 0 }]);
  expect(await w.endedOf(second)).toMatchObject([{ state: "completed", result: 42, trigger: "event", depth: 1 }]);
  expect(await w.eventsOf(app)).toEqual(["order.placed", "order.summed"]);
});

const run = async (app: string, flow: string, input: Json = null, more: Partial<StartRequest> = {}) => {
  const [started] = await w.flows.startRuns([{ appId: app, flow: { name: flow }, trigger: "api", input, ...more }]);
  return started ?? { kind: "no_flow" as const };
};
const idOf = (started: Started) => {
  if (started.kind !== "started") throw new Error(`Not started: ${started.kind}.`);
  return started.id;
};
const endOf = async (flowId: string, runId: string) => {
  await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
  return w.ended(flowId, runId);
};

test("P1: the same key gives the same run, another input a conflict, also twice in one batch", async () => {
  const app = await w.application();
  const flowId = await w.put(app, three());
  const first = await run(app, "three", { n: 1 }, { key: "k" });
  expect(await run(app, "three", { n: 1 }, { key: "k" })).toEqual({ kind: "repeated", id: idOf(first), flowId });
  expect(await run(app, "three", { n: 2 }, { key: "k" })).toEqual({ kind: "conflict", id: idOf(first) });
  const [a, b] = await Promise.all([
    run(app, "three", { n: 1 }, { key: "twin" }),
    run(app, "three", { n: 1 }, { key: "twin" }),
  ]);
  expect([a.kind, b.kind].sort()).toEqual(["repeated", "started"]);
  expect(await run(app, "no-such-flow")).toEqual({ kind: "no_flow" });
});

test("a run that waits is a row, wakes at its time, and goes on by the version that it began with", async () => {
  const app = await w.application();
  const waiting = (said: string): Definition => ({
    posthorn: 1,
    flow: "waits",
    steps: [
      { id: "before", map: said, durable: true },
      { id: "rest", wait: { for: "3s" } },
      { id: "after", map: [{ $: "steps.before" }, said], durable: true },
    ],
    output: { $: "steps.after" },
  });
  const flowId = await w.put(app, waiting("old"));
  const { parked: parkedBefore, started } = w.flows.stats();
  const startedBefore = started.get("api") ?? 0;
  const runId = idOf(await run(app, "waits"));
  await w.until(async () => (await w.waitingOf(flowId)).length === 1);
  expect(w.flows.stats().parked).toBe(parkedBefore + 1);
  expect(w.flows.stats().started.get("api")).toBe(startedBefore + 1);
  const [row] = await w.waitingOf(flowId);
  expect(row).toMatchObject({ id: runId, waiting_for: "time" });
  expect(row?.due_in_ms).toBeLessThan(3_000);
  await w.put(app, waiting("new"));
  expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: ["old", "old"] });
}, 20_000);

test("a caller gets the answer of the run it waits for, here and from a process that does not run it", async () => {
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "answers",
    steps: [
      { id: "say", respond: { status: 201, body: { $: "input" } } },
      { id: "rest", wait: { for: "1h" } },
    ],
  });
  const runId = idOf(await run(app, "answers", "hello"));
  const answer = { kind: "responded", status: 201, body: "hello" } as const;
  const here = await w.flows.waitFor({ runId, flowId }, 5_000);
  expect(here).toMatchObject({ ...answer, told: { run: { id: runId, standing: { state: "running" } } } });
  const planner = await w.process({ runs: false });
  expect(await planner.flows.waitFor({ runId, flowId }, 5_000)).toEqual({ ...answer, told: undefined });
  await planner.leave();
});

test("what a caller is told of a run that ended here is what its rows say", async () => {
  const app = await w.application();
  const ends = {
    completed: [{ id: "say", map: "done", durable: true }],
    failed: [{ id: "no", map: { $: "input.nothing.there" }, durable: true }],
    cancelled: [{ id: "rest", wait: { for: "1s" } }],
  } as const;
  for (const [state, steps] of Object.entries(ends)) {
    const flowId = await w.put(app, { posthorn: 1, flow: `ends_${state}`, steps, output: { ok: true } });
    const runId = idOf(await run(app, `ends_${state}`, { n: 1 }));
    const waiting = w.flows.waitFor({ runId, flowId }, 5_000);
    if (state === "cancelled") {
      await sendSignals(w.db, [{ runId, path: "", kind: "cancel", value: "enough" }]);
      w.flows.lookNow();
    }
    const waited = await waiting;
    if (waited.kind === "timed_out") throw new Error(`The run that ${state} did not end.`);
    expect(waited.told).toBeDefined();
    expect(waited.told?.run).toEqual(await findRunSummary(w.db, app, runId));
    expect(waited.told?.run.standing.state).toBe(state as "completed" | "failed" | "cancelled");
    expect(waited.told?.output).toEqual(state === "completed" ? { ok: true } : undefined);
  }
});

test("a run calls another and goes on with what that returns, fails with it, and takes it along when it is cancelled", async () => {
  const app = await w.application();
  const child = await w.put(app, {
    posthorn: 1,
    flow: "child",
    steps: [
      {
        id: "which",
        switch: [
          { when: "input == 'fail'", do: [{ id: "no", fail: { message: "not today", code: "refused" } }] },
          { when: "input == 'wait'", do: [{ id: "rest", wait: { for: "1h" } }] },
        ],
      },
    ],
    output: { doubled: { $: "input" } },
  });
  const parent = await w.put(app, {
    posthorn: 1,
    flow: "parent",
    steps: [{ id: "ask", call: { flow: "child", input: { $: "input" } } }],
    output: { $: "steps.ask" },
  });
  const good = idOf(await run(app, "parent", 7));
  expect(await endOf(parent, good)).toMatchObject({ state: "completed", result: { doubled: 7 } });
  expect((await w.endedOf(child))[0]).toMatchObject({ trigger: "call", depth: 1, state: "completed" });
  const bad = idOf(await run(app, "parent", "fail"));
  expect(await endOf(parent, bad)).toMatchObject({ state: "failed", result: { code: "call_failed" } });
  const slow = idOf(await run(app, "parent", "wait"));
  await w.until(async () => (await w.waitingOf(child)).length === 1 && (await w.waitingOf(parent)).length === 1);
  await sendSignals(w.db, [{ runId: slow, path: "", kind: "cancel", value: "enough" }]);
  w.flows.lookNow();
  expect(await endOf(parent, slow)).toMatchObject({ state: "cancelled" });
  await w.until(async () => (await w.endedOf(child)).some(({ state }) => state === "cancelled"));
  const none = await w.put(app, { posthorn: 1, flow: "lost", steps: [{ id: "ask", call: { flow: "nobody" } }] });
  expect(await endOf(none, idOf(await run(app, "lost")))).toMatchObject({
    state: "failed",
    result: { code: "flow_not_callable" },
  });
}, 20_000);

test("ten thousand items are done, each durably, and their run ends once", async () => {
  const app = await w.application();
  const flowId = await w.put(app, {
    posthorn: 1,
    flow: "items",
    steps: [
      {
        id: "all",
        for_each: "input",
        parallel: 1_000,
        do: [{ id: "one", map: { $: "item * 2" }, durable: true }],
      },
    ],
    output: { $: "size(steps.all)" },
  });
  const runId = idOf(
    await run(
      app,
      "items",
      Array.from({ length: 10_000 }, (_, i) => i),
    ),
  );
  expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: 10_000, steps: 10_000 });
}, 30_000);

test("P11: days of runs that go on are kept, others dropped", async () => {
  const [old, kept] = [Date.now() - 40 * 86_400_000, Date.now() - 39 * 86_400_000];
  await ensureFlowPartitions(w.db, old);
  await ensureFlowPartitions(w.db, kept);
  const app = await w.application();
  const flowId = await w.put(app, three());
  await w.db.query(
    `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, phase, trigger) values ($1, $2, $3, 1, 'event', 'running', 'api')`,
    [newIdAt(kept), app, flowId],
  );
  const log = new Proxy({} as Log, { get: () => () => undefined });
  const chores = flowChores({ db: w.db, log, now: Date.now, retentionMs: 30 * 86_400_000 });
  await chores.find(({ name }) => name === "run_step_retention")?.run();
  const days = (await listPartitions(w.db, "run_step")).map(({ startsAtMs }) => startsAtMs);
  const dayOf = (ms: number) => Math.floor(ms / 86_400_000) * 86_400_000;
  expect(days).toContain(dayOf(kept));
  expect(days).not.toContain(dayOf(old));
  await w.db.query("delete from posthorn.run_waiting where app_id = $1", [app]);
});
