import { expect, test } from "bun:test";
import { createSealer, publicId } from "#kernel";
import { testDatabase } from "#test";
import { deleteSource, getSource, listSources, sourceTokens, updateSource } from "./source.ts";
import { listSourceSecrets, resealSources, rotateSourceSecret, SOURCE_SECRETS_MAX } from "./source-secret.ts";
import { isToken } from "./token.ts";
import { openWorld } from "./world.ts";

test("a source is created, found by id and by uid, listed, changed and deleted", async () => {
  await using world = await openWorld(testDatabase);
  const { db, sealer, appId } = world;
  const made = await world.newSource("hmac", {
    uid: "shop-1",
    options: { signatureHeader: "X-Sig" },
    metadata: { a: "b" },
  });
  expect(made.source).toMatchObject({
    uid: "shop-1",
    preset: "hmac",
    options: { signatureHeader: "X-Sig" },
    metadata: { a: "b" },
  });
  expect(isToken(made.token)).toBe(true);
  expect(made.secret).toHaveLength(64);
  const publicOne = publicId("src", made.source.id);
  expect(await getSource(db, appId, publicOne)).toEqual(made.source);
  expect(await getSource(db, appId, "shop-1")).toEqual(made.source);
  expect(await getSource(db, crypto.randomUUID(), "shop-1")).toBeUndefined();

  const second = await world.newSource("stripe");
  expect(second.secret).toBeUndefined();
  const keyset = { after: undefined, order: "ascending", limit: 1 } as const;
  expect((await listSources(db, appId, keyset)).map(({ id }) => id)).toEqual([made.source.id]);
  expect((await listSources(db, appId, { ...keyset, after: made.source.id })).map(({ id }) => id)).toEqual([
    second.source.id,
  ]);

  const changed = await world.change("shop-1", (tx, held) =>
    updateSource(tx, sealer, held, { ...held, name: "new", disabled: true, options: { signatureHeader: "X-Other" } }),
  );
  expect(changed).toMatchObject({ name: "new", disabled: true, options: { signatureHeader: "X-Other" } });

  expect(await db.transaction((tx) => deleteSource(tx, appId, "shop-1"))).toBe(true);
  expect(await db.transaction((tx) => deleteSource(tx, appId, "shop-1"))).toBe(false);
  expect(await getSource(db, appId, publicOne)).toBeUndefined();
  expect(await db.query("select from posthorn.source_secret where source_id = $1", [made.source.id])).toEqual([]);
});

test("a uid is unique among the living sources of an application, and free again after deletion", async () => {
  await using world = await openWorld(testDatabase);
  const first = await world.newSource("none", { uid: "a" });
  await expect(world.newSource("none", { uid: "a" })).rejects.toThrow("uid_taken");
  const second = await world.newSource("none", { uid: "b" });
  const renamed = await world.change("b", (tx, held) => updateSource(tx, world.sealer, held, { ...held, uid: "a" }));
  expect(renamed).toEqual({ kind: "uid_taken" });
  await world.db.transaction((tx) => deleteSource(tx, world.appId, publicId("src", first.source.id)));
  const again = await world.change(publicId("src", second.source.id), (tx, held) =>
    updateSource(tx, world.sealer, held, { ...held, uid: "a" }),
  );
  expect(again).toMatchObject({ uid: "a" });
});

test("what does not suit the preset is refused with its path", async () => {
  await using world = await openWorld(testDatabase);
  await expect(world.newSource("hmac", {})).rejects.toThrow("signatureHeader");
  await expect(world.newSource("standard-webhooks", { secret: "whsk_x" })).rejects.toThrow("private key");
  await expect(world.newSource("none", { secret: "x" })).rejects.toThrow("no secret");
  const { source } = await world.newSource("hmac", { options: { signatureHeader: "X-Sig" }, secret: "not hex" });
  const changed = await world.change(publicId("src", source.id), (tx, held) =>
    updateSource(tx, world.sealer, held, { ...held, options: { signatureHeader: "X-Sig", secretEncoding: "hex" } }),
  );
  expect(changed).toMatchObject({ kind: "invalid", faults: [{ loc: ["secret"] }] });
});

test("P8: neither token nor secret can be read from the database without the master key", async () => {
  await using world = await openWorld(testDatabase);
  const { source, token, secret } = await world.newSource("github");
  const dump = JSON.stringify([
    await world.db.query("select * from posthorn.source"),
    await world.db.query("select encode(sealed, 'escape') as sealed, id, source_id from posthorn.source_secret"),
    await world.db.query(
      "select encode(token_sealed, 'escape') as sealed, encode(token_hash, 'escape') as hash from posthorn.source",
    ),
  ]);
  expect(dump).not.toContain(token);
  expect(dump).not.toContain(secret ?? "?");
  expect(await sourceTokens(world.db, world.sealer, [source.id])).toEqual(new Map([[source.id, token]]));
});

test("a rotation overlaps, is bounded, and can end the old secret at once", async () => {
  await using world = await openWorld(testDatabase);
  const { source, secret: first } = await world.newSource("github");
  const id = publicId("src", source.id);
  const secrets = () => listSourceSecrets(world.db, world.sealer, source.id);
  const rotate = (secret: string | undefined, overlap?: number) =>
    world.change(id, (tx, held) => rotateSourceSecret(tx, world.sealer, held, secret, overlap));
  expect(await rotate("second")).toEqual({ kind: "rotated", secret: "second" });
  expect((await secrets()).map(({ secret, expiresAt }) => [secret, expiresAt === undefined])).toEqual([
    ["second", true],
    [first ?? "", false],
  ]);
  for (let i = 2; i < SOURCE_SECRETS_MAX; i++) expect((await rotate(`s-${i}`)).kind).toBe("rotated");
  expect(await rotate("one too many")).toEqual({ kind: "too_many_secrets", max: SOURCE_SECRETS_MAX });
  expect((await secrets()).filter(({ expiresAt }) => expiresAt === undefined)).toHaveLength(1);
  expect((await rotate(undefined, 0)).kind).toBe("rotated");
  expect(await secrets()).toHaveLength(1);
  expect(await rotate(" padded ")).toMatchObject({ kind: "invalid" });
});

test("P8: secrets and tokens are sealed anew under a new master key while the old one still opens", async () => {
  await using world = await openWorld(testDatabase);
  const { source, token, secret } = await world.newSource("github");
  const [old, fresh] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const oldSealer = createSealer({ current: old });
  const both = createSealer({ current: fresh, previous: [old] });
  await world.db.query("update posthorn.source set token_sealed = $2 where id = $1", [
    source.id,
    oldSealer.seal(Buffer.from(token), `source_token:${source.id}`),
  ]);
  const [kept] = await listSourceSecrets(world.db, world.sealer, source.id);
  await world.db.query("update posthorn.source_secret set sealed = $2 where id = $1", [
    kept?.id ?? "",
    oldSealer.seal(Buffer.from(secret ?? ""), `source_secret:${kept?.id}`),
  ]);
  const first = await resealSources(world.db, both, undefined, 1);
  expect(first).toMatchObject({ resealed: 1, next: source.id });
  expect(await resealSources(world.db, both, first.next, 10)).toEqual({ resealed: 1, next: undefined });
  const onlyFresh = createSealer({ current: fresh });
  expect((await sourceTokens(world.db, onlyFresh, [source.id])).get(source.id)).toBe(token);
  expect((await listSourceSecrets(world.db, onlyFresh, source.id)).map((each) => each.secret)).toEqual([secret ?? ""]);
});
