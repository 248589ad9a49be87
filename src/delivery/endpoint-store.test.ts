import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSealer, type Db, newId, openDb, publicId } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";
import { openHeaders, resealHeaders } from "./endpoint-headers.ts";
import { loadEndpoints } from "./endpoint-load.ts";
import { resealSecrets } from "./endpoint-secret.ts";
import {
  changeHeaders,
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  type EndpointFields,
  findEndpoint,
  type HeldEndpoint,
  holdEndpoint,
  listEndpoints,
  rotateSecret,
  stopEndpoint,
  updateEndpoint,
} from "./endpoint-store.ts";

const OLD_KEY = new Uint8Array(32).fill(1);
const sealer = createSealer({ current: OLD_KEY });
const secret = { kind: "v1", key: new Uint8Array(24).fill(9) } as const;

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = openDb({ url: database.url, poolMax: 6 });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const fields = (more: Partial<EndpointFields> = {}): EndpointFields => ({
  url: "https://example.com/",
  uid: undefined,
  description: "",
  eventTypes: undefined,
  channels: undefined,
  mode: "enabled",
  throttleRate: undefined,
  concurrency: undefined,
  timeoutMs: undefined,
  retryPolicy: "default",
  retrySchedule: undefined,
  expiresAfterSeconds: undefined,
  extraHeaders: [],
  metadata: {},
  ...more,
});

async function created(appId: string, more: Partial<EndpointFields> = {}): Promise<Endpoint> {
  const made = await db.transaction((tx) => createEndpoint(tx, sealer, appId, fields(more), secret, 100));
  if ("kind" in made) throw new Error(`Creating an endpoint was refused: ${made.kind}`);
  return made;
}

/** Changes an endpoint in a transaction that holds it. */
function changing<T>(
  endpoint: Endpoint,
  change: (held: HeldEndpoint, tx: Parameters<typeof holdEndpoint>[0]) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const held = await holdEndpoint(tx, endpoint.appId, publicId("ep", endpoint.id));
    if (held === undefined) throw new Error(`The endpoint ${endpoint.id} is gone`);
    return change(held, tx);
  });
}

async function setVersion(appId: string): Promise<bigint> {
  const [row] = await db.query<{ version: string }>("select version from posthorn.endpoint_set where app_id = $1", [
    appId,
  ]);
  return BigInt(row?.version ?? 0);
}

test("every change grows the endpoint's version and its application's, and records what it looks like", async () => {
  const appId = newId();
  const endpoint = await created(appId, { uid: "e" });
  let version = await setVersion(appId);
  const changes: ((held: HeldEndpoint, tx: Parameters<typeof holdEndpoint>[0]) => Promise<unknown>)[] = [
    (held, tx) => updateEndpoint(tx, sealer, held, { ...held, url: "https://example.com/2" }),
    (held, tx) =>
      changeHeaders(tx, sealer, held, () => [
        ["X-Team", "a"],
        ["Authorization", "Bearer x"],
      ]),
    (held, tx) => rotateSecret(tx, sealer, held, secret, 60),
    (_, tx) => stopEndpoint(tx, sealer, endpoint, "paused", "gone"),
  ];
  for (const [i, change] of changes.entries()) {
    await changing(endpoint, change);
    const now = await setVersion(appId);
    expect(now > version).toBe(true);
    version = now;
    expect((await findEndpoint(db, appId, "e"))?.version).toBe(i + 2);
  }
  const versions = await db.query(
    "select version, url, headers from posthorn.endpoint_version where endpoint_id = $1 order by version",
    [endpoint.id],
  );
  expect(versions.map(({ version: recorded, url }) => [recorded, url])).toEqual([
    [1, "https://example.com/"],
    [2, "https://example.com/2"],
    [3, "https://example.com/2"],
    [4, "https://example.com/2"],
    [5, "https://example.com/2"],
  ]);
  expect(JSON.stringify(versions)).not.toContain("Bearer x");
});

