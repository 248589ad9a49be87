import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Db, newId, newIdAt, openDb, uuidLowerBound } from "#kernel";
import { testDatabase } from "#test";
import { claimDue, dueEndpoints, releaseUnknown, takeOverLeases } from "./claim.ts";
import { type Lane, newLane, type Task } from "./lane.ts";
import { settleBatch } from "./settle.ts";
import type { AttemptRecord, Fate } from "./settlement.ts";
import { ensureDeliveryPartitions } from "./upkeep.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureDeliveryPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

function lane(endpointId = newId()): Lane {
  return newLane(endpointId, newId());
}

/** A delivery in the hands of `owner`: the row, and the task that goes with it. */
async function leased(owner: string, to = lane(), attempts = 0): Promise<Task> {
  const task: Task = {
    id: newId(),
    eventId: newId(),
    appId: to.appId,
    lane: to,
    owner,
    attempts,
    step: attempts,
    trigger: "scheduled",
    owedAtMs: Date.now(),
    expiresAtMs: undefined,
    payload: new Uint8Array(0),
    contentType: "application/json",
    hops: 0,
  };
  await db.query(
    `insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, attempts, step, trigger)
     values ($1, $2, $3, $4, $5::bigint, $6, $6, 'scheduled')`,
    [task.id, task.eventId, task.appId, to.endpointId, owner, attempts],
  );
  return task;
}

function attempt(fields: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    id: newIdAt(Date.now()),
    endpointVersion: 1,
    outcome: "delivered",
    reason: "http_200",
    status: 200,
    remoteAddress: "127.0.0.1",
    dnsUs: undefined,
    connectUs: undefined,
    firstByteUs: 10,
    totalUs: 20,
    signature: "v1,abc",
    responseHeaders: '[["x","ü\\u0000"]]',
    responseBody: Uint8Array.of(0, 255),
    responseTruncated: false,
    ...fields,
  };
}

const failed = attempt;
const delivered = { kind: "delivered" } as const;
const owed = (waitMs: number, step: number) => ({ kind: "owed", waitMs, step }) as const;

async function whereIs(task: Task) {
  const [row] = await db.query<{ leased: number; owed: number; dead: number }>(
    `select (select count(*)::int from posthorn.delivery_leased where id = $1) as leased,
            (select count(*)::int from posthorn.delivery_owed where id = $1) as owed,
            (select count(*)::int from posthorn.delivery_dead where id = $1) as dead`,
    [task.id],
  );
  return Object.entries(row ?? {}).flatMap(([table, n]) => Array<string>(n).fill(table));
}

async function attemptsOf(task: Task) {
  // A plain array: the driver's own is not one to the matchers.
  const rows = await db.query<{
    number: number;
    outcome: string;
    reason: string;
    settled_as: string;
    response_body: Uint8Array | null;
    response_headers: string | null;
  }>(
    "select number, outcome, reason, settled_as, response_body, response_headers from posthorn.attempt where event_id = $1 order by id",
    [task.eventId],
  );
  return [...rows];
}

describe("settle", () => {
  test("a success is its attempt, and is owed to nobody any more", async () => {
    const task = await leased("7");
    expect(await settleBatch(db, [{ task, attempt: attempt(), fate: delivered }])).toEqual([true]);
    expect(await whereIs(task)).toEqual([]);
    const [recorded] = await attemptsOf(task);
    expect(recorded).toMatchObject({
      number: 1,
      outcome: "delivered",
      reason: "http_200",
      settled_as: "delivered",
      response_headers: '[["x","ü\\u0000"]]',
    });
    expect(Buffer.from(recorded?.response_body ?? [])).toEqual(Buffer.from([0, 255]));
  });

  test("a retry is owed again with one attempt and the step more", async () => {
    const task = await leased("7", lane(), 2);
    await settleBatch(db, [
      { task, attempt: failed({ outcome: "retryable", reason: "http_503", status: 503 }), fate: owed(60_000, 3) },
    ]);
    expect(await whereIs(task)).toEqual(["owed"]);
    const [row] = await db.query(
      "select attempts, step, due_at > now() + interval '50 s' as later from posthorn.delivery_owed where id = $1",
      [task.id],
    );
    expect(row).toEqual({ attempts: 3, step: 3, later: true });
    expect(await attemptsOf(task)).toMatchObject([{ number: 3, settled_as: "owed" }]);
  });

  test("an exhausted one is dead with its reason; a release costs no attempt", async () => {
    const [dead, released] = [await leased("7"), await leased("7")];
    await settleBatch(db, [
      {
        task: dead,
        attempt: failed({ outcome: "permanent", reason: "http_404", status: 404 }),
        fate: { kind: "dead", reason: "permanent" },
      },
      { task: released, fate: owed(0, 0) },
    ]);
    expect([await whereIs(dead), await whereIs(released)]).toEqual([["dead"], ["owed"]]);
    expect(await attemptsOf(released)).toEqual([]);
    const [row] = await db.query("select attempts from posthorn.delivery_owed where id = $1", [released.id]);
    expect([row]).toMatchObject([{ attempts: 0 }]);
  });

  test("P3: who lost the lease changes no delivery, and the attempt is recorded as late", async () => {
    const task = await leased("7");
    await takeOverLeases(db, "7");
    for (const fate of [delivered, owed(1_000, 1)]) {
      expect(await settleBatch(db, [{ task, attempt: attempt(), fate }])).toEqual([false]);
    }
    expect(await whereIs(task)).toEqual(["owed"]);
    // Ids of one millisecond, made by two clocks, are in no order.
    expect((await attemptsOf(task)).map(({ reason, settled_as }) => `${reason} ${settled_as}`).sort()).toEqual([
      "http_200 late",
      "http_200 late",
      "process_lost owed",
    ]);
  });

  test("P3: a settle that was committed without our knowledge does not settle the lease taken since", async () => {
    const task = await leased("7");
    const settlement = {
      task,
      attempt: failed({ outcome: "retryable", reason: "http_500", status: 500 }),
      fate: owed(0, 1),
    } as const;
    await settleBatch(db, [settlement]);
    const [claimed] = await claimDue(db, "7", [{ endpointId: task.lane.endpointId, n: 1 }]);
    expect(claimed).toMatchObject({ id: task.id, attempts: 1 });
    // The same settle once more, as after an unknown commit.
    expect(await settleBatch(db, [settlement])).toEqual([false]);
    expect(await whereIs(task)).toEqual(["leased"]);
    expect(await attemptsOf(task)).toHaveLength(1);
  });

  test("settles a mixed batch of many in one go", async () => {
    const tasks = await Promise.all(Array.from({ length: 60 }, () => leased("9")));
    const fates = tasks.map(
      (_, i): Fate => (i % 3 === 0 ? delivered : i % 3 === 1 ? owed(5, 1) : { kind: "dead", reason: "exhausted" }),
    );
    const ours = await settleBatch(
      db,
      tasks.map((task, i) => ({ task, attempt: attempt(), fate: fates[i] as Fate })),
    );
    expect(ours.every(Boolean)).toBe(true);
    for (const [i, task] of tasks.entries())
      expect(await whereIs(task)).toEqual(i % 3 === 0 ? [] : i % 3 === 1 ? ["owed"] : ["dead"]);
  });
});

