import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const manifest: { readonly imports: { readonly [door: string]: string } } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
);
const transpiler = new Bun.Transpiler({ loader: "ts" });

/** What is loaded when `entry` is: the specifiers of all packages and built-in modules that its files name, types aside. */
function loadedBy(entry: string): ReadonlySet<string> {
  const files = [join(ROOT, entry)];
  const packages = new Set<string>();
  for (const file of files) {
    for (const { path } of transpiler.scanImports(readFileSync(file, "utf8"))) {
      const door = manifest.imports[path];
      if (door === undefined && !path.startsWith(".")) {
        packages.add(path);
        continue;
      }
      const next = door === undefined ? join(dirname(file), path) : join(ROOT, door);
      if (!files.includes(next)) {
        files.push(next);
      }
    }
  }
  return packages;
}

test("what writes and tests flows loads nothing that only Bun has, nor anything of the engine", () => {
  const loaded = new Set([...loadedBy("src/sdk/flows.ts"), ...loadedBy("src/sdk/testing.ts")]);
  expect([...loaded].toSorted()).toEqual(["@marcbachmann/cel-js", "croner", "node:crypto", "yaml", "zod"]);
});

/** Node strips types by itself since 22.18. */
const node = Bun.which("node");
const version = node === null ? "" : Bun.spawnSync([node, "--version"]).stdout.toString().trim().slice(1);
const strips = node !== null && Bun.semver.satisfies(version, ">=22.18.0 <23 || >=23.6.0");
const skipped = strips ? "" : ` (skipped: there is no Node 22.18 or later, but ${version === "" ? "none" : version})`;

const PROGRAM = `
import assert from "node:assert/strict";
import { test } from "node:test";
import { expr, flow } from "posthorn/flows";
import { createClient, task } from "posthorn/tasks";
import { succeeds, testFlow } from "posthorn/testing";

const greeting = flow("greeting")
  .on.event<{ name: string }>("user.signup")
  .steps((f) => {
    const person = f.http<{ title: string }>("person", { url: "https://people.example" });
    f.wait("later", "1d");
    f.emit("greet", { type: "greeted", data: { text: expr\`\${person.output.body.title} + " " + \${f.event.data.name}\` } });
  });

test("greets a day later", () => {
  const run = testFlow(greeting).run({
    event: { type: "user.signup", data: { name: "Ada" } },
    results: { person: succeeds({ status: 200, headers: {}, body: { title: "Countess" } }) },
  });
  assert.equal(run.state, "completed");
  assert.deepEqual(run.emitted.map(({ data }) => data), [{ text: "Countess Ada" }]);
  assert.equal(typeof createClient, "function");
  assert.equal(typeof task, "function");
});
`;

test.skipIf(!strips)(
  `Node runs tests of flows as they are written, without a build${skipped}`,
  async () => {
    const child = Bun.spawn([node ?? "", "--input-type=module-typescript", "-"], {
      cwd: ROOT,
      stdin: new Blob([PROGRAM]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/pass 1\n/);
  },
  60_000,
);
