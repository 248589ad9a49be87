import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createEventLog, type EventLog, ensureEventPartitions } from "#events";
import { type Db, newId, openDb, type Queryable } from "#kernel";
import { type Command, createMachine, type Definition, type Entry, type Json } from "#language";
import { createApplication, liveApplications } from "#tenancy";
import { testDatabase } from "#test";
import type { RunCommit } from "../commit-part.ts";
import { openWorld, type TestFlow, type TestProcess, type World } from "../control/test-kit.ts";
import { createFlowCache } from "../flow-cache.ts";
import { createFlowPlanner } from "../planner.ts";
import type { Run } from "../run.ts";
import { syncFlow } from "../triggers/sync.ts";
import { lookBack, matchArrivals, waitChores } from "./match.ts";
import { createTurns } from "./turns.ts";
import { WaitExpressions } from "./wait-expressions.ts";
import { waitPart } from "./wait-part.ts";

let world: World;
let process: TestProcess;
let other: Db;
let log: EventLog;
const keys = new WaitExpressions();
const part = waitPart({ onRegistered: () => undefined });
beforeAll(async () => {
  world = await openWorld(await testDatabase());
  process = await world.process();
  other = openDb({ url: world.url, poolMax: 4 });
  await ensureEventPartitions(world.db, Date.now());
  log = logOn(world.db);
});
afterAll(async () => {
  await other.close();
  await world[Symbol.asyncDispose]();
});

function logOn(db: Db): EventLog {
  const planner = createFlowPlanner({
    flows: createFlowCache(),
    room: undefined,
    token: () => process.token,
    onWaiting: () => undefined,
  });
  return createEventLog({ db, planners: [planner], liveApplications });
}

type WaitFor = Extract<Definition["steps"][number], { wait_for_event: unknown }>["wait_for_event"];

async function waitingFlow(wait: Partial<WaitFor> = {}): Promise<TestFlow> {
  const quotas = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };
  const app = await createApplication(world.db, {
    name: "Acme",
    uid: undefined,
    throttleRate: undefined,
    quotas,
    metadata: {},
  });
  if (app === "uid_taken") throw new Error("Another application has the uid.");
  const flow = await world.flow(
    { on: [], steps: [{ id: "paid", wait_for_event: { type: "order.paid", ...wait } }] },
    app.id,
  );
  await world.db.query(
    "insert into posthorn.flow_set (app_id, version) values ($1, 1) on conflict (app_id) do update set version = flow_set.version + 1",
    [app.id],
  );
  await syncFlow(world.db, flow.id);
  return flow;
}

const MATCHED: Partial<WaitFor> = { match: { key: "event.data.order", equals: "input.order" } };

function waitCommit(flow: TestFlow, run: Run, equals: string | undefined, atMs = Date.now(), seen?: Json): RunCommit {
  const command: Command = {
    kind: "wait_for_event",
    path: "paid",
    attempt: 1,
    key: "k",
    types: ["order.paid"],
    untilMs: undefined,
    equals,
    ...(seen !== undefined && { seen }),
  };
  const entry: Entry = { kind: "waiting", path: "paid", attempt: 1, atMs };
  return {
    run,
    flow: flow.flow,
    seq: 0,
    entries: [entry],
    effects: [command],
    consumed: [],
    // biome-ignore lint/suspicious/noThenProperty: what a run does then, as in RunCommit.
    then: { kind: "parks", waitingFor: "event", dueAtMs: undefined },
  };
}

async function begin(flow: TestFlow, fields: Partial<Run> = {}): Promise<Run> {
  return process.lease(flow, { phase: "running", ...fields });
}
async function wait(flow: TestFlow, equals: string | undefined, q: Queryable = world.db, run?: Run): Promise<Run> {
  const waiting = run ?? (await begin(flow));
  await part.write(q, [waitCommit(flow, waiting, equals)]);
  return waiting;
}
async function pay(flow: TestFlow, data: Json, on = log): Promise<string> {
  const event = {
    appId: flow.appId,
    type: "order.paid",
    payload: Buffer.from(JSON.stringify(data)),
    contentType: "application/json",
  };
  const appended = await on.append(event);
  if (appended.kind !== "appended") throw new Error(appended.kind);
  return appended.id;
}
const match = async (db: Db = world.db) => {
  let all = 0;
  for (;;) {
    const taken = await matchArrivals(db, keys);
    if (taken === 0) return all;
    all += taken;
  }
};
const told = async (run: Run) =>
  Array.from(
    await world.db.query<{ kind: string; value: Uint8Array; path: string }>(
      "select kind, path, value from posthorn.run_signal where run_id = $1 order by id",
      [run.id],
    ),
  ).map(({ kind, path, value }) => ({ kind, path, value: JSON.parse(Buffer.from(value).toString()) }));
