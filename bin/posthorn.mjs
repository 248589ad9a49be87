#!/usr/bin/env node
// The command `posthorn`: runs src/main.ts with the pinned Bun, from any folder.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runBun } from "./bun.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

runBun([
  // What lies in the caller's folder must not change the program: not a .env with some other program's DATABASE_URL, not a
  // bunfig.toml with preloads; and a missing package is an error, never a download.
  "--no-env-file",
  `--config=${join(root, "bunfig.toml")}`,
  "--no-install",
  join(root, "src", "main.ts"),
  ...process.argv.slice(2),
]);
