import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "#cli";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf } from "./kit/index.ts";

let database: TestDatabase;
let engine: TestEngine;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "posthorn-flows-commands-"));
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  await apiOf(engine).app({ uid: "shop" });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A command as somebody types it who has a URL, a token and an application. */
async function type(...words: string[]) {
  let [out, err] = ["", ""];
  const nobody = () => Promise.reject(new Error("Nothing is served here."));
  const code = await runCli(
    words,
    { serve: nobody, migrate: nobody, worker: nobody },
    {
      env: { POSTHORN_URL: engine.url, POSTHORN_TOKEN: engine.token },
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err };
}
const onShop = (...words: string[]) => type(...words, "--app", "shop");

const DOUBLE = `# Comments stay.
posthorn: 1
flow: double
steps:
  - id: twice
    map: { $: "input.n * 2" } # of what came
  - id: big
    if: steps.twice > 100
    then:
      - id: refuse
        fail: { code: too_large, message: It is too large }
output: { $: steps.twice }
`;

test("a folder is pushed, twice without a change, compared, changed, and pulled as it was written", async () => {
  const file = join(folder, "double.yaml");
  writeFileSync(file, DOUBLE);
  expect((await onShop("flows", "diff", folder)).code).toBe(1);
  expect((await onShop("flows", "push", folder, "--dry-run")).out).toContain("would be created");
  expect((await onShop("flows", "list")).out).not.toContain("double");
  expect((await onShop("flows", "push", folder)).out).toMatch(/^created +double +version 1$/m);
  expect((await onShop("flows", "push", folder)).out).toMatch(/^unchanged +double +version 1$/m);
  expect(await onShop("flows", "diff", folder)).toMatchObject({ code: 0, out: "" });
  expect((await onShop("flows", "list")).out).toMatch(/double +1 +enabled/);

  writeFileSync(file, DOUBLE.replace("* 2", "* 3"));
  const diff = await onShop("flows", "diff", folder);
  expect([diff.code, diff.out.includes("input.n * 2"), diff.out.includes("input.n * 3")]).toEqual([1, true, true]);
  // The database keeps no order of members: only the line that differs is told.
  expect(diff.out.match(/^[-+](?![-+])/gm)).toEqual(["-", "+"]);
  expect((await onShop("flows", "push", folder)).out).toMatch(/^changed +double +version 2$/m);

  const pulled = join(folder, "pulled");
  expect((await onShop("flows", "pull", "-o", pulled)).code).toBe(0);
  expect(readFileSync(join(pulled, "double.yaml"), "utf8")).toBe(DOUBLE.replace("* 2", "* 3"));
});

test("nothing of a folder is pushed when one of its definitions is not valid", async () => {
  const other = mkdtempSync(join(folder, "half-"));
  writeFileSync(join(other, "a.yaml"), DOUBLE.replace("flow: double", "flow: half-a"));
  writeFileSync(join(other, "b.yaml"), DOUBLE.replace("flow: double", "flow: half-b").replace("input.n", "imput.n"));
  const pushed = await onShop("flows", "push", other);
  expect([pushed.code, pushed.err.includes("b.yaml:6:"), pushed.err.includes("Nothing was done")]).toEqual([
    1,
    true,
    true,
  ]);
  expect((await onShop("flows", "list")).out).not.toContain("half");
});

test("runs are started, shown, watched, listed, counted by failure and run again", async () => {
  writeFileSync(join(folder, "double.yaml"), DOUBLE);
  await onShop("flows", "push", folder);
  const started = await onShop("run", "start", "double", "--input", '{"n":4}', "--wait", "20");
  expect([started.code, started.out]).toEqual([0, expect.stringContaining("is completed.\n8\n")]);
  const failed = JSON.parse(
    (await onShop("run", "start", "double", "--input", '{"n":400}', "--wait", "20", "--json")).out,
  );
  const refused = await onShop("run", "start", "double", "--input", '{"n":400}', "--wait", "20");
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining("too_large at big.refuse: It is too large")]);
  const { id } = failed.run;
  expect((await onShop("run", "show", id)).out).toMatch(/error +too_large at big\.refuse/);
  const watched = await onShop("run", "watch", id);
  expect([watched.code, watched.out]).toEqual([1, expect.stringContaining("run failed (too_large at big.refuse")]);
  expect((await onShop("run", "list", "--state", "failed")).out).toContain(id);
  expect((await onShop("flows", "failures", "double")).out).toContain("too_large");
  expect((await onShop("flows", "rerun", "double")).out).toBe("Would run 2 runs again.\n");
  const again = JSON.parse((await onShop("run", "rerun", id, "--input", '{"n":5}', "--json")).out);
  expect((await onShop("run", "watch", again.id)).code).toBe(0);
  expect((await onShop("flows", "backtest", "double", join(folder, "double.yaml"))).code).toBe(0);
  expect((await onShop("run", "start", "double", "--input", "{n:")).err).toContain("The input is no JSON");
  expect((await onShop("run", "show", "run_01h455vb4pex5vsknk084sn02q")).err).toContain("There is no run");
});
