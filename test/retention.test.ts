import { expect, test } from "bun:test";
import { deliveryChores, ensureDeliveryPartitions, isOwed } from "#delivery";
import { ensureEventPartitions, eventChores, findEvent, listEvents, readPayloads } from "#events";
import { createLog, type Db, newId, newIdAt, openDb, parsePublicId } from "#kernel";
import { receiver, testDatabase } from "#test";
import { apiOf, byEvent, installation, openLedger, startLoad } from "./kit/index.ts";

const DAY_MS = 86_400_000;
const log = createLog({ level: "silent", format: "json" });

/** What upkeep does about retention, now: every chore of that name, whenever it would be due. */
async function retain(db: Db, retentionMs: number): Promise<void> {
  const now = Date.now;
  const options = { db, log, now, retentionMs };
  const chores = [
    ...eventChores({ ...options, needed: (partition) => isOwed(db, partition) }),
    ...deliveryChores({ ...options, heldMax: 1_000_000, heldForMs: 365 * DAY_MS }),
  ];
  for (const { name, run } of chores) if (/partitions|retention/.test(name)) await run();
}

async function addEvent(db: Db, appId: string, id: string, payload = "{}"): Promise<void> {
  await db.query(
    `insert into posthorn.event (app_id, id, type, content_type, payload) values ($1::uuid, $2::uuid, 'old.one', 'application/json', $3::bytea)`,
    [appId, id, Buffer.from(payload)],
  );
}

const partitionOf = async (db: Db, id: string): Promise<string> =>
  (await db.query("select tableoid::regclass::text as name from posthorn.event where id = $1::uuid", [id]))[0]?.name;

test.concurrent("P11: retention drops days under load, and never what is owed, however old it is", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using target = receiver();
  await using engine = await installation(database.url, { POSTHORN_HELD_FOR: "365d" }).start();
  const db = openDb({ url: database.url, poolMax: 2 });
  const api = apiOf(engine);
  const app = await api.app();
  const appId = parsePublicId("app", app) ?? "";
  await api.endpoint(app, { url: `${target.url}/new` });
  const paused = await api.endpoint(app, { url: `${target.url}/old`, channels: ["never"] });
  await api.patchEndpoint(app, paused, { mode: "paused" });
  const load = startLoad({ target: () => engine, app, clients: 4, gapMs: 4, keyed: false });
  await load.acknowledgedMore(50);

  const agoDays = [20, 19, 12];
  const owed = newIdAt(Date.now() - 19 * DAY_MS);
  for (const days of [20, 12]) {
    await ensureEventPartitions(db, Date.now() - days * DAY_MS);
    await ensureDeliveryPartitions(db, Date.now() - days * DAY_MS);
  }
  for (const days of agoDays) {
    for (let i = 0; i < 20; i++) await addEvent(db, appId, newIdAt(Date.now() - days * DAY_MS));
  }
  await addEvent(db, appId, owed, `{"kept":true}`);
  await ledger.rows(
    `insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
     values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, now() - interval '19 days', 'scheduled')`,
    [newIdAt(Date.now() - 19 * DAY_MS), owed, appId, parsePublicId("ep", paused) ?? ""],
  );
  const daysLeft = async () =>
    (await db.query(`select distinct tableoid::regclass::text as name from posthorn.event where type = 'old.one'`)).map(
      ({ name }) => name,
    );
  expect((await daysLeft()).length).toBe(3);
  await load.acknowledgedMore(50);
  await retain(db, 10 * DAY_MS);
  await load.acknowledgedMore(50);
  expect(await daysLeft()).toEqual([await partitionOf(db, owed)]);

  await api.patchEndpoint(app, paused, { mode: "enabled" });
  const [kept] = await target.waitFor(1, { fits: (request) => request.target === "/old" });
  expect(kept?.text()).toBe(`{"kept":true}`);
  await load.stop();
  await ledger.drained();
  await retain(db, 10 * DAY_MS);
  expect(await daysLeft()).toEqual([]);
  const [old] = await ledger.rows(
    `select count(*)::int as n from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where c.relname ~ '_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - 10`,
  );
  expect(old.n).toBe(0);
  expect(load.refusals).toEqual([]);
  expect(load.broken).toEqual({ refused: 0, idle_closed: 0, cut: 0 });
  const got = byEvent(target.requests.filter((request) => request.target === "/new"));
  expect([...load.acknowledged.keys()].filter((id) => !got.has(id))).toEqual([]);
  await db.close();
}, 40_000);

test.concurrent("P11: somebody's open snapshot keeps retention waiting, and nobody else", async () => {
  await using database = await testDatabase();
  await using ledger = openLedger(database.superuserUrl);
  await using target = receiver();
  await using engine = await installation(database.url).start();
  const db = openDb({ url: database.url, poolMax: 2 });
  const app = await apiOf(engine).app();
  await apiOf(engine).endpoint(app, { url: target.url });
  await ensureEventPartitions(db, Date.now() - 20 * DAY_MS);
  const reader = openLedger(database.superuserUrl);
  await reader.rows("begin");
  await reader.rows("select count(*) from posthorn.event");
  const load = startLoad({ target: () => engine, app, clients: 4, gapMs: 4, keyed: false });
  await load.acknowledgedMore(50);
  await expect(retain(db, 10 * DAY_MS)).rejects.toMatchObject({ fault: "contention" });
  await load.acknowledgedMore(50);
  await reader.rows("commit");
  await reader[Symbol.asyncDispose]();
  await retain(db, 10 * DAY_MS);
  await load.stop();
  await ledger.drained();
  expect(load.refusals).toEqual([]);
  // The drop is given up after a second, and who stands behind it waits no longer.
  expect(load.slowestMs).toBeLessThan(3_000);
  expect(byEvent(target.requests).size).toBe(load.acknowledged.size);
  await db.close();
}, 40_000);

test.concurrent("P11: events of a clock that stepped by days are found, listed in order, and moved to their day", async () => {
  await using database = await testDatabase();
  const [db, other] = [openDb({ url: database.url, poolMax: 2 }), openDb({ url: database.url, poolMax: 2 })];
  await ensureEventPartitions(db, Date.now());
  const appId = newId();
  const steps = [-30, -10, 0, 2, 10, 11];
  const ids = steps.map((days) => newIdAt(Date.now() + days * DAY_MS));
  for (const [i, id] of ids.entries()) await addEvent(db, appId, id, `{"step":${steps[i]}}`);
  const readable = async () => {
    const read = await readPayloads(
      db,
      ids.map((id) => ({ appId, id })),
      1_000_000,
    );
    expect(ids.map((id) => Buffer.from(read.get(id)?.payload ?? "").toString())).toEqual(
      steps.map((days) => `{"step":${days}}`),
    );
    for (const id of ids) expect((await findEvent(db, appId, id, false))?.id).toBe(id);
    const listed = await listEvents(db, appId, { limit: 10, after: undefined, order: "ascending" }, {});
    expect(listed.map(({ id }) => id)).toEqual(ids);
  };
  await readable();
  expect(await Promise.all(ids.map((id) => partitionOf(db, id).then((name) => name.endsWith("_default"))))).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
  ]);
  // The clock gets there, and everybody notices at once: also a process whose clock went back.
  for (const days of [9, -10, -30]) {
    await Promise.all([db, other, db].map((each) => ensureEventPartitions(each, Date.now() + days * DAY_MS)));
    await readable();
  }
  expect(await Promise.all(ids.map((id) => partitionOf(db, id).then((name) => name.endsWith("_default"))))).toEqual(
    Array(6).fill(false),
  );
  await Promise.all([db.close(), other.close()]);
}, 40_000);
