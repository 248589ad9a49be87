import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newId, openDb, type Queryable, uuidLowerBound } from "#kernel";
import { testDatabase } from "#test";
import { openWorld, type World } from "../control/test-kit.ts";
import { lookForDue } from "../tasks/due.ts";
import { claimRuns, dueApps, ourSignals, signalledRuns } from "./claim.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld(await testDatabase());
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

class RolledBack extends Error {}

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
    const runs = await claimRuns(tx, "1", { due: [{ appId, n: 1_000 }], runIds: [], fromMs: 0 });
    expect(runs).toHaveLength(3);
  });
  expect(looked).toBeLessThan(100);
});

// Half a thousandth more made a commit of many runs impossible: the times of a journal go into ids.
test("a claim says in how many whole milliseconds a run falls due, and never less than are left", async () => {
  const appId = newId();
  const over = new Error("rolled back");
  await world.db
    .transaction(async (tx) => {
      await tx.query(
        `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
         select uuidv7(), $1::uuid, uuidv7(), 1, 'time', clock_timestamp() + n * interval '10.0004 s', 'running', 'api' from generate_series(-3, 3) n`,
        [appId],
      );
      const all = await tx.query<{ id: string }>("select id from posthorn.run_waiting where app_id = $1", [appId]);
      const runs = await claimRuns(tx, "1", { due: [], runIds: all.map(({ id }) => id), fromMs: 0 });
      const inMs = runs.map(({ dueInMs }) => dueInMs ?? Number.NaN);
      expect(inMs).toHaveLength(7);
      expect(inMs.filter((ms) => !Number.isInteger(ms))).toEqual([]);
      expect(inMs.filter((ms) => ms > 0)).toHaveLength(3);
      throw over;
    })
    .catch((error) => {
      if (error !== over) throw error;
    });
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

describe("P11: under a snapshot that somebody holds", () => {
  const CHURNED = 20_000;
  const MINUTES_AGO = 5;
  const appId = newId();
  let holder: ReturnType<typeof openDb>;
  let release: () => void;
  let held: Promise<unknown>;

  beforeAll(async () => {
    holder = openDb({ url: world.url, poolMax: 1 });
    const { promise: begun, resolve: began } = Promise.withResolvers<void>();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    release = resolve;
    held = holder.transaction(async (tx) => {
      await tx.query("set transaction isolation level repeatable read");
      await tx.query("select count(*) from posthorn.run_waiting");
      began();
      await over;
    });
    await begun;
    // Parked, claimed and signalled, again and again; all of it is over.
    await world.db.query(
      `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
       select uuidv7(), $1, $1, 1, 'time', now() - interval '${MINUTES_AGO} minutes', 'running', 'api' from generate_series(1, ${CHURNED})`,
      [appId],
    );
    await world.db.query(
      `insert into posthorn.run_signal (id, run_id, path, kind)
       select uuidv7(interval '-${MINUTES_AGO} minutes'), uuidv7(), 'a', 'wake' from generate_series(1, ${CHURNED})`,
    );
    await world.db.query("delete from posthorn.run_waiting where app_id = $1", [appId]);
    await world.db.query("delete from posthorn.run_signal");
    await world.db.query(
      `insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger)
       values (uuidv7(), $1, $1, 1, 'time', now(), 'running', 'api')`,
      [appId],
    );
    await world.db.query("analyze posthorn.run_waiting, posthorn.run_signal");
  });
  afterAll(async () => {
    release();
    await held;
    await holder.close();
  });

  /** Pages that `work` reads, of tables and indexes; rolled back. */
  const pagesOf = async (work: (tx: Queryable) => Promise<unknown>): Promise<number> => {
    let pages = -1;
    const over = new Error("rolled back");
    await world.db
      .transaction(async (tx) => {
        const counted = async () =>
          Number(
            (
              await tx.query<{ n: string }>(
                `select (sum(pg_stat_get_xact_blocks_fetched(c.oid)))::text as n from pg_class c
                  where c.relname ~ '^run_(waiting|signal|leased)'`,
              )
            )[0]?.n,
          );
        const before = await counted();
        await work(tx);
        pages = (await counted()) - before;
        throw over;
      })
      .catch((error) => {
        if (error !== over) throw error;
      });
    return pages;
  };

  test("what was claimed is walked over by the whole look alone", async () => {
    const whole = await dueApps(world.db, 0);
    expect(whole.due).toContain(appId);
    const next = await dueApps(world.db, whole.fromMs);
    expect(next.due).toContain(appId);
    const looking = (fromMs: number, since?: string) => async (tx: Queryable) => {
      await dueApps(tx, fromMs);
      await signalledRuns(tx, 100, since);
      await ourSignals(tx, "1", since);
    };
    await world.db
      .transaction(async (tx) => {
        const wants = { due: [{ appId, n: 10 }], runIds: [], fromMs: whole.fromMs };
        expect(await claimRuns(tx, "1", wants)).toHaveLength(1);
        throw new RolledBack();
      })
      .catch((error) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    const [wholePages, pages] = [
      await pagesOf(looking(0)),
      await pagesOf(looking(whole.fromMs, uuidLowerBound(Date.now() - 60_000))),
    ];
    expect(wholePages).toBeGreaterThan(CHURNED / 50);
    expect(pages).toBeLessThan(CHURNED / 200);
  });

  test("nothing that is left waiting is behind where the next look begins", async () => {
    const { fromMs } = await dueApps(world.db, 0);
    const [row] = await world.db.query<{ n: number }>(
      "select count(*)::int as n from posthorn.run_waiting where due_at < to_timestamp($1::float8 / 1000.0)",
      [fromMs],
    );
    expect(row?.n).toBe(0);
  });
});
