import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Db, ensurePartitions, idTimeMs, newIdAt, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { putFlow } from "../flow-store.ts";
import { listFailures } from "./failures.ts";
import { flowFacts } from "./flow-facts.ts";
import { childrenOf, findRunSummary, listRuns, type RunFilter } from "./run-read.ts";
import { flowStats } from "./stats.ts";

const APP = "0190a5d0-0000-7000-8000-000000000001";
const OTHER_APP = "0190a5d0-0000-7000-8000-000000000002";
const NOW = Date.now();
const MINUTE = 60_000;

let database: TestDatabase;
let db: Db;
let one = "";
let two = "";

async function flow(app: string, name: string): Promise<string> {
  const put = await db.transaction((tx) =>
    putFlow(tx, {
      appId: app,
      definition: { posthorn: 1, flow: name, title: `The ${name}`, on: [{ event: "a.b" }], steps: [] },
    }),
  );
  if (put.kind !== "put") throw new Error("There was room for a flow.");
  return put.flow.id;
}

const print = (n: number) => `0190a5d0-0000-8000-8000-00000000000${n}`;

async function ended(
  flowId: string,
  minutesAgo: number,
  state: string,
  more: { print?: number; trigger?: string; parent?: string; event?: string } = {},
) {
  const id = newIdAt(NOW - minutesAgo * MINUTE);
  const result =
    state === "failed"
      ? {
          class: "permanent",
          code: `code_${more.print}`,
          message: `It failed ${minutesAgo} minutes ago`,
          path: "items[3].pay",
        }
      : state === "cancelled"
        ? "nobody wanted it"
        : null;
  await db.query(
    `insert into posthorn.run_ended (flow_id, id, app_id, version, state, trigger, result, fingerprint, steps, started_at, ended_at, parent_id, event_id)
     values ($1, $2, $3, 1, $4, $5, $6, $7, 2, to_timestamp($8::float8 / 1000), to_timestamp($8::float8 / 1000) + interval '2 seconds', $9, $10)`,
    [
      flowId,
      id,
      flowId === two ? APP : APP,
      state,
      more.trigger ?? "api",
      result === null ? null : Buffer.from(JSON.stringify(result)),
      state === "failed" ? print(more.print ?? 1) : null,
      NOW - minutesAgo * MINUTE,
      more.parent ?? null,
      more.event ?? null,
    ],
  );
  return id;
}

async function live(table: "run_leased" | "run_waiting", flowId: string, minutesAgo: number): Promise<string> {
  const id = newIdAt(NOW - minutesAgo * MINUTE);
  const [columns, values] =
    table === "run_leased" ? ["owner", "1"] : ["waiting_for, due_at", "'time', now() + interval '1 h'"];
  await db.query(
    `insert into posthorn.${table} (id, app_id, flow_id, version, phase, trigger, started_at, ${columns})
     values ($1, $2, $3, 1, 'running', 'api', to_timestamp($4::float8 / 1000), ${values})`,
    [id, APP, flowId, NOW - minutesAgo * MINUTE],
  );
  return id;
}

const ids: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 2 });
  await ensurePartitions(db, "run_ended", "id", NOW);
  one = await flow(APP, "one");
  two = await flow(APP, "two");
  await flow(OTHER_APP, "theirs");
  for (let i = 0; i < 10; i++) ids.push(await ended(i % 2 === 0 ? one : two, 100 - i, "completed"));
  ids.push(await ended(one, 80, "failed", { print: 1, trigger: "manual" }));
  ids.push(await ended(one, 79, "failed", { print: 2 }));
  ids.push(await ended(one, 78, "failed", { print: 1 }));
  ids.push(await ended(two, 70, "cancelled"));
  ids.push(await live("run_waiting", one, 50));
  ids.push(await live("run_leased", two, 40));
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function everything(filter: RunFilter, limit: number, back = false, lookedAtMax = 20_000): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const { runs, lookedTo } = await listRuns(db, APP, filter, { after, limit, back, lookedAtMax });
    found.push(...runs.map(({ id }) => id));
    if (runs.length < limit && lookedTo === undefined) return found;
    after = runs.length < limit ? lookedTo : runs.at(-1)?.id;
  }
}

