import { expect, test } from "bun:test";
import { type Db, newId, openDb } from "#kernel";
import { testDatabase } from "#test";
import { inspectFlows } from "./inspect.ts";

async function world() {
  const database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 1 });
  return {
    db,
    look: () => inspectFlows(db),
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

const MIN = 60;
const ago = (param: string) => `now() - make_interval(secs => ${param}::float8)`;

const flow = (db: Db, mode: string, isDeleted = false) =>
  db.query(
    `insert into posthorn.flow (id, app_id, name, mode, version, deleted_at)
     values ($1, $1, 'f', $2, 1, case when $3::boolean then now() end)`,
    [newId(), mode, isDeleted],
  );

const task = (db: Db, appId: string, queue: string, name: string, secondsAgo: number, ready = true) =>
  db.query(
    `insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, input)
     values ($1, $2, $3, $4, $5, ${ago("$6")}, ${ago("$6")}, '1')`,
    [appId, newId(), queue, name, ready, secondsAgo],
  );

const worker = (db: Db, appId: string, queue: string, name: string, secondsAgo = 0, hasEnded = false) =>
  db.query(
    `insert into posthorn.task_worker (id, app_id, name, queues, names, concurrency, seen_at, ended_at, ended_by)
     values ($1, $2, 'w', array[$3::text], array[$4::text], 1, ${ago("$5")}, case when $6::boolean then now() end,
             case when $6::boolean then 'left' end)`,
    [newId(), appId, queue, name, secondsAgo, hasEnded],
  );

const schedule = (db: Db, secondsAgo: number) =>
  db.query(
    `insert into posthorn.flow_schedule (flow_id, trigger, app_id, spec, next_at, due_at)
     values ($1, 0, $1, '{}', ${ago("$2")}, ${ago("$2")})`,
    [newId(), secondsAgo],
  );

test("where nothing is, nothing is neglected", async () => {
  await using it = await world();
  expect(await it.look()).toEqual({
    enabledFlows: 0,
    enabledIsExact: true,
    unattended: [],
    late: { count: 0, countIsExact: true, oldestMs: undefined },
  });
});

test("flows count that take runs", async () => {
  await using it = await world();
  await flow(it.db, "enabled");
  await flow(it.db, "enabled");
  await flow(it.db, "paused");
  await flow(it.db, "disabled");
  await flow(it.db, "enabled", true);
  expect((await it.look()).enabledFlows).toBe(2);
});

test("tasks are unattended that have waited for five minutes without a worker that asks for their kind", async () => {
  await using it = await world();
  const [a, b] = [newId(), newId()];
  await task(it.db, a, "served", "send", 60 * MIN);
  await worker(it.db, a, "served", "send");
  await task(it.db, a, "served", "other", 20 * MIN);
  await task(it.db, b, "served", "send", 30 * MIN);
  await worker(it.db, b, "served", "send", 6 * MIN);
  await task(it.db, b, "left", "send", 10 * MIN);
  await task(it.db, b, "left", "send", 40 * MIN);
  await worker(it.db, b, "left", "send", 0, true);
  // Not yet, not before its time, and not while somebody wants it so.
  await task(it.db, b, "new", "send", 2 * MIN);
  await task(it.db, b, "later", "send", -60 * MIN, false);
  await task(it.db, b, "paused", "send", 60 * MIN);
  await it.db.query("insert into posthorn.task_queue (app_id, name, paused) values ($1, 'paused', true)", [b]);
  const { unattended } = await it.look();
  expect(
    unattended.map(({ appId, queue, name, tasks, waitedMs, queueIsServed }) => [
      appId === a ? "a" : "b",
      queue,
      name,
      tasks,
      Math.round(waitedMs / 60_000),
      queueIsServed,
    ]),
  ).toEqual([
    ["b", "left", "send", 2, 40, false],
    ["b", "served", "send", 1, 30, false],
    ["a", "served", "other", 1, 20, true],
  ]);
});

test("schedules are late a minute after their moment", async () => {
  await using it = await world();
  await schedule(it.db, -10);
  await schedule(it.db, 30);
  expect((await it.look()).late.count).toBe(0);
  await schedule(it.db, 5 * MIN);
  await schedule(it.db, 12 * MIN);
  await it.db.query(
    `insert into posthorn.task_schedule (app_id, name, queue, cron, input, next_at) values ($1, 's', 'q', '* * * * *', 'null', ${ago("$2")})`,
    [newId(), 90],
  );
  const { late } = await it.look();
  expect([late.count, late.countIsExact, Math.round((late.oldestMs ?? 0) / 60_000)]).toEqual([3, true, 12]);
});
