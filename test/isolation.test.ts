import { afterAll, beforeAll, expect, test } from "bun:test";
import { parsePublicId } from "#kernel";
import { receiver, type TestDatabase, type TestEngine, testDatabase } from "#test";
import {
  apiOf,
  byDelivery,
  byEvent,
  installation,
  type Ledger,
  mostWithin,
  openLedger,
  type TestApi,
  until,
} from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;
let ledger: Ledger;
let api: TestApi;
beforeAll(async () => {
  database = await testDatabase();
  engine = await installation(database.url).start();
  ledger = openLedger(database.superuserUrl);
  api = apiOf(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await ledger[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const uuidOf = (endpoint: string) => parsePublicId("ep", endpoint) ?? "";

async function openOf(endpoint: string): Promise<{ owed: number; leased: number }> {
  const [row] = await ledger.rows(
    `select (select count(*)::int from posthorn.delivery_owed where endpoint_id = $1::uuid) as owed,
            (select count(*)::int from posthorn.delivery_leased where endpoint_id = $1::uuid) as leased`,
    [uuidOf(endpoint)],
  );
  return row;
}

async function deadOf(endpoint: string): Promise<Record<string, number>> {
  const rows = await ledger.rows(
    "select reason, count(*)::int as n from posthorn.delivery_dead where endpoint_id = $1::uuid group by reason",
    [uuidOf(endpoint)],
  );
  return Object.fromEntries(rows.map(({ reason, n }) => [reason, n]));
}

async function modeOf(app: string, endpoint: string): Promise<string> {
  const { body } = await api.call("GET", `/api/v1/app/${app}/endpoint/${endpoint}`);
  return `${body.mode} ${body.modeReason}`;
}

const events = (count: number) => Array.from({ length: count }, (_, n) => ({ payload: { n } }));

test.concurrent("P7: an endpoint that hangs delays nobody: all others have everything while it still waits", async () => {
  await using hung = receiver({ answer: "never" });
  await using well = receiver();
  const app = await api.app();
  const hanging = await api.endpoint(app, { url: hung.url, timeoutMs: 60_000 });
  for (let i = 0; i < 9; i++) await api.endpoint(app, { url: `${well.url}/${i}` });
  await api.sendMany(app, events(300));
  await well.waitFor(9 * 300, { timeoutMs: 20_000 });
  expect(byDelivery(well.requests).size).toBe(9 * 300);
  // A hundred under way is what one endpoint may have; the rest of what it is owed waits.
  expect(hung.requests.length).toBe(100);
  const { owed, leased } = await openOf(hanging);
  expect(owed + leased).toBe(300);
  await api.patchEndpoint(app, hanging, { mode: "disabled" });
}, 40_000);

test.concurrent("P7: fifty thousand owed to one endpoint are sent in turn with the few owed to others", async () => {
  await using busy = receiver({
    answer: async () => {
      await Bun.sleep(200);
      return {};
    },
  });
  await using others = receiver();
  const app = await api.app();
  const loaded = await api.endpoint(app, { url: busy.url, mode: "paused", concurrency: 2 });
  await api.send(app);
  // As if they had been held for a long time: written at once, and older than all that comes.
  await ledger.rows(
    `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
     select uuidv7(), event_id, app_id, endpoint_id, now() - interval '1 hour', 'scheduled'
       from posthorn.delivery_owed cross join generate_series(1, 50000) where endpoint_id = $1::uuid`,
    [uuidOf(loaded)],
  );
  await api.patchEndpoint(app, loaded, { mode: "enabled" });
  await busy.waitFor(2);
  for (let i = 0; i < 5; i++) await api.endpoint(app, { url: `${others.url}/${i}`, channels: ["small"] });
  await api.sendMany(
    app,
    events(50).map((event) => ({ ...event, channels: ["small"] })),
  );
  await others.waitFor(250);
  const { owed, leased } = await openOf(loaded);
  expect(owed + leased).toBeGreaterThan(49_000);
  // What is in memory of it is bounded (2,048, and what is under way or being settled); the rest waits in the table.
  expect(leased).toBeLessThan(2_200);
  const deleted = await api.call("DELETE", `/api/v1/app/${app}/endpoint/${loaded}`);
  expect(deleted.status).toBe(204);
  await until("nothing was owed to what was deleted", async () => {
    const open = await openOf(loaded);
    return open.owed + open.leased === 0;
  });
  const dead = await deadOf(loaded);
  expect(dead["endpoint_deleted"]).toBeGreaterThan(49_000);
  const count = busy.requests.length;
  await api.send(app);
  expect(busy.requests.length).toBe(count);
}, 60_000);

test.concurrent("P7: a paused endpoint holds what comes and gets all of it when it is resumed", async () => {
  await using target = receiver();
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, mode: "paused" });
  const ids = await api.sendMany(app, events(200));
  expect(await openOf(endpoint)).toEqual({ owed: 200, leased: 0 });
  expect(target.requests.length).toBe(0);
  await api.patchEndpoint(app, endpoint, { mode: "enabled" });
  await target.waitFor(200);
  expect([...byEvent(target.requests).keys()].sort()).toEqual([...ids].sort());
  await until("all was settled", async () => Object.values(await openOf(endpoint)).every((n) => n === 0));
  expect(target.requests.length).toBe(200);
}, 30_000);

test.concurrent("P7: pausing under load stops after what is under way; nothing of the rest is lost", async () => {
  const go = Promise.withResolvers<void>();
  await using target = receiver({
    answer: async () => {
      await go.promise;
      return {};
    },
  });
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, concurrency: 3 });
  const ids = await api.sendMany(app, events(60));
  await target.waitFor(3);
  await api.patchEndpoint(app, endpoint, { mode: "paused" });
  go.resolve();
  await until("the rest was put back", async () => (await openOf(endpoint)).leased === 0);
  const { owed } = await openOf(endpoint);
  // The pause is heard of within a second by who has no reason to ask: what was started until then is settled.
  expect(owed + target.requests.length).toBe(60);
  await api.patchEndpoint(app, endpoint, { mode: "enabled" });
  await target.waitFor(60);
  expect([...byEvent(target.requests).keys()].sort()).toEqual([...ids].sort());
}, 30_000);

