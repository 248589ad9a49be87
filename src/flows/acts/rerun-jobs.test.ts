import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, ensurePartitions, newId, newIdAt, openDb, publicId } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { putFlow } from "../flow-store.ts";
import type { StartRequest, Starts } from "../start.ts";
import { cancelRerunJob, findRerunJob, RERUNS_OPEN_MAX, rerunLook, startRerunJob } from "./rerun-jobs.ts";
import { LOADED_BYTES_MAX } from "./run-load.ts";

const NOW = Date.now();
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensurePartitions(db, "run_ended", "id", NOW);
  await ensurePartitions(db, "run_step", "run_id", NOW);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** A flow of an application of its own, with so many runs that failed. */
async function world(count: number) {
  const appId = newId();
  const steps = [{ id: "one", map: 1 }];
  const put = await db.transaction((tx) => putFlow(tx, { appId, definition: { posthorn: 1, flow: "fails", steps } }));
  if (put.kind !== "put") throw new Error("There was room for a flow.");
  const ids = Array.from({ length: count }, (_, i) => newIdAt(NOW - 60_000 + i));
  const error = Buffer.from('{"class":"permanent","code":"x","message":"x","path":"one"}');
  for (const id of ids) {
    await db.query(
      `insert into posthorn.run_ended (flow_id, id, app_id, version, state, trigger, result, fingerprint, steps, started_at)
       values ($1, $2, $3, 1, 'failed', 'api', $4, gen_random_uuid(), 0, now())`,
      [put.flow.id, id, appId, error],
    );
  }
  const filter = { state: "failed" as const, sinceMs: NOW - 120_000, untilMs: NOW };
  const begin = () =>
    db.transaction((tx) =>
      startRerunJob(tx, { appId, flowId: put.flow.id, filter, from: undefined, version: "same", ratePerSecond: 1_000 }),
    );
  return { appId, flowId: put.flow.id, ids, begin };
}

/** Starts that are rows of a table of the test's own: they are undone with the transaction, as real ones are. */
async function ledger() {
  const table = `public.started_${newId().replaceAll("-", "")}`;
  await db.query(`create table ${table} (parent uuid)`);
  const outcomes: string[] = [];
  const startWithin: Starts["startWithin"] = async (tx, requests: readonly StartRequest[]) => {
    for (const { parentId } of requests) await tx.query(`insert into ${table} values ($1)`, [parentId ?? null]);
    return {
      results: requests.map(() => ({ kind: "started", id: newId(), flowId: newId() })),
      plan: { committed: () => void outcomes.push("committed"), abandoned: () => void outcomes.push("abandoned") },
    };
  };
  const parents = async () =>
    (await db.query<{ parent: string }>(`select parent from ${table} order by parent`)).map(({ parent }) => parent);
  return { startWithin, parents, outcomes };
}

/** What other tests left open would take turns with it. */
const alone = () =>
  db.query("update posthorn.flow_rerun set state = 'cancelled', finished_at = now() where state = 'running'");

/** Its rate lets it go on at once. */
const hurry = () =>
  db.query("update posthorn.flow_rerun set updated_at = now() - interval '1 minute' where state = 'running'");

test("P10: a rerun of many begins each run once, whoever does it and whatever breaks in between", async () => {
  const { ids, begin, flowId } = await world(170);
  const { startWithin, parents, outcomes } = await ledger();
  const job = await begin();
  if (job === undefined) throw new Error("There was room for a rerun.");
  let calls = 0;
  // Every third transaction is lost just before its commit.
  const transaction: Db["transaction"] = (work) =>
    db.transaction(async (tx) => {
      const done = await work(tx);
      if (++calls % 3 === 0) throw new Error("lost");
      return done;
    });
  const looks = [rerunLook({ transaction, startWithin }), rerunLook({ transaction, startWithin })];
  for (let round = 0; round < 40 && (await findRerunJob(db, flowId, job.id))?.state === "running"; round++) {
    await hurry();
    await Promise.allSettled(looks.map((look) => look.run()));
  }
  expect(await findRerunJob(db, flowId, job.id)).toMatchObject({
    state: "finished",
    matched: 170,
    started: 170,
    skipped: 0,
  });
  expect(await parents()).toEqual(ids);
  expect([outcomes.includes("abandoned"), outcomes.includes("committed")]).toEqual([true, true]);
});

