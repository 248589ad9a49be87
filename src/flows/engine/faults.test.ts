import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { newId } from "#kernel";
import type { Definition, Json, StepError } from "#language";
import { testDatabase } from "#test";
import { deleteFlow, setFlowMode } from "../flow-store.ts";
import { sendSignals } from "../signal.ts";
import { createTaskPart } from "../tasks/run-part.ts";
import { ensureTaskPartitions } from "../tasks/upkeep.ts";
import { giveBackRuns } from "./claim.ts";
import type { Executors, StepResult } from "./executors.ts";
import { type FlowWorld, world } from "./world.ts";

interface Asked {
  readonly path: string;
  readonly key: string;
  readonly signal: AbortSignal;
  answer(result: StepResult): void;
}

/** Requests that the test answers by hand. */
function byHand() {
  const asked: Asked[] = [];
  const http: Executors["http"] = (command, _run, _flow, signal) => {
    const { promise, resolve } = Promise.withResolvers<StepResult>();
    signal.addEventListener("abort", () =>
      resolve({ ok: false, error: { class: "ambiguous", code: "interrupted", message: "Cut off." } }),
    );
    asked.push({ path: command.path, key: command.key, signal, answer: resolve });
    return promise;
  };
  return { asked, http };
}

const home = byHand();
let database: Awaited<ReturnType<typeof testDatabase>>;
let w: FlowWorld;
beforeAll(async () => {
  database = await testDatabase();
  const tasks = createTaskPart({ now: Date.now, inserted: () => undefined });
  w = await world(database.url, { executors: { http: home.http }, parts: [tasks] });
  await ensureTaskPartitions(w.db, Date.now());
});
beforeEach(() => {
  home.asked.length = 0;
});
afterAll(async () => {
  await w[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const start = async (app: string, flow: string, input: Json = null, on = w.flows) => {
  const [started] = await on.startRuns([{ appId: app, flow: { name: flow }, trigger: "api", input }]);
  if (started?.kind !== "started") throw new Error(`Not started: ${started?.kind}.`);
  return started.id;
};
const endOf = async (flowId: string, runId: string) => {
  await w.until(async () => (await w.ended(flowId, runId)) !== undefined);
  return w.ended(flowId, runId);
};
const errorOf = (row: { readonly result: Json } | undefined) => row?.result as unknown as StepError | undefined;
const entriesOf = async (runId: string) =>
  (await w.journal(runId)).map(({ kind, path, attempt }) => `${kind} ${path} ${attempt}`);

const asking = (flow: string, effect?: "write"): Definition => ({
  posthorn: 1,
  flow,
  steps: [
    { id: "first", map: 1, durable: true },
    {
      id: "ask",
      http: { method: "POST", url: "https://example.com/" },
      ...(effect !== undefined && { effect }),
      retry: { attempts: 3, wait: "10ms" },
    },
    { id: "last", map: { $: "steps.ask" }, durable: true },
  ],
  output: { $: "steps.last" },
});

describe("processes", () => {
  test("P2: what a process that vanished had in hand goes on in another within five seconds, with the same key", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("taken"));
    const away = byHand();
    const other = await w.process({ executors: { http: away.http } });
    const runId = await start(app, "taken", null, other.flows);
    await w.until(async () => away.asked.length === 1);
    const since = performance.now();
    const before = w.flows.stats().takenOver;
    await other.vanish();
    await w.until(async () => home.asked.length === 1);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(w.flows.stats().takenOver).toBe(before + 1);
    expect(home.asked[0]?.key).toBe(away.asked[0]?.key ?? "");
    home.asked[0]?.answer({ ok: true, output: "done" });
    expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: "done" });
    expect(await entriesOf(runId)).toEqual(["completed first 1", "completed ask 1", "completed last 1"]);
  }, 30_000);

  test("P4: a write that was begun by a process that vanished is ambiguous, and is not done again", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("written", "write"));
    const away = byHand();
    const other = await w.process({ executors: { http: away.http } });
    const runId = await start(app, "written", null, other.flows);
    await w.until(async () => away.asked.length === 1);
    expect(await entriesOf(runId)).toEqual(["completed first 1", "began ask 1"]);
    await other.vanish();
    expect(errorOf(await endOf(flowId, runId))).toMatchObject({ class: "ambiguous" });
    expect(home.asked).toEqual([]);
  }, 30_000);

  test("P3: what is committed after a takeover changes nothing", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("late"));
    const slow = byHand();
    const other = await w.process({ executors: { http: slow.http } });
    const runId = await start(app, "late", null, other.flows);
    await w.until(async () => slow.asked.length === 1);
    // It sleeps: no pulse, and its database connection lives.
    other.membership.stop();
    await w.until(async () => home.asked.length === 1);
    slow.asked[0]?.answer({ ok: true, output: "of the sleeper" });
    await w.until(async () => other.flows.stats().live === 0);
    home.asked[0]?.answer({ ok: true, output: "of the heir" });
    expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: "of the heir" });
    expect(await entriesOf(runId)).toEqual(["completed first 1", "completed ask 1", "completed last 1"]);
    await other.vanish();
  }, 30_000);

  // Each kind of commit, tried by a process that was declared ended and does not know it: no pulse tells it, its connection lives, its answers come
  // first. The lease's fence (`expect_lease`) is what refuses those that go on: the heir has recorded nothing yet, so the number of the next entry is
  // free, and without the fence the sleeper's answer, event, task or child would be the run's. A park and an end would be refused without it, too:
  // they move the row by its owner, and the count of moved rows fails them.
  describe("P3: what a process tries after others took over changes nothing", () => {
    const tell = { id: "tell", emit: { type: "was.told", data: { $: "steps.ask" } } } as const;
    const work = { id: "work", task: { name: "nobody", input: { $: "steps.ask" } } } as const;
    const child = { id: "child", call: { flow: "late-child", input: { $: "steps.ask" } } } as const;
    // Beside each a request, so that the commit is one that goes on.
    const beside = (step: Definition["steps"][number]): Definition["steps"] => [
      { id: "both", parallel: { a: [step], b: [{ id: "more", http: { url: "https://example.com/" } }] } },
    ];
    const kinds: Readonly<Record<string, Definition["steps"]>> = {
      advance: [{ id: "note", map: { $: "steps.ask" }, durable: true }],
      emit: beside(tell),
      task: beside(work),
      call: beside(child),
      park: [{ id: "rest", wait: { for: "1h" } }],
      end: [],
    };
    test.each(Object.entries(kinds))(
      "%s",
      async (kind, after) => {
        const app = await w.application();
        await w.put(app, { posthorn: 1, flow: "late-child", steps: [{ id: "w", wait: { for: "1h" } }] });
        const ask = { id: "ask", http: { url: "https://example.com/" } } as const;
        const flowId = await w.put(app, { posthorn: 1, flow: `late-${kind}`, steps: [ask, ...after] });
        const slow = byHand();
        const sleeper = await w.process({ executors: { http: slow.http } });
        const runId = await start(app, `late-${kind}`, null, sleeper.flows);
        await w.until(async () => slow.asked.length === 1);
        sleeper.membership.stop();
        await w.until(async () => home.asked.length === 1);
        const commits = sleeper.flows.stats().commits;
        slow.asked[0]?.answer({ ok: true, output: "of the sleeper" });
        await w.until(async () => sleeper.flows.stats().live === 0);
        // It did try.
        expect(sleeper.flows.stats().commits).toBeGreaterThan(commits);
        const standing = async () => ({
          journal: await entriesOf(runId),
          events: await w.eventsOf(app),
          others: await w.db.query<{ input: Uint8Array }>(
            `select input from posthorn.task_owed where run_id = $1
             union all select input from posthorn.run_waiting where parent_id = $1
             union all select input from posthorn.run_leased where parent_id = $1`,
            [runId],
          ),
          owners: await w.db.query("select owner::text from posthorn.run_leased where id = $1", [runId]),
        });
        expect(await standing()).toEqual({
          journal: [],
          events: [],
          others: [],
          owners: [{ owner: w.membership.token }],
        });
        home.asked[0]?.answer({ ok: true, output: "of the heir" });
        await w.until(async () => (await entriesOf(runId)).includes("completed ask 1"));
        const [asked] = await w.journal(runId);
        expect(asked?.value).toBe("of the heir");
        const { others } = await standing();
        expect(others.map(({ input }) => Buffer.from(input).toString())).toEqual(
          kind === "task" || kind === "call" ? ['"of the heir"'] : [],
        );
        await sendSignals(w.db, [{ runId, path: "", kind: "cancel", value: "enough" }]);
        w.flows.lookNow();
        await endOf(flowId, runId);
        await sleeper.vanish();
      },
      30_000,
    );
  });

  test("P3: a run whose row is elsewhere is forgotten here, whatever it came to", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("moved"));
    const runId = await start(app, "moved");
    await w.until(async () => home.asked.length === 1);
    // As an audit would that takes its row for a forgotten one; the same process takes it up again.
    await giveBackRuns(w.db, w.membership.token, [runId]);
    await w.until(async () => home.asked.length === 2);
    home.asked[0]?.answer({ ok: true, output: "first" });
    home.asked[1]?.answer({ ok: true, output: "second" });
    const ended = await endOf(flowId, runId);
    expect(ended?.state).toBe("completed");
    expect(["first", "second"]).toContain(ended?.result as string);
    expect(await entriesOf(runId)).toEqual(["completed first 1", "completed ask 1", "completed last 1"]);
  }, 30_000);

  test("a run whose time has come goes on, though the clock of its process was put back meanwhile", async () => {
    let backMs = 0;
    await using own = await testDatabase();
    await using one = await world(own.url, { now: () => Date.now() - backMs });
    const app = await one.application();
    const steps = [{ id: "nap", wait: { for: "3s" } } as const, { id: "after", map: 1, durable: true } as const];
    const flowId = await one.put(app, { posthorn: 1, flow: "napping", steps });
    const runId = await start(app, "napping", null, one.flows);
    await one.until(async () => (await one.waitingOf(flowId)).some(({ waiting_for }) => waiting_for === "time"));
    backMs = 3_600_000;
    await one.until(async () => (await one.ended(flowId, runId)) !== undefined);
    expect(await one.ended(flowId, runId)).toMatchObject({ state: "completed" });
    // And neither before its time nor with entries whose times decrease.
    const times = await one.db.query<{ ms: number }>(
      "select (extract(epoch from at) * 1000)::float8 as ms from posthorn.run_step where run_id = $1 order by seq",
      [runId],
    );
    expect((times.at(-1)?.ms ?? 0) - (times[0]?.ms ?? 0)).toBeGreaterThanOrEqual(2_999);
  }, 30_000);

  test("P12: a process that leaves lets what is under way finish, and parks the rest", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("leaving"));
    const away = byHand();
    const other = await w.process({ executors: { http: away.http } });
    const runId = await start(app, "leaving", null, other.flows);
    await w.until(async () => away.asked.length === 1);
    const draining = other.flows.drain();
    away.asked[0]?.answer({ ok: true, output: "in time" });
    await draining;
    await other.leave();
    expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: "in time" });
    expect(home.asked).toEqual([]);
  }, 30_000);

  test("P12: what outlives the grace is cut off, recorded, and tried again elsewhere", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("overdue"));
    const away = byHand();
    const other = await w.process({ executors: { http: away.http } });
    const runId = await start(app, "overdue", null, other.flows);
    await w.until(async () => away.asked.length === 1);
    await other.flows.stop();
    await other.membership.leave();
    await other.vanish();
    await w.until(async () => home.asked.length === 1);
    home.asked[0]?.answer({ ok: true, output: "elsewhere" });
    expect(await endOf(flowId, runId)).toMatchObject({ state: "completed", result: "elsewhere" });
    expect(await entriesOf(runId)).toEqual([
      "completed first 1",
      "failed ask 1",
      "completed ask 2",
      "completed last 1",
    ]);
  }, 30_000);
});

