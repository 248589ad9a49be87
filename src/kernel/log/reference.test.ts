import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const page = readFileSync(join(ROOT, "docs/reference/logs.md"), "utf8");

/** The names in the first column of the tables of events. */
const documented = new Set(
  page
    .slice(page.indexOf("## Events"))
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([a-z0-9_]+)`/g)].map(([, name]) => name ?? "")),
);

/** What these write goes to the log of a user's program, in sentences: `posthorn worker` gives them names (`command.ts`, which is looked at). */
const IN_USERS_PROGRAMS = new Set(["src/sdk/worker/worker.ts", "src/sdk/worker/pulse.ts"]);

const sources = [...new Bun.Glob("src/**/*.ts").scanSync(ROOT)]
  .filter((file) => !file.endsWith(".test.ts") && !IN_USERS_PROGRAMS.has(file))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));

/** A string or a template up to its end, or another expression up to the next comma. */
const ARGUMENT = '(?:"[^"]*"|`[^`]*`|[^,()]+)';
const LINE = /\blog(?:\(\))?\??\.(?:trace|debug|info|warn|error|fatal)\(\s*(?:"([^"]*)"|(`[^`]*`|\w[^,)]*))/g;
const LIMITED = new RegExp(
  `\\.limited\\(\\s*${ARGUMENT},\\s*${ARGUMENT},\\s*(?:"([^"]*)"|(\`[^\`]*\`|\\w[^,)]*))`,
  "g",
);

/** Those that pass a name on, which its callers give as a text; and what they are given. */
const PASSED_ON: Readonly<Record<string, RegExp>> = {
  "src/kernel/service.ts": /\bfail\(\s*["`]([^"`]*)["`]/g,
  "src/sdk/worker/command.ts": /"((?:worker|task)_[a-z_]+)"/g,
  "src/delivery/service.ts": /\breportFault\(\s*log,\s*"([^"]*)"/g,
};

test("every event that is logged stands in docs/reference/logs.md, and nothing else does", () => {
  const logged = new Map<string, string>([["log_lines_dropped", "src/kernel/log/output.ts"]]);
  const unknown: string[] = [];
  for (const { file, text } of sources) {
    for (const pattern of [LINE, LIMITED]) {
      for (const [call, name, expression] of text.matchAll(pattern)) {
        if (name !== undefined) logged.set(name, file);
        else if (PASSED_ON[file] === undefined) unknown.push(`${file}: ${call} (${expression})`);
      }
    }
    for (const [, name = ""] of text.matchAll(PASSED_ON[file] ?? /(?!)/g)) {
      if (name.includes("{step}")) for (const step of ["drain", "stop"]) logged.set(`service_${step}_failed`, file);
      else logged.set(name, file);
    }
  }
  expect(unknown).toEqual([]);
  expect(logged.size).toBeGreaterThan(50);
  expect([...logged].filter(([name]) => !documented.has(name)).map(([name, file]) => `${name} of ${file}`)).toEqual([]);
  expect([...documented].filter((name) => !logged.has(name))).toEqual([]);
});

test("names of events are snake_case", () => {
  for (const name of documented) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
});