test("a rerun that is cancelled begins nothing more, and is not cancelled twice", async () => {
  const { begin, flowId } = await world(120);
  const { startWithin, parents } = await ledger();
  const job = await begin();
  if (job === undefined) throw new Error("There was room for a rerun.");
  const look = rerunLook({ transaction: (work) => db.transaction(work), startWithin });
  await hurry();
  await look.run();
  const begun = (await parents()).length;
  expect(begun).toBeGreaterThan(0);
  expect(await db.transaction((tx) => cancelRerunJob(tx, flowId, job.id))).toMatchObject({
    state: "cancelled",
    started: begun,
  });
  await hurry();
  expect([await look.run(), (await parents()).length]).toEqual([0, begun]);
  expect(await db.transaction((tx) => cancelRerunJob(tx, flowId, job.id))).toBe("ended");
  expect(await db.transaction((tx) => cancelRerunJob(tx, flowId, newId()))).toBeUndefined();
});

test("P7: an application has so many reruns at once and no more", async () => {
  const { begin } = await world(0);
  for (let i = 0; i < RERUNS_OPEN_MAX; i++) expect(await begin()).toBeDefined();
  expect(await begin()).toBeUndefined();
});

test("P7: what a stretch begins is bounded in memory: runs with large journals come a few at a time, and none is left out", async () => {
  const { ids, begin, flowId } = await world(3);
  const { startWithin, parents } = await ledger();
  for (const id of ids) {
    await db.query(
      `insert into posthorn.run_step (run_id, seq, kind, path, attempt, at, value)
       values ($1, 0, 'completed', 'one', 1, now(), convert_to('"' || repeat('x', $2::int) || '"', 'UTF8'))`,
      [id, LOADED_BYTES_MAX / 2 - 1_000],
    );
  }
  await alone();
  const job = await begin();
  if (job === undefined) throw new Error("There was room for a rerun.");
  const look = rerunLook({ transaction: (work) => db.transaction(work), startWithin });
  const begun: number[] = [];
  for (let round = 0; round < 10 && (await findRerunJob(db, flowId, job.id))?.state === "running"; round++) {
    await hurry();
    await look.run();
    begun.push((await parents()).length);
  }
  expect(begun).toEqual([2, 3]);
  expect(await parents()).toEqual(ids);
  expect(await findRerunJob(db, flowId, job.id)).toMatchObject({
    state: "finished",
    matched: 3,
    started: 3,
    skipped: 0,
  });
}, 20_000);

test("one that cannot be run again is left out with its reason, and holds up nobody after it", async () => {
  const { ids, begin, flowId } = await world(3);
  const { startWithin, parents } = await ledger();
  await db.query(
    `insert into posthorn.flow_version (flow_id, version, definition, digest) values ($1, 2, '{"steps": 7}', '')`,
    [flowId],
  );
  await db.query("update posthorn.run_ended set version = 2 where id = $1", [ids[1] ?? null]);
  await alone();
  const job = await begin();
  if (job === undefined) throw new Error("There was room for a rerun.");
  const refusing: typeof startWithin = async (tx, requests) => {
    const made = await startWithin(tx, requests);
    return { ...made, results: made.results.map((one, i) => (i === 1 ? { kind: "disabled" } : one)) };
  };
  await hurry();
  await rerunLook({ transaction: (work) => db.transaction(work), startWithin: refusing }).run();
  expect(await parents()).toEqual([ids[0], ids[2]] as string[]);
  expect(await findRerunJob(db, flowId, job.id)).toMatchObject({
    state: "finished",
    matched: 3,
    started: 1,
    skipped: 2,
    lastSkipped: { runId: publicId("run", ids[2] ?? ""), reason: "The flow is disabled" },
  });
});
