import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Look, newId, openDb, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { schedulesLooks, startScheduled } from "../schedules/schedules.ts";
import { startTold, toldLooks } from "../triggers/told.ts";
import { createWaits, lookBack, matchArrivals } from "../waits/match.ts";
import { WaitExpressions } from "../waits/wait-expressions.ts";
import type { Reach } from "./lately.ts";
import { openWorld, type World } from "./test-kit.ts";
import { takeTurns, turnsLooks } from "./turns.ts";

const CHURNED = 20_000;
const AGO = "interval '10 minutes'";

/** What was made due ten minutes ago, and done. */
const CHURN = [
  `insert into posthorn.flow_gate (id, flow_id, app_id, kind, key, version, due_at)
   select uuidv7(), $1::uuid, $1::uuid, 'throttle', '', 1, now() - ${AGO} from generate_series(1, ${CHURNED})`,
  `insert into posthorn.flow_schedule (flow_id, trigger, app_id, spec, next_at, due_at)
   select uuidv7(), 0, $1::uuid, '{}', now() - ${AGO}, now() - ${AGO} from generate_series(1, ${CHURNED})`,
  `insert into posthorn.flow (id, app_id, name, version)
   select flow_id, app_id, flow_id::text, 1 from posthorn.flow_schedule where app_id = $1::uuid`,
  `insert into posthorn.flow_arrival (event_id, app_id, type)
   select uuidv7(- ${AGO}), $1::uuid, 'paid' from generate_series(1, ${CHURNED})`,
  `insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, judged, since)
   select uuidv7(), 'a', 'paid', $1::uuid, $1::uuid, 1, false, uuidv7(- ${AGO}) from generate_series(1, ${CHURNED})`,
  `insert into posthorn.flow_told (id, app_id, outcome, endpoint_id, event_id, hops)
   select uuidv7(- ${AGO}), $1::uuid, 'failing', $1::uuid, $1::uuid, 0 from generate_series(1, ${CHURNED})`,
];
const DONE = [
  "update posthorn.flow_gate set due_at = null",
  "update posthorn.flow_schedule set due_at = now() + interval '1 hour'",
  "update posthorn.flow_arrival set done_at = now()",
  "update posthorn.flow_wait set looked = true",
  "delete from posthorn.flow_told",
];

let world: World;
let holder: ReturnType<typeof openDb>;
let release: () => void;
let held: Promise<unknown>;
const appId = newId();
beforeAll(async () => {
  world = await openWorld(await testDatabase());
  holder = openDb({ url: world.url, poolMax: 1, timeoutMs: 120_000 });
  const { promise: begun, resolve: began } = Promise.withResolvers<void>();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  release = resolve;
  for (const statement of CHURN) await world.db.query(statement, [appId]);
  await world.db.query("analyze");
  held = holder.transaction(async (tx) => {
    await tx.query("set transaction isolation level repeatable read");
    await tx.query("select count(*) from posthorn.flow_gate");
    began();
    await over;
  });
  await begun;
  for (const statement of DONE) await world.db.query(statement);
}, 60_000);
afterAll(async () => {
  release();
  await held;
  await holder.close();
  await world[Symbol.asyncDispose]();
});

/** Pages that `work` reads, of tables and indexes of flows; what it does is rolled back. */
async function pagesOf(work: (tx: Queryable) => Promise<unknown>): Promise<number> {
  let pages = -1;
  const over = new Error("rolled back");
  const counted = async (tx: Queryable) => {
    const [row] = await tx.query<{ n: string }>(
      "select (sum(pg_stat_get_xact_blocks_fetched(c.oid)))::text as n from pg_class c where c.relname ~ '^flow_'",
    );
    return Number(row?.n);
  };
  await world.db
    .transaction(async (tx) => {
      const before = await counted(tx);
      await work(tx);
      pages = (await counted(tx)) - before;
      throw over;
    })
    .catch((error) => {
      if (error !== over) throw error;
    });
  return pages;
}

const idle = { db: { transaction: () => Promise.reject(new Error("not asked")) }, onDue: () => undefined };
const keys = new WaitExpressions();
/** A transaction of a look, within that of the test. */
const within = (tx: Queryable) => ({ transaction: async <T>(work: (tx: Queryable) => Promise<T>) => work(tx) });

