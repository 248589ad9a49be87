import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { ensureEventPartitions } from "#events";
import { createLog, type Db, newId, newIdAt, openDb, publicId } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { ensureDeliveryPartitions } from "../upkeep.ts";
import { countReplay } from "./count.ts";
import { createJobs } from "./runner.ts";
import { DUE_MAX } from "./step.ts";
import { commandJob, findJob, type Job, type ReplaySpec, startReplay, stillOwedBy } from "./store.ts";

const START = Date.now() - 10_000;
const log = createLog({ level: "silent", format: "json" });

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureEventPartitions(db, Date.now());
  await ensureDeliveryPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

let appId: string;
let endpointId: string;
beforeEach(async () => {
  // Jobs of tests before are nobody's business here.
  await db.query(
    "update posthorn.job set state = 'cancelled', finished_at = now(), owner = null where state in ('running', 'paused')",
  );
  await db.query("delete from posthorn.delivery_leased");
  appId = newId();
  endpointId = await endpoint();
});

async function endpoint(mode = "enabled", eventTypes: string | null = null): Promise<string> {
  const id = newId();
  await db.query(
    `insert into posthorn.endpoint (id, app_id, url, mode, mode_reason, event_types) values ($1, $2, 'http://x.test', $3, $4, $5::text[])`,
    [id, appId, mode, mode === "enabled" ? null : "operator", eventTypes],
  );
  return id;
}

interface Made {
  type?: string;
  channels?: string;
  tags?: string;
  erased?: boolean;
}

/** Events a millisecond apart from START on; their ids. */
async function events(n: number, { type = "a", channels, tags, erased }: Made = {}, fromMs = START): Promise<string[]> {
  const ids = Array.from({ length: n }, (_, i) => newIdAt(fromMs + i));
  await db.query(
    `insert into posthorn.event (app_id, id, type, channels, tags, content_type, payload)
     select $1::uuid, id, $3, $4::text[], $5::text[], 'application/json', $6::bytea from unnest($2::uuid[]) t(id)`,
    [appId, `{${ids.join()}}`, type, channels ?? null, tags ?? null, erased ? null : Buffer.from("{}")],
  );
  return ids;
}

async function attempted(ids: readonly string[], outcome: string, reason: string, at = endpointId): Promise<void> {
  await db.query(
    `insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as, total_us)
     select id, uuidv7(), uuidv7(), $2::uuid, $3::uuid, 1, 1, 'scheduled', $4, $5, case when $4 = 'delivered' then 'delivered' else 'dead' end, 1
       from unnest($1::uuid[]) t(id)`,
    [`{${ids.join()}}`, appId, at, outcome, reason],
  );
}

async function dead(ids: readonly string[], reason = "exhausted", at = endpointId): Promise<void> {
  await db.query(
    `insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
     select id, uuidv7(), $2::uuid, $3::uuid, 1, $4 from unnest($1::uuid[]) t(id)`,
    [`{${ids.join()}}`, appId, at, reason],
  );
}

const spec = (over: Partial<ReplaySpec> = {}): ReplaySpec => ({
  task: "endpoint.bulk-replay",
  appId,
  endpointIds: [endpointId],
  what: "all",
  sinceMs: START - 1_000,
  untilMs: START + 5_000,
  ratePerSecond: 10_000,
  ...over,
});

/** A process that works on jobs by hand, with a clock of its own. */
async function worker(clock = { ms: 0 }) {
  const [row] = await db.query<{ token: string }>(
    "insert into posthorn.process (name, roles, version, lease_ends_at) values ('test', '{delivery}', '0', now()) returning token",
  );
  const token = String(row?.token);
  let owedTold = 0;
  const withdrawn: ((id: string) => boolean)[] = [];
  const jobs = createJobs({
    db,
    membership: { token, mayStart: () => true, onLost: () => undefined, onTakeOver: () => undefined },
    log,
    onOwed: () => owedTold++,
    onWithdrawn: (isOne) => withdrawn.push(isOne),
    now: Date.now,
    monotonic: () => clock.ms,
  });
  return {
    token,
    clock,
    jobs,
    told: () => owedTold,
    withdrawn,
    /** Rounds until the clock shows so many ms more. */
    async run(ms: number) {
      const until = clock.ms + ms;
      while (clock.ms < until) clock.ms += Math.ceil(Math.min(await jobs.round(), until - clock.ms + 1));
    },
    die: () =>
      db.query("update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1", [token]),
  };
}