const waits = async (flow: TestFlow) =>
  (await world.db.query("select from posthorn.flow_wait where flow_id = $1", [flow.id])).length;

/** A transaction that others let go on and end. */
function held(db: Db, work: (tx: Queryable) => Promise<void>) {
  const written = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const over = db.transaction(async (tx) => {
    await work(tx);
    written.resolve();
    await mayEnd.promise;
  });
  return {
    written: written.promise,
    commit: async () => {
      mayEnd.resolve();
      await over;
    },
  };
}

/** An append that is written and not committed yet. */
function heldAppend(flow: TestFlow, data: Json) {
  let id = "";
  const append = held(other, async (tx) => {
    id = newId();
    await tx.query(
      "insert into posthorn.event (app_id, id, type, content_type, payload) values ($1, $2, 'order.paid', 'application/json', $3)",
      [flow.appId, id, Buffer.from(JSON.stringify(data))],
    );
    await tx.query("insert into posthorn.flow_arrival (event_id, app_id, type) values ($1, $2, 'order.paid')", [
      id,
      flow.appId,
    ]);
  });
  return append;
}

describe("an event that comes while a run waits for it", () => {
  test("is told to the run once, and the wait is over", async () => {
    const flow = await waitingFlow(MATCHED);
    const [mine, others] = [await wait(flow, "7"), await wait(flow, "8")];
    await pay(flow, { order: 7, sum: 1 });
    await pay(flow, { order: 7, sum: 2 });
    await match();
    const signals = await told(mine);
    expect(signals).toMatchObject([
      { kind: "completed", path: "paid", value: { event: { type: "order.paid", data: { order: 7, sum: 1 } } } },
    ]);
    expect(await told(others)).toEqual([]);
    expect(await waits(flow)).toBe(1);
  });

  test("of another application, another type, or without a key, is for nobody", async () => {
    const [flow, foreign] = [await waitingFlow(MATCHED), await waitingFlow(MATCHED)];
    const run = await wait(flow, "7");
    await pay(foreign, { order: 7 });
    await pay(flow, { order: { deep: 7 } });
    await pay(flow, {});
    await match();
    expect(await told(run)).toEqual([]);
  });

  test("is judged by the run itself where the step has an expression; the wait stays until it is satisfied", async () => {
    const flow = await waitingFlow({ if: "event.data.sum > 10" });
    const run = await wait(flow, undefined);
    await pay(flow, { sum: 1 });
    await match();
    expect((await told(run)).map(({ kind }) => kind)).toEqual(["wake"]);
    expect(await waits(flow)).toBe(1);
  });

  test("is judged without the run by what the expression reads of it, and wakes it only if that holds", async () => {
    const flow = await waitingFlow({ if: "event.data.order == input.order" });
    const machine = createMachine(flow.flow, {
      runId: "run_1",
      version: 1,
      startedAtMs: 0,
      trigger: { kind: "api" },
      input: { order: 7, more: "x".repeat(100_000) },
    });
    const commands: Command[] = [];
    do commands.push(...machine.next(0));
    while (machine.busy);
    expect(commands).toMatchObject([{ kind: "wait_for_event", seen: { input: { order: 7 } } }]);
    const waiting = async (order: number) => {
      const run = await begin(flow);
      await part.write(world.db, [waitCommit(flow, run, undefined, Date.now(), { input: { order } })]);
      return run;
    };
    const [mine, others, unknown] = [await waiting(7), await waiting(8), await wait(flow, undefined)];
    await pay(flow, { order: 7 });
    await match();
    expect((await told(mine)).map(({ kind }) => kind)).toEqual(["wake"]);
    expect(await told(others)).toEqual([]);
    // What its expression reads was not kept: it says it itself.
    expect((await told(unknown)).map(({ kind }) => kind)).toEqual(["wake"]);
    expect(await waits(flow)).toBe(3);
  });

  test("P7: of a thousand whose expressions must be asked, only the one it is for is woken, in bounded transactions", async () => {
    const flow = await waitingFlow({ if: "event.data.order == input.order" });
    const run = await begin(flow);
    await part.write(world.db, [waitCommit(flow, run, undefined, Date.now(), { input: { order: 500 } })]);
    await world.db.query(
      `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, condition, context, since)
       select uuidv7(), 'paid', w.type, w.app_id, w.flow_id, 1, w.key, true, w.condition, '{"input":{"order":' || g || '}}', w.since
         from posthorn.flow_wait w, generate_series(1000, 2499) g where w.run_id = $1`,
      [run.id],
    );
    await pay(flow, { order: 500 });
    let rounds = 0;
    while ((await matchArrivals(world.db, keys)) > 0) rounds++;
    expect(rounds).toBe(4);
    const woken = await world.db.query<{ run_id: string }>(
      "select s.run_id from posthorn.run_signal s join posthorn.flow_wait w on w.run_id = s.run_id where w.flow_id = $1",
      [flow.id],
    );
    expect(woken.map(({ run_id }) => run_id)).toEqual([run.id]);
  });

  test("P7: many events that many wait for do not hold up those of another application", async () => {
    const [crowded, other] = [await waitingFlow({ if: "event.data.order == input.order" }), await waitingFlow(MATCHED)];
    const one = await begin(crowded);
    await part.write(world.db, [waitCommit(crowded, one, undefined, Date.now(), { input: { order: 1 } })]);
    await world.db.query(
      `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, condition, context, since)
       select uuidv7(), 'paid', w.type, w.app_id, w.flow_id, 1, w.key, true, w.condition, '{"input":{"order":2}}', w.since
         from posthorn.flow_wait w, generate_series(1, 400) g where w.run_id = $1`,
      [one.id],
    );
    const mine = await wait(other, "7");
    for (let i = 0; i < 120; i++) await pay(crowded, { order: 0 });
    await pay(other, { order: 7 });
    for (let round = 0; round < 3; round++) await matchArrivals(world.db, keys);
    expect((await told(mine)).length).toBe(1);
    await match();
    expect(await told(one)).toEqual([]);
  });

  describe("P7: one look wakes the run of another application", () => {
    const DEAR = "lists.range(2000).map(x, lists.range(900).size()).size() > 0";
    const crowd = async (crowded: TestFlow, condition: string | undefined, size: number) => {
      const one = await begin(crowded);
      await part.write(world.db, [
        waitCommit(crowded, one, undefined, Date.now(), condition === undefined ? undefined : { input: { order: 1 } }),
      ]);
      await world.db.query(
        `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, condition, context, since)
         select uuidv7(), 'paid', w.type, w.app_id, w.flow_id, 1, w.key, w.judged, w.condition, w.context, w.since
           from posthorn.flow_wait w, generate_series(2, $2) g where w.run_id = $1`,
        [one.id, size],
      );
    };
    /** Takes what the crowd left with it, or it would stand before the events of the tests that follow. */
    const leave = async (crowded: TestFlow) => {
      await world.db.query("delete from posthorn.flow_wait where app_id = $1", [crowded.appId]);
      await match();
    };
    const begun = async (crowded: TestFlow, data: Json, count: number) => {
      for (let i = 0; i < count; i++) await pay(crowded, data);
      await world.db.query("update posthorn.flow_arrival set after_run = $2, after_path = '' where app_id = $1", [
        crowded.appId,
        "00000000-0000-0000-0000-000000000001",
      ]);
    };

    test("though 60 events go on whose conditions take long", async () => {
      await match();
      const condition = `${DEAR} && event.data.order == input.order`;
      const [crowded, cheap] = [await waitingFlow({ if: condition }), await waitingFlow(MATCHED)];
      await crowd(crowded, condition, 20);
      await begun(crowded, { order: 0 }, 60);
      const mine = await wait(cheap, "7");
      await pay(cheap, { order: 7 });
      await matchArrivals(world.db, keys);
      expect(await told(mine)).toHaveLength(1);
      await leave(crowded);
    });

    test("or two, though 150 events came first and 60 go on, whose conditions take long", async () => {
      await match();
      const condition = `${DEAR} && event.data.order == input.order`;
      const [crowded, cheap] = [await waitingFlow({ if: condition }), await waitingFlow(MATCHED)];
      await crowd(crowded, condition, 20);
      await begun(crowded, { order: 0 }, 60);
      for (let i = 0; i < 150; i++) await pay(crowded, { order: 0 });
      const [mine, later] = [await wait(cheap, "7"), await wait(cheap, "8")];
      await pay(cheap, { order: 7 });
      await pay(cheap, { order: 8 });
      // One of the two goes on, behind 60 that do.
      await world.db.query(
        `update posthorn.flow_arrival set after_run = $2, after_path = ''
          where event_id = (select max(event_id::text)::uuid from posthorn.flow_arrival where app_id = $1)`,
        [cheap.appId, "00000000-0000-0000-0000-000000000001"],
      );
      const turns = createTurns();
      for (let look = 0; look < 2; look++) await matchArrivals(world.db, keys, "lately", turns);
      expect(await told(mine)).toHaveLength(1);
      expect(await told(later)).toHaveLength(1);
      await leave(crowded);
    });

    test("and no stream of few events keeps the backlog of the crowd from being compared", async () => {
      await match();
      const [crowded, cheap] = [await waitingFlow(MATCHED), await waitingFlow(MATCHED)];
      const last = await wait(crowded, "119");
      for (let order = 0; order < 120; order++) await pay(crowded, { order });
      const turns = createTurns();
      for (let look = 0; look < 6; look++) {
        await pay(cheap, { order: look });
        await matchArrivals(world.db, keys, "lately", turns);
      }
      expect(await told(last)).toHaveLength(1);
    });

    test("though the keys of 60 events that go on are more than one look asks for", async () => {
      await match();
      const [crowded, cheap] = [await waitingFlow(MATCHED), await waitingFlow(MATCHED)];
      await world.db.query(
        `insert into posthorn.flow_awaited (app_id, type, flow_id, step, key_text, version)
         select app_id, type, flow_id, step || g, key_text || ' + ' || g, version
           from posthorn.flow_awaited, generate_series(1, 3) g where app_id = $1`,
        [crowded.appId],
      );
      await begun(crowded, { order: 1 }, 60);
      const mine = await wait(cheap, "7");
      await pay(cheap, { order: 7 });
      await matchArrivals(world.db, keys);
      expect(await told(mine)).toHaveLength(1);
      await leave(crowded);
    });

    test("though the payloads of events that go on are more than one look reads", async () => {
      await match();
      const [crowded, cheap] = [await waitingFlow(), await waitingFlow(MATCHED)];
      await crowd(crowded, undefined, 20);
      await begun(crowded, { order: 0, more: "x".repeat(1_000_000) }, 8);
      const mine = await wait(cheap, "7");
      await pay(cheap, { order: 7 });
      await matchArrivals(world.db, keys);
      expect(await told(mine)).toHaveLength(1);
      await leave(crowded);
    });

    test("though 40 events came first whose keys take long to find", async () => {
      await match();
      const [crowded, cheap] = [
        await waitingFlow({ match: { key: `${DEAR} ? event.data.order : ''`, equals: "input.order" } }),
        await waitingFlow(MATCHED),
      ];
      for (let i = 0; i < 40; i++) await pay(crowded, { order: i });
      const mine = await wait(cheap, "7");
      await pay(cheap, { order: 7 });
      await matchArrivals(world.db, keys);
      expect(await told(mine)).toHaveLength(1);
      await world.db.query("delete from posthorn.flow_awaited where app_id = $1", [crowded.appId]);
      await match();
    });
  });

  test("P7: expressions that take long share no transaction, and each is asked", async () => {
    const dear = "lists.range(2000).map(x, lists.range(900).size()).size() > 0 && event.data.order == input.order";
    const flow = await waitingFlow({ if: dear });
    const runs: Run[] = [];
    for (let order = 0; order < 5; order++) {
      const run = await begin(flow);
      await part.write(world.db, [waitCommit(flow, run, undefined, Date.now(), { input: { order } })]);
      runs.push(run);
    }
    await pay(flow, { order: 4 });
    let rounds = 0;
    while ((await matchArrivals(world.db, keys)) > 0) rounds++;
    expect(rounds).toBeGreaterThan(1);
    const all = await Promise.all(runs.map(async (run) => (await told(run)).length));
    expect(all).toEqual([0, 0, 0, 0, 1]);
  });

  test("writes nothing for a type that no flow awaits", async () => {
    const flow = await waitingFlow();
    await log.append({
      appId: flow.appId,
      type: "order.placed",
      payload: Buffer.from("{}"),
      contentType: "application/json",
    });
    expect((await world.db.query("select from posthorn.flow_arrival where app_id = $1", [flow.appId])).length).toBe(0);
  });

  test("is told to all runs that wait for the same, in bounded transactions", async () => {
    const flow = await waitingFlow();
    const run = await wait(flow, undefined);
    await world.db.query(
      `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, since)
       select uuidv7(), 'paid', w.type, w.app_id, w.flow_id, 1, w.key, false, w.since from posthorn.flow_wait w, generate_series(1, 1299) where w.run_id = $1`,
      [run.id],
    );
    await pay(flow, {});
    let rounds = 0;
    while ((await matchArrivals(world.db, keys)) > 0) rounds++;
    expect(rounds).toBe(3);
    expect(await waits(flow)).toBe(0);
  });
});

