import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { isPooled } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { installation, PGBOUNCER, type Pooler, startPgbouncer } from "./kit/index.ts";
import { crashes } from "./scenarios/crashes.ts";
import {
  freshConfiguration,
  lateCompletion,
  limitsOverHandovers,
  startPair,
  takeOver,
} from "./scenarios/two-processes.ts";

let pooler: Pooler | undefined;
beforeAll(async () => {
  if (PGBOUNCER === null) return;
  await using database = await testDatabase();
  pooler = await startPgbouncer(database.url);
});
afterAll(() => pooler?.[Symbol.asyncDispose]());

const SHORT_DEADLINE = { POSTHORN_DELIVERY_TIMEOUT: "1s" };
const missing = PGBOUNCER === null ? " (skipped: pgbouncer is not installed)" : "";

/** The role of the engine has no superuser rights on either way. */
const WAYS = [
  { name: "directly", skip: false, url: (database: TestDatabase) => database.url },
  {
    name: `behind pgbouncer in transaction mode${missing}`,
    skip: PGBOUNCER === null,
    url: (database: TestDatabase) => pooler?.through(database.url) ?? database.url,
  },
] as const;

for (const { name, skip, url } of WAYS) {
  describe.skipIf(skip)(`two processes on one database, ${name}`, () => {
    const pairOn = (database: TestDatabase, over: Record<string, string> = {}) =>
      startPair(installation(url(database), over), database.superuserUrl);

    // By itself: it is the one with a bound of time, and twenty engines that start beside it would use that up.
    test.serial(
      "P2: what a killed process had in hand is sent by another within five seconds",
      async () => {
        await using database = await testDatabase();
        await using pair = await pairOn(database);
        const found = await takeOver(pair);
        expect(found.arrivedAgain).toEqual(found.sent);
        expect(found.attempts.sort()).toEqual([
          ...Array(5).fill("1 internal_error process_lost owed"),
          ...Array(5).fill("2 delivered http_200 delivered"),
        ]);
        expect(found.contradictions).toEqual([]);
        expect(found.tookMs).toBeLessThan(5_000);
      },
      30_000,
    );

    test.concurrent("P3: a process that slept beyond its lease settles nothing, and its attempt is recorded as late", async () => {
      await using database = await testDatabase();
      await using pair = await pairOn(database);
      const found = await lateCompletion(pair);
      expect(found.attempts).toEqual([
        "1 delivered http_200 delivered", // The event sent afterwards.
        "1 delivered http_200 late",
        "1 internal_error process_lost owed",
        "2 delivered http_200 delivered",
      ]);
      expect(found.contradictions).toEqual([]);
      expect(found.requests).toBe(3);
    }, 30_000);

    test.concurrent("P7: an endpoint's rate holds over both, also while it changes hands", async () => {
      await using database = await testDatabase();
      await using pair = await pairOn(database, SHORT_DEADLINE);
      const found = await limitsOverHandovers(pair, { throttleRate: 25 });
      expect(found.missing).toEqual([]);
      expect(found.contradictions).toEqual([]);
      expect(found.mostInASecond).toBeWithin(15, 26);
    }, 60_000);

    test.concurrent("P7: an endpoint's concurrency holds over both, also while it changes hands", async () => {
      await using database = await testDatabase();
      await using pair = await pairOn(database, SHORT_DEADLINE);
      const found = await limitsOverHandovers(pair, { concurrency: 3 });
      expect(found.missing).toEqual([]);
      expect(found.contradictions).toEqual([]);
      expect(found.mostUnder).toBe(3);
    }, 60_000);

    test.concurrent("P7: an endpoint made or changed through one counts for the next event through the other", async () => {
      await using database = await testDatabase();
      await using pair = await pairOn(database);
      expect(await freshConfiguration(pair, 6)).toEqual({ missed: [] });
    }, 30_000);
  });
}

describe.skipIf(PGBOUNCER === null)(`behind pgbouncer in transaction mode${missing}`, () => {
  test.concurrent("a pooler is told from a server, also while many look at once", async () => {
    await using database = await testDatabase();
    const pooled = pooler?.through(database.url) ?? "";
    expect(await Promise.all(Array.from({ length: 8 }, () => isPooled(pooled)))).toEqual(Array(8).fill(true));
    expect(await Promise.all(Array.from({ length: 4 }, () => isPooled(database.url)))).toEqual(Array(4).fill(false));
  }, 30_000);

  test.concurrent("P1, P2, P4: an engine killed under load loses nothing, and repeats only what was in its hands", async () => {
    await using database = await testDatabase();
    const { violations } = await crashes({
      installation: installation(pooler?.through(database.url) ?? ""),
      ledgerUrl: database.superuserUrl,
      seed: 11,
      kills: 2,
      clients: 4,
      pooled: true,
    });
    expect(violations).toEqual([]);
  }, 60_000);
});
