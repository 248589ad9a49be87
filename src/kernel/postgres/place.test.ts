import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataElsewhere, homeOfData } from "./place.ts";

const scratch = mkdtempSync(join(tmpdir(), "posthorn-place-"));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const asRoot = process.getuid?.() === 0;
const why = asRoot ? "" : " (skipped: not root)";

test.skipIf(!asRoot)(`data that had to go elsewhere is found again from its data folder${why}`, async () => {
  const dataDir = join(scratch, "data");
  mkdirSync(dataDir);
  expect(await homeOfData(dataDir)).toBe(dataDir);
  const home = await dataElsewhere(dataDir, join(scratch, "elsewhere"));
  expect(home).toStartWith(join(scratch, "elsewhere", "data-"));
  expect(await homeOfData(dataDir)).toBe(home);
  expect(await dataElsewhere(dataDir, join(scratch, "elsewhere"))).toBe(home);
});

test.skipIf(!asRoot)(`data never goes to a place that others prepared${why}`, async () => {
  mkdirSync(join(scratch, "open"));
  chmodSync(join(scratch, "open"), 0o777);
  await expect(dataElsewhere(scratch, join(scratch, "open"))).rejects.toThrow("not a folder that only root may write");
  symlinkSync(scratch, join(scratch, "link"));
  await expect(dataElsewhere(scratch, join(scratch, "link"))).rejects.toThrow("not a folder that only root may write");
});
