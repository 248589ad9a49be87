import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { installation } from "./kit/index.ts";
import {
  freshConfiguration,
  lateCompletion,
  limitsOverHandovers,
  startPair,
  takeOver,
} from "./scenarios/two-processes.ts";

const SHORT_DEADLINE = { POSTHORN_DELIVERY_TIMEOUT: "1s" };

async function pairOn(database: { url: string; superuserUrl: string }, over: Record<string, string> = {}) {
  return startPair(installation(database.url, over), database.superuserUrl);
}

test.concurrent("P2: what a killed process had in hand is sent by another within five seconds", async () => {
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
}, 30_000);

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

test.concurrent("P7: an endpoint's rate holds over two processes, also while it changes hands", async () => {
  await using database = await testDatabase();
  await using pair = await pairOn(database, SHORT_DEADLINE);
  const found = await limitsOverHandovers(pair, { throttleRate: 25 });
  expect(found.missing).toEqual([]);
  expect(found.contradictions).toEqual([]);
  expect(found.mostInASecond).toBeWithin(15, 26);
}, 60_000);

test.concurrent("P7: an endpoint's concurrency holds over two processes, also while it changes hands", async () => {
  await using database = await testDatabase();
  await using pair = await pairOn(database, SHORT_DEADLINE);
  const found = await limitsOverHandovers(pair, { concurrency: 3 });
  expect(found.missing).toEqual([]);
  expect(found.contradictions).toEqual([]);
  expect(found.mostUnder).toBe(3);
}, 60_000);

test.concurrent("P7: an endpoint made or changed through one process counts for the next event through the other", async () => {
  await using database = await testDatabase();
  await using pair = await pairOn(database);
  expect(await freshConfiguration(pair, 6)).toEqual({ missed: [] });
}, 30_000);
