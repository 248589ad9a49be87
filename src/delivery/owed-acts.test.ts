import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, newId, newIdAt, openDb } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { ATTEMPTS_SCANNED_MAX, listAttemptsOfEndpoint } from "./attempt-read.ts";
import { claimDue, dueEndpoints } from "./claim.ts";
import { changeDead, listDead } from "./dead-letters.ts";
import { summariseEndpoint } from "./endpoint-summary.ts";
import { changeOwed } from "./owed-acts.ts";
import { listOpen } from "./owed-read.ts";
import { requestProbe, takeProbes } from "./probe.ts";
import { ensureDeliveryPartitions } from "./upkeep.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 6 });
  await ensureDeliveryPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const appId = newId();

/** An endpoint's id with so many owed deliveries, due `dueIn` from now. */
async function owed(count: number, dueIn = "0 s"): Promise<string> {
  const endpointId = newId();
  await db.query(
    `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger)
     select uuidv7(), uuidv7(), $1::uuid, $2::uuid, now() + $3::text::interval, 2, 1, 'scheduled' from generate_series(1, $4::int)`,
    [appId, endpointId, dueIn, count],
  );
  return endpointId;
}

async function dead(count: number, reason = "exhausted"): Promise<string> {
  const endpointId = newId();
  await db.query(
    "insert into posthorn.endpoint (id, app_id, url, expires_after_s) values ($1, $2, 'https://x.test', 60)",
    [endpointId, appId],
  );
  await db.query(
    `insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
     select uuidv7(), uuidv7(), $1::uuid, $2::uuid, 8, $3 from generate_series(1, $4::int)`,
    [appId, endpointId, reason, count],
  );
  return endpointId;
}

const all = { kind: "filter" } as const;
const act = (endpointId: string, what: "hold" | "let_go" | "cancel", isDryRun = false) =>
  db.transaction((tx) => changeOwed(tx, { appId, endpointId }, what, all, isDryRun));

test("P2: what is held is no endpoint's to be claimed, keeps its due time, and is due again when it is let go", async () => {
  const endpointId = await owed(3, "-5 s");
  const dueAt = async () =>
    (await listOpen(db, endpointId, "waiting", { after: undefined, order: "ascending", limit: 9 })).map(
      (row) => row.dueAt,
    );
  const before = await dueAt();
  expect(await act(endpointId, "hold", true)).toEqual({ count: 3, isDone: true, skipped: 0 });
  expect(await act(endpointId, "hold")).toEqual({ count: 3, isDone: true, skipped: 0 });
  expect(await act(endpointId, "hold")).toEqual({ count: 0, isDone: true, skipped: 0 });
  expect((await dueEndpoints(db)).due.map((due) => due.endpointId)).not.toContain(endpointId);
  expect(Number.isFinite((await dueEndpoints(db)).nextInMs ?? 0)).toBe(true);
  expect(await claimDue(db, "1", [{ endpointId, n: 10 }])).toEqual([]);
  expect(await summariseEndpoint(db, endpointId, Date.now())).toMatchObject({
    owed: { count: 0, isExact: true },
    held: { count: 3, isExact: true },
  });
  expect(await act(endpointId, "let_go")).toEqual({ count: 3, isDone: true, skipped: 0 });
  expect(await dueAt()).toEqual(before);
  expect((await claimDue(db, "1", [{ endpointId, n: 10 }])).map(({ attempts, step }) => [attempts, step])).toEqual(
    Array(3).fill([2, 1]),
  );
});

test("P3: a claim and an operator at the same rows: each row is one's, and nobody waits for the other", async () => {
  const endpointId = await owed(40);
  const [claimed, held, cancelled] = await Promise.all([
    claimDue(db, "1", [{ endpointId, n: 25 }]),
    act(endpointId, "hold"),
    act(endpointId, "cancel"),
  ]);
  const [left] = await db.query<{ owed: number; held: number; leased: number; dead: number }>(
    `select (select count(*)::int from posthorn.delivery_owed where endpoint_id = $1 and held_due_at is null) as owed,
            (select count(*)::int from posthorn.delivery_owed where endpoint_id = $1 and held_due_at is not null) as held,
            (select count(*)::int from posthorn.delivery_leased where endpoint_id = $1) as leased,
            (select count(*)::int from posthorn.delivery_dead where endpoint_id = $1 and reason = 'cancelled') as dead`,
    [endpointId],
  );
  expect((left?.owed ?? 0) + (left?.held ?? 0) + (left?.leased ?? 0) + (left?.dead ?? 0)).toBe(40);
  expect(left?.leased).toBe(claimed.length);
  expect(left?.dead).toBe(cancelled.count);
  // Of what was held, some may have been cancelled since: cancelling is the later word.
  expect(left?.held).toBeLessThanOrEqual(held.count);
});

