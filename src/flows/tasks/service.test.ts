import { expect, test } from "bun:test";
import { createLog, type Db, newId, openDb, publicId, type Queryable } from "#kernel";
import type { RunCommit } from "../commit-part.ts";
import { cancelTask } from "./acts.ts";
import { takeOverTasks } from "./takeover.ts";
import { utf8 } from "./task.ts";
import { completed, failed, lease, stays, taskWorld } from "./world.test.ts";

test("P1: a task is enqueued, leased, reported, and its history kept", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  const task = world.newTask();
  expect(await tasks.enqueue([task])).toEqual([{ id: task.id, isNew: true }]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(got).toMatchObject([{ id: task.id, attempt: 1, name: "mail.send", queue: "default" }]);
  expect(Buffer.from(got[0]?.input ?? []).toString()).toBe('{"to":"a"}');
  const told = await tasks.report(appId, worker.token, [
    completed(task.id === got[0]?.id ? got[0] : { id: "", attempt: 0 }, '{"ok":true}'),
  ]);
  expect(told.states).toEqual(["completed"]);
  expect(await world.counts()).toEqual({ owed: 0, leased: 0, completed: 1, failed: 0, cancelled: 0 });
  const [row] = await world.db.query(
    "select state, attempts, convert_from(result, 'UTF8') as result, worker from posthorn.task_ended",
  );
  expect(row).toEqual({ state: "completed", attempts: 1, result: '{"ok":true}', worker: worker.id });
});

test("a worker that waits is handed the task in the enqueue's own commit: it was never owed", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  await db.query("create table posthorn.seen_owed (id uuid)");
  await db.query(
    `create function posthorn.note() returns trigger language plpgsql as $$ begin insert into posthorn.seen_owed values (new.id); return new; end $$`,
  );
  await db.query(
    "create trigger note after insert on posthorn.task_owed for each row execute function posthorn.note()",
  );
  const waiting = lease(tasks, appId, { kind: "known", token: worker.token }, 10, 10_000);
  while (tasks.stats().waiting === 0) await Bun.sleep(1);
  // Its first look must be over: until then the claim, and not the hand-over, would serve it.
  await tasks.enqueue([world.newTask({ queue: "another" })]);
  await tasks.enqueue([world.newTask({ queue: "another" })]);
  const task = world.newTask();
  await tasks.enqueue([task]);
  expect((await waiting).tasks).toMatchObject([{ id: task.id, attempt: 1 }]);
  expect(await db.query("select from posthorn.seen_owed where id = $1", [task.id])).toHaveLength(0);
});

test("a worker that comes back to where nothing is owed asks the database nothing, and is handed what comes", async () => {
  await using world = await taskWorld();
  const { appId, db } = world;
  let claims = 0;
  const counting: Db = Object.create(db, {
    query: {
      value: (text: string, params: readonly unknown[]) => {
        if (text.includes("insert into posthorn.task_leased") && text.includes("skip locked")) claims++;
        return db.query(text, params as never);
      },
    },
  });
  let nowMs = 1_000;
  const tasks = world.open({ db: counting, monotonic: () => nowMs });
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(claims).toBe(1);
  const waiting = lease(tasks, appId, { kind: "known", token: worker.token }, 10, 10_000);
  const task = world.newTask();
  await tasks.enqueue([task]);
  expect((await waiting).tasks).toMatchObject([{ id: task.id, attempt: 1 }]);
  expect(claims).toBe(1);
  // Of what was enqueued while it did not wait it knows, and looks.
  const missed = world.newTask();
  await tasks.enqueue([missed]);
  expect((await lease(tasks, appId, { kind: "known", token: worker.token }, 10, 10_000)).tasks).toMatchObject([
    { id: missed.id },
  ]);
  expect(claims).toBe(2);
  // Nor is it believed for long: others enqueue too.
  nowMs += 100;
  const theirs = world.newTask();
  await world.tasks.enqueue([theirs]);
  expect((await lease(tasks, appId, { kind: "known", token: worker.token }, 10, 10_000)).tasks).toMatchObject([
    { id: theirs.id },
  ]);
  expect(claims).toBe(3);
});

