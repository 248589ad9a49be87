import { expect, test } from "bun:test";
import { newId } from "#kernel";
import { changeQueue } from "./queues.ts";
import { cancelOrphans } from "./run-part.ts";
import { ensureTaskPartitions, taskChores, taskIdBound } from "./upkeep.ts";
import { completed, failed, lease, taskWorld } from "./world.test.ts";

const DAY_MS = 86_400_000;
type World = Awaited<ReturnType<typeof taskWorld>>;

async function runChore({ db }: World, name: string, nowMs = Date.now()): Promise<void> {
  const chore = taskChores({ db, now: () => nowMs, retentionMs: 5 * DAY_MS }).find((one) => one.name === name);
  if (chore === undefined) throw new Error(`There is no chore ${name}`);
  await chore.run();
}

test("tasks of a deleted application end as cancelled, its workers are told, and nothing comes by the clock any more", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const running = world.newTask();
  await tasks.enqueue([running]);
  const profile = { kind: "new", profile: world.profile(), schedules: [clock("mail.send")] } as const;
  const { worker } = await lease(tasks, appId, profile, 1);
  await tasks.enqueue(Array.from({ length: 20 }, () => world.newTask({ unique: undefined })));
  await tasks.enqueue([world.newTask({ unique: { key: "k", for: { mode: "done" } } })]);
  await runChore(world, "task_deleted_apps");
  expect(await world.counts()).toMatchObject({ owed: 21, leased: 1, cancelled: 0 }); // It lives.
  await db.query("update posthorn.application set deleted_at = now()");
  await runChore(world, "task_deleted_apps");
  expect(await world.counts()).toMatchObject({ owed: 0, leased: 1, cancelled: 21 });
  const reasons = await db.query(
    "select distinct convert_from(result, 'UTF8')::json ->> 'code' as code from posthorn.task_ended",
  );
  expect(reasons).toEqual([{ code: "application_deleted" }]);
  expect(await db.query("select 1 from posthorn.task_schedule union all select 1 from posthorn.task_unique")).toEqual(
    [],
  );
  await tasks.pulse();
  const beat = await tasks.heartbeat(appId, worker.token, undefined, []);
  expect(beat).toMatchObject({ kind: "heard", cancelled: [{ id: running.id, reason: "The application was deleted" }] });
  const told = await tasks.report(appId, worker.token, [failed({ id: running.id, attempt: 1 })]);
  expect(told.states).toEqual(["cancelled"]);
});

const clock = (name: string) => ({
  name,
  cron: "0 0 1 1 *",
  zone: "UTC",
  queue: "default",
  priority: 0,
  input: "null",
  options: undefined,
});

test("P11: retention goes by when tasks ended, and drops no attempts of tasks that have not", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  const nowMs = Date.now();
  const madeMs = nowMs - 20 * DAY_MS;
  await ensureTaskPartitions(db, madeMs);
  const idAt = (ms: number) => `${taskIdBound(ms).slice(0, 14)}${newId().slice(14)}`;
  const [open, done] = [world.newTask({ id: idAt(madeMs) }), world.newTask({ id: idAt(madeMs) })];
  await tasks.enqueue([open, done]);
  const { worker } = await lease(tasks, appId, { kind: "new", profile: world.profile() }, 2);
  await tasks.report(appId, worker.token, [
    failed({ id: open.id, attempt: 1 }),
    completed({ id: done.id, attempt: 1 }),
  ]);
  const left = async () => {
    const [row] = await db.query<{ ended: number; attempts: number }>(
      "select (select count(*)::int from posthorn.task_ended) as ended, (select count(*)::int from posthorn.task_attempt) as attempts",
    );
    return row;
  };
  expect(await left()).toEqual({ ended: 1, attempts: 1 });
  // Made three weeks ago, it ended a moment ago.
  await runChore(world, "task_retention", nowMs);
  expect(await left()).toEqual({ ended: 1, attempts: 1 });
  await db.query("update posthorn.task_ended set ended_at = ended_at - interval '6 days'");
  await runChore(world, "task_retention", nowMs);
  expect(await left()).toEqual({ ended: 0, attempts: 1 });
  await db.query("delete from posthorn.task_owed");
  await runChore(world, "task_retention", nowMs);
  expect(await left()).toEqual({ ended: 0, attempts: 0 });
});

test("a queue's rate is what is handed out, over all processes; what was not used is kept for a second", async () => {
  await using world = await taskWorld();
  const { tasks, appId, db } = world;
  await db.transaction((tx) =>
    changeQueue(tx, appId, "default", { paused: undefined, concurrency: undefined, rate: 0.001 }),
  );
  await tasks.enqueue(Array.from({ length: 20 }, () => world.newTask()));
  const allow = (n: number) =>
    db.query("update posthorn.task_queue set allowance = $1::real, allowance_at = clock_timestamp()", [n]);
  const profile = { kind: "new", profile: world.profile({ concurrency: 20 }) } as const;
  await allow(1);
  expect((await lease(tasks, appId, profile, 10)).tasks).toHaveLength(1);
  expect((await lease(world.open(), appId, profile, 10)).tasks).toHaveLength(0);
  await db.query(
    "update posthorn.task_queue set rate = 5, allowance = 0, allowance_at = clock_timestamp() - interval '1 hour'",
  );
  expect((await lease(world.open(), appId, profile, 10)).tasks).toHaveLength(5);
});

const RUN = `
  insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, trigger, phase)
  values ($1, $2, $3, 1, 'task', null, 'api', 'running')`;

test("tasks of a run that is no more are cancelled by upkeep, those of one that is are not", async () => {
  await using world = await taskWorld();
  const { tasks, db } = world;
  const [alive, gone] = [newId(), newId()];
  await tasks.enqueue([alive, gone].map((runId) => world.newTask({ of: { runId, path: "work" } })));
  await db.query(RUN, [alive, world.appId, newId()]);
  await cancelOrphans(db);
  expect(await world.counts()).toMatchObject({ owed: 1, cancelled: 1 });
});