test("P7: an application never has more endpoints than its quota, however many are created at once", async () => {
  const appId = newId();
  const made = await Promise.all(
    [1, 2, 3, 4, 5].map(() => db.transaction((tx) => createEndpoint(tx, sealer, appId, fields(), secret, 2))),
  );
  expect(made.filter((result) => "kind" in result)).toEqual(Array(3).fill({ kind: "too_many_endpoints", max: 2 }));
  expect((await listEndpoints(db, appId, { after: undefined, order: "ascending", limit: 10 })).length).toBe(2);
});

test("of two that take one uid at once one has it", async () => {
  const appId = newId();
  const made = await Promise.all(
    [1, 2].map(() => db.transaction((tx) => createEndpoint(tx, sealer, appId, fields({ uid: "u" }), secret, 9))),
  );
  expect(made.filter((result) => "kind" in result)).toEqual([{ kind: "uid_taken" }]);
});

test("what is loaded has everything opened: secrets newest first, headers in order, filters as sets", async () => {
  const appId = newId();
  const endpoint = await created(appId, {
    uid: "full",
    eventTypes: ["a", "b"],
    channels: ["c"],
    throttleRate: 5,
    concurrency: 6,
    timeoutMs: 7000,
    retryPolicy: "strict",
    retrySchedule: [1, 2],
    expiresAfterSeconds: 8,
    extraHeaders: ["plain"],
  });
  const newer = { kind: "v1", key: new Uint8Array(24).fill(8) } as const;
  await changing(endpoint, (held, tx) => rotateSecret(tx, sealer, held, newer, 3600));
  await changing(endpoint, (held, tx) =>
    changeHeaders(tx, sealer, held, () => [
      ["X-B", "2"],
      ["x-a", "1"],
    ]),
  );
  const [config] = await loadEndpoints(db, sealer, [appId, newId()]);
  expect(config).toMatchObject({
    id: endpoint.id,
    version: 3,
    throttleRate: 5,
    concurrency: 6,
    timeoutMs: 7000,
    expiresAfterMs: 8000,
    retryPolicy: { preset: "strict", scheduleSeconds: [1, 2] },
    headers: [
      ["X-B", "2"],
      ["x-a", "1"],
    ],
  });
  expect([config?.eventTypes, config?.channels, config?.extraHeaders]).toEqual([
    new Set(["a", "b"]),
    new Set(["c"]),
    new Set(["plain"]),
  ]);
  expect(config?.secrets.map(({ key, expiresAtMs }) => [key[0], expiresAtMs === undefined])).toEqual([
    [8, true],
    [9, false],
  ]);
});

test("a rotation without grace leaves no old secret, and expired ones are not loaded", async () => {
  const appId = newId();
  const endpoint = await created(appId, { uid: "r" });
  await changing(endpoint, (held, tx) => rotateSecret(tx, sealer, held, secret, 3600));
  await db.query(
    "update posthorn.endpoint_secret set expires_at = now() - interval '1 s' where endpoint_id = $1 and expires_at is not null",
    [endpoint.id],
  );
  expect((await loadEndpoints(db, sealer, [appId]))[0]?.secrets.length).toBe(1);
  await changing(endpoint, (held, tx) => rotateSecret(tx, sealer, held, secret, 0));
  expect(await db.query("select 1 from posthorn.endpoint_secret where endpoint_id = $1", [endpoint.id])).toHaveLength(
    1,
  );
});

test("P7: a secret that cannot be opened stops its endpoint only, and is told", async () => {
  const appId = newId();
  const [good, bad] = [await created(appId), await created(appId)];
  await db.query("update posthorn.endpoint_secret set sealed = $2 where endpoint_id = $1", [
    bad.id,
    Buffer.alloc(60, 1),
  ]);
  const told: string[] = [];
  const configs = await loadEndpoints(db, sealer, [appId], (endpointId) => told.push(endpointId));
  expect(configs.map(({ id, secrets }) => [id, secrets.length])).toEqual([
    [good.id, 1],
    [bad.id, 0],
  ]);
  expect(told).toEqual([bad.id]);
});

