import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createLog, type Db, newId, newIdAt, type Outcome, openDb, publicId } from "#kernel";
import { OPERATIONAL_APP_ID } from "#tenancy";
import { testDatabase } from "#test";
import { CLOSED } from "./breaker.ts";
import { createEndpointHealth } from "./health.ts";
import { type Lane, newLane, type Task } from "./lane.ts";
import { lookAtBacklog } from "./notice-backlog.ts";
import { createNoticeBudget, NOTICES_PER_ENDPOINT, NOTICES_PER_MINUTE } from "./notice-budget.ts";
import { createEpisodes, episodeStep, FAILING_ATTEMPTS } from "./notice-episode.ts";
import { settleBatch } from "./settle.ts";
import type { Attempted, AttemptRecord, Fate } from "./settlement.ts";
import { ensureDeliveryPartitions } from "./upkeep.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
const log = createLog({ level: "silent", format: "json" });

beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureDeliveryPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const table of ["notice", "endpoint", "endpoint_state", "delivery_owed", "delivery_alarm"])
    await db.query(`delete from posthorn.${table}`);
});

async function endpoint(appId: string, mode = "enabled"): Promise<string> {
  const id = newId();
  await db.query(
    `insert into posthorn.endpoint (id, app_id, url, mode, mode_reason)
     values ($1, $2, 'https://a.test', $3, case when $3 <> 'enabled' then 'operator' end)`,
    [id, appId, mode],
  );
  return id;
}
const listen = () => endpoint(OPERATIONAL_APP_ID);

interface Given {
  type: string;
  endpoint_id: string | null;
  attempt_id: string | null;
  attempt_status: number | null;
  hops: number;
  data: Record<string, unknown>;
}
const given = async () =>
  Array.from(
    await db.query<Given>(
      "select type, endpoint_id, attempt_id, attempt_status, hops, data from posthorn.notice order by id",
    ),
  );
const types = async () => (await given()).map(({ type }) => type);

function taskOf(lane: Lane, attempts: number): Task {
  return {
    id: newId(),
    eventId: newId(),
    appId: lane.appId,
    lane,
    owner: "7",
    attempts,
    step: attempts,
    trigger: "scheduled",
    owedAtMs: Date.now(),
    expiresAtMs: undefined,
    payload: new Uint8Array(0),
    contentType: "application/json",
    hops: 1,
  };
}

const EXHAUSTED: Fate = { kind: "dead", reason: "exhausted" };
const OWED: Fate = { kind: "owed", waitMs: 1_000, step: 1 };
const DELIVERED: Fate = { kind: "delivered" };

function attempted(lane: Lane, fate: Fate, attempts: number, status = 503): Attempted {
  const attempt: AttemptRecord = {
    id: newIdAt(Date.now()),
    endpointVersion: 1,
    outcome: fate.kind === "delivered" ? "delivered" : "retryable",
    reason: `http_${status}`,
    status,
    remoteAddress: undefined,
    dnsUs: undefined,
    connectUs: undefined,
    firstByteUs: undefined,
    totalUs: 10,
    signature: undefined,
    responseHeaders: undefined,
    responseBody: undefined,
    responseTruncated: false,
  };
  return { task: taskOf(lane, attempts), attempt, fate };
}

async function leased({ task }: Attempted): Promise<void> {
  await db.query(
    `insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, attempts, step, trigger)
     values ($1, $2, $3, $4, $5::bigint, $6, $6, 'scheduled')`,
    [task.id, task.eventId, task.appId, task.lane.endpointId, task.owner, task.attempts],
  );
}

