import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "#cli";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";
import { apiOf, until } from "./kit/index.ts";

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
const type = (...words: string[]) => typeWith(fetch, ...words);
async function typeWith(asks: typeof fetch, ...words: string[]) {
  let [out, err] = ["", ""];
  const nobody = () => Promise.reject(new Error("Nothing is served here."));
  const code = await runCli(
    words,
    { serve: nobody, migrate: nobody, worker: nobody },
    {
      env: { POSTHORN_URL: engine.url, POSTHORN_TOKEN: engine.token, CHAT_TOKEN: "xoxb-example-1" },
      fetch: asks,
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

test("a hundred flows that call each other are pushed in one go, compared as JSON, and pushed again without a change", async () => {
  const many = mkdtempSync(join(folder, "many-"));
  const name = (n: number) => `many-${String(n).padStart(3, "0")}`;
  for (let n = 0; n < 100; n++) {
    const steps = n === 99 ? [{ id: "end", map: 1 }] : [{ id: "ask", call: { flow: name(n + 1) } }];
    writeFileSync(join(many, `${name(n)}.json`), JSON.stringify({ posthorn: 1, flow: name(n), steps }));
  }
  const pushed = await onShop("flows", "push", many, "--json");
  expect([pushed.code, pushed.err]).toEqual([0, ""]);
  expect(JSON.parse(pushed.out)).toHaveLength(100);
  expect(
    JSON.parse((await onShop("flows", "push", many, "--json")).out).some((one: { changed: boolean }) => one.changed),
  ).toBe(false);
  rmSync(join(many, `${name(99)}.json`));
  writeFileSync(
    join(many, `${name(0)}.json`),
    JSON.stringify({ posthorn: 1, flow: name(0), steps: [{ id: "end", map: 2 }] }),
  );
  const { code, out } = await onShop("flows", "diff", many, "--json");
  const { differ, onlyThere } = JSON.parse(out);
  expect([code, differ.length, differ[0].name, differ[0].isThere, onlyThere.includes(name(99))]).toEqual([
    1,
    1,
    name(0),
    true,
    true,
  ]);
}, 60_000);

test("a push tells what only the engine finds wrong, of all files at once, and changes nothing", async () => {
  const other = mkdtempSync(join(folder, "refused-"));
  for (const name of ["refused-a", "refused-b"])
    writeFileSync(join(other, `${name}.yaml`), DOUBLE.replace("flow: double", `flow: ${name}`));
  const asked: string[] = [];
  // An engine of another release, which does not know `map`.
  const strict = (async (url: string | URL | Request, init?: RequestInit) => {
    asked.push(`${init?.method} ${new URL(String(url)).pathname}`);
    const faults = [{ path: "steps[0].map", code: "unknown_key", message: "There is no `map` here.", line: 5 }];
    return Response.json({ valid: false, faults, warnings: [], definition: null });
  }) as typeof fetch;
  const pushed = await typeWith(strict, "flows", "push", other, "--app", "shop");
  expect(pushed.code).toBe(1);
  for (const name of ["refused-a", "refused-b"])
    expect(pushed.err).toContain(`${name}.yaml:5:1: error: There is no \`map\` here.`);
  expect(asked).toEqual(Array(2).fill("POST /api/v1/app/shop/flow/check"));
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

const ASKING = `posthorn: 1
flow: asking
steps:
  - id: check
    if: input.big
    then:
      - id: big
        approve: { title: Is it right }
        timeout: 2d
`;

test("an approval is decided by its path; whoever gives the id alone is told the path", async () => {
  writeFileSync(join(folder, "asking.yaml"), ASKING);
  await onShop("flows", "push", join(folder, "asking.yaml"));
  const started = JSON.parse((await onShop("run", "start", "asking", "--input", '{"big":true}', "--json")).out);
  const id: string = started.id;
  await until("the run asks", async () => (await onShop("approvals", "list")).out.includes(id));
  const refused = await onShop("approvals", "approve", id, "big");
  expect([refused.code, refused.err]).toEqual([
    1,
    'The run asks nothing at the step "big", or does not any more; it asks at "check.big" (approval_over)\n',
  ]);
  expect(await onShop("approvals", "approve", id, "check.big")).toMatchObject({
    code: 0,
    out: "Approved: Is it right\n",
  });
  expect((await onShop("run", "watch", id)).code).toBe(0);
  expect((await onShop("approvals", "approve", id, "big")).err).not.toContain("it asks at");
});

test("a flow is paused, resumed, disabled, enabled and deleted, in the console's words", async () => {
  writeFileSync(join(folder, "asking.yaml"), ASKING);
  await onShop("flows", "push", join(folder, "asking.yaml"));
  const does = async (...words: string[]) => {
    const { code, out, err } = await onShop("flows", ...words);
    return [code, out + err];
  };
  const none = "those under way (none now)";
  expect(await does("pause", "asking")).toEqual([
    0,
    `asking is paused: new runs wait, and ${none} stop where they next can.\n`,
  ]);
  expect(await does("pause", "asking")).toEqual([0, "asking is paused already.\n"]);
  expect((await onShop("flows", "list")).out).toMatch(/^asking +1 +paused /m);
  await onShop("run", "start", "asking", "--input", '{"big":true}');
  expect(await does("resume", "asking")).toEqual([0, "asking is enabled: what waited goes on.\n"]);
  await until("the run that waited asks", async () =>
    (await onShop("approvals", "list", "--flow", "asking")).out.includes("check.big"),
  );
  expect(await does("disable", "asking")).toEqual([
    0,
    "asking is disabled: it takes no new runs; those under way (1) go on.\n",
  ]);
  expect(await does("resume", "asking")).toEqual([
    1,
    "asking is disabled, and not paused; `posthorn flows enable asking` lets it take runs again.\n",
  ]);
  expect((await onShop("run", "start", "asking", "--input", '{"big":true}')).err).toContain("flow_disabled");
  expect(JSON.parse((await onShop("flows", "enable", "asking", "--json")).out)).toMatchObject({ mode: "enabled" });
  expect((await does("delete", "asking"))[1]).toContain("Would delete asking: those under way (1) are cancelled");
  expect(await does("delete", "asking", "--yes")).toEqual([
    0,
    "Deleted asking: those under way (1) are cancelled, and what they did is compensated.\n",
  ]);
  expect(await does("enable", "asking")).toEqual([1, expect.stringContaining("asking")]);
});

test("a secret is set, granted, listed and deleted, and shown by nothing", async () => {
  const secret = (...words: string[]) => onShop("flows", "secret", ...words);
  const made = await secret("set", "chat_token", "--from-env", "CHAT_TOKEN");
  expect([made.code, made.out]).toEqual([0, "chat_token, version 1: no flow may use it.\n"]);
  const granted = await secret("set", "chat_token", "--keep", "--flow", "refund", "--flow", "charge");
  expect(granted.out).toBe("chat_token, version 1: refund, charge may use it.\n");
  const listed = await secret("list");
  expect(listed.out).toMatch(/^chat_token +1 +refund, charge +\S+ +.+ +never *$/m);
  expect(listed.out + (await secret("list", "--json")).out).not.toContain("xoxb-example-1");
  expect((await secret("delete", "chat_token")).out).toContain("Deleted chat_token");
  expect((await secret("delete", "chat_token")).code).toBe(1);
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
  // JSON.parse makes it infinite, and JSON.stringify null.
  expect((await onShop("run", "start", "double", "--input", '{"n":1e400}')).err).toContain('"n" is out of range');
  expect((await onShop("run", "show", "run_01h455vb4pex5vsknk084sn02q")).err).toContain("There is no run");
});