test.each([-3_600_000, 3_600_000])(
  "a delay counts by the database's clock, also where ours is off by %p ms",
  async (offMs) => {
    await using world = await taskWorld();
    const { appId, db } = world;
    const tasks = world.open({ now: () => Date.now() + offMs });
    const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
    await tasks.enqueue([world.newTask({ delayMs: 60_000 })]);
    expect((await lease(tasks, appId, { kind: "known", token: worker.token })).tasks).toEqual([]);
    const [row] = await db.query(
      "select ready, due_at - now() between '30 s' and '60 s' as in_a_minute from posthorn.task_owed",
    );
    expect(row).toEqual({ ready: false, in_a_minute: true });
  },
);

test("P3: a result that comes after another worker took the task changes nothing, is told so, and is recorded as late", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const task = world.newTask();
  await tasks.enqueue([task]);
  const first = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  // Its lease is judged lost, as a process that saw it silent does.
  await db.query("update posthorn.task_leased set worker = worker - 1000, attempt = attempt + 1");
  expect((await tasks.report(appId, first.worker.token, [completed({ id: task.id, attempt: 1 })])).states).toEqual([
    "late",
  ]);
  expect(await world.counts()).toMatchObject({ leased: 1, completed: 0 });
  expect([...(await db.query("select number, late, outcome from posthorn.task_attempt"))]).toMatchObject([
    { number: 1, late: true, outcome: "completed" },
  ]);
});

test("P3: of a report that is partly stale just that part is late, also beside the current attempt of the same task", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  await tasks.enqueue([world.newTask(), world.newTask(), world.newTask()]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  const [stale, current, both] = got;
  if (stale === undefined || current === undefined || both === undefined) throw new Error("Three were enqueued.");
  await db.query("update posthorn.task_leased set attempt = 2 where id = any($1::uuid[])", [
    `{${stale.id},${both.id}}`,
  ]);
  const results = [completed(stale), completed(current), completed(both), completed({ id: both.id, attempt: 2 })];
  const told = await tasks.report(appId, worker.token, results);
  expect(told.states).toEqual(["late", "completed", "late", "completed"]);
  expect(await world.counts()).toMatchObject({ leased: 1, completed: 2 });
  expect(await db.query("select from posthorn.task_attempt where late and number = 1")).toHaveLength(2);
});

test("a task that is given back while somebody cancels it is cancelled", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const task = world.newTask();
  await tasks.enqueue([task]);
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  let givenBack = false;
  const between: Queryable = {
    query: async (text, params) => {
      // After it was looked for among those that wait, before it is among those that run.
      if (text.includes("update posthorn.task_leased") && !givenBack) {
        givenBack = true;
        await tasks.report(appId, worker.token, [{ kind: "released", id: task.id, attempt: 1 }]);
      }
      return db.query(text, params);
    },
  };
  expect(await cancelTask(between, appId, task.id, "no longer wanted")).toEqual({ kind: "cancelled" });
  expect(givenBack).toBe(true);
  expect(await world.counts()).toMatchObject({ owed: 0, leased: 0, cancelled: 1 });
});

test("a report that is repeated is answered as the first time", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  await tasks.enqueue([world.newTask(), world.newTask()]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  const [one, two] = got;
  if (one === undefined || two === undefined) throw new Error("Two were enqueued.");
  const results = [completed(one), failed(two)];
  expect((await tasks.report(appId, worker.token, results)).states).toEqual(["completed", "retrying"]);
  expect((await tasks.report(appId, worker.token, results)).states).toEqual(["completed", "retrying"]);
  expect(await world.db.query("select from posthorn.task_attempt where late")).toHaveLength(0);
});

test("a task that fails is owed again later, and has failed after its last attempt; each attempt is recorded", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const task = world.newTask({ options: { retry: { attempts: 2, waitMs: 0 } } });
  await tasks.enqueue([task]);
  const first = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(
    (
      await tasks.report(
        appId,
        first.worker.token,
        first.tasks.map((one) => failed(one)),
      )
    ).states,
  ).toEqual(["retrying"]);
  const again = await lease(tasks, appId, { kind: "known", token: first.worker.token }, 10, 5_000);
  expect(again.tasks).toMatchObject([{ id: task.id, attempt: 2 }]);
  expect(
    (
      await tasks.report(
        appId,
        first.worker.token,
        again.tasks.map((one) => failed(one)),
      )
    ).states,
  ).toEqual(["failed"]);
  expect([
    ...(await db.query("select number, outcome, late from posthorn.task_attempt order by number")),
  ]).toMatchObject([
    { number: 1, outcome: "failed", late: false },
    { number: 2, outcome: "failed", late: false },
  ]);
});