describe("runs that cannot go on", () => {
  test("one whose definition is gone fails alone, and says so", async () => {
    const app = await w.application();
    const good = await w.put(app, asking("good"));
    const bad = await w.put(app, { posthorn: 1, flow: "bad", steps: [{ id: "w", wait: { for: "1h" } }] });
    const runId = await start(app, "bad");
    await w.until(async () => (await w.waitingOf(bad)).length === 1);
    await w.db.query("update posthorn.run_waiting set version = 99, due_at = now() where id = $1", [runId]);
    w.flows.lookNow();
    const goodId = await start(app, "good");
    await w.until(async () => home.asked.length === 1);
    home.asked[0]?.answer({ ok: true, output: 1 });
    expect(errorOf(await endOf(bad, runId))).toMatchObject({ class: "invalid", code: "definition_unusable" });
    expect((await endOf(good, goodId))?.state).toBe("completed");
  });

  test("one whose journal is of another definition fails alone", async () => {
    const app = await w.application();
    const flowId = await w.put(app, { posthorn: 1, flow: "odd", steps: [{ id: "w", wait: { for: "1h" } }] });
    const runId = await start(app, "odd");
    await w.until(async () => (await w.waitingOf(flowId)).length === 1);
    await w.db.query("update posthorn.run_step set path = 'nothing_like_it' where run_id = $1", [runId]);
    await w.db.query("update posthorn.run_waiting set due_at = now() where id = $1", [runId]);
    w.flows.lookNow();
    expect(errorOf(await endOf(flowId, runId))?.code).toBe("journal_mismatch");
  });

  test("one whose input is no JSON fails alone", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("unreadable"));
    const [started] = await w.flows.startRuns([
      { appId: app, flow: { name: "unreadable" }, trigger: "api", input: Buffer.from("{no json") },
    ]);
    if (started?.kind !== "started") throw new Error("Not started.");
    expect(errorOf(await endOf(flowId, started.id))?.code).toBe("input_unreadable");
  });

  test("a result of 100 MB is refused by its size, and a million items by their number", async () => {
    const app = await w.application();
    const large = await w.put(app, {
      ...asking("large"),
      steps: [{ id: "ask", http: { url: "https://example.com/" } }],
    });
    const runId = await start(app, "large");
    await w.until(async () => home.asked.length === 1);
    home.asked[0]?.answer({ ok: true, output: "x".repeat(100 * 1024 * 1024) });
    expect(errorOf(await endOf(large, runId))?.code).toBe("result_too_large");
    const many = await w.put(app, {
      posthorn: 1,
      flow: "many",
      steps: [{ id: "all", for_each: "input", do: [{ id: "one", map: 1 }] }],
    });
    const manyId = await start(
      app,
      "many",
      Array.from({ length: 1_000_000 }, () => 0),
    );
    expect(errorOf(await endOf(many, manyId))?.code).toBe("too_many_items");
  }, 60_000);

  test("a text that the database cannot hold fails its run, not those that share its commit", async () => {
    const app = await w.application();
    const flowId = await w.put(app, {
      posthorn: 1,
      flow: "nul",
      steps: [{ id: "tell", emit: { type: "a.b", data: { $: "input" } } }],
    });
    const ids = await Promise.all([1, "\u0000", 3].map((input) => start(app, "nul", input)));
    for (const id of ids) expect((await endOf(flowId, id))?.state).toBe("completed");
    expect(await w.eventsOf(app)).toEqual(["a.b", "a.b", "a.b"]);
    const odd = await w.put(app, {
      posthorn: 1,
      flow: "odd-type",
      steps: [{ id: "tell", emit: { type: { $: "input" }, data: 1 } }],
    });
    const oddId = await start(app, "odd-type", "\u0000");
    expect(errorOf(await endOf(odd, oddId))?.code).toBe("event_type_invalid");
  });
});