describe("claim", () => {
  test("P7: takes of each endpoint what it asked for, however much another is owed", async () => {
    const [flooded, quiet] = [lane(), lane()];
    for (const task of [
      ...(await Promise.all(Array.from({ length: 40 }, () => leased("11", flooded)))),
      await leased("11", quiet),
    ]) {
      await settleBatch(db, [{ task, fate: owed(0, 0) }]);
    }
    const { due } = await dueEndpoints(db);
    expect(due.map(({ endpointId }) => endpointId)).toEqual(
      expect.arrayContaining([flooded.endpointId, quiet.endpointId]),
    );
    const claimed = await claimDue(
      db,
      "12",
      [flooded, quiet].map(({ endpointId }) => ({ endpointId, n: 5 })),
    );
    expect(claimed.filter((row) => row.endpoint_id === flooded.endpointId)).toHaveLength(5);
    expect(claimed.filter((row) => row.endpoint_id === quiet.endpointId)).toHaveLength(1);
  });

  test("leaves what is not due, and tells when it will be", async () => {
    const later = lane();
    await settleBatch(db, [{ task: await leased("13", later), fate: owed(30_000, 0) }]);
    const { due, nextInMs } = await dueEndpoints(db);
    expect(due.some(({ endpointId }) => endpointId === later.endpointId)).toBe(false);
    expect(nextInMs).toBeGreaterThan(0);
    expect(await claimDue(db, "13", [{ endpointId: later.endpointId, n: 5 }])).toEqual([]);
  });

  test("P2: two processes that claim at once never get the same delivery", async () => {
    const shared = lane();
    const tasks = await Promise.all(Array.from({ length: 200 }, () => leased("14", shared)));
    await settleBatch(
      db,
      tasks.map((task) => ({ task, fate: owed(0, 0) })),
    );
    const claims = await Promise.all(
      ["15", "16", "15", "16"].map((owner) => claimDue(db, owner, [{ endpointId: shared.endpointId, n: 100 }])),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("P11: a claim may begin where the last one ended, and from the front finds what fell due before that", async () => {
    const to = lane();
    for (let n = 0; n < 3; n++) await settleBatch(db, [{ task: await leased("21", to), fate: owed(0, 0) }]);
    const [first] = await claimDue(db, "21", [{ endpointId: to.endpointId, n: 1 }]);
    const [second] = await claimDue(db, "21", [{ endpointId: to.endpointId, n: 1, since: first?.due_at }]);
    expect([first, second].map((row) => row?.endpoint_id)).toEqual([to.endpointId, to.endpointId]);
    // Something due earlier than all that was claimed.
    await db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       values ($1, $1, $1, $2, now() - interval '1 h', 'scheduled')`,
      [newId(), to.endpointId],
    );
    expect(await claimDue(db, "21", [{ endpointId: to.endpointId, n: 5, since: second?.due_at }])).toHaveLength(1);
    expect(await claimDue(db, "21", [{ endpointId: to.endpointId, n: 5 }])).toHaveLength(1);
  });

  test("P1: the audit gives back what is ours by the table and unknown to memory, but nothing young", async () => {
    const [known, forgotten] = [await leased("17"), await leased("17")];
    expect(await releaseUnknown(db, "17", [known.id], uuidLowerBound(Date.now() - 60_000))).toBe(0);
    expect(await releaseUnknown(db, "17", [known.id], uuidLowerBound(Date.now() + 1_000))).toBe(1);
    expect([await whereIs(known), await whereIs(forgotten)]).toEqual([["leased"], ["owed"]]);
  });
});