describe("no event between check and registration is missed", () => {
  test("committed and compared before the wait was committed: looking back finds it", async () => {
    while ((await lookBack(world.db)) > 0);
    const flow = await waitingFlow(MATCHED);
    const run = await begin(flow);
    const registering = held(other, (tx) => wait(flow, "7", tx, run).then(() => undefined));
    await registering.written;
    await pay(flow, { order: 7 });
    await match();
    expect(await told(run)).toEqual([]);
    await registering.commit();
    await match();
    expect(await told(run)).toEqual([]);
    expect(await lookBack(world.db)).toBe(1);
    await match();
    expect((await told(run)).length).toBe(1);
  });

  test("appended before the wait began, committed after it: it counts as later", async () => {
    const flow = await waitingFlow(MATCHED);
    const append = heldAppend(flow, { order: 7 });
    await append.written;
    const run = await begin(flow);
    await part.write(world.db, [waitCommit(flow, run, "7", Date.now() + 1_000)]);
    await lookBack(world.db);
    await append.commit();
    await match();
    expect((await told(run)).length).toBe(1);
  });

  test("appended before the wait, committed and compared before the wait was: looking back finds it", async () => {
    const flow = await waitingFlow(MATCHED);
    const append = heldAppend(flow, { order: 7 });
    await append.written;
    const run = await begin(flow);
    const commit = waitCommit(flow, run, "7", Date.now() + 1_000);
    const third = openDb({ url: world.url, poolMax: 1 });
    const registering = held(third, (tx) => part.write(tx, [commit]).then(() => undefined));
    await registering.written;
    await append.commit();
    await match();
    await registering.commit();
    await lookBack(world.db);
    await match();
    expect((await told(run)).length).toBe(1);
    await third.close();
  });

  test("being compared at the moment in which the wait is committed and looked at: the looker waits for it", async () => {
    const flow = await waitingFlow(MATCHED);
    const run = await begin(flow);
    const id = await pay(flow, { order: 7 });
    // As the matcher does, after it looked for waits and found none.
    const comparing = held(other, async (tx) => {
      await tx.query("select from posthorn.flow_arrival where event_id = $1 for update", [id]);
      await tx.query("update posthorn.flow_arrival set done_at = clock_timestamp() where event_id = $1", [id]);
    });
    await comparing.written;
    await part.write(world.db, [waitCommit(flow, run, "7", Date.now() - 1_000)]);
    const looking = lookBack(world.db);
    const isOver = await Promise.race([
      looking.then(() => true),
      world.db.query("select pg_sleep(0.05)").then(() => false),
    ]);
    expect(isOver).toBe(false);
    await comparing.commit();
    await looking;
    await match();
    expect((await told(run)).length).toBe(1);
  });

  test("what came before the step began does not count, nor does the event that started the run", async () => {
    const flow = await waitingFlow(MATCHED);
    const before = await pay(flow, { order: 7 });
    const run = await begin(flow, { eventId: undefined });
    await part.write(world.db, [waitCommit(flow, { ...run, eventId: before }, "7", 0)]);
    const late = await begin(flow);
    await part.write(world.db, [waitCommit(flow, late, "7", Date.now() + 5)]);
    await lookBack(world.db);
    await match();
    expect([await told(run), await told(late)]).toEqual([[], []]);
  });

  test("two processes, events and waits at once: each run is told of its event exactly once", async () => {
    const flow = await waitingFlow(MATCHED);
    const otherLog = logOn(other);
    const runs = await Promise.all(Array.from({ length: 60 }, () => begin(flow)));
    const began = Date.now();
    let going = true;
    const matching = async (db: Db) => {
      while (going) {
        await lookBack(db);
        await matchArrivals(db, keys);
      }
    };
    const matchers = [matching(world.db), matching(other)];
    await Promise.all(
      runs.flatMap((run, n) => [
        part.write(n % 2 === 0 ? world.db : other, [waitCommit(flow, run, String(n), began)]),
        pay(flow, { order: n }, n % 3 === 0 ? log : otherLog),
      ]),
    );
    going = false;
    await Promise.all(matchers);
    await lookBack(world.db);
    await match();
    for (const run of runs) expect((await told(run)).length).toBe(1);
    expect(await waits(flow)).toBe(0);
  });
});