describe("the list of runs", () => {
  test("has those of all flows, live and ended, in the order of their ids, whatever the size of its pages", async () => {
    const newestFirst = [...ids].reverse();
    for (const limit of [1, 3, 7, 50]) {
      expect(await everything({}, limit)).toEqual(newestFirst);
      expect(await everything({}, limit, true)).toEqual(ids);
    }
  });

  test("is filtered by flow, state, trigger, fingerprint and time", async () => {
    for (const limit of [1, 2, 50]) {
      const [failed1, failed2, failed3] = [ids[10] ?? "", ids[11] ?? "", ids[12] ?? ""];
      expect(await everything({ state: "failed" }, limit)).toEqual([failed3, failed2, failed1]);
      expect(await everything({ fingerprint: print(1) }, limit)).toEqual([failed3, failed1]);
      expect(await everything({ trigger: "manual" }, limit)).toEqual([failed1]);
      expect(await everything({ state: "cancelled" }, limit)).toEqual([ids[13] ?? ""]);
      expect(await everything({ state: "waiting" }, limit)).toEqual([ids[14] ?? ""]);
      expect(await everything({ state: "running" }, limit)).toEqual([ids[15] ?? ""]);
      expect(await everything({ flowId: two, state: "completed" }, limit)).toEqual(
        [9, 7, 5, 3, 1].map((i) => ids[i] ?? ""),
      );
      expect(await everything({ sinceMs: NOW - 75 * MINUTE, untilMs: NOW - 45 * MINUTE }, limit)).toEqual([
        ids[14] ?? "",
        ids[13] ?? "",
      ]);
    }
  });

  test("looks at a bounded number of rows, says how far it got, and misses nothing when it goes on from there", async () => {
    for (const lookedAtMax of [2, 5, 8]) {
      expect(await everything({ trigger: "manual" }, 2, false, lookedAtMax)).toEqual([ids[10] ?? ""]);
      const others = ids.filter((_, i) => i !== 10);
      expect(await everything({ trigger: "api" }, 2, true, lookedAtMax)).toEqual(others);
      expect(await everything({ trigger: "api" }, 3, false, lookedAtMax)).toEqual([...others].reverse());
    }
    const first = await listRuns(db, APP, { trigger: "manual" }, { limit: 1, lookedAtMax: 2 });
    expect([first.runs, first.lookedTo === undefined]).toEqual([[], false]);
  });

  test("P11: goes back through months a few days at a time, forth as well, and misses nothing at the edges of days", async () => {
    const flowId = await flow(OTHER_APP, "long");
    const day = 24 * 60;
    const sinceMidnight = Math.floor((NOW % (day * MINUTE)) / MINUTE);
    // The default partition has what stands before the first; days apart as the windows are, just before and at midnights.
    const ago = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 40, 90, 91, 200].flatMap((n) => [
      sinceMidnight + n * day + 1,
      sinceMidnight + n * day,
    ]);
    const long: string[] = [];
    for (const minutes of ago) {
      const id = await ended(flowId, minutes, "completed", { trigger: minutes === 90 * day ? "manual" : "event" });
      await db.query("update posthorn.run_ended set app_id = $2 where id = $1", [id, OTHER_APP]);
      long.push(id);
    }
    long.sort();
    const walk = async (filter: RunFilter, limit: number, back: boolean, lookedAtMax: number) => {
      const found: string[] = [];
      for (let after: string | undefined; ; ) {
        const { runs, lookedTo } = await listRuns(db, OTHER_APP, filter, { after, limit, back, lookedAtMax });
        found.push(...runs.map(({ id }) => id));
        if (runs.length < limit && lookedTo === undefined) return found;
        after = runs.length < limit ? lookedTo : runs.at(-1)?.id;
      }
    };
    for (const limit of [1, 4, 100]) {
      for (const lookedAtMax of [2, 9, 20_000]) {
        for (const filter of [{}, { trigger: "event" }, { state: "completed" }] satisfies RunFilter[]) {
          expect(await walk(filter, limit, false, lookedAtMax)).toEqual(long.toReversed());
          expect(await walk(filter, limit, true, lookedAtMax)).toEqual(long);
        }
        const [sinceMs, untilMs] = [NOW - 60 * day * MINUTE, NOW - 5 * day * MINUTE];
        const some = long.filter((id) => idTimeMs(id) >= sinceMs && idTimeMs(id) < untilMs);
        expect(some.length).toBeGreaterThan(5);
        expect(await walk({ sinceMs, untilMs }, limit, false, lookedAtMax)).toEqual(some.toReversed());
        expect(await walk({ sinceMs, untilMs }, limit, true, lookedAtMax)).toEqual(some);
      }
    }
    await db.query("delete from posthorn.run_ended where flow_id = $1", [flowId]);
  });

  test("passes over what waits when it is asked for what people began", async () => {
    const many = await Promise.all(Array.from({ length: 12 }, (_, n) => live("run_waiting", one, 20 - n)));
    const first = await listRuns(db, APP, { trigger: "manual", flowId: one }, { limit: 3 });
    expect(first.runs.map(({ id }) => id)).toEqual([ids[10] ?? ""]);
    await db.query("delete from posthorn.run_waiting where id = any($1::uuid[])", [`{${many.join(",")}}`]);
  });

  test("leads from an event to its runs, and to their repetitions", async () => {
    const event = newIdAt(NOW - 60 * MINUTE);
    const started = await ended(one, 60, "failed", { trigger: "event", event });
    const again = await ended(one, 5, "completed", { trigger: "rerun", event });
    expect(await everything({ eventId: event }, 1)).toEqual([again, started]);
    expect(await everything({ eventId: event }, 1, true)).toEqual([started, again]);
    expect(await everything({ eventId: event, state: "failed" }, 50)).toEqual([started]);
    expect(await everything({ eventId: event, flowId: two }, 50)).toEqual([]);
    expect((await listRuns(db, OTHER_APP, { eventId: event }, { limit: 10 })).runs).toEqual([]);
    await db.query("delete from posthorn.run_ended where event_id = $1", [event]);
  });

  test("P8: knows nothing of another application's", async () => {
    expect((await listRuns(db, OTHER_APP, {}, { limit: 10 })).runs).toEqual([]);
    expect(await findRunSummary(db, OTHER_APP, ids[0] ?? "")).toBeUndefined();
    expect((await findRunSummary(db, APP, ids[0] ?? ""))?.standing).toMatchObject({ state: "completed", steps: 2 });
  });

  test("says how a run is and why it ended", async () => {
    const of = async (i: number) => (await findRunSummary(db, APP, ids[i] ?? ""))?.standing;
    expect(await of(10)).toMatchObject({ state: "failed", error: { code: "code_1" }, fingerprint: print(1) });
    expect(await of(13)).toMatchObject({ state: "cancelled", reason: "nobody wanted it" });
    expect(await of(14)).toMatchObject({ state: "waiting", waitingFor: "time" });
    expect(await of(15)).toEqual({ state: "running" });
  });

  test("leads from a run to its children", async () => {
    const child = await ended(two, 5, "completed", { parent: ids[0] ?? "" });
    expect((await childrenOf(db, APP, ids[0] ?? "", 10)).map(({ id }) => id)).toEqual([child]);
    expect(await childrenOf(db, OTHER_APP, ids[0] ?? "", 10)).toEqual([]);
    await db.query("delete from posthorn.run_ended where id = $1", [child]);
  });
});