test("P10: a dead letter that two operators requeue and a third expires has one fate, and each is told his own", async () => {
  const endpointId = await dead(300);
  const place = { appId, endpointId };
  const [one, two, three] = await Promise.all([
    db.transaction((tx) => changeDead(tx, place, "requeue", all, false)),
    db.transaction((tx) => changeDead(tx, place, "requeue", all, false)),
    db.transaction((tx) => changeDead(tx, place, "expire", all, false)),
  ]);
  expect(one.count + two.count + three.count).toBe(300);
  const rows = await db.query<{ attempts: number; step: number; trigger: string; lives_s: number }>(
    `select attempts, step, trigger, extract(epoch from expires_at - due_at)::int as lives_s
       from posthorn.delivery_owed where endpoint_id = $1`,
    [endpointId],
  );
  expect(rows).toHaveLength(one.count + two.count);
  for (const row of rows) expect(row).toEqual({ attempts: 8, step: 0, trigger: "replay", lives_s: 60 });
  expect((await listDead(db, endpointId, { after: undefined, order: "descending", limit: 9 }, {})).letters).toEqual([]);
});

test("what was erased is not requeued, and can be expired; at most as many as asked for are changed", async () => {
  const endpointId = await dead(5, "erased");
  const place = { appId, endpointId };
  const change = (what: "requeue" | "expire", max?: number) =>
    db.transaction((tx) => changeDead(tx, place, what, all, false, max));
  expect(await change("requeue")).toEqual({ count: 0, isDone: true, skipped: 0 });
  expect(await change("expire", 3)).toEqual({ count: 3, isDone: false, skipped: 0 });
  expect(await change("expire", 3)).toEqual({ count: 2, isDone: true, skipped: 0 });
});

test("a filter that nothing passes ends after a bounded look, and says where to go on", async () => {
  const endpointId = newId();
  const from = Date.now() - 60_000;
  await db.query(
    `insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as, total_us)
     select t.id, t.id, uuidv7(), $1::uuid, $2::uuid, 1, 1, 'scheduled', 'delivered', 'http_200', 'delivered', 1
       from unnest($3::uuid[]) t(id)`,
    [
      appId,
      endpointId,
      `{${Array.from({ length: ATTEMPTS_SCANNED_MAX + 500 }, (_, i) => newIdAt(from + i)).join(",")}}`,
    ],
  );
  const keyset = { after: undefined, order: "descending", limit: 51 } as const;
  const filter = { reason: "http_503" };
  const first = await listAttemptsOfEndpoint(db, endpointId, keyset, filter, false);
  expect(first.attempts).toEqual([]);
  expect(first.stoppedAt).toBeDefined();
  const next = await listAttemptsOfEndpoint(db, endpointId, { ...keyset, after: first.stoppedAt }, filter, false);
  expect(next).toEqual({ attempts: [], stoppedAt: undefined });
});

test("P7: a wish for a probe is taken once, however many processes try", async () => {
  const endpointId = await owed(1, "1 h");
  expect(await requestProbe(db, endpointId)).toBe("nothing_to_probe");
  await db.query(
    "insert into posthorn.endpoint_state (endpoint_id, breaker, breaker_until) values ($1, 'open', now() + interval '5 min')",
    [endpointId],
  );
  expect(await requestProbe(db, endpointId)).toBe("asked");
  // What would be next is due now.
  expect((await dueEndpoints(db)).due.map((due) => due.endpointId)).toContain(endpointId);
  const taken = await Promise.all([1, 2, 3, 4].map(() => takeProbes(db, [endpointId])));
  expect(taken.filter((ids) => ids.has(endpointId))).toHaveLength(1);
  await db.query(
    "update posthorn.endpoint_state set breaker = 'half_open', updated_at = now() where endpoint_id = $1",
    [endpointId],
  );
  expect(await requestProbe(db, endpointId)).toBe("probe_under_way");
  await db.query("update posthorn.endpoint_state set updated_at = now() - interval '3 min' where endpoint_id = $1", [
    endpointId,
  ]);
  await act(endpointId, "hold");
  expect(await requestProbe(db, endpointId)).toBe("nothing_owed");
});