describe("a wait is forgotten", () => {
  const over = (flow: TestFlow, run: Run, change: Partial<RunCommit>): RunCommit => ({
    ...waitCommit(flow, run, "7"),
    entries: [],
    effects: [],
    ...change,
  });

  test("when its step is over, when it is given up, and when its run ends", async () => {
    const flow = await waitingFlow(MATCHED);
    const runs = [await wait(flow, "7"), await wait(flow, "7"), await wait(flow, "7")] as [Run, Run, Run];
    const commits = [
      over(flow, runs[0], {
        entries: [{ kind: "completed", path: "paid", attempt: 1, atMs: 0, output: { event: null } }],
      }),
      over(flow, runs[1], { effects: [{ kind: "give_up", of: "wait_for_event", path: "paid", attempt: 1, key: "k" }] }),
      // biome-ignore lint/suspicious/noThenProperty: what a run does then, as in RunCommit.
      over(flow, runs[2], { then: { kind: "ends", ending: { state: "cancelled", reason: "" } } }),
    ];
    expect(commits.map((commit) => part.concerns(commit))).toEqual([true, true, true]);
    await part.write(world.db, commits);
    expect(await waits(flow)).toBe(0);
  });

  test("commits of flows that never wait do not concern it", async () => {
    const flow = await world.flow({});
    const run = await begin(flow);
    expect(part.concerns(over(flow, run, {}))).toBe(false);
  });

  test("arrivals are forgotten a minute after they were compared, but not while a wait was not looked at", async () => {
    const flow = await waitingFlow(MATCHED);
    await pay(flow, { order: 1 });
    await match();
    await world.db.query("update posthorn.flow_arrival set done_at = now() - interval '2 minutes' where app_id = $1", [
      flow.appId,
    ]);
    const [forget] = waitChores(world.db);
    await wait(flow, "9");
    const left = () => world.db.query("select from posthorn.flow_arrival where app_id = $1", [flow.appId]);
    await forget?.run();
    expect((await left()).length).toBe(1);
    await lookBack(world.db);
    await match();
    await world.db.query("update posthorn.flow_arrival set done_at = now() - interval '2 minutes' where app_id = $1", [
      flow.appId,
    ]);
    await forget?.run();
    expect((await left()).length).toBe(0);
  });
});

