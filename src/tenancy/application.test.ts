import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, newId, openDb, publicId } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import {
  type Application,
  type ApplicationFields,
  createApplication,
  deleteApplication,
  findApplication,
  listApplications,
  liveApplications,
  updateApplication,
} from "./application.ts";
import { createApplicationResolver } from "./resolve.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const fields = (uid?: string): ApplicationFields => ({
  name: "Shop",
  uid,
  throttleRate: undefined,
  quotas: { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined },
  metadata: {},
});

async function created(uid?: string): Promise<Application> {
  const application = await createApplication(db, fields(uid));
  if (application === "uid_taken") throw new Error(`The uid ${uid} is taken`);
  return application;
}

test("an application is found by its public id and by its uid, and not by the uid of a deleted one", async () => {
  const shop = await created("shop");
  expect(await findApplication(db, publicId("app", shop.id))).toEqual(shop);
  expect(await findApplication(db, "shop")).toEqual(shop);
  expect(await createApplication(db, fields("shop"))).toBe("uid_taken");
  expect(await deleteApplication(db, shop.id)).toBe(true);
  expect(await deleteApplication(db, shop.id)).toBe(false);
  expect(await findApplication(db, "shop")).toBeUndefined();
  expect((await created("shop")).id).not.toBe(shop.id);
});

test("of two that take the same uid at once one has it and the other is told", async () => {
  const made = await Promise.all([1, 2, 3].map(() => createApplication(db, fields("raced"))));
  expect(made.filter((result) => result === "uid_taken").length).toBe(2);
});

test("an update writes all fields, and takes no uid of another", async () => {
  const one = await created("update-one");
  await created("update-two");
  const changed = await db.transaction((tx) =>
    updateApplication(tx, one.id, { ...fields("update-1"), name: "New", throttleRate: 5, metadata: { a: "b" } }),
  );
  expect(changed).toMatchObject({ id: one.id, uid: "update-1", name: "New", throttleRate: 5, metadata: { a: "b" } });
  expect(await db.transaction((tx) => updateApplication(tx, one.id, fields("update-two")))).toBe("uid_taken");
});

test("lists walk by key in both orders", async () => {
  const made = [await created(), await created(), await created()];
  const ids = made.map(({ id }) => id);
  const up = await listApplications(db, { after: ids[0], order: "ascending", limit: 5 });
  expect(up.map(({ id }) => id)).toEqual(ids.slice(1));
  const down = await listApplications(db, { after: ids[2], order: "descending", limit: 2 });
  expect(down.map(({ id }) => id)).toEqual([ids[1], ids[0]] as string[]);
});

test("P8: the append sees at once that an application was deleted or renamed", async () => {
  const [alive, dead, renamed] = [await created("alive"), await created("dead"), await created("renamed")];
  await deleteApplication(db, dead.id);
  await db.transaction((tx) => updateApplication(tx, renamed.id, fields("other")));
  const live = await liveApplications(db, [alive.id, dead.id, renamed.id, newId()]);
  expect(live).toEqual(
    new Map([
      [alive.id, { uid: "alive", throttleRate: null }],
      [renamed.id, { uid: "other", throttleRate: null }],
    ]),
  );
});

test("the resolver asks once for many, remembers for its time, and forgets when told", async () => {
  const shop = await created("resolved");
  let asked = 0;
  let now = 0;
  const q = {
    query: (text: string, parameters?: Parameters<Db["query"]>[1]) => {
      asked++;
      return db.query(text, parameters);
    },
  };
  const resolver = createApplicationResolver({ q, ttlMs: 100, nowMs: () => now });
  const found = await Promise.all([1, 2, 3].map(() => resolver.resolve("resolved")));
  expect([found.map((application) => application?.id), asked]).toEqual([[shop.id, shop.id, shop.id], 1]);
  await resolver.resolve("resolved");
  expect(asked).toBe(1);
  now = 100;
  await resolver.resolve("resolved");
  expect(asked).toBe(2);
  resolver.forget("resolved", undefined);
  await resolver.resolve("resolved");
  expect(asked).toBe(3);
});

test("the resolver does not remember that there is none, nor an answer that was forgotten while it was asked for", async () => {
  const resolver = createApplicationResolver({ q: db });
  expect(await resolver.resolve("to-come")).toBeUndefined();
  const come = await created("to-come");
  expect((await resolver.resolve("to-come"))?.id).toBe(come.id);

  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  const slow = {
    query: async (text: string, parameters?: Parameters<Db["query"]>[1]) => {
      asked++;
      const rows = await db.query(text, parameters);
      await held;
      return rows;
    },
  };
  const stale = createApplicationResolver({ q: slow });
  const first = stale.resolve("to-come");
  stale.forget("to-come");
  release();
  await first;
  await stale.resolve("to-come");
  expect(asked).toBe(2);
});

test("the resolver holds no more names than it may", async () => {
  const made = [await created("bound-1"), await created("bound-2"), await created("bound-3")];
  let asked = 0;
  const q = {
    query: (text: string, parameters?: Parameters<Db["query"]>[1]) => {
      asked++;
      return db.query(text, parameters);
    },
  };
  const resolver = createApplicationResolver({ q, max: 2 });
  for (const { uid } of made) await resolver.resolve(uid ?? "");
  await resolver.resolve("bound-3");
  await resolver.resolve("bound-2");
  expect(asked).toBe(3);
  await resolver.resolve("bound-1");
  expect(asked).toBe(4);
});
