import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installCopy } from "./copy.ts";

const scratch = mkdtempSync(join(tmpdir(), "posthorn-copy-"));
afterAll(() => rm(scratch, { recursive: true, force: true }));

function programs(name: string, postgres: string): string {
  const native = join(scratch, name);
  mkdirSync(join(native, "bin"), { recursive: true, mode: 0o700 });
  mkdirSync(join(native, "lib"), { mode: 0o700 });
  writeFileSync(join(native, "bin", "postgres"), postgres, { mode: 0o700 });
  writeFileSync(join(native, "lib", "libone.so.1"), "library", { mode: 0o600 });
  writeFileSync(join(native, "lib", "libone.a"), "static", { mode: 0o600 });
  return native;
}

test("a copy of the programs can be read by all, is made once, and is another one for another build", async () => {
  const folder = join(scratch, "shared");
  const one = await installCopy(programs("one", "build one"), { folder, shared: true });
  expect(statSync(join(one, "bin", "postgres")).mode & 0o777).toBe(0o755);
  expect(statSync(join(one, "lib", "libone.so.1")).mode & 0o777).toBe(0o644);
  expect(readdirSync(join(one, "lib"))).toEqual(["libone.so.1"]);
  expect(await installCopy(join(scratch, "one"), { folder, shared: true })).toBe(one);
  const two = await installCopy(programs("two", "build two"), { folder, shared: true });
  expect(two).not.toBe(one);
  expect(readFileSync(join(two, "bin", "postgres"), "utf8")).toBe("build two");
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("engines that start at once make one copy", async () => {
  const native = programs("three", "build three");
  const candidate = { folder: join(scratch, "at once"), shared: true };
  const homes = await Promise.all(Array.from({ length: 5 }, () => installCopy(native, candidate)));
  expect(new Set(homes).size).toBe(1);
  expect(readdirSync(candidate.folder)).toHaveLength(1);
});

test("a place that others can write, or that is not a folder, is refused", async () => {
  const native = programs("four", "build four");
  const open = join(scratch, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  await expect(installCopy(native, { folder: open, shared: true })).rejects.toThrow("can be written by others");
  const link = join(scratch, "link");
  symlinkSync(join(scratch, "shared"), link);
  await expect(installCopy(native, { folder: link, shared: true })).rejects.toThrow("is not a folder");
});