describe("a delivery that ends dead", () => {
  test("is told with its settle and only once, however often that is repeated", async () => {
    await listen();
    const lane = newLane(newId(), newId());
    const dead = { ...attempted(lane, EXHAUSTED, 7), notice: true };
    const untold = attempted(lane, EXHAUSTED, 7);
    const retried = attempted(lane, OWED, 1);
    for (const one of [dead, untold, retried]) await leased(one);
    expect(await settleBatch(db, [dead, untold, retried])).toEqual([true, true, true]);
    // As after a commit whose fate was unknown.
    expect(await settleBatch(db, [dead, untold, retried])).toEqual([false, false, false]);
    expect(await given()).toEqual([
      {
        type: "message.attempt.exhausted",
        endpoint_id: lane.endpointId,
        attempt_id: dead.attempt.id,
        attempt_status: 503,
        hops: 2,
        data: {},
      },
    ]);
  });

  test("is told to the flows of its application that listen, each of them once, and to nobody else's", async () => {
    const lane = newLane(newId(), newId());
    const deaf = newLane(newId(), newId());
    await db.query(
      `insert into posthorn.flow_listener (app_id, kind, subject, flow_id, trigger, version, admits)
       values ($1, 'delivery', 'exhausted', $2, 0, 1, false)`,
      [lane.appId, newId()],
    );
    const [dead, retried, foreign] = [
      attempted(lane, EXHAUSTED, 7),
      attempted(lane, OWED, 1),
      attempted(deaf, EXHAUSTED, 7),
    ];
    for (const one of [dead, retried, foreign]) await leased(one);
    await settleBatch(db, [dead, retried, foreign]);
    await settleBatch(db, [dead, retried, foreign]);
    const told = await db.query("select outcome, endpoint_id, attempt_id, status, hops from posthorn.flow_told");
    expect([...told]).toEqual([
      { outcome: "exhausted", endpoint_id: lane.endpointId, attempt_id: dead.attempt.id, status: 503, hops: 1 },
    ]);
    expect(await given()).toEqual([]);
  });

  test("P3: is not told by whoever lost its lease", async () => {
    await listen();
    const dead = { ...attempted(newLane(newId(), newId()), EXHAUSTED, 7), notice: true };
    await leased(dead);
    await db.query("update posthorn.delivery_leased set owner = 8 where id = $1", [dead.task.id]);
    expect(await settleBatch(db, [dead])).toEqual([false]);
    expect(await given()).toEqual([]);
  });

  test("of an operational endpoint is not told", async () => {
    const id = await listen();
    const dead = { ...attempted(newLane(id, OPERATIONAL_APP_ID), EXHAUSTED, 7), notice: true };
    await leased(dead);
    expect(await settleBatch(db, [dead])).toEqual([true]);
    expect(await given()).toEqual([]);
  });

  test("P7: is told so many times a minute of one endpoint, and of all", () => {
    let now = 0;
    const budget = createNoticeBudget(() => now);
    const taken = (endpointId: string) => {
      let n = 0;
      while (budget.take(endpointId)) n++;
      return n;
    };
    expect(taken("a")).toBe(NOTICES_PER_ENDPOINT);
    expect(taken("b")).toBe(NOTICES_PER_ENDPOINT);
    let all = 2 * NOTICES_PER_ENDPOINT;
    for (let i = 0; i < 100; i++) all += taken(`endpoint ${i}`);
    expect(all).toBe(NOTICES_PER_MINUTE);
    now = 60_000;
    expect(taken("a")).toBe(NOTICES_PER_ENDPOINT);
  });
});

