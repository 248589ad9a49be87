import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Chromium that can be started, with the environment it needs. */
export interface Chromium {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Of the package; its door does not let one read it. */
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.resolve("@sparticuz/chromium")), "utf8"),
);
const PREFIX = "posthorn-chromium-";
const STAGING = `${PREFIX}staging-`;
const STALE_MS = 3_600_000;
/** What must be there for the folder to be whole: programs that tidy temporary folders remove files one by one. */
const PARTS = ["chromium", "fonts/fonts.conf", "fonts/fonts", "al2023/lib/libnss3.so", "complete"] as const;

/**
 * Why there is no browser on this machine; undefined: there is one. The package holds one program, for Linux on x64 with glibc. Elsewhere
 * CHROMIUM_PATH may name a Chrome or Chromium of the machine's own.
 */
export function chromiumMissing(): string | undefined {
  if (process.env["CHROMIUM_PATH"] !== undefined) return undefined;
  const here = `${process.platform} ${process.arch}`;
  const advice = "set CHROMIUM_PATH to the program of a Chrome or Chromium to run what needs a browser";
  if (here !== "linux x64") return `@sparticuz/chromium has no browser for ${here}; ${advice}`;
  if (!existsSync("/lib64/ld-linux-x86-64.so.2"))
    return `@sparticuz/chromium needs glibc, which this Linux does not have; ${advice}`;
  return undefined;
}

let found: Promise<Chromium> | undefined;

/** The browser that npm brought, unpacked once per version and user and used again by later runs. Throws where `chromiumMissing` says why. */
export function findChromium(): Promise<Chromium> {
  found ??= find();
  return found;
}

async function find(): Promise<Chromium> {
  const missing = chromiumMissing();
  if (missing !== undefined) throw new Error(missing);
  const own = process.env["CHROMIUM_PATH"];
  if (own !== undefined) return { path: own, env: {} };
  const folder = await unpacked(tmpdir());
  return {
    path: join(folder, "chromium"),
    env: {
      // Before the system's: a bare machine has none of NSS, NSPR and expat; the package brings them.
      LD_LIBRARY_PATH: join(folder, "al2023/lib"),
      FONTCONFIG_PATH: join(folder, "fonts"),
      // Nothing is read from or written to the folder of whoever runs the tests.
      HOME: folder,
    },
  };
}

/** The folder with the whole browser, below `base`. Several processes may ask at once: each unpacks aside and the first rename wins. */
export async function unpacked(base: string): Promise<string> {
  const folder = join(base, `${PREFIX}${version}-${process.getuid?.() ?? 0}`);
  if (isWhole(folder)) return folder;
  sweep(base);
  const staging = mkdtempSync(join(base, STAGING));
  try {
    await unpack(staging, folder);
    if (isWhole(folder)) return folder;
    rmSync(folder, { recursive: true, force: true });
    renameSync(staging, folder);
  } catch (error) {
    // Another process was faster between the look and the rename.
    if (!isWhole(folder)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return folder;
}

async function unpack(staging: string, folder: string): Promise<void> {
  const child = Bun.spawn([process.execPath, "--no-env-file", "--no-install", join(import.meta.dir, "unpack.ts")], {
    // The name of a runtime on Amazon Linux 2023 makes the package unpack the libraries it brings.
    env: { TMPDIR: staging, HOME: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const [text, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`Unpacking Chromium ${version} into ${staging} ended with ${code}: ${text.trim()}`);
  writeFileSync(join(staging, "fonts/fonts.conf"), fontsConf(folder));
  writeFileSync(join(staging, "complete"), "");
}

/** One typeface for everything that asks for none by name, so that pages look alike wherever the tests run; the machine's for other scripts. */
const fontsConf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/** Throws when somebody else could have put something there for us to run. */
function isWhole(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0)
    throw new Error(`${folder} should be a folder that only this user can write to, and is not; remove it.`);
  return PARTS.every((part) => existsSync(join(folder, part)));
}

/** Removes what killed runs and older versions of the package left behind. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(PREFIX)) continue;
    const stat = statSync(join(base, name), { throwIfNoEntry: false });
    if (stat === undefined || stat.uid !== process.getuid?.() || Date.now() - stat.mtimeMs < STALE_MS) continue;
    if (name.startsWith(STAGING) || !name.startsWith(`${PREFIX}${version}-`))
      rmSync(join(base, name), { recursive: true, force: true });
  }
}
