import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Db, newId, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { BACKLOG, createBacklogMeter, ENDPOINTS_MAX, endpointsInTrouble, mostOwed, ROWS_MAX } from "./backlog.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2, timeoutMs: 60_000 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function endpoint(fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = newId();
  const { mode = "enabled", concurrency = null, throttleRate = null } = fields;
  await db.query(
    `insert into posthorn.endpoint (id, app_id, url, mode, mode_reason, mode_since, concurrency, throttle_rate)
     values ($1::uuid, $1::uuid, 'https://receiver.example/hook', $2, case when $2 = 'enabled' then null else 'operator' end, now(), $3::int, $4::int)`,
    [id, mode as string, concurrency as number | null, throttleRate as number | null],
  );
  return id;
}

async function owe(endpointId: string, count: number, dueInSeconds: number): Promise<void> {
  await db.query(
    `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
     select uuidv7(), uuidv7(), $1::uuid, $1::uuid, now() + $3::int * interval '1 s' + n * interval '1 us', 'scheduled'
       from generate_series(1, $2::int) n`,
    [endpointId, count, dueInSeconds],
  );
}

const clear = () => db.query("truncate posthorn.delivery_owed, posthorn.endpoint, posthorn.endpoint_state");

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly Plans?: readonly PlanNode[];
}
const nodes = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe("what is owed", () => {
  test("is counted while it is little, with when the oldest that could go fell due and what could be under way", async () => {
    await clear();
    const measure = createBacklogMeter(db, 100);
    expect(await measure()).toEqual({
      owed: 0,
      owedIsExact: true,
      endpoints: 0,
      oldestDueAtMs: undefined,
      demandSlots: 0,
      breakersOpen: 0,
      breakersHalfOpen: 0,
    });
    await owe(await endpoint(), 250, -60); // More than it takes at once.
    await owe(await endpoint({ concurrency: 7 }), 30, -30);
    await owe(await endpoint({ throttleRate: 3 }), 30, -30);
    await owe(await endpoint(), 5, 600); // Waits for its own time.
    await owe(await endpoint({ mode: "paused" }), 40, -3_600);
    const held = await endpoint();
    const broken = await endpoint();
    for (const id of [held, broken]) await owe(id, 20, -1_800);
    await db.query(
      `insert into posthorn.endpoint_state (endpoint_id, breaker, breaker_until, hold_until)
       values ($1::uuid, 'closed', null, now() + interval '1 hour'), ($2::uuid, 'open', now(), null)`,
      [held, broken],
    );
    const found = await measure();
    expect(found).toMatchObject({ owed: 395, owedIsExact: true, endpoints: 7, breakersOpen: 1, breakersHalfOpen: 0 });
    // A hundred, seven, three, and one to see whether the broken one is back.
    expect(found.demandSlots).toBe(111);
    expect(Math.round((Date.now() - (found.oldestDueAtMs ?? 0)) / 1_000)).toBeWithin(58, 66);
    const top = await mostOwed(db, 2);
    expect(top.map(({ value, isExact }) => [value, isExact])).toEqual([
      [250, true],
      [40, true],
    ]);
    expect([...(await endpointsInTrouble(db, 10))]).toMatchObject([{ kind: "breaker_open", endpointId: broken }]);
  });

  test("P11: three hundred thousand are estimated from a bounded stretch of an index, and no table is scanned", async () => {
    await clear();
    const busy = await endpoint();
    const more = await endpoint();
    await owe(busy, 300_000, -60);
    await owe(more, 10, -10);
    await db.query("analyze posthorn.delivery_owed");
    const rows = await db.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${BACKLOG.replace(/\$(\d)/g, (_, n) => String([ENDPOINTS_MAX, ROWS_MAX, 100, 100][Number(n) - 1]))}`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (plan === undefined) throw new Error("There is no plan.");
    const looks = nodes(plan).filter((node) => node["Relation Name"] === "delivery_owed");
    expect(looks.length).toBeGreaterThan(0);
    for (const look of looks) {
      expect(look["Node Type"]).toStartWith("Index");
      expect(look["Index Name"]).toBe("delivery_owed_due");
    }
    const read = looks.reduce((sum, look) => sum + look["Actual Rows"] * look["Actual Loops"], 0);
    expect(read).toBeLessThan(ROWS_MAX + 1_000);
    const found = await createBacklogMeter(db, 100)();
    expect(found).toMatchObject({ owedIsExact: false, endpoints: 2, demandSlots: 110 });
    // PostgreSQL's estimate, of a table that nobody vacuums meanwhile.
    expect(found.owed / 300_010).toBeWithin(0.9, 1.1);
    expect([...(await mostOwed(db, 1))]).toMatchObject([{ endpointId: busy, isExact: false }]);
  }, 60_000);

  test("P7: of very many endpoints some are looked at, and it is told that it is not all", async () => {
    await clear();
    await db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       select uuidv7(), uuidv7(), uuidv7(), uuidv7(), now(), 'scheduled' from generate_series(1, $1::int)`,
      [ENDPOINTS_MAX + 500],
    );
    expect(await createBacklogMeter(db, 100)()).toMatchObject({ owedIsExact: false, endpoints: ENDPOINTS_MAX });
  }, 30_000);
});
