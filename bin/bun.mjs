// Finds and runs the pinned Bun that npm brought. Plain JavaScript for Node 20 or later: it runs before there is a Bun.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants as system } from "node:os";
import { dirname, join } from "node:path";

/** Bun queues requests beyond this number inside `fetch`, where their deadlines burn; 65,535 is the most it can count. */
const MAX_HTTP_REQUESTS = "65336";

const ENDINGS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** Smaller than any Bun, larger than the script that stands in its place until the package's install script ran. */
const STAND_IN_BYTES_MAX = 1_000_000;

/**
 * The path of the Bun binary of this package's pinned version. npm unpacks it into `@oven/bun-<platform>`, and Bun's install
 * script moves it to `bun/bin/bun.exe`; where install scripts are switched off it is still in the first place.
 * @returns {string}
 * @throws {Error} with what to do, when there is none that runs.
 */
export function findBun() {
  let bunPackage;
  try {
    bunPackage = createRequire(import.meta.url).resolve("bun/package.json");
  } catch {
    throw new Error("Bun is not installed: the npm package `bun` is missing. Run `npm ci` in the folder of Posthorn.");
  }
  const { version } = JSON.parse(readFileSync(bunPackage, "utf8"));
  const failures = [];
  for (const path of candidates(bunPackage)) {
    const failure = whyNot(path, version);
    if (failure === undefined) return path;
    failures.push(`  ${path}: ${failure}`);
  }
  throw new Error(
    `Bun ${version} is not installed for ${process.platform} on ${process.arch}. Run \`npm ci\` in the folder of Posthorn, without ` +
      `--omit=optional: npm brings Bun as an optional package per platform.\n${failures.join("\n")}`,
  );
}

/** @param {string} bunPackage */
function candidates(bunPackage) {
  const paths = [join(dirname(bunPackage), "bin", "bun.exe")];
  const { resolve } = createRequire(bunPackage);
  const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const libcs = platform === "linux" ? (isMusl() ? ["-musl", ""] : ["", "-musl"]) : [""];
  for (const libc of libcs) {
    for (const baseline of ["", "-baseline"]) {
      const name = `@oven/bun-${platform}-${cpu}${libc}${baseline}`;
      try {
        paths.push(join(dirname(resolve(`${name}/package.json`)), "bin", platform === "windows" ? "bun.exe" : "bun"));
      } catch {
        // npm installs only the packages of this platform.
      }
    }
  }
  return paths;
}

function isMusl() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report?.getReport() ?? {});
  return process.platform === "linux" && report.header?.glibcVersionRuntime === undefined;
}

/**
 * Why this file is not the Bun wanted, found by running it: it may be built for another CPU or C library.
 * @param {string} path
 * @param {string} version
 */
function whyNot(path, version) {
  try {
    if (statSync(path).size < STAND_IN_BYTES_MAX) return "is only a stand-in for the binary";
  } catch {
    return "is not there";
  }
  try {
    accessSync(path, constants.X_OK);
  } catch {
    try {
      chmodSync(path, 0o755); // It came without its install script, which would have done this.
    } catch {
      return "may not be executed";
    }
  }
  const ran = spawnSync(path, ["--version"], { encoding: "utf8", cwd: dirname(path) });
  if (ran.error) return `does not run (${ran.error.message})`;
  if (ran.status !== 0) return `does not run (${ran.signal ?? `exit code ${ran.status}`})`;
  return ran.stdout.trim() === version ? undefined : `is version ${ran.stdout.trim()}, wanted is ${version}`;
}

/** One Ctrl-C reaches us twice under npm, from the terminal and from npm: what follows so soon is the same wish. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 250;

/**
 * Runs Bun with these arguments in the current folder and ends as it ends, by exit code or by signal.
 *
 * Bun gets a session of its own, so that a signal has one way to it: through here. Otherwise a Ctrl-C, which the terminal sends
 * to its whole process group, would arrive twice, and the second would turn a graceful stop into a hard one. If we are killed,
 * `watchParent` (src/kernel/parent-watch.ts) in the child notices that POSTHORN_LAUNCHER_PID is not its parent any more.
 * @param {string[]} args
 * @param {Record<string, string>} [extraEnv]
 */
export function runBun(args, extraEnv = {}) {
  let bun;
  try {
    bun = findBun();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const child = spawn(bun, args, {
    stdio: "inherit",
    detached: process.platform !== "win32",
    env: {
      BUN_CONFIG_MAX_HTTP_REQUESTS: MAX_HTTP_REQUESTS,
      ...process.env,
      ...extraEnv,
      POSTHORN_LAUNCHER_PID: String(process.pid),
    },
  });
  // SIGUSR2 makes the engine talk more; Windows does not know it.
  const forwarded = process.platform === "win32" ? ENDINGS : /** @type {const} */ ([...ENDINGS, "SIGUSR2"]);
  for (const signal of forwarded) {
    let forwardedAt = Number.NEGATIVE_INFINITY;
    process.on(signal, () => {
      const now = performance.now();
      if (now - forwardedAt < SAME_SIGNAL_MS) return;
      forwardedAt = now;
      child.kill(signal);
    });
  }
  // npm forwards its SIGTERM to the shell between it and us, which ends without a word. Only under npm: elsewhere a parent that
  // ends may be a terminal that was meant to be closed.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      child.kill("SIGTERM");
    }, PARENT_CHECK_MS);
    timer.unref();
  }
  child.on("error", (error) => {
    console.error(`Bun could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Signals that Node cannot be ended by (or ignores) end it as a shell would tell them.
    setTimeout(() => process.exit(128 + system.signals[signal]), 100);
  });
}
