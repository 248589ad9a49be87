import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DatabaseError, type Db, newId, openDb, type Queryable } from "#kernel";
import { createApplication, deleteApplication, liveApplications } from "#tenancy";
import { testDatabase } from "#test";
import { type Appended, createEventLog, type EventLogOptions, type NewEvent } from "./append.ts";
import { digest } from "./dedupe.ts";
import type { AppendedEvent, Plan, Planner } from "./planner.ts";
import { ensureEventPartitions } from "./upkeep.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
  await ensureEventPartitions(db, Date.now());
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const bytes = (text: string) => Buffer.from(text);
const noQuotas = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };

async function application(uid?: string): Promise<string> {
  const made = await createApplication(db, {
    name: "Acme",
    uid,
    throttleRate: undefined,
    quotas: noQuotas,
    metadata: {},
  });
  if (made === "uid_taken") throw new Error(`The uid ${uid} is taken.`);
  return made.id;
}

function openLog(options: Partial<EventLogOptions> = {}) {
  return createEventLog({ db, planners: [], liveApplications, ...options });
}

function event(appId: string, fields: Partial<NewEvent> = {}): NewEvent {
  return { appId, type: "order.placed", payload: bytes('{"a": 1.0}'), contentType: "application/json", ...fields };
}

function keyed(appId: string, key: string, body = "{}", uid?: string): NewEvent {
  const dedupe: NonNullable<NewEvent["dedupe"]>[number][] = [];
  if (key !== "") dedupe.push({ scope: "idempotency_key", key, bodyHash: digest(body), windowMs: 86_400_000 });
  if (uid !== undefined) dedupe.push({ scope: "uid", key: uid, bodyHash: digest(body), windowMs: 86_400_000 });
  return event(appId, { payload: bytes(body), uid, dedupe });
}

async function stored(
  appId: string,
): Promise<{ id: string; payload: Uint8Array; channels: string[] | null; type: string }[]> {
  return db.query("select id, payload, channels, type from posthorn.event where app_id = $1 order by id", [appId]);
}

/** Records what it is asked to plan, and how the transaction ended. */
function recordingPlanner(
  onPlan: (tx: Queryable, events: readonly AppendedEvent[]) => Promise<void> = async () => undefined,
) {
  const ends: ("committed" | "abandoned")[] = [];
  const planned: AppendedEvent[] = [];
  const planner: Planner = {
    name: "recording",
    // Nothing is known beforehand: the careful way.
    foresee: () => undefined,
    plan: async (tx, events): Promise<Plan> => {
      planned.push(...events);
      await onPlan(tx, events);
      return { committed: () => void ends.push("committed"), abandoned: () => void ends.push("abandoned") };
    },
  };
  return { planner, ends, planned };
}

