import { describe, expect, test } from "bun:test";

import { testDatabase } from "#test";
import { DatabaseError, type Db, openDb } from "../db.ts";
import type { Membership } from "../membership.ts";
import { createSampler } from "./sampler.ts";
import { deadOfDay, forgetSamples, readSamples, writeSamples } from "./samples.ts";
import { seriesOf } from "./series.ts";
import { createTelemetry } from "./telemetry.ts";

const log = { limited: () => undefined } as never;
// Old samples are removed by the clock of the database.
const NOON = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;

function world(db: Db, options: { isEldest?: boolean } = {}) {
  let nowMs = NOON;
  const asked = { owed: 0, flushed: 0 };
  const telemetry = createTelemetry({ version: "1.2.3", roles: ["api"], poolMax: 6, now: () => nowMs });
  const sampler = createSampler({
    db,
    log,
    telemetry,
    membership: { token: "7", isEldest: options.isEldest ?? true } as unknown as Membership,
    roles: ["api", "delivery"],
    now: () => nowMs,
    monotonic: () => nowMs,
    measureOwed: async () => {
      asked.owed++;
      return { count: 3, isExact: true, oldestAtMs: nowMs - 5_000 };
    },
    forgetOwed: () => undefined,
    flushTallies: async () => {
      asked.flushed++;
    },
    forgetTallies: () => Promise.resolve(),
  });
  const seconds = async (n: number, each?: () => void) => {
    for (let i = 0; i < n; i++) {
      each?.();
      nowMs += 1_000;
      await sampler.second();
    }
  };
  return { telemetry, sampler, seconds, asked, now: () => nowMs };
}

/** A database that only counts what it is asked. */
function countingDb() {
  const statements: string[] = [];
  const query = async (text: string) => {
    statements.push(text);
    return [];
  };
  return { statements, db: { available: true, query } as unknown as Db };
}

describe("the sampler", () => {
  test("asks an idle database at most three things in ten seconds, and its younger siblings one", async () => {
    const eldest = countingDb();
    const old = world(eldest.db);
    await old.seconds(600);
    expect(eldest.statements.length + old.asked.owed).toBeLessThanOrEqual(0.3 * 600);
    const younger = countingDb();
    const young = world(younger.db, { isEldest: false });
    await young.seconds(600);
    expect(young.asked.owed).toBe(0);
    expect(younger.statements.length).toBe(60);
    expect(young.telemetry.owed).toBeUndefined();
  });

  test("writes what happened in each ten seconds and each five minutes, and what is left when it stops", async () => {
    await using database = await testDatabase();
    const db = openDb({ url: database.url, poolMax: 1 });
    const { telemetry, sampler, seconds, now } = world(db);
    await seconds(305, () => {
      telemetry.appended("api", 2, 100);
      telemetry.acknowledged("api", 0.004);
      telemetry.totals.attempts += 3;
      telemetry.totals.delivered += 2;
    });
    telemetry.appended("source", 9, 1);
    await sampler.stop();
    const fine = await readSamples(db, 10, NOON, now() + 1);
    const coarse = await readSamples(db, 300, NOON, now() + 1);
    expect(fine.length).toBe(31);
    expect(coarse.length).toBe(2);
    for (const spans of [fine, coarse]) {
      expect(spans.reduce((sum, { eventsIn }) => sum + eventsIn, 0)).toBe(619);
      expect(spans.reduce((sum, { failed }) => sum + failed, 0)).toBe(305);
    }
    expect(coarse[0]).toMatchObject({ process: "7", eventsIn: 600, delivered: 600, owed: { count: 3, isExact: true } });
    const [minute] = seriesOf(fine, NOON, NOON + 60_000, 60_000);
    expect(minute).toMatchObject({ eventsIn: 120, delivered: 120, failed: 60, successRatio: 0.6667, owed: 3 });
    expect(minute?.ackMs?.p50).toBeWithin(3.81, 4.19);
    await db.close();
  });

  test("goes on when the database is away, and forgets nothing but rows that are old", async () => {
    await using database = await testDatabase();
    const db = openDb({ url: database.url, poolMax: 1 });
    const away = {
      available: true,
      query: () => Promise.reject(new DatabaseError("unavailable", "It is away.")),
    } as unknown as Db;
    const { seconds } = world(away);
    await seconds(20);
    const telemetry = createTelemetry({ version: "1", roles: [], poolMax: 1, now: Date.now });
    const span = telemetry.meter().cut();
    const hours = 3_600_000;
    const at = (ms: number) => ({ ...span, fromMs: Date.now() - ms - 1_000, toMs: Date.now() - ms, dead: 5 });
    await writeSamples(
      db,
      "1",
      ["api"],
      [
        { seconds: 10, span: at(47 * hours) },
        { seconds: 10, span: at(49 * hours) },
        { seconds: 300, span: at(49 * hours) },
        { seconds: 300, span: at(23 * hours) },
        { seconds: 300, span: at(9 * 24 * hours) },
        { seconds: 10, span: at(5_000) },
      ],
    );
    expect(await deadOfDay(db)).toBe(10);
    await forgetSamples(db);
    const left = await db.query<{ n: number }>("select count(*)::int as n from posthorn.process_sample");
    expect(left[0]?.n).toBe(4);
    await db.close();
  });
});

describe("a series of spans", () => {
  const telemetry = createTelemetry({ version: "1", roles: [], poolMax: 1, now: () => NOON });
  const empty = telemetry.meter().cut();
  const span = (process: string, fromS: number, toS: number, eventsIn: number) => ({
    ...empty,
    process,
    fromMs: NOON + fromS * 1_000,
    toMs: NOON + toS * 1_000,
    eventsIn,
    memoryBytes: 10,
  });

  test("shares out what lies across steps, and adds up the levels of processes but not of times", () => {
    const points = seriesOf(
      [span("1", 0, 10, 10), span("1", 10, 20, 20), span("2", 5, 15, 100)],
      NOON,
      NOON + 20_000,
      10_000,
    );
    expect(points.map(({ eventsIn }) => eventsIn)).toEqual([60, 70]);
    expect(points.map(({ memoryBytes }) => memoryBytes)).toEqual([10, 20]);
  });

  test("keeps the sum, however it is shared out", () => {
    const spans = Array.from({ length: 50 }, (_, n) => span("1", n * 1.1 + 0.3, (n + 1) * 1.1 + 0.3, n % 3));
    const points = seriesOf(spans, NOON, NOON + 60_000, 1_000);
    expect(points.reduce((sum, { eventsIn }) => sum + eventsIn, 0)).toBe(49);
    expect(points.every(({ eventsIn }) => Number.isInteger(eventsIn) && eventsIn >= 0)).toBe(true);
  });

  test("leaves out what lies outside", () => {
    expect(seriesOf([span("1", -20, -10, 5), span("1", 30, 40, 5)], NOON, NOON + 10_000, 10_000)).toMatchObject([
      { eventsIn: 0, ackMs: null, successRatio: null, owed: null },
    ]);
  });
});
