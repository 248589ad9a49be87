import { expect, test } from "bun:test";
import { join } from "node:path";
import { watchParent } from "./parent-watch.ts";
import { until } from "./postgres/orphans.ts";

/** A launcher that starts a watching child, prints what the child prints, and otherwise does nothing. */
const LAUNCHER = `
  const child = \`
    const { watchParent } = await import(${JSON.stringify(join(import.meta.dir, "parent-watch.ts"))});
    watchParent(() => { console.log("gone"); process.exit(0); });
    console.log("watching");
    setInterval(() => {}, 1000);\`;
  Bun.spawn([process.execPath, "-e", child], {
    env: { ...process.env, POSTHORN_LAUNCHER_PID: String(process.pid) }, stdio: ["ignore", "inherit", "inherit"], detached: true,
  });
  setInterval(() => {}, 1000);`;

test("P12: a process whose launcher is killed notices, wherever its session is", async () => {
  const launcher = Bun.spawn([process.execPath, "-e", LAUNCHER], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const reading = (async () => {
    for await (const chunk of launcher.stdout) said += new TextDecoder().decode(chunk);
  })();
  expect(await until(() => said.includes("watching"), 10_000)).toBe(true);
  launcher.kill("SIGKILL");
  await reading; // Ends when the child, too, has ended.
  expect(said).toBe("watching\ngone\n");
}, 20_000);

test("a process that no launcher started, or only a forefather's, watches nothing", () => {
  let gone = false;
  const stops = [{}, { POSTHORN_LAUNCHER_PID: "1999999999" }, { POSTHORN_LAUNCHER_PID: "soon" }].map((environment) =>
    watchParent(() => {
      gone = true;
    }, environment),
  );
  for (const stop of stops) stop();
  expect(gone).toBe(false);
});
