import { afterAll, beforeAll, expect, test } from "bun:test";
import { DatabaseError, type Db, openDb, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { createApiKey, deleteApiKey, findApiKey, rotateApiKey, TOKENS_MAX, updateApiKey } from "./api-key.ts";
import { createApplication, deleteApplication } from "./application.ts";
import { tokenHash } from "./bearer.ts";
import { createPortalSession, deletePortalSession, expirePortalSessions } from "./portal-session.ts";
import type { Authentication } from "./principal.ts";
import { createTokenCache, TRUST_MS } from "./token-cache.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 4 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const hex = (token: string) => tokenHash(token).toString("hex");
const WRONG = { ok: false, reason: "wrong" } as const;
const EXPIRED = { ok: false, reason: "expired" } as const;

/** A process: its cache, its clock, and how often it asked the database. */
function open(max?: number) {
  const clock = { ms: 0, wallMs: Date.now() };
  let asked = 0;
  let fails: DatabaseError | undefined;
  let gate: Promise<void> | undefined;
  let answered: Promise<unknown> = Promise.resolve();
  const q: Queryable = {
    query: async (text, params) => {
      asked++;
      if (fails !== undefined) throw fails;
      const rows = db.query(text, params);
      answered = rows;
      await rows;
      await gate;
      return rows;
    },
  };
  const cache = createTokenCache({ q, now: () => clock.wallMs, monotonic: () => clock.ms, ...(max && { max }) });
  return {
    cache,
    clock,
    asked: () => asked,
    /** What was begun in the background has its answer. */
    settled: async () => {
      await answered;
      // The promises between the answer and the cache.
      for (let i = 0; i < 20; i++) await Promise.resolve();
    },
    fail: (error: DatabaseError | undefined) => {
      fails = error;
    },
    hold: (until: Promise<void> | undefined) => {
      gate = until;
    },
    find: async (token: string): Promise<Authentication> => cache.find(hex(token)),
  };
}

let made = 0;
async function application(): Promise<string> {
  const quotas = { eventsPerSecond: undefined, endpointsMax: undefined, payloadBytesMax: undefined };
  const fields = { name: "Acme", uid: `acme-${made++}`, throttleRate: undefined, quotas, metadata: {} };
  const created = await createApplication(db, fields);
  if (created === "uid_taken") throw new Error("taken");
  return created.id;
}

const key = (fields: { appId?: string; expiresAt?: Date } = {}) =>
  createApiKey(db, { name: "A key", role: "operator", appId: fields.appId, expiresAt: fields.expiresAt }, "root");

test("a key that is remembered is found at once, and the database is asked once a second however often it is used", async () => {
  const at = open();
  const { token, key: issued } = await key();
  expect(await at.find(token)).toMatchObject({ ok: true, principal: { kind: "key", role: "operator", name: "A key" } });
  expect(at.asked()).toBe(1);
  for (at.clock.ms = 0; at.clock.ms < 10 * TRUST_MS; at.clock.ms += TRUST_MS / 10) {
    // Synchronous: the road of events awaits nothing.
    expect(at.cache.find(hex(token))).toMatchObject({ ok: true });
    await at.settled();
  }
  expect(at.asked()).toBeLessThanOrEqual(1 + 20);
  await deleteApiKey(db, issued.id);
});

test("P8: a key that was revoked elsewhere is good for less than a second more", async () => {
  const at = open();
  const { token, key: issued } = await key();
  expect(await at.find(token)).toMatchObject({ ok: true });
  await db.transaction((tx) => deleteApiKey(tx, issued.id));
  at.clock.ms = TRUST_MS - 1;
  expect(await at.find(token)).toMatchObject({ ok: true });
  // The comparison that this use began in the background may or may not be over; from here on it does not matter.
  at.clock.ms = TRUST_MS;
  expect(await at.find(token)).toEqual(WRONG);
  expect(at.cache.find(hex(token))).toEqual(WRONG);
});

test("P8: the process that revoked a key knows it at once, whatever it had asked before", async () => {
  const at = open();
  const { token, key: issued } = await key();
  await at.find(token);
  // A comparison is under way that began before the change.
  const { promise, resolve } = Promise.withResolvers<void>();
  at.hold(promise);
  at.clock.ms = TRUST_MS * 0.75;
  expect(at.cache.find(hex(token))).toMatchObject({ ok: true });
  await db.transaction((tx) => deleteApiKey(tx, issued.id));
  at.cache.changed();
  // Its answer comes only now, and tells of the time before.
  at.hold(undefined);
  resolve();
  await at.settled();
  expect(await at.find(token)).toEqual(WRONG);
});

test("P8: who asks after a change is not answered from a look that began before it", async () => {
  const at = open();
  const { token, key: issued } = await key();
  const { promise, resolve } = Promise.withResolvers<void>();
  at.hold(promise);
  const before = at.find(token);
  // The look has its row, and the answer is held back.
  await db.query("select 1");
  await db.transaction((tx) => deleteApiKey(tx, issued.id));
  at.cache.changed();
  const after = at.find(token);
  at.hold(undefined);
  resolve();
  await before;
  expect(await after).toEqual(WRONG);
  expect(await at.find(token)).toEqual(WRONG);
});

test("a rotated key is good under both tokens until its grace is over, and under no more than so many", async () => {
  const at = open();
  const first = await key();
  const second = await db.transaction((tx) => rotateApiKey(tx, first.key.id, 60));
  if (second === "too_many_tokens") throw new Error(second);
  for (const token of [first.token, second.token]) {
    expect(await at.find(token)).toMatchObject({ ok: true, principal: { id: expect.stringMatching(/^key_/) } });
  }
  at.clock.wallMs += 61_000;
  expect(await at.find(first.token)).toEqual(EXPIRED);
  expect(await at.find(second.token)).toMatchObject({ ok: true });
  for (let tokens = 2; tokens < TOKENS_MAX; tokens++) await rotateApiKey(db, first.key.id, 60);
  expect(await rotateApiKey(db, first.key.id, 60)).toBe("too_many_tokens");
  const only = await db.transaction((tx) => rotateApiKey(tx, first.key.id, 0));
  if (only === "too_many_tokens") throw new Error(only);
  at.cache.changed();
  expect(await at.find(second.token)).toEqual(WRONG);
  expect(await at.find(only.token)).toMatchObject({ ok: true });
});

test("a key ends by itself, and an end that is moved counts", async () => {
  const at = open();
  const { token, key: issued } = await key({ expiresAt: new Date(at.clock.wallMs + 10_000) });
  expect(await at.find(token)).toMatchObject({ ok: true });
  at.clock.wallMs += 10_001;
  expect(await at.find(token)).toEqual(EXPIRED);
  await db.transaction((tx) => updateApiKey(tx, issued.id, { name: "Longer", expiresAt: undefined }));
  at.clock.ms += TRUST_MS;
  expect(await at.find(token)).toMatchObject({ ok: true, principal: { name: "Longer", expiresAtMs: undefined } });
});

test("P8: with an application its keys and portal sessions end", async () => {
  const at = open();
  const appId = await application();
  const { token } = await key({ appId });
  const session = { appId, name: undefined, readOnly: true, theme: {}, seconds: 60 };
  const portal = await createPortalSession(db, session, "root");
  expect(await at.find(token)).toMatchObject({ ok: true, principal: { appId } });
  expect(await at.find(portal.token)).toMatchObject({ principal: { kind: "portal", permissions: ["portal:read"] } });
  await db.transaction((tx) => deleteApplication(tx, appId));
  at.clock.ms += TRUST_MS;
  expect([await at.find(token), await at.find(portal.token)]).toEqual([WRONG, WRONG]);
});

test("portal sessions end one by one, by their names, all at once, and in a while", async () => {
  const at = open();
  const appId = await application();
  const create = (name: string | undefined) =>
    createPortalSession(db, { appId, name, readOnly: false, theme: {}, seconds: 3_600 }, "root");
  const [one, two, three, four] = [await create(undefined), await create("b"), await create("c"), await create("c")];
  const alive = async () => {
    at.cache.changed();
    const found = await Promise.all([one, two, three, four].map(({ token }) => at.find(token)));
    return found.map(({ ok }) => ok);
  };
  await deletePortalSession(db, one.id);
  expect(await alive()).toEqual([false, true, true, true]);
  expect(await expirePortalSessions(db, appId, ["c"], 0)).toBe(2);
  expect(await alive()).toEqual([false, true, false, false]);
  expect(await expirePortalSessions(db, appId, undefined, 30)).toBe(1);
  expect(await alive()).toEqual([false, true, false, false]);
  at.clock.wallMs += 31_000;
  expect(await alive()).toEqual([false, false, false, false]);
});

test("P7: strangers who guess are looked up together, one statement at a time", async () => {
  const at = open();
  const guesses = [...Array(1_200).keys()].map((i) => `phk_guess-${i}`);
  const found = await Promise.all(guesses.map(at.find));
  expect(found.every((answer) => !answer.ok && answer.reason === "wrong")).toBe(true);
  // The first alone, the rest in batches of 500.
  expect(at.asked()).toBe(4);
  // A guess that was wrong once costs nothing more.
  expect(at.cache.find(hex("phk_guess-7"))).toEqual(WRONG);
  // And thousands who wait turn others away, rather than pile up.
  const { promise, resolve } = Promise.withResolvers<void>();
  at.hold(promise);
  const many = [...Array(6_000).keys()].map((i) => at.find(`phk_more-${i}`));
  const busy = await Promise.race([many.at(-1), promise]);
  expect(busy).toEqual({ ok: false, reason: "busy" });
  at.hold(undefined);
  resolve();
  await Promise.all(many);
});

test("a database that does not answer lets nobody in and is said, and what is trusted stays good for its second", async () => {
  const at = open();
  const { token } = await key();
  await at.find(token);
  at.fail(new DatabaseError("unavailable", "gone"));
  at.clock.ms = TRUST_MS * 0.9;
  expect(at.cache.find(hex(token))).toMatchObject({ ok: true });
  at.clock.ms = TRUST_MS;
  await expect(at.find(token)).rejects.toThrow("gone");
  await expect(at.find("phk_unknown")).rejects.toThrow("gone");
  at.fail(undefined);
  expect(await at.find(token)).toMatchObject({ ok: true });
});

test("the cache holds no more tokens than it may", async () => {
  const at = open(2);
  const keys = [await key(), await key(), await key()];
  for (const { token } of keys) await at.find(token);
  expect(at.asked()).toBe(3);
  expect(at.cache.find(hex(keys[2]?.token ?? ""))).toMatchObject({ ok: true });
  expect(await at.find(keys[0]?.token ?? "")).toMatchObject({ ok: true });
  expect(at.asked()).toBe(4);
});

test("when a key was last used is written at most once a minute, by however many processes", async () => {
  const [one, other] = [open(), open()];
  const { token, key: issued } = await key();
  const lastUsed = async () => (await findApiKey(db, issued.id))?.lastUsedAt?.getTime();
  const startMs = one.clock.wallMs;
  other.clock.wallMs = startMs;
  await one.find(token);
  expect(await lastUsed()).toBeUndefined();
  await one.cache.writeUses();
  expect(await lastUsed()).toBe(startMs);
  const asked = one.asked();
  one.clock.wallMs = startMs + 30_000;
  one.cache.find(hex(token));
  await one.cache.writeUses();
  expect(one.asked()).toBe(asked);
  other.clock.wallMs = startMs + 40_000;
  await other.find(token);
  await other.cache.writeUses();
  expect(await lastUsed()).toBe(startMs);
  one.clock.wallMs = startMs + 60_000;
  one.cache.find(hex(token));
  await one.cache.writeUses();
  expect(await lastUsed()).toBe(startMs + 60_000);
});
