import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "posthorn launcher "));
afterAll(() => rm(scratch, { recursive: true, force: true }));
const launcher = join(import.meta.dir, "bun.mjs");

/** Runs a program under the launcher, under Node, in a folder of its own; resolves when it has printed "up". */
async function launch(program: string, env: Record<string, string> = {}, inFolder: Record<string, string> = {}) {
  const folder = mkdtempSync(join(scratch, "in "));
  for (const [name, text] of Object.entries(inFolder)) writeFileSync(join(folder, name), text);
  const file = join(folder, "a program.ts");
  writeFileSync(file, program);
  const script = `import { runBun } from ${JSON.stringify(launcher)}; runBun(["--no-env-file", ${JSON.stringify(file)}, "an argument"]);`;
  const node = Bun.spawn(["node", "--input-type=module", "-e", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  let more = Promise.withResolvers<void>();
  let ended = false;
  const read = (async () => {
    for await (const chunk of node.stdout) {
      said += new TextDecoder().decode(chunk);
      more.resolve();
      more = Promise.withResolvers();
    }
    ended = true;
    more.resolve();
  })();
  const says = async (text: string) => {
    while (!said.includes(text) && !ended) await more.promise;
  };
  await says("up\n");
  return {
    node,
    says,
    /** All it printed, once everyone who could print has ended. */
    async output() {
      await read;
      return said;
    },
  };
}

test("Bun runs in the caller's folder with the caller's arguments, room for requests, and nobody's .env", async () => {
  const { node, output } = await launch(
    `const { env } = process;
     console.log(JSON.stringify([Bun.version.length > 0, process.argv.slice(2), env.BUN_CONFIG_MAX_HTTP_REQUESTS, env.STRAY ?? null]));
     process.exit(7);`,
    {},
    { ".env": "STRAY=1" },
  );
  expect(await node.exited).toBe(7);
  expect(JSON.parse(await output())).toEqual([true, ["an argument"], "65336", null]);
});

test("an operator's own limit of requests stays", async () => {
  const { node, output } = await launch("console.log(process.env.BUN_CONFIG_MAX_HTTP_REQUESTS)", {
    BUN_CONFIG_MAX_HTTP_REQUESTS: "100",
  });
  expect(await node.exited).toBe(0);
  expect(await output()).toBe("100\n");
});

test.each([
  ["SIGINT", "SIGTERM"],
  ["SIGTERM", "SIGHUP"],
  ["SIGHUP", "SIGTERM"],
] as const)("P12: %s that arrives twice at once is told to Bun once", async (signal, last) => {
  const { node, output, says } = await launch(
    `let got = 0;
     process.on(${JSON.stringify(signal)}, () => { got++; console.log("got"); });
     process.on(${JSON.stringify(last)}, () => process.exit(got));
     console.log("up");
     setInterval(() => {}, 1000);`,
  );
  node.kill(signal);
  await says("got\n");
  node.kill(signal);
  node.kill(last);
  expect(await node.exited).toBe(1);
  expect(await output()).toBe("up\ngot\n");
});

test("the launcher ends by the signal that ended Bun", async () => {
  const { node } = await launch(`console.log("up"); setInterval(() => {}, 1000);`);
  node.kill("SIGTERM");
  await node.exited;
  expect(node.signalCode).toBe("SIGTERM");
});

test("without Bun the launcher says what to do", async () => {
  const bare = join(scratch, "bare");
  mkdirSync(bare);
  await Bun.write(join(bare, "bun.mjs"), Bun.file(launcher));
  const node = Bun.spawnSync([
    "node",
    "--input-type=module",
    "-e",
    `import { runBun } from ${JSON.stringify(join(bare, "bun.mjs"))}; runBun([]);`,
  ]);
  expect(node.exitCode).toBe(1);
  expect(node.stderr.toString()).toContain("Run `npm ci`");
});
