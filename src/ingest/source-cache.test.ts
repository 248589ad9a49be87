import { expect, test } from "bun:test";
import { createSealer, publicId, type Queryable } from "#kernel";
import { testDatabase } from "#test";
import { deleteSource, updateSource } from "./source.ts";
import { COMPARE_MIN_MS, createSourceCache, TRUST_MS } from "./source-cache.ts";
import { newToken } from "./token.ts";
import { openWorld } from "./world.ts";

function counted(q: Queryable): Queryable & { statements: number } {
  const counting = {
    statements: 0,
    // biome-ignore lint/suspicious/noExplicitAny: passes rows through, whatever their shape.
    query<Row = any>(text: string, params?: Parameters<Queryable["query"]>[1]): Promise<Row[]> {
      counting.statements++;
      return q.query<Row>(text, params);
    },
  };
  return counting;
}

test("a cached source costs no statement until its trust ends, and then all requests share one", async () => {
  await using world = await openWorld(testDatabase);
  const { token } = await world.newSource("none");
  const q = counted(world.db);
  let nowMs = 0;
  const cache = createSourceCache({ q, sealer: world.sealer, monotonicMs: () => nowMs });
  await Promise.all(Array.from({ length: 20 }, () => cache.find(token)));
  expect(q.statements).toBe(1);
  await cache.find(token); // The first use of what was loaded compares once.
  const settled = q.statements;
  for (let i = 0; i < 50; i++) await cache.find(token);
  expect(q.statements).toBe(settled);
  nowMs += TRUST_MS + 1;
  await Promise.all(Array.from({ length: 20 }, () => cache.find(token)));
  expect(q.statements).toBe(settled + 1);
});

test("a change in another process counts within a second, in this one at once", async () => {
  await using world = await openWorld(testDatabase);
  const { token, source } = await world.newSource("none");
  let nowMs = 0;
  const cache = createSourceCache({ q: world.db, sealer: world.sealer, monotonicMs: () => nowMs });
  const disabled = async () => {
    const found = await cache.find(token);
    return found.kind === "found" ? found.source.disabled : found.kind;
  };
  const set = (to: boolean) =>
    world.change(publicId("src", source.id), (tx, held) =>
      updateSource(tx, world.sealer, held, { ...held, disabled: to }),
    );
  expect(await disabled()).toBe(false);
  expect(await disabled()).toBe(false);
  await set(true);
  nowMs += TRUST_MS + 1;
  expect(await disabled()).toBe(true);
  await set(false);
  cache.changed();
  expect(await disabled()).toBe(false);
  await set(true);
  nowMs += COMPARE_MIN_MS + 1;
  expect(await cache.find(token, "now")).toMatchObject({ source: { disabled: true } });
  await world.db.transaction((tx) => deleteSource(tx, world.appId, publicId("src", source.id)));
  nowMs += TRUST_MS + 1;
  expect(await disabled()).toBe("unknown");
});

test("a comparison that began before our own change does not vouch for it", async () => {
  await using world = await openWorld(testDatabase);
  const { token, source } = await world.newSource("none");
  let nowMs = 0;
  const gate = Promise.withResolvers<void>();
  let hold = false;
  const q: Queryable = {
    async query(text, params) {
      const rows = await world.db.query(text, params);
      if (hold && text.startsWith("select version")) {
        hold = false;
        await gate.promise;
      }
      return rows;
    },
  };
  const cache = createSourceCache({ q, sealer: world.sealer, monotonicMs: () => nowMs });
  await cache.find(token);
  await cache.find(token);
  nowMs += TRUST_MS + 1;
  hold = true;
  const before = cache.find(token);
  await world.change(publicId("src", source.id), (tx, held) =>
    updateSource(tx, world.sealer, held, { ...held, disabled: true }),
  );
  cache.changed();
  gate.resolve();
  await before;
  expect(await cache.find(token)).toMatchObject({ source: { disabled: true } });
});

test("guessed URLs are looked up at a bounded rate, while a known source stays found", async () => {
  await using world = await openWorld(testDatabase);
  const { token } = await world.newSource("none");
  const q = counted(world.db);
  let nowMs = 0;
  const cache = createSourceCache({ q, sealer: world.sealer, monotonicMs: () => nowMs });
  await cache.find(token);
  await cache.find(token);
  const guesses = await Promise.all(Array.from({ length: 500 }, () => cache.find(newToken())));
  const kinds = guesses.map(({ kind }) => kind);
  expect([kinds.filter((kind) => kind === "unknown").length, kinds.filter((kind) => kind === "busy").length]).toEqual([
    99, 401,
  ]);
  expect(q.statements).toBeLessThan(110);
  expect((await cache.find(token)).kind).toBe("found");
  // Even when everything must be loaded anew.
  await world.newSource("none");
  nowMs += TRUST_MS + 1;
  expect(
    (await Promise.all([cache.find(token), ...Array.from({ length: 200 }, () => cache.find(newToken()))]))[0]?.kind,
  ).toBe("found");
  // The same wrong URL again and again costs nothing at all.
  const wrong = newToken();
  nowMs += TRUST_MS;
  await cache.find(wrong);
  const { statements } = q;
  for (let i = 0; i < 100; i++) expect((await cache.find(wrong)).kind).toBe("unknown");
  expect(q.statements).toBe(statements);
});

test("a source created a moment ago through another process is found at once", async () => {
  await using world = await openWorld(testDatabase);
  const cache = createSourceCache({ q: world.db, sealer: world.sealer, monotonicMs: () => 0 });
  for (let i = 0; i < 3; i++) {
    const { token } = await world.newSource("none");
    expect((await cache.find(token)).kind).toBe("found");
  }
});

test("a source whose secret no master key opens is broken by itself", async () => {
  await using world = await openWorld(testDatabase);
  const [bad, good] = [await world.newSource("github"), await world.newSource("none")];
  const broken: string[] = [];
  const stranger = createSealer({ current: new Uint8Array(32).fill(7) });
  const cache = createSourceCache({ q: world.db, sealer: stranger, onBroken: (id) => broken.push(id) });
  expect((await cache.find(bad.token)).kind).toBe("broken");
  expect((await cache.find(good.token)).kind).toBe("found");
  expect(broken).toEqual([bad.source.id]);
});