test("P8: secrets and headers are sealed anew under a rotated master key, while the old one still opens", async () => {
  const appId = newId();
  const endpoint = await created(appId, { uid: "sealed" });
  await changing(endpoint, (held, tx) => changeHeaders(tx, sealer, held, () => [["Authorization", "x"]]));
  const both = createSealer({ current: new Uint8Array(32).fill(2), previous: [OLD_KEY] });
  for (const reseal of [resealSecrets, resealHeaders]) {
    for (let after: string | undefined, done = false; !done; done = after === undefined) {
      after = (await reseal(db, both, after, 3)).next;
    }
  }
  const onlyNew = createSealer({ current: new Uint8Array(32).fill(2) });
  const [config] = await loadEndpoints(db, onlyNew, [appId]);
  expect([config?.secrets.length, config?.headers]).toEqual([1, [["Authorization", "x"]]]);
  // One that no key opens, left by the test before, is counted and keeps no other from its turn.
  expect(await resealSecrets(db, both, undefined, 1_000)).toEqual({ resealed: 0, unopened: 1, next: undefined });
  const [row] = await db.query<{ headers_sealed: Uint8Array }>(
    "select headers_sealed from posthorn.endpoint where id = $1",
    [endpoint.id],
  );
  // A record moved to another endpoint does not open there.
  expect(() => openHeaders(onlyNew, newId(), row?.headers_sealed ?? null)).toThrow();
});

test("the engine stops an endpoint, never more softly than it is stopped; enabling forgets failures but not the 410", async () => {
  const appId = newId();
  const endpoint = await created(appId, { uid: "s" });
  const stop = (mode: "paused" | "disabled", reason: "gone" | "failing") =>
    db.transaction((tx) => stopEndpoint(tx, sealer, endpoint, mode, reason));
  expect(await stop("paused", "gone")).toBe(true);
  expect(await stop("paused", "gone")).toBe(false);
  expect(await stop("disabled", "failing")).toBe(true);
  expect(await stop("paused", "gone")).toBe(false);
  expect(await findEndpoint(db, appId, "s")).toMatchObject({ mode: "disabled", modeReason: "failing" });
  await db.query(
    `insert into posthorn.endpoint_state (endpoint_id, breaker, breaker_until, failing_since, failing_attempts, gone_at)
     values ($1, 'open', now(), now(), 9, now())`,
    [endpoint.id],
  );
  await changing(endpoint, (held, tx) => updateEndpoint(tx, sealer, held, { ...held, mode: "enabled" }));
  const state = () =>
    db.query(
      "select breaker, failing_since, gone_at is null as forgotten from posthorn.endpoint_state where endpoint_id = $1",
      [endpoint.id],
    );
  expect([...(await state())]).toEqual([{ breaker: "closed", failing_since: null, forgotten: false }]);
  // A 410 counts as repeated when it was asked after the resume: so the moment of the resume is known to who sends.
  const [resumed] = await loadEndpoints(db, sealer, [appId]);
  expect(resumed?.modeSinceMs).toBeGreaterThan(0);
  const changed = await changing(endpoint, (held, tx) =>
    updateEndpoint(tx, sealer, held, { ...held, description: "x" }),
  );
  expect(changed).toMatchObject({ modeSince: new Date(resumed?.modeSinceMs ?? 0) });
  await changing(endpoint, (held, tx) => updateEndpoint(tx, sealer, held, { ...held, url: "https://example.org/" }));
  expect([...(await state())]).toEqual([]);
});

test("a deleted endpoint is gone from every read at once", async () => {
  const appId = newId();
  const endpoint = await created(appId, { uid: "d" });
  const version = await setVersion(appId);
  expect(await changing(endpoint, (held, tx) => deleteEndpoint(tx, held))).toBe(0);
  expect(await findEndpoint(db, appId, "d")).toBeUndefined();
  expect(await loadEndpoints(db, sealer, [appId])).toEqual([]);
  expect((await setVersion(appId)) > version).toBe(true);
  expect((await created(appId, { uid: "d" })).id).not.toBe(endpoint.id);
});