describe("append", () => {
  test("P9: stores exactly the bytes it was given, whatever they are", async () => {
    const app = await application();
    const log = openLog();
    const odd = [
      bytes('{"a": 1.0,  "b":"\\u00e9é"}'),
      Uint8Array.of(0, 255, 254, 0),
      new Uint8Array(0),
      bytes('"'.repeat(3)),
    ];
    for (const payload of odd) await log.append(event(app, { payload, channels: ["a", "b.c"], type: "x.y-z_1" }));
    const rows = await stored(app);
    expect(rows.map((row) => Buffer.from(row.payload))).toEqual(odd.map((payload) => Buffer.from(payload)));
    expect(rows[0]).toMatchObject({ channels: ["a", "b.c"], type: "x.y-z_1" });
  });

  test("keeps tags, beside events that have none", async () => {
    const app = await application();
    const log = openLog();
    await Promise.all([log.append(event(app)), log.append(event(app, { tags: ["a", "b-1"] })), log.append(event(app))]);
    const rows = await db.query<{ tags: string[] | null }>(
      "select tags from posthorn.event where app_id = $1 order by id",
      [app],
    );
    expect(rows.map(({ tags }) => tags)).toEqual([null, ["a", "b-1"], null]);
  });

  test("commits many at once, each with its own answer, in order", async () => {
    const app = await application();
    const log = openLog();
    const answers = await Promise.all(
      Array.from({ length: 2_500 }, (_, i) => log.append(event(app, { payload: bytes(`{"n":${i}}`) }))),
    );
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["appended"]));
    const byId = new Map((await stored(app)).map((row) => [row.id, Buffer.from(row.payload).toString()]));
    expect(answers.map((answer) => byId.get((answer as { id: string }).id))).toEqual(
      Array.from({ length: 2_500 }, (_, i) => `{"n":${i}}`),
    );
  });

  test("P8: refuses an application that is not there, was deleted, or lost the uid it was named by", async () => {
    const [gone, renamed] = [await application(), await application(`now-${newId()}`)];
    await deleteApplication(db, gone);
    const log = openLog();
    const answers = await Promise.all([
      log.append(event(newId())),
      log.append(event(gone)),
      log.append(event(renamed, { appUid: "before" })),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(["no_application", "no_application", "no_application"]);
    expect(await stored(renamed)).toEqual([]);
  });

  test("P8: what was known of an application is worth nothing once another process deleted or renamed it", async () => {
    const log = openLog();
    const uid = `uid-${newId()}`;
    const [gone, renamed] = [await application(), await application(uid)];
    const both = () => Promise.all([log.append(event(gone)), log.append(event(renamed, { appUid: uid }))]);
    expect((await both()).map(({ kind }) => kind)).toEqual(["appended", "appended"]);
    await deleteApplication(db, gone);
    await db.query("update posthorn.application set uid = null where id = $1", [renamed]);
    expect((await both()).map(({ kind }) => kind)).toEqual(["no_application", "no_application"]);
    expect([await stored(gone), await stored(renamed)].map((rows) => rows.length)).toEqual([1, 1]);
  });

  test("answers a repeat with the first event, and a key with another body with a conflict", async () => {
    const app = await application();
    const log = openLog();
    const first = await log.append(keyed(app, "k", "{}"));
    expect(await log.append(keyed(app, "k", "{}"))).toEqual({ kind: "repeated", id: idOf(first) });
    expect(await log.append(keyed(app, "k", "{ }"))).toEqual({
      kind: "conflict",
      id: idOf(first),
      scope: "idempotency_key",
    });
    expect(await stored(app)).toHaveLength(1);
  });

  test("judges twins within one batch by the first of them", async () => {
    const app = await application();
    const log = openLog();
    const answers = await Promise.all(
      [keyed(app, "twin", "{}"), keyed(app, "twin", "{}"), keyed(app, "twin", "[]"), keyed(app, "other", "{}")].map(
        (twin) => log.append(twin),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(["appended", "repeated", "conflict", "appended"]);
    expect(idOf(answers[1])).toBe(idOf(answers[0]));
    expect(await stored(app)).toHaveLength(2);
  });

  test("keeps the same key of two applications apart", async () => {
    const log = openLog();
    const answers = [
      await log.append(keyed(await application(), "k")),
      await log.append(keyed(await application(), "k")),
    ];
    expect(answers.map(({ kind }) => kind)).toEqual(["appended", "appended"]);
  });

  test("gives back the key of an event that failed by its uid, so that a corrected retry may use it", async () => {
    const app = await application();
    const log = openLog();
    const first = await log.append(keyed(app, "", "{}", "order-1"));
    expect(await log.append(keyed(app, "fresh", "{}", "order-1"))).toEqual({
      kind: "conflict",
      id: idOf(first),
      scope: "uid",
    });
    expect(await log.append(keyed(app, "fresh", "{}", "order-2"))).toMatchObject({ kind: "appended" });
  });

  test("lets the second of two twins have the key when the first of them failed by its uid", async () => {
    const app = await application();
    const log = openLog();
    await log.append(keyed(app, "", "{}", "taken"));
    const answers = await Promise.all([
      log.append(keyed(app, "k", "{}", "taken")),
      log.append(keyed(app, "k", "{}", "free")),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(["conflict", "appended"]);
    expect(await log.append(keyed(app, "k", "{}", "free"))).toEqual({ kind: "repeated", id: idOf(answers[1]) });
  });

  test("frees a key once its window has passed", async () => {
    const app = await application();
    const log = openLog();
    const brief = (body: string): NewEvent =>
      event(app, { dedupe: [{ scope: "source:s", key: "k", bodyHash: digest(body), windowMs: -1 }] });
    expect((await log.append(brief("a"))).kind).toBe("appended");
    expect((await log.append(brief("b"))).kind).toBe("appended");
  });

  test("one bad event never fails its neighbours", async () => {
    const app = await application();
    const log = openLog();
    const bad = event(app, { type: "nul\u0000" });
    const answers = await Promise.allSettled([event(app), bad, event(app)].map((one) => log.append(one)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await stored(app)).toHaveLength(2);
  });

  test("P1: a plan that fails takes its events with it, and is told", async () => {
    const app = await application();
    const { planner, ends } = recordingPlanner();
    const failing = recordingPlanner(async () => {
      throw new DatabaseError("contention", "Another was first.");
    });
    const log = openLog({ planners: [planner, failing.planner] });
    await expect(log.append(event(app))).rejects.toThrow("Another was first.");
    await log.idle();
    expect(ends).toEqual(["abandoned"]);
    expect(await stored(app)).toEqual([]);
  });

  test("plans exactly what was appended, and begins after the commit", async () => {
    const app = await application();
    const { planner, planned, ends } = recordingPlanner(async () => expect(await stored(app)).toEqual([]));
    const log = openLog({ planners: [planner] });
    const answers = await Promise.all([
      log.append(keyed(app, "k")),
      log.append(keyed(app, "k")),
      log.append(event(newId())),
    ]);
    expect(planned.map(({ id }) => id)).toEqual([idOf(answers[0])]);
    expect(ends).toEqual(["committed"]);
  });

  test("P1: a plan that is still being made when the append is given up is told so too", async () => {
    const app = await application();
    const impatient = openDb({ url: database.url, poolMax: 1, timeoutMs: 1_000 });
    await impatient.query("select 1");
    const planning = Promise.withResolvers<void>();
    const slow = recordingPlanner(() => planning.promise);
    const log = openLog({ db: impatient, planners: [slow.planner] });
    await expect(log.append(event(app))).rejects.toMatchObject({ fault: "unknown" });
    planning.resolve();
    await impatient.query("select 1"); // The only connection is free again: the transaction has ended.
    expect(slow.ends).toEqual(["abandoned"]);
    expect(await stored(app)).toEqual([]);
    await impatient.close();
  });

  test("P1: after a commit whose fate is unknown the same key tells what became of it", async () => {
    const app = await application();
    // The connection is lost at the last moment of the transaction: after the append was sent, before its commit was answered.
    const cut = recordingPlanner(async (tx) => {
      await tx.query("select pg_terminate_backend(pg_backend_pid())");
    });
    const log = openLog({ planners: [cut.planner] });
    const failure = await log.append(keyed(app, "k")).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DatabaseError);
    expect((failure as DatabaseError).fault).toBe("unknown");
    expect((await openLog().append(keyed(app, "k"))).kind).toBe("appended");
    expect(await stored(app)).toHaveLength(1);
  });
});

function idOf(answer: Appended | undefined): string {
  if (answer === undefined || !("id" in answer)) throw new Error(`There is no id in ${JSON.stringify(answer)}.`);
  return answer.id;
}