describe("cancelling", () => {
  const send = async (runId: string) => {
    await sendSignals(w.db, [{ runId, path: "", kind: "cancel", value: "no more" }]);
    w.flows.lookNow();
  };

  test("a run under way gives up what it does; one that waits is woken; both end cancelled with the reason", async () => {
    const app = await w.application();
    const flowId = await w.put(app, asking("cancelled"));
    const runId = await start(app, "cancelled");
    await w.until(async () => home.asked.length === 1);
    await send(runId);
    expect(await endOf(flowId, runId)).toMatchObject({ state: "cancelled", result: "no more" });
    expect(home.asked[0]?.signal.aborted).toBe(true);
    const sleeping = await w.put(app, { posthorn: 1, flow: "sleeping", steps: [{ id: "w", wait: { for: "1h" } }] });
    const sleeper = await start(app, "sleeping");
    await w.until(async () => (await w.waitingOf(sleeping)).length === 1);
    await send(sleeper);
    expect(await endOf(sleeping, sleeper)).toMatchObject({ state: "cancelled", result: "no more" });
    const left = await w.db.query("select from posthorn.run_signal where run_id = any(array[$1, $2]::uuid[])", [
      runId,
      sleeper,
    ]);
    expect(left.length).toBe(0);
  });

  test("a flow that is deleted ends its runs; one that is paused holds them", async () => {
    const app = await w.application();
    const flowId = await w.put(app, {
      posthorn: 1,
      flow: "doomed",
      steps: [
        { id: "w", wait: { for: "1500ms" } },
        { id: "m", map: 1, durable: true },
      ],
    });
    const runId = await start(app, "doomed");
    await w.db.transaction((tx) => setFlowMode(tx, flowId, "paused"));
    await w.until(async () => (await w.waitingOf(flowId))[0]?.waiting_for === "paused");
    const second = await start(app, "doomed");
    expect((await w.waitingOf(flowId)).map(({ waiting_for }) => waiting_for)).toEqual(["paused", "paused"]);
    await w.db.transaction((tx) => setFlowMode(tx, flowId, "enabled"));
    expect((await endOf(flowId, runId))?.state).toBe("completed");
    await w.db.transaction((tx) => deleteFlow(tx, flowId));
    await w.until(async () => ["completed", "cancelled"].includes((await w.ended(flowId, second))?.state ?? ""));
  }, 20_000);
});

test("P7: a hundred thousand due runs of one application do not delay another's", async () => {
  const [many, one] = [await w.application(), await w.application()];
  const definition: Definition = { posthorn: 1, flow: "f", steps: [{ id: "m", map: 1, durable: true }] };
  const [manyFlow, oneFlow] = [await w.put(many, definition), await w.put(one, definition)];
  await w.db.query(
    `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
     select uuidv7(), $1, $2, 1, 'room', now() - interval '5 seconds', 'running', 'api' from generate_series(1, 100000)`,
    [many, manyFlow],
  );
  const runId = newId();
  await w.db.query(
    `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
     values ($3, $1, $2, 1, 'room', now(), 'running', 'api')`,
    [one, oneFlow, runId],
  );
  w.flows.lookNow();
  await w.until(async () => (await w.ended(oneFlow, runId)) !== undefined);
  const [left] = await w.db.query<{ n: number }>(
    "select count(*)::int as n from posthorn.run_waiting where app_id = $1",
    [many],
  );
  expect(left?.n).toBeGreaterThan(50_000);
  await w.db.query("delete from posthorn.run_waiting where app_id = $1", [many]);
  await w.until(async () => w.flows.stats().live === 0);
}, 60_000);