const reload = async (job: Job) => {
  const found = await findJob(db, publicId("qtask", job.id));
  if (found === undefined) throw new Error("The job is gone.");
  return found;
};

async function owed(at = endpointId): Promise<string[]> {
  const rows = await db.query<{ event_id: string }>(
    "select event_id from posthorn.delivery_owed where endpoint_id = $1 and trigger = 'replay' order by id",
    [at],
  );
  return rows.map(({ event_id }) => event_id);
}

/** As if everything owed had been delivered. */
async function deliver(at = endpointId): Promise<void> {
  await db.query("delete from posthorn.delivery_owed where endpoint_id = $1", [at]);
}

/** As if these had been delivered. */
async function delivered(ids: readonly string[]): Promise<void> {
  await attempted(ids, "delivered", "http_200");
  await db.query("delete from posthorn.delivery_owed where endpoint_id = $1 and event_id = any($2::uuid[])", [
    endpointId,
    `{${ids.join()}}`,
  ]);
}

describe("a job", () => {
  test("P10: owes each event once, in order, within its bounds of time, and finishes", async () => {
    await events(3, {}, START - 2_000);
    const ids = await events(700);
    await events(3, {}, START + 5_000);
    const job = await startReplay(db, spec());
    const { run, told } = await worker();
    const seen: string[] = [];
    for (let i = 0; i < 20 && (await reload(job)).state.state === "running"; i++) {
      await run(300);
      seen.push(...(await owed()));
      await deliver();
    }
    expect(seen).toEqual(ids);
    expect(told()).toBeGreaterThan(0);
    const done = await reload(job);
    expect(done.state.state).toBe("finished");
    expect(done.parts).toMatchObject([{ phase: "finished", matched: 700, done: 700, skipped: 0 }]);
  });

  test("P10: the dry run counts what is then owed, for every choice", async () => {
    const other = await endpoint("enabled", "{a}");
    const [plain, typed, channeled, tagged, erased, failed, timedOut, delivered, withdrawn] = [
      await events(5),
      await events(4, { type: "b" }, START + 100),
      await events(3, { channels: "{eu,us}" }, START + 200),
      await events(6, { tags: "{import}" }, START + 300),
      await events(2, { erased: true }, START + 400),
      await events(7, {}, START + 500),
      await events(4, {}, START + 600),
      await events(8, {}, START + 700),
      await events(2, {}, START + 800),
    ];
    await attempted(failed, "retryable", "http_503");
    await dead(failed);
    await attempted(timedOut, "timeout", "timeout_body");
    await dead(timedOut, "permanent");
    await attempted(delivered, "retryable", "http_503");
    await attempted(delivered, "delivered", "http_200");
    await dead(withdrawn, "cancelled");
    await dead(erased);
    const all =
      plain.length +
      channeled.length +
      tagged.length +
      failed.length +
      timedOut.length +
      delivered.length +
      withdrawn.length;
    const choices: [Partial<ReplaySpec>, number, number][] = [
      [{ what: "all" }, all + typed.length, 2],
      [{ what: "missing" }, all + typed.length - delivered.length, 2],
      [{ what: "failed" }, failed.length + timedOut.length, 2],
      [{ what: "all", endpointIds: [endpointId, other] }, 2 * all + typed.length, 4],
      [{ what: "all", eventTypes: ["b", "c"] }, typed.length, 0],
      [{ what: "all", channels: ["us"] }, channeled.length, 0],
      [{ what: "missing", tags: ["import", "x"] }, tagged.length, 0],
      [{ what: "all", outcomes: ["timeout"] }, timedOut.length, 0],
      [{ what: "failed", reasons: ["http_503"] }, failed.length, 0],
      [{ what: "failed", reasons: ["permanent", "cancelled"] }, timedOut.length + withdrawn.length, 0],
      [{ what: "failed", sinceMs: START + 550 }, timedOut.length, 0],
      [{ what: "failed", untilMs: START + 550 }, failed.length, 2],
    ];
    for (const [over, matched, skipped] of choices) {
      const chosen = spec(over);
      const counted = await countReplay(db, chosen, {
        budgetMs: 5_000,
        nowMs: Date.now(),
        monotonic: performance.now.bind(performance),
      });
      expect([over, counted.matched, counted.matchedIsExact]).toEqual([over, matched, true]);
      // Owed for a try, and then as it was.
      const { run } = await worker();
      const deadBefore = await db.query("select * from posthorn.delivery_dead where app_id = $1", [appId]);
      const job = await startReplay(db, chosen);
      await run(2_000);
      const done = await reload(job);
      expect(done.state.state).toBe("finished");
      expect([over, (await owed()).length + (await owed(other)).length]).toEqual([over, matched]);
      const sum = (value: (part: Job["parts"][number]) => number) => done.parts.reduce((n, part) => n + value(part), 0);
      expect([over, sum((p) => p.matched), sum((p) => p.done), sum((p) => p.skipped)]).toEqual([
        over,
        matched,
        matched,
        skipped,
      ]);
      await db.query("delete from posthorn.delivery_owed where app_id = $1", [appId]);
      await db.query("delete from posthorn.delivery_dead where app_id = $1", [appId]);
      for (const row of deadBefore as { event_id: string; endpoint_id: string; reason: string }[])
        await dead([row.event_id], row.reason, row.endpoint_id);
    }
  });

  test("P10: a dry run that may not take long says at least how many", async () => {
    await events(2_500);
    let ticks = 0;
    const counted = await countReplay(db, spec(), { budgetMs: 1, nowMs: Date.now(), monotonic: () => ticks++ });
    expect(counted).toMatchObject({ matched: 1_000, matchedIsExact: false });
  });

  test("P10: what is owed anew is no dead letter any more", async () => {
    const ids = await events(3);
    await dead(ids);
    await dead(ids, "permanent");
    const job = await startReplay(db, spec({ what: "failed" }));
    await (await worker()).run(500);
    expect((await reload(job)).parts[0]?.done).toBe(3);
    expect(await owed()).toEqual(ids);
    expect(await db.query("select from posthorn.delivery_dead where app_id = $1", [appId])).toHaveLength(0);
  });

  test("P10: two jobs at once owe nothing twice that is owed already", async () => {
    await events(300);
    const { run } = await worker();
    const jobs = [await startReplay(db, spec({ what: "missing" })), await startReplay(db, spec({ what: "missing" }))];
    await run(2_000);
    expect((await owed()).length).toBe(300);
    const done = await Promise.all(jobs.map(reload));
    expect(done.map(({ state }) => state.state)).toEqual(["finished", "finished"]);
    expect(done.reduce((n, { made }) => n + made, 0)).toBe(300);
  });

  test("P10: two processes with a job each for one endpoint owe nothing twice either", async () => {
    await events(600);
    const jobs = [await startReplay(db, spec({ what: "missing" }))];
    const a = await worker();
    await a.jobs.round(); // The first job is the first one's.
    jobs.push(await startReplay(db, spec({ what: "missing" })));
    const b = await worker();
    for (let i = 0; i < 30; i++) {
      await Promise.all([a.run(100), b.run(100)]);
      await delivered((await owed()).slice(0, 200));
    }
    expect((await Promise.all(jobs.map(reload))).map(({ state }) => state.state)).toEqual(["finished", "finished"]);
    expect((await Promise.all(jobs.map(reload))).reduce((n, { made }) => n + made, 0)).toBe(600);
  });

  test("P10: what is in somebody's hands, or about to be owed, is not owed beside", async () => {
    const [waiting, inHands, expanded, unexpanded, free] = (await events(5)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const [low, high] = ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"];
    await db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger) values (uuidv7(), $1, $2, $3, now() + interval '1 day', 'scheduled')`,
      [waiting, appId, endpointId],
    );
    await db.query(
      `insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, trigger) values (uuidv7(), $1, $2, $3, 1, 'scheduled')`,
      [inHands, appId, endpointId],
    );
    await db.query(
      "insert into posthorn.fan_out (event_id, app_id, type, cursor) values ($1, $3, 'a', $4::uuid), ($2, $3, 'a', $5::uuid)",
      [expanded, unexpanded, appId, high, low],
    );
    await startReplay(db, spec({ what: "all" }));
    await (await worker()).run(500);
    expect(await owed()).toEqual([expanded, free]);
    await db.query("delete from posthorn.fan_out where app_id = $1", [appId]);
  });

  test("P10: keeps its pace exactly, by a clock", async () => {
    await events(400);
    const job = await startReplay(db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(200); // Counting takes no time of this clock.
    const before = (await owed()).length;
    for (const seconds of [1, 2, 3, 4]) {
      await run(1_000);
      expect(Math.abs((await owed()).length - before - 50 * seconds)).toBeLessThanOrEqual(7);
    }
    expect((await owed()).length).toBeLessThanOrEqual(50 * 4.2 + 7);
    expect((await reload(job)).state.state).toBe("running");
  });

  test("P7, P10: owes no more while its endpoint is owed enough, and goes on when that is sent", async () => {
    await events(DUE_MAX + 400);
    const job = await startReplay(db, spec());
    const { run } = await worker();
    await run(3_000);
    expect((await owed()).length).toBe(DUE_MAX);
    expect((await reload(job)).parts[0]).toMatchObject({ waiting: "backlog", done: DUE_MAX });
    await deliver();
    await run(2_000);
    expect((await reload(job)).parts[0]).toMatchObject({ phase: "finished", done: DUE_MAX + 400 });
  });

  test("P10: to a paused endpoint it owes what is held, up to its bound; then it waits", async () => {
    const paused = await endpoint("paused");
    await events(DUE_MAX + 10);
    const job = await startReplay(db, spec({ endpointIds: [paused, endpointId] }));
    const { run } = await worker();
    for (let i = 0; i < 5; i++) {
      await run(1_000);
      await deliver();
    }
    const [one, other] = [paused, endpointId].map(async (id) =>
      (await reload(job)).parts.find((p) => p.endpointId === id),
    );
    expect(await one).toMatchObject({ phase: "owing", waiting: "paused", done: DUE_MAX });
    // And keeps no other endpoint from its turn.
    expect(await other).toMatchObject({ phase: "finished", done: DUE_MAX + 10 });
  });

  test.each([
    [
      "disabled",
      "update posthorn.endpoint set mode = 'disabled', mode_reason = 'operator' where id = $1",
      "was disabled",
    ],
    ["deleted", "update posthorn.endpoint set deleted_at = now() where id = $1", "was deleted"],
  ])(
    "P10: fails with the reason when its endpoint is %s meanwhile, after the others have had theirs",
    async (_, sql, text) => {
      const other = await endpoint();
      await events(300);
      const job = await startReplay(db, spec({ endpointIds: [endpointId, other], ratePerSecond: 100 }));
      const { run } = await worker();
      await run(500);
      await db.query(sql, [endpointId]);
      await run(8_000);
      const done = await reload(job);
      expect(done.state).toMatchObject({ state: "failed", error: expect.stringContaining(text) });
      expect(done.parts.find((part) => part.endpointId === other)).toMatchObject({ phase: "finished", done: 300 });
      expect((await owed(other)).length).toBe(300);
    },
  );

  test("P10: paused it owes nothing, resumed it goes on where it stopped", async () => {
    const ids = await events(200);
    const job = await startReplay(db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(1_000);
    expect(await commandJob(db, publicId("qtask", job.id), { kind: "pause" }, Date.now())).toMatchObject({
      state: { state: "paused" },
    });
    const then = (await owed()).length;
    await run(3_000);
    expect([(await owed()).length, then > 0 && then < 200]).toEqual([then, true]);
    await commandJob(db, publicId("qtask", job.id), { kind: "resume" }, Date.now());
    await run(6_000);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
  });

  test("P10: cancelled it owes nothing more, and tells how much it owed and how much still waits", async () => {
    await events(200);
    const job = await startReplay(db, spec({ ratePerSecond: 50 }));
    const { run } = await worker();
    await run(1_000);
    const made = (await owed()).length;
    await db.query(
      "delete from posthorn.delivery_owed where id in (select id from posthorn.delivery_owed where endpoint_id = $1 limit 5)",
      [endpointId],
    );
    const cancelled = await commandJob(db, publicId("qtask", job.id), { kind: "cancel", withdraw: false }, Date.now());
    if (cancelled === undefined || cancelled === "ended") throw new Error("It was to be cancelled.");
    await run(3_000);
    expect(cancelled.state.state).toBe("cancelled");
    expect([cancelled.made, await stillOwedBy(db, cancelled), (await owed()).length]).toEqual([
      made,
      made - 5,
      made - 5,
    ]);
    expect(await commandJob(db, publicId("qtask", job.id), { kind: "resume" }, Date.now())).toBe("ended");
  });

  test("P10: what it owed is withdrawn on demand, also what comes back later, and nothing of anybody else's", async () => {
    const ids = await events(100);
    const { run, withdrawn } = await worker();
    const [one, other] = [
      await startReplay(db, spec({ untilMs: START + 60 })),
      await startReplay(db, spec({ sinceMs: START + 60 })),
    ];
    await run(1_000);
    expect((await owed()).length).toBe(100);
    // One is being sent, and comes back to be tried again.
    const [hand] = await db.query<{ id: string }>(
      `with taken as (delete from posthorn.delivery_owed where event_id = $1 returning *)
       insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, trigger) select id, event_id, app_id, endpoint_id, 1, trigger from taken returning id`,
      [ids[0] ?? ""],
    );
    // It has ended, so its owner asks the one that runs; the ended one keeps what it owed.
    expect(await commandJob(db, publicId("qtask", one.id), { kind: "cancel", withdraw: true }, Date.now())).toBe(
      "ended",
    );
    await db.query("update posthorn.job set state = 'running', finished_at = null where id = $1", [one.id]);
    await commandJob(db, publicId("qtask", one.id), { kind: "cancel", withdraw: true }, Date.now());
    await run(1_000);
    expect((await owed()).length).toBe(40);
    // The process in whose hands it is is told, and of nothing else.
    const [{ id: others } = { id: "" }] = await db.query<{ id: string }>(
      "select id from posthorn.delivery_owed where endpoint_id = $1 limit 1",
      [endpointId],
    );
    expect([withdrawn.at(-1)?.(hand?.id ?? ""), withdrawn.at(-1)?.(others)]).toEqual([true, false]);
    expect((await reload(one)).state).toMatchObject({ state: "cancelled", withdrawing: true });
    await db.query(
      `with back as (delete from posthorn.delivery_leased where id = $1 returning *)
       insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger) select id, event_id, app_id, endpoint_id, now(), 1, 1, trigger from back`,
      [hand?.id ?? ""],
    );
    await run(2_000);
    expect((await reload(one)).state).toMatchObject({ state: "cancelled", withdrawing: false });
    expect((await reload(other)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids.slice(60));
    const buried = await db.query("select from posthorn.delivery_dead where app_id = $1 and reason = 'cancelled'", [
      appId,
    ]);
    expect(buried).toHaveLength(60);
  });

  test("P3, P10: two processes race for a job: one works on it; when that one dies the other goes on, and nothing is owed twice", async () => {
    const ids = await events(400);
    const job = await startReplay(db, spec({ ratePerSecond: 100 }));
    const [a, b] = [await worker(), await worker()];
    const together = async (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        const waits = await Promise.all([a.jobs.round(), b.jobs.round()]);
        const ms = Math.ceil(Math.min(...waits));
        a.clock.ms += ms;
        b.clock.ms += ms;
      }
    };
    await together(12);
    const [{ owner } = { owner: "" }] = await db.query<{ owner: string }>(
      "select owner::text as owner from posthorn.job where id = $1",
      [job.id],
    );
    const [dying, living] = owner === a.token ? [a, b] : [b, a];
    const then = (await owed()).length;
    expect(then).toBeGreaterThan(0);
    await dying.die();
    living.clock.ms += 1_000;
    await living.jobs.round(); // Takes it over.
    const told = dying.told();
    // It does not know yet that it was declared dead, and tries to go on beside the other.
    await together(120);
    expect(dying.told()).toBe(told);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
    expect(living.told()).toBeGreaterThan(0);
  });

  test("P12: a process that leaves gives its job away, and another goes on at once", async () => {
    const ids = await events(120);
    const job = await startReplay(db, spec({ ratePerSecond: 100 }));
    const leaving = await worker();
    await leaving.run(300);
    await leaving.jobs.stop();
    const then = (await owed()).length;
    const next = await worker();
    await next.run(100);
    expect([then > 0, (await owed()).length > then]).toEqual([true, true]);
    await next.run(3_000);
    expect((await reload(job)).state.state).toBe("finished");
    expect(await owed()).toEqual(ids);
  });

  test("P8: nothing of another application is owed, whoever's endpoint is named", async () => {
    await events(3);
    const job = await startReplay(db, spec({ appId: newId() }));
    await (await worker()).run(500);
    expect((await reload(job)).state).toMatchObject({ state: "failed" });
    expect(await owed()).toEqual([]);
    expect(await findJob(db, publicId("qtask", job.id), appId)).toBeUndefined();
    expect(await commandJob(db, publicId("qtask", job.id), { kind: "pause" }, Date.now(), appId)).toBeUndefined();
  });

  test("P11: does not read above what is settled, and finishes once it is", async () => {
    await events(5);
    const job = await startReplay(db, spec({ untilMs: Date.now() + 600 }));
    const { run } = await worker();
    await run(300);
    expect((await reload(job)).parts[0]).toMatchObject({ phase: "owing", done: 5 });
    const [later] = await events(1, {}, Date.now());
    while (Date.now() < (await reload(job)).selection.untilMs + 400) await run(200);
    await run(500);
    expect((await reload(job)).state.state).toBe("finished");
    expect((await owed()).at(-1)).toBe(later);
  });
});

test("the table refuses what the states do not allow", async () => {
  const job = await startReplay(db, spec());
  const set = (text: string) =>
    db.query(`update posthorn.job set ${text} where id = $1`, [job.id]).then(
      () => "done",
      (error: Error) => error.message,
    );
  for (const text of [
    "state = 'finished'",
    "state = 'failed', finished_at = now()",
    "error = 'x'",
    "withdrawing = true",
    "state = 'paused', owner = 1",
    "rate_per_second = 0",
    "state = 'done'",
  ])
    expect([text, await set(text)]).toEqual([text, expect.stringContaining("violates check constraint")]);
  expect(await set("state = 'cancelled', finished_at = now(), withdrawing = true")).toBe("done");
});