const LOOKS: readonly {
  readonly name: string;
  readonly looks: () => readonly Look[];
  readonly take: (tx: Queryable, reach: Reach) => Promise<number>;
}[] = [
  {
    name: "flow_gates",
    looks: () => turnsLooks(idle as never),
    take: (tx, reach) => takeTurns(within(tx) as never, reach),
  },
  {
    name: "flow_schedules",
    looks: () => schedulesLooks(idle as never),
    take: (tx, reach) => startScheduled(within(tx) as never, reach),
  },
  {
    name: "flow_told",
    looks: () => toldLooks(idle as never),
    take: (tx, reach) => startTold(within(tx) as never, reach),
  },
  {
    name: "flow_waits",
    looks: () => createWaits(idle as never).looks,
    take: (tx, reach) => lookBack(tx as never, reach),
  },
  {
    name: "flow_arrivals",
    looks: () => createWaits(idle as never).looks,
    take: (tx, reach) => matchArrivals(within(tx) as never, keys, reach),
  },
];

describe("P11: under a snapshot that somebody holds", () => {
  test.each(LOOKS)(
    "$name: what was done is walked over by the look at everything alone",
    async ({ name, looks, take }) => {
      const [lately, everything] = looks().filter((look) => look.name.startsWith(name));
      if (lately === undefined || everything === undefined) throw new Error(`There are no two looks ${name}.`);
      const asked = await pagesOf((tx) => tx.query(`select (${lately.pending}) as is_pending`));
      const taken = await pagesOf((tx) => take(tx, "lately"));
      const whole = await pagesOf((tx) => take(tx, "everything"));
      // Else the two are not told apart.
      expect(whole).toBeGreaterThan(CHURNED / 200);
      expect(asked).toBeLessThan(20);
      expect(taken).toBeLessThan(20);
      expect(everything).toMatchObject({ askedEveryMs: 30_000 });
    },
  );
});

describe("P11: the queue of a gate, under such a snapshot,", () => {
  const GATE = newId();
  const queue = (from: number, n: number) =>
    world.db.query(
      `with many as (select uuidv7() as id, n from generate_series($3::int, $3::int + $4::int - 1) n), rows as (
         insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, phase, trigger)
         select id, $1, $1, 1, 'control', 'matched', 'event' from many)
       insert into posthorn.flow_queue (run_id, gate_id, stage, rank) select id, $2, 'throttle', 1e12::bigint + n * 100 from many`,
      [appId, GATE, from, n],
    );
  const next = async () =>
    (
      await world.db.query<{ rank: string | null; place: string | null }>(
        `select (select min(rank)::text from posthorn.flow_queue where gate_id = $1) as rank,
                (select queue_from::text from posthorn.flow_gate where id = $1) as place`,
        [GATE],
      )
    )[0];
  const give = (tx: Queryable) => takeTurns(within(tx) as never, "lately");

  test("is walked from where it was let go, and nobody who waits is before that", async () => {
    await world.db.query(
      `insert into posthorn.flow_gate (id, flow_id, app_id, kind, key, version, due_at)
       values ($2, $1, $1, 'debounce', '', 1, null)`,
      [appId, GATE],
    );
    await queue(0, CHURNED);
    await world.db.query("analyze posthorn.flow_queue, posthorn.run_waiting");
    await world.db.query(
      `with gone as (update posthorn.flow_queue set gate_id = null where gate_id = $1 returning run_id)
       delete from posthorn.run_waiting w using gone where w.id = gone.run_id`,
      [GATE],
    );
    await queue(CHURNED, 10);
    // A debounce whose time has come lets one of them go.
    const fall = `update posthorn.flow_gate set due_at = now(), state = '{"runId": "x"}' where id = $1`;
    await world.db.query(fall, [GATE]);
    const before = await pagesOf(give);
    await world.db.transaction(give);
    expect(await next()).toEqual({
      rank: String(1e12 + (CHURNED + 1) * 100),
      place: String(1e12 + (CHURNED + 1) * 100),
    });
    await world.db.query(fall, [GATE]);
    const after = await pagesOf(give);
    expect(before).toBeGreaterThan(CHURNED / 200);
    expect(after).toBeLessThan(60);
  });
});

test("what fell due long ago, as after an outage, is taken by the look at everything", async () => {
  await world.db.query("update posthorn.flow_gate set due_at = now() - interval '1 hour' where app_id = $1", [appId]);
  expect(await takeTurns(world.db, "lately")).toBe(0);
  expect(await takeTurns(world.db, "everything")).toBeGreaterThan(0);
});