test("a permanent error is not tried again; one of class cancelled ends the task as cancelled", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  await tasks.enqueue([world.newTask(), world.newTask()]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  const [one, two] = got;
  if (one === undefined || two === undefined) throw new Error("Two were enqueued.");
  const told = await tasks.report(appId, worker.token, [failed(one, "permanent"), failed(two, "cancelled")]);
  expect(told.states).toEqual(["failed", "cancelled"]);
});

test("P2: what a worker that leaves still has is owed again, and its attempt does not count", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  await tasks.enqueue([world.newTask()]);
  const first = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(first.tasks).toHaveLength(1);
  await tasks.leave(appId, first.worker.token);
  const second = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(second.tasks).toMatchObject([{ attempt: 1 }]);
  expect(await tasks.lease(appId, { kind: "known", token: first.worker.token }, 1, 0, stays())).toEqual({
    kind: "worker_lost",
  });
});

test("unique keys: one task until it has ended, until it is handed out, or for a while", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  const unique = (mode: "waiting" | "done") => world.newTask({ unique: { key: `k-${mode}`, for: { mode } } });
  const windowed = () => world.newTask({ unique: { key: "k-window", for: { mode: "window", ms: 60_000 } } });
  const [done, twin] = [unique("done"), unique("done")];
  expect(await tasks.enqueue([done, twin])).toEqual([
    { id: done.id, isNew: true },
    { id: done.id, isNew: false },
  ]);
  const waiting = unique("waiting");
  const passing = windowed();
  await tasks.enqueue([waiting, passing]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(got).toHaveLength(3);
  // Handed out: the one that was unique while it waited has a successor, the others not.
  const isNew = async (task: ReturnType<typeof unique>) => (await tasks.enqueue([task]))[0]?.isNew;
  expect([await isNew(unique("waiting")), await isNew(unique("done")), await isNew(windowed())]).toEqual([
    true,
    false,
    false,
  ]);
  await tasks.report(
    appId,
    worker.token,
    got.map((one) => completed(one)),
  );
  expect([await isNew(unique("done")), await isNew(windowed())]).toEqual([true, false]);
});

test("what is urgent goes first, and what waits grows more urgent by a point a minute", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const [old, low, urgent] = [world.newTask(), world.newTask({ priority: 1 }), world.newTask({ priority: 5 })];
  await tasks.enqueue([old, low, urgent]);
  const order = async () => {
    const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
    await tasks.leave(appId, worker.token);
    return got.map(({ id }) => id);
  };
  expect(await order()).toEqual([urgent.id, low.id, old.id]);
  await db.query(
    "update posthorn.task_owed set rank_at = rank_at - interval '6 minutes', due_at = due_at - interval '6 minutes' where id = $1",
    [old.id],
  );
  expect(await order()).toEqual([old.id, urgent.id, low.id]);
});

test("P7: queues take turns, and tasks that no worker knows hide nothing", async () => {
  await using world = await taskWorld();
  const { tasks, appId } = world;
  const of = (n: number, over: Parameters<typeof world.newTask>[0]) =>
    Array.from({ length: n }, () => world.newTask(over));
  await tasks.enqueue([
    ...of(200, { name: "nobody.knows", priority: 100 }),
    ...of(50, { queue: "big" }),
    ...of(5, { queue: "small" }),
  ]);
  const { tasks: got } = await lease(tasks, appId, {
    kind: "new",
    profile: world.profile({ queues: ["big", "small"] }),
  });
  expect(got.filter(({ queue }) => queue === "small")).toHaveLength(5);
  expect(got).toHaveLength(10);
});

test("a queue that is paused hands out nothing; limits of a queue hold over all workers", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  await tasks.enqueue(Array.from({ length: 5 }, () => world.newTask()));
  await db.query("insert into posthorn.task_queue (app_id, name, paused) values ($1, 'default', true)", [appId]);
  const one = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(one.tasks).toHaveLength(0);
  await db.query("update posthorn.task_queue set paused = false, concurrency = 3");
  const [first, second] = await Promise.all([
    lease(world.open(), appId, { kind: "new", profile: world.profile() }, 2),
    lease(world.open(), appId, { kind: "new", profile: world.profile() }, 2),
  ]);
  expect((first?.tasks.length ?? 0) + (second?.tasks.length ?? 0)).toBe(3);
});