test("failures that look alike are one, with their number and the newest", async () => {
  const { failures, isComplete } = await listFailures(db, one, NOW - 24 * 60 * MINUTE);
  expect(isComplete).toBe(true);
  expect(failures).toMatchObject([
    { fingerprint: print(1), count: 2, code: "code_1", step: "items[*].pay", lastRunId: ids[12] },
    { fingerprint: print(2), count: 1, code: "code_2", lastRunId: ids[11] },
  ]);
  expect((await listFailures(db, one, NOW - 78.5 * MINUTE)).failures).toMatchObject([
    { fingerprint: print(1), count: 1 },
  ]);
  expect((await listFailures(db, two, 0)).failures).toEqual([]);
});

test("a flow's facts and stats count its own runs", async () => {
  const facts = await flowFacts(db, [one, two]);
  expect(facts.get(one)).toMatchObject({
    title: "The one",
    triggers: [{ event: "a.b" }],
    live: 0,
    waiting: 1,
    last: { id: ids[12], state: "failed" },
  });
  expect(facts.get(two)).toMatchObject({ live: 1, waiting: 0, last: { id: ids[13], state: "cancelled" } });
  const stats = await flowStats(db, one, NOW - 120 * MINUTE, NOW);
  const sum = (what: "started" | "completed" | "failed" | "cancelled") =>
    stats.series.reduce((n, point) => n + point[what], 0);
  expect([sum("started"), sum("completed"), sum("failed"), sum("cancelled")]).toEqual([9, 5, 3, 0]);
  expect([stats.p50Ms, stats.p95Ms, stats.isComplete]).toEqual([2_000, 2_000, true]);
  expect(stats.series.length).toBeLessThanOrEqual(122);
});
