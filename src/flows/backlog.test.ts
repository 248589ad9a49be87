import { expect, test } from "bun:test";
import { type Db, newId, openDb } from "#kernel";
import { testDatabase } from "#test";
import { createFlowBacklogMeter } from "./backlog.ts";

async function world() {
  const database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 2 });
  return {
    db,
    measure: createFlowBacklogMeter(db),
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** `due`: seconds from now; null: nothing falls due. */
const run = (db: Db, appId: string, due: number | null) =>
  db.query(
    `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
     values ($1, $2, $3, 1, 'room', now() + make_interval(secs => $4::float8), 'running', 'api')`,
    [newId(), appId, newId(), due],
  );

const task = (db: Db, appId: string, queue: string, name: string, ready: boolean, due: number) =>
  db.query(
    `insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, input)
     values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6::float8), now() + make_interval(secs => $6::float8), '1')`,
    [appId, newId(), queue, name, ready, due],
  );

const ageOf = (ms: number | undefined) => (ms === undefined ? undefined : Math.round((Date.now() - ms) / 100_000));

test("where nothing waits there is no oldest", async () => {
  await using it = await world();
  expect(await it.measure()).toEqual({
    runs: 0,
    runsIsExact: true,
    oldestRunDueAtMs: undefined,
    tasks: 0,
    tasksIsExact: true,
    oldestTaskDueAtMs: undefined,
    oldestMomentAtMs: undefined,
    workersLiving: 0,
    workersLost: 0,
  });
});

test("runs count that are due, of all applications; those that wait for their time or for something do not", async () => {
  await using it = await world();
  const [a, b] = [newId(), newId()];
  await run(it.db, a, -500);
  await run(it.db, a, -10);
  await run(it.db, b, -1_000);
  await run(it.db, b, 3_600);
  await run(it.db, b, null);
  const backlog = await it.measure();
  expect([backlog.runs, backlog.runsIsExact, ageOf(backlog.oldestRunDueAtMs)]).toEqual([3, true, 10]);
});

test("tasks count that a worker could take: those of paused queues and those of later do not", async () => {
  await using it = await world();
  const app = newId();
  await task(it.db, app, "mail", "send", true, -300);
  await task(it.db, app, "mail", "sort", true, -700);
  await task(it.db, app, "mail", "sort", false, 3_600);
  await task(it.db, app, "slow", "send", true, -9_000);
  await it.db.query("insert into posthorn.task_queue (app_id, name, paused) values ($1, 'slow', true)", [app]);
  const backlog = await it.measure();
  expect([backlog.tasks, ageOf(backlog.oldestTaskDueAtMs)]).toEqual([2, 7]);
});

test("a schedule is late from its moment on, and a worker that was given up is told for ten minutes", async () => {
  await using it = await world();
  const schedule = (trigger: number, due: number) =>
    it.db.query(
      `insert into posthorn.flow_schedule (flow_id, trigger, app_id, spec, next_at, due_at)
       values ($1, $2, $3, '{}', now(), now() + make_interval(secs => $4::float8))`,
      [newId(), trigger, newId(), due],
    );
  await schedule(0, 60);
  expect((await it.measure()).oldestMomentAtMs).toBeUndefined();
  await schedule(1, -400);
  expect(ageOf((await it.measure()).oldestMomentAtMs)).toBe(4);

  const worker = (endedBy: string | null, secondsAgo: number) =>
    it.db.query(
      `insert into posthorn.task_worker (id, app_id, name, queues, names, concurrency, ended_at, ended_by)
       values ($1, $2, 'w', '{default}', '{send}', 1,
               case when $3::text is null then null else now() - make_interval(secs => $4::float8) end, $3::text)`,
      [newId(), newId(), endedBy, secondsAgo],
    );
  await worker(null, 0);
  await worker("lost", 60);
  await worker("lost", 3_600);
  await worker("left", 60);
  expect(await it.measure()).toMatchObject({ workersLiving: 1, workersLost: 1 });
});

test("P11 of very many due runs a bounded number is counted, and it is said that there are more", async () => {
  await using it = await world();
  await it.db.query(
    `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
     select gen_random_uuid(), $1, $1, 1, 'room', now() - interval '1 s', 'running', 'api' from generate_series(1, 1500)`,
    [newId()],
  );
  expect(await it.measure()).toMatchObject({ runs: 1_000, runsIsExact: false });
});