test("two processes that claim at the same time take different tasks, and all of them", async () => {
  await using world = await taskWorld();
  const { appId } = world;
  const all = Array.from({ length: 400 }, () => world.newTask());
  await world.tasks.enqueue(all);
  const processes = [world.open(), world.open()];
  const taken = await Promise.all(
    processes.map(async (tasks) => {
      const ids: string[] = [];
      let token: string | undefined;
      for (let empty = 0; empty < 5; ) {
        const who =
          token === undefined
            ? ({ kind: "new", profile: world.profile() } as const)
            : ({ kind: "known", token } as const);
        const got = await lease(tasks, appId, who, 20);
        token = got.worker.token;
        if (got.tasks.length === 0) empty++;
        ids.push(...got.tasks.map(({ id }) => id));
      }
      return ids;
    }),
  );
  expect(taken.flat().sort()).toEqual(all.map(({ id }) => id).sort());
});

test("a task for later is found when it falls due, by whichever process", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const task = world.newTask({ dueAtMs: Date.now() + 3_600_000, priority: 100 });
  await tasks.enqueue([task]);
  const other = world.open();
  const first = await lease(other, appId, { kind: "new", profile: world.profile() });
  expect(first.tasks).toHaveLength(0);
  const waiting = lease(other, appId, { kind: "known", token: first.worker.token }, 1, 10_000);
  await db.query("update posthorn.task_owed set due_at = now()");
  expect((await waiting).tasks).toMatchObject([{ id: task.id }]);
});

test("the end of a run's task is a signal to it, in the same transaction", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const runId = newId();
  await tasks.enqueue([
    world.newTask({ of: { runId, path: "charge" }, options: { retry: { attempts: 1 } } }),
    world.newTask({ of: { runId, path: "mail" } }),
  ]);
  const { worker, tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  const results = got.map((one, n) => (n === 0 ? failed(one) : completed(one, "42")));
  await tasks.report(appId, worker.token, results);
  const rows = await db.query(
    "select path, kind, convert_from(value, 'UTF8')::jsonb as value from posthorn.run_signal where run_id = $1 order by kind",
    [runId],
  );
  expect([...rows]).toMatchObject([
    { kind: "completed", value: 42 },
    { kind: "failed", value: { class: "retryable", code: "boom" } },
  ]);
  expect(world.signals).toHaveLength(1);
});

// biome-ignore lint/suspicious/noThenProperty: what follows a commit of a run is its `then`.
const GOES_ON = { then: { kind: "goes_on" } };

test("a task of a run is with the worker that waits as soon as the run's commit is there, without a look at the table", async () => {
  await using world = await taskWorld();
  const { appId, db } = world;
  const held = Promise.withResolvers<void>();
  const isLooking = Promise.withResolvers<void>();
  const blind: Db = {
    ...db,
    // Looks find nothing from here on: whoever is served all the same was told.
    query: async <Row>(text: string, params?: Parameters<Db["query"]>[1]) => {
      if (text.includes("recursive later")) {
        isLooking.resolve();
        await held.promise;
      }
      return db.query<Row>(text, params);
    },
  };
  const tasks = world.open({ db: blind });
  const waiting = lease(tasks, appId, { kind: "new", profile: world.profile() }, 5, 20_000);
  await isLooking.promise;
  const runId = newId();
  const task = { kind: "task", path: "work", attempt: 1, key: `${runId}/work`, name: "mail.send", queue: "default" };
  const effects = [{ ...task, priority: 0, input: null, timeoutMs: undefined }];
  // Of a commit the part reads no more.
  const commit = { run: { id: runId, appId }, entries: [], effects, ...GOES_ON } as unknown as RunCommit;
  const plan = await db.transaction((tx) => tasks.part.write(tx, [commit]));
  plan.committed();
  expect((await waiting).tasks).toMatchObject([{ name: "mail.send", key: `${runId}/work` }]);
  held.resolve();
});

