import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateApiToken, generatedSecret } from "./generated-secrets.ts";

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "posthorn-secrets-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test("a generated secret is the same ever after", async () => {
  await using scratch = await folder();
  const { path } = scratch;
  const first = await generatedSecret(path, "api-token", generateApiToken);
  expect(first).toStartWith("ph_");
  expect(await generatedSecret(path, "api-token", () => "another")).toBe(first);
  expect(await generatedSecret(path, "master-key", () => "another")).toBe("another");
});

test("P8: nobody but its owner reads it, nor the folder that is made for it", async () => {
  await using scratch = await folder();
  const { path } = scratch;
  const made = join(path, "data");
  await generatedSecret(made, "master-key", () => "k");
  expect((await stat(made)).mode & 0o777).toBe(0o700);
  expect((await stat(join(made, "master-key"))).mode & 0o777).toBe(0o600);
});

test("when first starts race, all get what the first one wrote, and nothing else is left in the folder", async () => {
  for (let round = 0; round < 20; round += 1) {
    await using scratch = await folder();
    const { path } = scratch;
    const starts = Array.from({ length: 8 }, () => generatedSecret(path, "master-key", generateApiToken));
    const got = await Promise.all(starts);
    expect(new Set(got).size).toBe(1);
    expect(await readdir(path)).toEqual(["master-key"]);
    expect(await readFile(join(path, "master-key"), "utf8")).toBe(`${got[0]}\n`);
  }
});

test("an empty file is no secret, and is not overwritten behind somebody's back", async () => {
  await using scratch = await folder();
  const { path } = scratch;
  await writeFile(join(path, "master-key"), "\n");
  await expect(generatedSecret(path, "master-key", () => "k")).rejects.toThrow(/master-key is empty/);
  expect(await readFile(join(path, "master-key"), "utf8")).toBe("\n");
});
