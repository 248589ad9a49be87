// `npm run bench`: every scenario, one after the other, each in a process of its own, and the table of what was promised.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "./harness/options.ts";
import { type Result, render } from "./harness/report.ts";

const SCENARIOS = [
  "e2e",
  "latency",
  "idle",
  "stuck",
  "ingest",
  "isolation",
  "backlog",
  "crash",
  "flows",
  "tasks",
  "sleepers",
  "snapshot",
  "history",
] as const;
/** These measure the engine only; without it there is nothing to run. */
const NEED_ENGINE: readonly string[] = ["stuck", "isolation", "backlog", "crash", "sleepers", "snapshot", "history"];

const args = process.argv.slice(2);
const options = readOptions(args);
const engine = options.subjects.includes("engine") && existsSync(join(import.meta.dir, "../src/main.ts"));
const rows: string[][] = [];
let failed = false;
let interrupted = false;
let stopCurrent: (() => void) | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    interrupted = true;
    stopCurrent?.();
  });
}

for (const name of SCENARIOS) {
  if (interrupted || (!engine && NEED_ENGINE.includes(name))) {
    rows.push([name, "-", "-", "-", interrupted ? "interrupted" : "needs the engine"]);
    continue;
  }
  const path = join(import.meta.dir, "results", `${name}${options.quick ? ".quick" : ""}.json`);
  const started = Date.now();
  const run = Bun.spawn([process.execPath, join(import.meta.dir, `${name}.ts`), ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  stopCurrent = () => run.kill("SIGTERM");
  const code = await run.exited;
  stopCurrent = undefined;
  const result = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Result) : undefined;
  if (code !== 0 || result === undefined || Date.parse(result.date) < started) {
    failed = true;
    rows.push([name, "-", "-", "-", "FAILED"]);
    continue;
  }
  rows.push(
    ...result.targets.map((target) => [name, target.what, target.wanted, target.found, target.reached ? "yes" : "NO"]),
  );
}
console.log(
  `\n${render({ title: "What was promised", columns: ["scenario", "what", "wanted", "found", "reached"], rows })}`,
);
process.exit(failed || interrupted ? 1 : 0);