test("of 100,000 that wait for one type the one with its key is found by index", async () => {
  const flow = await waitingFlow(MATCHED);
  const run = await wait(flow, "7");
  // In parts, each within the time of a statement on a busy machine.
  for (let part = 0; part < 10; part++) {
    await world.db.query(
      `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, since, looked)
     select uuidv7(), 'paid', w.type, w.app_id, w.flow_id, 1, gen_random_uuid(), false, w.since, true from posthorn.flow_wait w, generate_series(1, 10000) where w.run_id = $1`,
      [run.id],
    );
  }
  await world.db.query("analyze posthorn.flow_wait");
  const scans = async () =>
    (
      await world.db.query<{ n: string }>(
        "select pg_stat_force_next_flush(), seq_tup_read::text as n from pg_stat_user_tables where relname = 'flow_wait'",
      )
    )[0]?.n;
  const before = await scans();
  await pay(flow, { order: 7 });
  await match();
  expect((await told(run)).length).toBe(1);
  expect(Number(await scans()) - Number(before)).toBeLessThan(100_000);
  await world.db.query("delete from posthorn.flow_wait where flow_id = $1", [flow.id]);
});

test("P7: events whose keys take long to find share no transaction, and each finds who waits for it", async () => {
  const dear = "lists.range(2000).map(x, lists.range(900).size()).size() > 0 ? event.data.order : ''";
  const flow = await waitingFlow({ match: { key: dear, equals: "input.order" } });
  const runs: Run[] = [];
  for (const order of ["a", "b", "c", "d", "e"]) runs.push(await wait(flow, order));
  await match();
  for (const order of ["a", "b", "c", "d", "e"]) await pay(flow, { order });
  const left = async () =>
    (await world.db.query("select from posthorn.flow_arrival where app_id = $1 and done_at is null", [flow.appId]))
      .length;
  await matchArrivals(world.db, keys);
  expect(await left()).toBeGreaterThan(0);
  await match();
  expect(await left()).toBe(0);
  for (const run of runs) expect(await told(run)).toHaveLength(1);
});