describe("an episode of failing", () => {
  test("begins with a fourth failure or a dead delivery, and ends with a delivered one", () => {
    const lane = newLane(newId(), newId());
    const fourth = FAILING_ATTEMPTS - 1;
    expect(episodeStep(false, attempted(lane, OWED, fourth - 1))).toBeUndefined();
    expect(episodeStep(false, attempted(lane, OWED, fourth))).toBe("failing");
    expect(episodeStep(false, attempted(lane, EXHAUSTED, 0))).toBe("exhausted");
    expect(episodeStep(false, attempted(lane, DELIVERED, 0))).toBeUndefined();
    expect(episodeStep(true, attempted(lane, OWED, fourth))).toBeUndefined();
    expect(episodeStep(true, attempted(lane, EXHAUSTED, fourth))).toBeUndefined();
    expect(episodeStep(true, attempted(lane, DELIVERED, 0))).toBe("recovered");
  });

  /** Two processes that send to the same endpoint. */
  function processes(appId = newId()) {
    const clock = { ms: 0 };
    const endpointId = newId();
    const [one, other] = [0, 1].map(() => {
      const lane = newLane(endpointId, appId);
      const episodes = createEpisodes({ db, log, monotonic: () => clock.ms });
      const settled = async (fate: Fate, attempts: number, status?: number) => {
        episodes.settled(attempted(lane, fate, attempts, status));
        await episodes.stop();
      };
      return { lane, settled };
    });
    if (one === undefined || other === undefined) throw new Error("There are two.");
    return { one, other, clock };
  }

  test("is told once when it begins and once when it ends, by whichever processes see that", async () => {
    await listen();
    const { one, other } = processes();
    await one.settled(OWED, 3);
    await one.settled(OWED, 4);
    await other.settled(OWED, 3);
    expect(await types()).toEqual(["message.attempt.failing"]);
    // The other one learnt of it when it asked.
    expect([one.lane.toldFailing, other.lane.toldFailing]).toEqual([true, true]);
    await other.settled(DELIVERED, 5, 200);
    await one.settled(DELIVERED, 5, 200);
    expect(await types()).toEqual(["message.attempt.failing", "message.attempt.recovered"]);
    expect((await given())[1]).toMatchObject({ attempt_status: 200, hops: 2 });
    expect([one.lane.toldFailing, other.lane.toldFailing]).toEqual([false, false]);
  });

  test("does not begin again within a minute, so that a flapping endpoint is told twice a minute", async () => {
    await listen();
    const { one, clock } = processes();
    for (let i = 0; i < 50; i++) {
      await one.settled(EXHAUSTED, 0);
      await one.settled(DELIVERED, 0, 200);
      clock.ms += 1_000;
    }
    expect(await types()).toEqual(["message.attempt.recovered"]);
    await db.query("update posthorn.endpoint_state set told_failing_at = now() - interval '61 seconds'");
    clock.ms += 60_000;
    await one.settled(EXHAUSTED, 0);
    await one.settled(DELIVERED, 0, 200);
    expect(await types()).toEqual(["message.attempt.recovered", "message.attempt.recovered"]);
  });

  test("is none where nobody listens, and of operational endpoints: nothing is written", async () => {
    const { one, clock } = processes();
    await one.settled(OWED, 3);
    const ours = processes(OPERATIONAL_APP_ID);
    await listen();
    await ours.one.settled(OWED, 3);
    // Not asked again before a minute has passed.
    await one.settled(OWED, 4);
    expect(await db.query("select 1 from posthorn.endpoint_state")).toEqual([]);
    clock.ms += 60_000;
    await one.settled(OWED, 5);
    expect(await types()).toEqual(["message.attempt.failing"]);
  });
});