test("the end of a run's task says which attempt of its step it answers, however the task ends", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const run = { id: newId(), appId };
  const effects = ["completed", "failed", "cancelled"].map((path, i) => {
    const task = { kind: "task", path, attempt: i + 2, key: `${run.id}/${path}`, name: "mail.send", queue: path };
    return { ...task, priority: 0, input: null, timeoutMs: undefined };
  });
  const commit = { run, entries: [], effects, ...GOES_ON } as unknown as RunCommit;
  const plan = await db.transaction((tx) => tasks.part.write(tx, [commit]));
  plan.committed();
  const { worker, tasks: got } = await lease(tasks, appId, {
    kind: "new",
    profile: world.profile({ queues: ["completed", "failed"] }),
  });
  const results = got.map((one) => (one.queue === "failed" ? failed(one) : completed(one)));
  await tasks.report(appId, worker.token, results);
  const [owed] = await db.query<{ id: string }>("select id from posthorn.task_owed");
  expect(await cancelTask(db, appId, owed?.id ?? "", "not today")).toEqual({ kind: "cancelled" });
  const told = await db.query(
    "select path, kind, attempt from posthorn.run_signal where run_id = $1 order by attempt",
    [run.id],
  );
  expect([...told]).toEqual([
    { path: "completed", kind: "completed", attempt: 2 },
    { path: "failed", kind: "failed", attempt: 3 },
    { path: "cancelled", kind: "failed", attempt: 4 },
  ]);
});

test("what a step does not wait for any more tells its run nothing, though its worker still completes it", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const of = { runId: newId(), path: "work" };
  const [waits, runs] = [world.newTask({ of, name: "other" }), world.newTask({ of })];
  await tasks.enqueue([waits, runs]);
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() }, 5);
  await db.query("select posthorn.cancel_tasks_of(array[$1::uuid], array['work'])", [of.runId]);
  expect(await world.counts()).toMatchObject({ owed: 0, leased: 1, cancelled: 1 });
  const told = await tasks.report(appId, worker.token, [
    { kind: "completed", id: runs.id, attempt: 1, output: utf8("1") },
  ]);
  expect(told.states).toEqual(["completed"]);
  expect(await db.query("select 1 from posthorn.run_signal")).toEqual([]);
  expect(await db.query("select run_id from posthorn.task_ended where run_id = $1", [of.runId])).toHaveLength(2);
});

test("posthorn.enqueue: rolled back there is no task, committed it is done; the key of one that waits answers with that one", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const enqueue = "select posthorn.enqueue('acme', 'mail.send', '{\"to\":\"b\"}', unique_key => 'x') as id";
  await expect(
    db.transaction(async (tx) => {
      await tx.query(enqueue);
      throw new Error("undone");
    }),
  ).rejects.toThrow("undone");
  expect(await world.counts()).toMatchObject({ owed: 0 });
  const [first] = await db.query(enqueue);
  const [second] = await db.query(enqueue);
  expect(second.id).toBe(first.id);
  const { tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(got.map(({ input }) => JSON.parse(Buffer.from(input).toString()))).toEqual([{ to: "b" }]);
  // The same key through the API is the same task.
  expect(await tasks.enqueue([world.newTask({ unique: { key: "x", for: { mode: "done" } } })])).toMatchObject([
    { isNew: false },
  ]);
});

test("a schedule's moment is one task, over all processes and workers; one that nobody declares any more comes no more", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const schedule = {
    name: "mail.send",
    cron: "0 3 * * *",
    zone: "Europe/Berlin",
    queue: "nights",
    priority: 0,
    input: "[7]",
    options: undefined,
  };
  const join = (schedules: readonly (typeof schedule)[]) =>
    lease(tasks, appId, { kind: "new", profile: world.profile({ queues: ["nights"] }), schedules }, 0);
  await join([schedule]);
  await join([schedule]);
  const ask = async () => [...(await db.query("select name, next_at > now() as later from posthorn.task_schedule"))];
  expect(await ask()).toEqual([{ name: "mail.send", later: true }]);
  // The moment of the 1st of May, 2026, by summer time; three nights passed since while nothing ran.
  await db.query("update posthorn.task_schedule set next_at = '2026-05-01T01:00:00Z'");
  const looks = [tasks, world.open()].map((one) => one.looks.find(({ name }) => name === "task_schedules"));
  await Promise.all(looks.map((look) => look?.run()));
  const { tasks: got } = await lease(tasks, appId, {
    kind: "new",
    profile: world.profile({ queues: ["nights"] }),
    schedules: [schedule],
  });
  expect(got.map(({ key, input }) => [key, Buffer.from(input).toString()])).toEqual([
    ["mail.send/2026-05-01T01:00:00.000Z", "[7]"],
  ]);
  expect(await ask()).toEqual([{ name: "mail.send", later: true }]);
  await join([]);
  expect(await ask()).toEqual([]);
});

