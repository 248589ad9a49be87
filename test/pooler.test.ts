import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isPooled } from "#kernel";
import { testDatabase } from "#test";
import { installation, PGBOUNCER, type Pooler, startPgbouncer } from "./kit/index.ts";
import { crashes } from "./scenarios/crashes.ts";
import {
  freshConfiguration,
  lateCompletion,
  limitsOverHandovers,
  startPair,
  takeOver,
} from "./scenarios/two-processes.ts";

const reason = PGBOUNCER === null ? " (skipped: pgbouncer is not installed)" : "";

describe.skipIf(PGBOUNCER === null)(`behind pgbouncer in transaction mode, without superuser rights${reason}`, () => {
  let pooler: Pooler;
  beforeAll(async () => {
    await using database = await testDatabase();
    pooler = await startPgbouncer(database.url);
  });
  afterAll(() => pooler[Symbol.asyncDispose]());

  test.concurrent("a pooler is told from a server, also while many look at once", async () => {
    await using database = await testDatabase();
    const pooled = pooler.through(database.url);
    expect(await Promise.all(Array.from({ length: 8 }, () => isPooled(pooled)))).toEqual(Array(8).fill(true));
    expect(await Promise.all(Array.from({ length: 4 }, () => isPooled(database.url)))).toEqual(Array(4).fill(false));
  }, 30_000);

  test.concurrent("P2: what a killed process had in hand is sent by another within five seconds", async () => {
    await using database = await testDatabase();
    await using pair = await startPair(installation(pooler.through(database.url)), database.superuserUrl);
    expect(pair.a.events("database_pooled").length).toBe(1);
    const found = await takeOver(pair);
    expect(found.arrivedAgain).toEqual(found.sent);
    expect(found.contradictions).toEqual([]);
    expect(found.tookMs).toBeLessThan(5_000);
  }, 30_000);

  test.concurrent("P3: a process that slept beyond its lease settles nothing, and its attempt is recorded as late", async () => {
    await using database = await testDatabase();
    await using pair = await startPair(installation(pooler.through(database.url)), database.superuserUrl);
    const found = await lateCompletion(pair);
    expect(found.attempts.filter((text) => text.endsWith("late"))).toEqual(["1 delivered http_200 late"]);
    expect(found.contradictions).toEqual([]);
  }, 30_000);

  test.concurrent("P7: what is configured through one process counts for the next event through the other", async () => {
    await using database = await testDatabase();
    await using pair = await startPair(installation(pooler.through(database.url)), database.superuserUrl);
    expect(await freshConfiguration(pair, 4)).toEqual({ missed: [] });
  }, 30_000);

  test.concurrent("P7: an endpoint's concurrency holds over two processes, also while it changes hands", async () => {
    await using database = await testDatabase();
    const { start, env } = installation(pooler.through(database.url), { POSTHORN_DELIVERY_TIMEOUT: "1s" });
    await using pair = await startPair({ start, env }, database.superuserUrl);
    const found = await limitsOverHandovers(pair, { concurrency: 3 });
    expect(found.missing).toEqual([]);
    expect(found.contradictions).toEqual([]);
    expect(found.mostUnder).toBe(3);
  }, 60_000);

  test.concurrent("P1, P2, P4: an engine killed under load loses nothing, and repeats only what was in its hands", async () => {
    await using database = await testDatabase();
    const findings = await crashes({
      installation: installation(pooler.through(database.url)),
      ledgerUrl: database.superuserUrl,
      seed: 11,
      kills: 2,
      clients: 4,
      pooled: true,
    });
    expect(findings.violations).toEqual([]);
  }, 60_000);
});