describe("what is found out about an endpoint", () => {
  const DOWN: Outcome = { class: "retryable", reason: "http_503" } as Outcome;
  const GONE: Outcome = { class: "gone", reason: "http_410" } as Outcome;

  function watching(monotonic: () => number, stops: boolean) {
    return createEndpointHealth({
      db,
      log,
      now: Date.now,
      monotonic,
      isAlone: () => true,
      stopEndpoint: async () => stops,
    });
  }

  test("a breaker that opens is told, a probe that fails is not, nor a second opening within the minute", async () => {
    await listen();
    const clock = { ms: 1_000_000 };
    const health = watching(() => clock.ms, true);
    const lane = newLane(newId(), newId());
    const becomes = async (breaker: Lane["breaker"]) => {
      const before = lane.breaker;
      lane.breaker = breaker;
      health.observe(lane, DOWN, before, Date.now(), 0);
      await health.stop();
    };
    const open = (opens: number) => ({ state: "open", sinceMs: clock.ms, untilMs: clock.ms + 5_000, opens }) as const;
    const probing = { state: "half_open", probeStartedAtMs: clock.ms, openSinceMs: clock.ms, opens: 1 } as const;
    await becomes(open(1));
    await becomes({ ...CLOSED, opens: 1 });
    await becomes(open(2));
    expect(await given()).toMatchObject([
      { type: "endpoint.breaker_opened", endpoint_id: lane.endpointId, hops: 1, data: { opens: 1 } },
    ]);
    clock.ms += 60_000;
    await becomes(probing);
    await becomes(open(3));
    await becomes({ ...CLOSED, opens: 3 });
    await becomes(open(4));
    expect((await given()).map(({ data }) => data["opens"])).toEqual([1, 4]);
  });

  test("an endpoint that is taken out of service is told with the mode, once", async () => {
    await listen();
    const lane = newLane(newId(), newId());
    const health = watching(() => 0, true);
    health.observe(lane, GONE, lane.breaker, Date.now(), 0);
    await health.stop();
    const [told] = await given();
    expect(told).toMatchObject({ type: "endpoint.disabled", data: { mode: "paused", modeReason: "gone" } });
    expect(Date.parse(String(told?.data["failSince"]))).toBeGreaterThan(Date.now() - 60_000);
    // Already stopped, by another process or by hand.
    const late = watching(() => 0, false);
    const same = newLane(lane.endpointId, lane.appId);
    late.observe(same, GONE, same.breaker, Date.now(), 0);
    await late.stop();
    expect(await given()).toHaveLength(1);
  });
});

describe("a backlog", () => {
  const look = () => lookAtBacklog({ db, now: Date.now, backlogAgeMs: 300_000 });
  const owe = async (endpointId: string, appId: string, dueAt: string) =>
    db.query(
      `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       values (uuidv7(), uuidv7(), $1, $2, now() + $3::interval, 'scheduled')`,
      [appId, endpointId, dueAt],
    );
  const age = (endpointId: string, dueAt: string) =>
    db.query("update posthorn.delivery_owed set due_at = now() + $2::interval where endpoint_id = $1", [
      endpointId,
      dueAt,
    ]);

  test("that grew old is told once, and again only after it came down to half", async () => {
    await listen();
    const appId = newId();
    const slow = await endpoint(appId);
    await owe(slow, appId, "-299 seconds");
    await look();
    expect(await given()).toEqual([]);
    await age(slow, "-6 minutes");
    await Promise.all([look(), look()]);
    await look();
    expect(await given()).toMatchObject([
      {
        type: "delivery.backlog_aged",
        endpoint_id: null,
        data: {
          thresholdSeconds: 300,
          ageSeconds: 360,
          endpointCount: 1,
          endpoints: [{ appId: publicId("app", appId), endpointId: publicId("ep", slow) }],
        },
      },
    ]);
    for (const [dueAt, told] of [
      ["-160 seconds", 1],
      ["-6 minutes", 1],
      ["-140 seconds", 1],
      ["-6 minutes", 2],
    ] as const) {
      await age(slow, dueAt);
      await look();
      expect([dueAt, (await given()).length]).toEqual([dueAt, told]);
    }
  });

  test("of endpoints that are stopped, held, broken or our own is none, and nobody looks where nobody listens", async () => {
    const appId = newId();
    for (const state of [
      "(endpoint_id, breaker, breaker_until) values ($1, 'open', now())",
      "(endpoint_id, hold_until) values ($1, now() + interval '1 minute')",
    ]) {
      const id = await endpoint(appId);
      await db.query(`insert into posthorn.endpoint_state ${state}`, [id]);
      await owe(id, appId, "-1 hour");
    }
    await owe(await endpoint(appId, "paused"), appId, "-1 hour");
    await owe(await listen(), OPERATIONAL_APP_ID, "-1 hour");
    await look();
    expect(await given()).toEqual([]);
    await db.query("delete from posthorn.endpoint where app_id = $1", [OPERATIONAL_APP_ID]);
    const slow = await endpoint(appId);
    await owe(slow, appId, "-1 hour");
    await look();
    expect(await db.query("select 1 from posthorn.delivery_alarm")).toEqual([]);
    await listen();
    await look();
    expect(await types()).toEqual(["delivery.backlog_aged"]);
  });
});
