// Files that are made from the code: `node tools/bun.mjs tools/generated.ts` writes them, `--check` verifies that they are current.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { settingsPage } from "#cli";
import { metricsReference } from "#kernel";
import { definitionSchemaFile } from "#language";
import { consoleTypes } from "./console-types.ts";

const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/reference/metrics.md": metricsReference,
  "docs/reference/settings.md": settingsPage,
  "docs/reference/flow.schema.json": definitionSchemaFile,
  "console/api/schema.d.ts": consoleTypes,
};

const root = join(import.meta.dir, "..");
const checkOnly = process.argv.includes("--check");
let stale = 0;

for (const [file, make] of Object.entries(GENERATED)) {
  const path = join(root, file);
  const text = await make();
  if (existsSync(path) && readFileSync(path, "utf8") === text) {
    continue;
  }
  if (checkOnly) {
    stale += 1;
    console.error(`${file}: is not what the code makes now; \`npm run generate\` writes it.`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`${file}: written.`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;