test.concurrent("P7: a disabled endpoint is owed nothing new", async () => {
  await using target = receiver();
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, mode: "disabled" });
  await api.sendMany(app, events(20));
  expect(await openOf(endpoint)).toEqual({ owed: 0, leased: 0 });
  await api.patchEndpoint(app, endpoint, { mode: "enabled" });
  const id = await api.send(app);
  await target.waitFor(1);
  expect([...byEvent(target.requests).keys()]).toEqual([id]);
}, 30_000);

test.concurrent("P6: a 410 pauses the endpoint and holds what is owed; another after the resume disables it", async () => {
  await using target = receiver({ answer: { status: 410 } });
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url });
  const id = await api.send(app);
  await until("it was paused", async () => (await modeOf(app, endpoint)) === "paused gone");
  const held = await api.send(app);
  expect(await openOf(endpoint)).toEqual({ owed: 2, leased: 0 });
  await ledger.rows("update posthorn.delivery_owed set due_at = now() where endpoint_id = $1::uuid", [
    uuidOf(endpoint),
  ]);
  await api.patchEndpoint(app, endpoint, { mode: "enabled" });
  await until("it was disabled", async () => (await modeOf(app, endpoint)) === "disabled gone_again");
  await until("nothing was in hand", async () => (await openOf(endpoint)).leased === 0);
  const open = await openOf(endpoint);
  const seen = byEvent(target.requests);
  expect({ open, dead: await deadOf(endpoint) }).toEqual({ open: { owed: 2, leased: 0 }, dead: {} });
  expect(seen.get(id)?.length).toBeLessThanOrEqual(2);
  expect(seen.get(held)?.length ?? 0).toBeLessThanOrEqual(1);
}, 30_000);

test.concurrent("P6: Retry-After holds the whole endpoint, and burns no attempt of the schedule", async () => {
  let isClosed = true;
  await using target = receiver({
    answer: () => (isClosed ? { status: 429, headers: { "Retry-After": "3" } } : {}),
  });
  const app = await api.app();
  const endpoint = await api.endpoint(app, { url: target.url, retrySchedule: [] });
  await api.send(app);
  const [first] = await target.waitFor(1);
  await until("the hold was recorded", async () => {
    const [state] = await ledger.rows("select hold_until from posthorn.endpoint_state where endpoint_id = $1::uuid", [
      uuidOf(endpoint),
    ]);
    return state?.hold_until > new Date();
  });
  isClosed = false;
  await api.sendMany(app, events(5));
  await target.waitFor(7);
  const again = target.requests.slice(1);
  expect(Math.min(...again.map(({ atMs }) => atMs)) - (first?.atMs ?? 0)).toBeGreaterThan(2_950);
  await until("all was settled", async () => Object.values(await openOf(endpoint)).every((n) => n === 0));
  // An empty schedule allows no retry: the one that was answered 429 was delivered all the same.
  expect(await deadOf(endpoint)).toEqual({});
  expect((await ledger.attempts("endpoint_id = $1::uuid and outcome = 'delivered'", [uuidOf(endpoint)])).length).toBe(
    6,
  );
}, 30_000);

test.concurrent("P4, P7: an event for 250 endpoints reaches each of them exactly once, in one row with a cursor", async () => {
  await using target = receiver();
  const app = await api.app();
  for (let i = 0; i < 250; i += 25) {
    await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        api.endpoint(app, { url: `${target.url}/${i + n}`, ...(n === 24 && { channels: ["other"] }) }),
      ),
    );
  }
  const [id] = await Promise.all([api.send(app), api.send(app, { channels: ["other"] })]);
  await target.waitFor(250 + 240);
  await until("nothing was left to expand", async () => (await ledger.open()).fanOut === 0);
  const ofFirst = target.requests
    .filter((request) => request.header("webhook-id") === id)
    .map(({ target: path }) => path);
  expect(new Set(ofFirst).size).toBe(240);
  expect(target.requests.length).toBe(490);
  const perPath = Map.groupBy(target.requests, (request) => `${request.target} ${request.header("webhook-id")}`);
  expect([...perPath.values()].filter((requests) => requests.length > 1)).toEqual([]);
}, 60_000);

test.concurrent("P7: an application's throttle holds over all its endpoints together", async () => {
  await using target = receiver();
  const app = await api.app({ throttleRate: 20 });
  for (let i = 0; i < 4; i++) await api.endpoint(app, { url: `${target.url}/${i}` });
  const ids = await api.sendMany(app, events(15));
  await target.waitFor(60);
  const uuids = `{${ids.map((id) => parsePublicId("msg", id)).join(",")}}`;
  const attempts = await until("all was recorded", async () => {
    const rows = await ledger.attempts("event_id = any($1::uuid[])", [uuids]);
    return rows.length === 60 && rows;
  });
  // The id is made right after the start was counted, or later by what a busy machine puts in between.
  const startedMs = attempts.map(({ started_ms }) => started_ms);
  expect(mostWithin(startedMs, 970)).toBe(20);
}, 30_000);
