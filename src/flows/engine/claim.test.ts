import { afterAll, beforeAll, expect, test } from "bun:test";
import { newId, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { openWorld, type World } from "../control/test-kit.ts";
import { lookForDue } from "../tasks/due.ts";
import { claimRuns, signalledRuns } from "./claim.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld(await testDatabase());
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const SLEEPERS = 5_000;

/** How many rows of the table `work` looks at, in a transaction that is rolled back. */
async function rowsLookedAt(
  table: string,
  prepare: string,
  work: (tx: Queryable) => Promise<unknown>,
): Promise<number> {
  let looked = -1;
  const over = new Error("rolled back");
  const counted = async (tx: Queryable) => {
    const [row] = await tx.query<{ n: string }>(
      "select seq_tup_read + coalesce(idx_tup_fetch, 0) as n from pg_stat_xact_user_tables where schemaname = 'posthorn' and relname = $1",
      [table],
    );
    return Number(row?.n);
  };
  await world.db
    .transaction(async (tx) => {
      await tx.query(prepare);
      await tx.query("set local enable_seqscan = off");
      const before = await counted(tx);
      await work(tx);
      looked = (await counted(tx)) - before;
      throw over;
    })
    .catch((error) => {
      if (error !== over) throw error;
    });
  return looked;
}

test("a claim looks at what is due, however much sleeps behind it", async () => {
  const appId = newId();
  const prepare = `
    insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
    select uuidv7(), '${appId}', uuidv7(), 1, 'time', clock_timestamp() + (n - 3) * interval '1 minute', 'running', 'api'
      from generate_series(1, ${SLEEPERS}) n`;
  const looked = await rowsLookedAt("run_waiting", prepare, async (tx) => {
    const runs = await claimRuns(tx, "1", { due: [{ appId, n: 1_000 }], runIds: [] });
    expect(runs).toHaveLength(3);
  });
  expect(looked).toBeLessThan(100);
});

test("tasks become ready without a look at those that are not", async () => {
  const prepare = `
    insert into posthorn.task_owed (app_id, id, queue, name, ready, rank_at, due_at, input)
    select '${newId()}', uuidv7(), 'default', 'work', false, now(), clock_timestamp() + (n - 3) * interval '1 minute', 'null'
      from generate_series(1, ${SLEEPERS}) n`;
  const looked = await rowsLookedAt("task_owed", prepare, lookForDue);
  expect(looked).toBeLessThan(100);
});

test("P7 signals to runs that are over hide none to those that wait", async () => {
  const waiting = newId();
  const over = new Error("rolled back");
  await world.db
    .transaction(async (tx) => {
      await tx.query(`
        insert into posthorn.run_signal (id, run_id, path, kind)
        select uuidv7(), lpad(n::text, 32, '0')::uuid, 'a', 'wake' from generate_series(1, 50) n`);
      await tx.query(`
        insert into posthorn.run_signal (id, run_id, path, kind)
        select uuidv7(), '${waiting}', 'a', 'wake' from generate_series(1, 50)`);
      await tx.query(`
        insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, phase, trigger)
        values ('${waiting}', '${newId()}', '${newId()}', 1, 'approval', 'running', 'api')`);
      expect((await signalledRuns(tx, 10)).map(({ runId }) => runId)).toEqual([waiting]);
      throw over;
    })
    .catch((error) => {
      if (error !== over) throw error;
    });
});
