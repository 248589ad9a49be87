import { expect, test } from "bun:test";
import { receiver, testDatabase } from "#test";
import { apiOf, byEvent, installation, openLedger, startLoad, until } from "./kit/index.ts";

test.concurrent("P12: a rolling restart under load fails no request of clients that keep their connections", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using slow = receiver({
    answer: async () => {
      await Bun.sleep(150);
      return {};
    },
  });
  const { start } = installation(database.url);
  await using next = await start();
  await using leaving = await start();
  const app = await apiOf(next).app();
  await apiOf(next).endpoint(app, { url: slow.url });
  // As behind a balancer: connections stay where they are, new ones go to who is ready.
  let ready = leaving;
  const load = startLoad({ target: () => ready, app, clients: 12, keyed: false });
  await load.acknowledgedMore(150);
  ready = next;
  const startedAt = performance.now();
  leaving.kill("SIGTERM");
  expect(await leaving.exited).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  await load.acknowledgedMore(150);
  await load.stop();
  expect(load.refusals).toEqual([]);
  expect(load.broken).toEqual({ refused: 0, idle_closed: 0, cut: 0 });

  const [left] = await ledger.rows(`
    select ended_by, (select count(*)::int from posthorn.delivery_leased l where l.owner = p.token) as leased
      from posthorn.process p where ended_at is not null`);
  expect(left).toEqual({ ended_by: "left", leased: 0 });
  await ledger.drained();
  const got = byEvent(slow.requests);
  expect(got.size).toBe(load.acknowledged.size);
  for (const requests of got.values()) expect(requests.length).toBe(1);
  expect((await ledger.attempts("settled_as <> 'delivered'")).length).toBe(0);
}, 30_000);

test.concurrent("P12: a request that outlives the grace is recorded as ambiguous, and sent again by whoever comes next", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using stuck = receiver({ answer: "never" });
  const { start } = installation(database.url, { POSTHORN_SHUTDOWN_GRACE: "1s" });
  await using engine = await start();
  const app = await apiOf(engine).app();
  await apiOf(engine).endpoint(app, { url: stuck.url, retrySchedule: [1], concurrency: 1 });
  const ids = [await apiOf(engine).send(app), await apiOf(engine).send(app)];
  const [held] = await stuck.waitFor(1);
  const startedAt = performance.now();
  expect(await engine.stop()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(4_000);

  const attempts = await ledger.attempts();
  expect(attempts.map(({ number, outcome, reason, settled_as }) => ({ number, outcome, reason, settled_as }))).toEqual([
    { number: 1, outcome: "ambiguous", reason: "interrupted", settled_as: "owed" },
  ]);
  // The one that never left is owed as if nothing had happened.
  expect(await ledger.open()).toEqual({ leased: 0, owed: 2, fanOut: 0 });
  expect(await ledger.rows("select attempts, step from posthorn.delivery_owed order by attempts")).toEqual([
    { attempts: 0, step: 0 },
    { attempts: 1, step: 1 },
  ]);
  stuck.answer({});
  stuck.clear();
  await using again = await start();
  await until("both arrived", () => byEvent(stuck.requests).size === 2);
  expect(again.pid).not.toBe(engine.pid);
  await ledger.drained();
  expect([...byEvent(stuck.requests).keys()].sort()).toEqual([...ids].sort());
  expect(stuck.requests.length).toBe(2);
  const repeated = stuck.requests.find((request) => request.header("webhook-id") === held?.header("webhook-id"));
  expect(repeated?.header("x-attempt")).toBe("2");
}, 30_000);
