import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf } from "./kit/index.ts";

// Definitions in TypeScript, in a folder of the user's that knows no package of ours.

const MAIN = join(import.meta.dir, "../src/main.ts");

let database: TestDatabase;
let engine: TestEngine;
let folder = "";

const WELCOME = `import { expr, flow } from "posthorn/flows";
import { PEOPLE } from "./lib/people.ts";

export default flow("welcome")
  .on.event<{ email: string; plan: string }>("user.signup", ({ event }) => expr\`\${event.data.plan} != "internal"\`)
  .steps((f) => {
    const enrich = f.http<{ name: string }>("enrich", { url: PEOPLE });
    f.emit("tell", { type: "mail.requested", data: { to: f.event.data.email, name: enrich.output.body.name } });
  });
`;
const CASES = `flow: welcome.ts
cases:
  - name: tells
    start: { event: { type: user.signup, data: { email: ada@example.com, plan: pro } } }
    results: { enrich: { output: { status: 200, headers: {}, body: { name: Ada } } } }
    expect: { emitted: [{ data: { to: ada@example.com, name: Ada } }] }
`;

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await apiOf(engine).app({ uid: "shop" });
  folder = mkdtempSync(join(tmpdir(), "posthorn flows-modules-"));
  write("flows/lib/people.ts", 'export const PEOPLE: string = "https://people.example/by-mail";\n');
  write("flows/welcome.ts", WELCOME);
  write("flows/welcome.test.yaml", CASES);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** The program itself, typed in the user's folder. */
async function type(...words: string[]) {
  const child = Bun.spawn([process.execPath, "--no-env-file", "--no-install", MAIN, ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"], POSTHORN_URL: engine.url, POSTHORN_TOKEN: engine.token, POSTHORN_APP: "shop" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

test("are checked, rehearsed, compared and pushed from anywhere, with what they import", async () => {
  expect(await type("flows", "lint")).toMatchObject({ code: 0, out: "1 valid, 0 not\n" });
  expect(await type("flows", "test")).toMatchObject({ code: 0, out: expect.stringContaining("1 passed, 0 failed") });
  expect(await type("flows", "diff")).toMatchObject({ code: 1, out: expect.stringContaining("+flow: welcome") });
  expect(await type("flows", "push")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^created +welcome +version 1$/m),
  });
});

test("that cannot be run are told with what they said, and where", async () => {
  write(
    "broken/thrown.ts",
    'import { flow } from "posthorn/flows";\n\nthrow new Error("no " + typeof flow + " today");\n',
  );
  write("broken/absent.ts", 'export { default } from "posthorn/elsewhere";\n');
  write(
    "broken/built.ts",
    'import { flow } from "posthorn/flows";\n\nexport default flow("built").steps((f) => {\n  f.call("a b", { flow: "x" });\n  null.x;\n});\n',
  );
  write("broken/typed.ts", "export default {{\n");
  write("broken/endless.ts", "export default { posthorn: 1, flow: 'endless', steps: [{ id: 'a', map: 1 / 0 }] };\n");
  const { code, out } = await type("flows", "lint", "broken");
  expect(code).toBe(1);
  expect(out).toContain("no function today");
  expect(out).toMatch(/thrown\.ts:3:\d+/);
  expect(out).toMatch(/built\.ts:5:\d+/);
  expect(out).toContain("Cannot find package 'posthorn'");
  expect(out).toMatch(/typed\.ts:1:\d+/);
  expect(out).toContain("map is Infinity, which is no JSON");
}, 30_000);

test("are run by cases that stand beside them alone", async () => {
  write("elsewhere/deploy.test.yaml", CASES.replace("welcome.ts", "../flows/welcome.ts"));
  const { code, out, err } = await type("flows", "test", "elsewhere");
  expect(code).toBe(1);
  expect(out + err).toContain("is a program and lies elsewhere");
});