test("P3: a worker is lost when it is silent by our own clock, and its tasks are owed again at once; nobody is lost in an outage", async () => {
  await using world = await taskWorld();
  const { appId, db } = world;
  let nowMs = 1_000;
  const lines: string[] = [];
  const log = createLog({ level: "warn", format: "json", write: (line) => lines.push(line) });
  const watching = world.open({ monotonic: () => nowMs, log });
  const heard = world.open({ monotonic: () => nowMs });
  const ids = [world.newTask(), world.newTask()];
  // It has watched for longer than a lease lasts: what counts from now on is the worker's silence alone.
  await watching.pulse();
  nowMs += 10_000;
  await heard.enqueue(ids);
  const { worker } = await lease(heard, appId, { kind: "new", profile: world.profile() });
  await watching.pulse();
  nowMs += 3_500;
  await watching.pulse();
  expect(await world.counts()).toMatchObject({ leased: 2 });
  // The database's clock steps an hour: nobody is silent by that.
  await db.query("update posthorn.process set lease_ends_at = lease_ends_at - interval '1 hour'");
  // Nor while the database is away: nobody could be heard of then.
  await db.query("alter table posthorn.task_worker rename to away");
  await expect(watching.pulse()).rejects.toThrow("task_worker");
  await db.query("alter table posthorn.away rename to task_worker");
  nowMs += 200;
  await watching.pulse();
  expect(await world.counts()).toMatchObject({ leased: 2 });
  nowMs += 3_700;
  await watching.pulse();
  expect(await world.counts()).toMatchObject({ leased: 0, owed: 2 });
  expect([...(await db.query("select outcome, number from posthorn.task_attempt"))]).toEqual([
    { outcome: "lost", number: 1 },
    { outcome: "lost", number: 1 },
  ]);
  expect(await heard.report(appId, worker.token, [completed({ id: ids[0]?.id ?? "", attempt: 1 })])).toEqual({
    kind: "settled",
    states: ["late"],
  });
  expect(await watching.heartbeat(appId, worker.token, undefined, [])).toEqual({ kind: "worker_lost" });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "worker_lost", worker: "w", workerId: publicId("wkr", worker.id), tasks: 2 },
  ]);
  expect(lines.join()).not.toContain("[secret]");
});

test("a task that was lost may be tried as often as it may fail, and then has failed", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  await tasks.enqueue([
    world.newTask({ options: { retry: { attempts: 1 } } }),
    world.newTask({ options: { retry: { on: ["retryable"] } } }),
  ]);
  await lease(tasks, appId, { kind: "new", profile: world.profile() });
  let nowMs = 0;
  const watching = world.open({ monotonic: () => nowMs });
  await watching.pulse();
  nowMs += 4_000;
  await watching.pulse();
  expect(await world.counts()).toMatchObject({ owed: 0, failed: 2 });
  expect([
    ...(await db.query(
      "select distinct convert_from(result, 'UTF8')::jsonb ->> 'code' as code from posthorn.task_ended",
    )),
  ]).toEqual([{ code: "worker_lost" }]);
});

test("what a worker was handed and does not know of is owed again, and its attempt does not count", async () => {
  await using world = await taskWorld();
  const { appId, db } = world;
  let nowMs = 0;
  const tasks = world.open({ monotonic: () => nowMs });
  const [kept, forgotten] = [world.newTask(), world.newTask()];
  await tasks.enqueue([kept, forgotten]);
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  await tasks.heartbeat(appId, worker.token, [kept.id], []);
  nowMs += 6_000;
  // Handed out this moment: the answer may be on its way.
  await tasks.heartbeat(appId, worker.token, [kept.id], []);
  expect(await world.counts()).toMatchObject({ leased: 2 });
  await db.query("update posthorn.task_leased set leased_at = now() - interval '11 s'");
  nowMs += 6_000;
  await tasks.heartbeat(appId, worker.token, [kept.id], []);
  expect(await world.counts()).toMatchObject({ leased: 1, owed: 1 });
  expect([...(await db.query("select id, attempts from posthorn.task_owed"))]).toEqual([
    { id: forgotten.id, attempts: 0 },
  ]);
});

