import { expect, test } from "bun:test";
import { createSealer, newId, openDb, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { COMPARE_MIN_MS, createFlowSecrets, TRUST_MS } from "./secret-cache.ts";
import {
  deleteFlowSecret,
  FLOW_SECRETS_MAX,
  type FlowSecretChange,
  listFlowSecrets,
  putFlowSecret,
  resealFlowSecrets,
  secretValueFault,
} from "./secret-store.ts";

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);
const ALL = { after: undefined, order: "ascending", limit: 1_000 } as const;

async function world() {
  const database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 3 });
  const sealer = createSealer({ current: OLD });
  const appId = newId();
  let nowMs = 1_000_000;
  let statements = 0;
  const counted: Queryable = {
    query: (text, params) => {
      statements++;
      return db.query(text, params);
    },
  };
  const cache = (q: Queryable = counted) =>
    createFlowSecrets({ q, sealer, now: () => Date.UTC(2026, 6, 1, 12), monotonic: () => nowMs });
  return {
    db,
    sealer,
    appId,
    cache,
    statements: () => statements,
    pass: (ms: number) => {
      nowMs += ms;
    },
    put: (name: string, change: Partial<FlowSecretChange>, app = appId) =>
      db.transaction((tx) =>
        putFlowSecret(tx, sealer, app, { name, value: undefined, flows: undefined, updatedBy: "Ann", ...change }),
      ),
    async [Symbol.asyncDispose]() {
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

test("P8 a secret is sealed at rest, granted to nobody at first, and resolved for whom it is granted", async () => {
  await using it = await world();
  expect(await it.put("stripe_key", { value: "sk_live_1234" })).toMatchObject({
    kind: "put",
    created: true,
    secret: { name: "stripe_key", flows: [], version: 1, updatedBy: "Ann", lastUsedOn: undefined },
  });
  const [row] = await it.db.query<{ sealed: Uint8Array }>("select sealed from posthorn.flow_secret");
  expect(Buffer.from(row?.sealed ?? []).includes("sk_live")).toBe(false);

  const secrets = it.cache();
  expect(await secrets.resolve(it.appId, "refund", ["stripe_key"])).toMatchObject({
    ok: false,
    error: { class: "invalid", code: "secret_not_granted", message: expect.stringContaining('"refund"') },
  });
  expect(await it.put("stripe_key", { flows: ["refund"] })).toMatchObject({ created: false, secret: { version: 1 } });
  it.pass(COMPARE_MIN_MS + 1);
  expect(await secrets.resolve(it.appId, "refund", ["stripe_key"])).toEqual({
    ok: true,
    values: new Map([["stripe_key", "sk_live_1234"]]),
  });
  expect(await secrets.resolve(it.appId, "other", ["stripe_key"])).toMatchObject({
    error: { code: "secret_not_granted" },
  });
  await it.put("stripe_key", { flows: "all" });
  it.pass(COMPARE_MIN_MS + 1);
  expect(await secrets.resolve(it.appId, "other", ["stripe_key"])).toMatchObject({ ok: true });
});

test("P8 a secret of one application is unknown to another", async () => {
  await using it = await world();
  await it.put("stripe_key", { value: "sk_live_1234", flows: "all" });
  expect(await it.cache().resolve(newId(), "refund", ["stripe_key"])).toMatchObject({
    ok: false,
    error: { code: "secret_unknown" },
  });
  expect(await it.db.transaction((tx) => deleteFlowSecret(tx, newId(), "stripe_key"))).toBe(false);
  expect(await listFlowSecrets(it.db, newId(), ALL)).toEqual([]);
  await it.put("stripe_key", { value: "another-value" }, newId());
  expect(await it.cache().resolve(it.appId, "refund", ["stripe_key"])).toMatchObject({
    values: new Map([["stripe_key", "sk_live_1234"]]),
  });
});

test("P8 a sealed value that is moved to another secret does not open, and says so without its bytes", async () => {
  await using it = await world();
  await it.put("mine", { value: "my-own-secret", flows: "all" });
  await it.put("theirs", { value: "their-secret" });
  await it.db.query(
    "update posthorn.flow_secret set sealed = (select sealed from posthorn.flow_secret where name = 'theirs') where name = 'mine'",
  );
  expect(await it.cache().resolve(it.appId, "refund", ["mine"])).toMatchObject({
    ok: false,
    error: { code: "secret_unreadable" },
  });
});

test("what is remembered costs no statement until its trust ends, and then all share one", async () => {
  await using it = await world();
  await it.put("a_key", { value: "value-of-a", flows: "all" });
  const secrets = it.cache();
  const ask = () => secrets.resolve(it.appId, "refund", ["a_key"]);
  await ask();
  const settled = it.statements();
  for (let n = 0; n < 50; n++) await ask();
  expect(it.statements()).toBe(settled);
  it.pass(TRUST_MS + 1);
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(it.statements()).toBe(settled + 1);
});

test("P8 a change counts at once in the process that made it, and within a second in another", async () => {
  await using it = await world();
  await it.put("a_key", { value: "first-value", flows: "all" });
  const [here, elsewhere] = [it.cache(), it.cache()];
  const valueIn = async (secrets: typeof here) => {
    const resolved = await secrets.resolve(it.appId, "refund", ["a_key"]);
    return resolved.ok ? resolved.values.get("a_key") : resolved.error.code;
  };
  expect([await valueIn(here), await valueIn(elsewhere)]).toEqual(["first-value", "first-value"]);
  await it.put("a_key", { value: "second-value" });
  here.changed();
  expect(await valueIn(here)).toBe("second-value");
  expect(await valueIn(elsewhere)).toBe("first-value");
  it.pass(TRUST_MS + 1);
  expect(await valueIn(elsewhere)).toBe("second-value");
  expect(await it.db.transaction((tx) => deleteFlowSecret(tx, it.appId, "a_key"))).toBe(true);
  here.changed();
  expect(await valueIn(here)).toBe("secret_unknown");
  expect(await it.db.transaction((tx) => deleteFlowSecret(tx, it.appId, "a_key"))).toBe(false);
});

test("P8 a comparison that began before our own change proves nothing about it", async () => {
  await using it = await world();
  await it.put("a_key", { value: "first-value", flows: "all" });
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let holds = false;
  const secrets = it.cache({
    async query(text, params) {
      const rows = await it.db.query(text, params);
      if (holds) {
        holds = false;
        asked.resolve();
        await held.promise; // What was read is on its way while the change is made.
      }
      // biome-ignore lint/suspicious/noExplicitAny: passes rows through, whatever their shape.
      return rows as any[];
    },
  });
  const value = async () => {
    const resolved = await secrets.resolve(it.appId, "refund", ["a_key"]);
    return resolved.ok ? resolved.values.get("a_key") : resolved.error.code;
  };
  await value();
  it.pass(TRUST_MS + 1);
  holds = true;
  const early = value();
  await asked.promise;
  await it.put("a_key", { value: "second-value" });
  secrets.changed();
  held.resolve();
  await early;
  expect(await value()).toBe("second-value");
});

test("P7 flows that are refused again and again do not ask the database each time", async () => {
  await using it = await world();
  const secrets = it.cache();
  const ask = () => secrets.resolve(it.appId, "refund", ["missing"]);
  await ask();
  it.pass(COMPARE_MIN_MS - 1);
  const settled = it.statements();
  for (let n = 0; n < 50; n++) await ask();
  expect(it.statements()).toBe(settled);
});

test("a use is written once a day", async () => {
  await using it = await world();
  await it.put("a_key", { value: "value-of-a", flows: "all" });
  await it.put("b_key", { value: "value-of-b", flows: "all" });
  const secrets = it.cache();
  await secrets.resolve(it.appId, "refund", ["a_key"]);
  await secrets.writeUses();
  const settled = it.statements();
  await secrets.resolve(it.appId, "refund", ["a_key"]);
  await secrets.writeUses();
  expect(it.statements()).toBe(settled);
  const listed = await listFlowSecrets(it.db, it.appId, ALL);
  expect(listed.map(({ name, lastUsedOn }) => [name, lastUsedOn])).toEqual([
    ["a_key", "2026-07-01"],
    ["b_key", undefined],
  ]);
});

test("an application has so many secrets at most, and a new one needs a value", async () => {
  await using it = await world();
  expect(await it.put("a_key", { flows: "all" })).toEqual({ kind: "value_missing" });
  await it.db.query(
    `insert into posthorn.flow_secret (id, app_id, name, sealed)
     select gen_random_uuid(), $1, 'n' || i, '' from generate_series(1, $2::int) i`,
    [it.appId, FLOW_SECRETS_MAX],
  );
  expect(await it.put("one_more", { value: "some-secret" })).toEqual({ kind: "too_many" });
  expect(await it.put("n1", { value: "some-secret" })).toMatchObject({ kind: "put", secret: { version: 2 } });
});

test("P8 after the master key was rotated, secrets are sealed anew and open with the new key alone", async () => {
  await using it = await world();
  for (const name of ["a_key", "b_key", "c_key"]) await it.put(name, { value: `value-of-${name}`, flows: "all" });
  const both = createSealer({ current: NEW, previous: [OLD] });
  const first = await resealFlowSecrets(it.db, both, undefined, 2);
  expect(first).toMatchObject({ resealed: 2, unopened: 0 });
  expect(await resealFlowSecrets(it.db, both, first.next, 2)).toEqual({ resealed: 1, unopened: 0, next: undefined });
  expect(await resealFlowSecrets(it.db, both, undefined, 10)).toMatchObject({ resealed: 0 });
  const alone = createFlowSecrets({
    q: it.db,
    sealer: createSealer({ current: NEW }),
    now: Date.now,
    monotonic: () => 0,
  });
  expect(await alone.resolve(it.appId, "refund", ["a_key", "c_key"])).toEqual({
    ok: true,
    values: new Map([
      ["a_key", "value-of-a_key"],
      ["c_key", "value-of-c_key"],
    ]),
  });
});

test.each([
  ["short", "has 5 characters"],
  [`${"x".repeat(10)}\r\nX-Evil: 1`, "no header may have"],
  [" leading-space", "no header may have"],
  ["trailing-space ", "no header may have"],
  ["schlüssel-lang", "no header may have"],
  ["nul\0nul\0nul", "no header may have"],
])("%j is no value for a header", (value, fault) => {
  expect(secretValueFault(value)).toContain(fault);
  expect(secretValueFault("Basic dXNlcjpwYXNz")).toBeUndefined();
});