test("an attempt that is well past its deadline has timed out, whatever its worker says", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  await tasks.enqueue([world.newTask({ options: { timeoutMs: 1_000, retry: { attempts: 1 } } })]);
  await lease(tasks, appId, { kind: "new", profile: world.profile() });
  await db.query("update posthorn.task_leased set deadline_at = now() - interval '3 s'");
  await tasks.pulse();
  expect(await world.counts()).toMatchObject({ leased: 0, failed: 1 });
});

test("posthorn.enqueue refuses a `retry` that would fail the takeover of every task of a worker", async () => {
  await using world = await taskWorld();
  const { db } = world;
  const enqueue = (retry: string) =>
    db.query("select posthorn.enqueue('acme', 'mail.send', retry => $1::text::jsonb) as id", [retry]);
  const refused = [
    '{"waitMs":"soon"}',
    '{"waitMs":1e300}',
    '{"waitMs":-1}',
    '{"waitMs":[5]}',
    '{"attempts":"many"}',
    '{"attempts":1.5}',
    '{"attempts":100000}',
    '{"factor":0}',
    '{"on":5}',
    '{"on":"retryable"}',
    '{"on":["sometimes"]}',
    '{"wait":5}',
    "[1]",
    "5",
  ];
  for (const retry of refused) await expect(enqueue(retry)).rejects.toMatchObject({ sqlState: "22023" });
  const taken = [
    '{"attempts":100,"waitMs":86400000,"factor":1.5,"maxMs":604800000,"on":["timeout","invalid"]}',
    '{"on":[]}',
    "{}",
    "null",
  ];
  for (const retry of taken) await enqueue(retry);
  const { worker, tasks: got } = await lease(world.tasks, world.appId, { kind: "new", profile: world.profile() });
  expect(got).toHaveLength(taken.length);
  const settled = await db.transaction((tx) => takeOverTasks(tx, worker.token));
  expect(settled.map(({ fate }) => fate).sort()).toEqual(["failed", "failed", "owed", "owed"]);
});

test("a role that was granted posthorn.enqueue alone enqueues, and touches nothing else", async () => {
  await using world = await taskWorld();
  const { db, tasks, appId } = world;
  const admin = openDb({ url: world.database.superuserUrl, poolMax: 1 });
  const role = `outsider_${world.database.name}`;
  await admin.query(`create role ${role}`);
  await admin.query(`grant usage on schema posthorn to ${role}`);
  const asOutsider = (statement: string) =>
    admin.transaction(async (tx) => {
      await tx.query(`set local role ${role}`);
      return tx.query(statement);
    });
  const enqueue = "select posthorn.enqueue('acme', 'mail.send') as id";
  await expect(asOutsider(enqueue)).rejects.toThrow("permission denied");
  await db.query(`grant execute on function posthorn.enqueue to ${role}`);
  expect((await asOutsider(enqueue))[0].id).toStartWith("task_");
  await expect(asOutsider("select * from posthorn.task_owed")).rejects.toThrow("permission denied");
  await expect(asOutsider("select posthorn.enqueue('nobody', 'mail.send')")).rejects.toThrow(
    "there is no application 'nobody'",
  );
  await expect(asOutsider("select posthorn.enqueue('acme', 'no name')")).rejects.toThrow("cannot be named");
  // A search_path of its own leads the function nowhere else.
  const led = admin.transaction(async (tx) => {
    await tx.query("create schema evil");
    await tx.query(
      "create function evil.now() returns timestamptz language sql as $$ select '1970-01-01'::timestamptz $$",
    );
    await tx.query(`grant usage on schema evil to ${role}`);
    await tx.query(`set local role ${role}`);
    await tx.query("set local search_path = evil, pg_catalog");
    return tx.query(enqueue);
  });
  expect((await led)[0].id).toStartWith("task_");
  const { tasks: got } = await lease(tasks, appId, { kind: "new", profile: world.profile() });
  expect(got).toHaveLength(2);
  expect([...(await db.query("select leased_at > '2000-01-01' as right from posthorn.task_leased"))]).toEqual([
    { right: true },
    { right: true },
  ]);
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.close();
});
