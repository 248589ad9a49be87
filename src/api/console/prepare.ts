import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, openBundle } from "./bundle.ts";
import { bundleKey } from "./key.ts";

export interface Workshop {
  /** The folder that holds `console/`. */
  readonly root: string;
  /** Where made bundles are kept, the first that can be written: one folder each, named by its key. */
  readonly caches: readonly string[];
  /** The command that makes one; it is given `--out <folder>`. */
  readonly builder: readonly string[];
}

export type Prepared =
  | { readonly ok: true; readonly bundle: Bundle; readonly builtInMs?: number }
  | { readonly ok: false; readonly detail: string };

/** What the builder ends with when the packages it needs are not installed. */
export const PACKAGES_MISSING = 3;
const BUILD_MS_MAX = 120_000;

/**
 * Finds the bundle of the sources as they are now, or has it made. The making happens in a process of its own, so that what a bundler
 * needs of memory is gone with it.
 */
export async function prepareBundle(
  workshop: Workshop,
  ancestors: readonly string[],
  signal: AbortSignal,
): Promise<Prepared> {
  const key = await bundleKey(workshop.root);
  for (const cache of workshop.caches) {
    const bundle = await openBundle(join(cache, key), ancestors);
    if (bundle !== undefined) return { ok: true, bundle };
  }
  const cache = await firstWritable(workshop.caches);
  if (cache === undefined) return { ok: false, detail: `None of ${workshop.caches.join(", ")} can be written` };

  const startedMs = performance.now();
  const folder = join(cache, key);
  const [command = "", ...args] = workshop.builder;
  const child = Bun.spawn([command, ...args, "--out", folder], {
    cwd: workshop.root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    // Whoever uses the engine meanwhile comes first.
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(BUILD_MS_MAX)]),
  });
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code === PACKAGES_MISSING) {
    return {
      ok: false,
      detail:
        "The console is not built, and the packages it is built from are not installed: install with them (npm ci), or name a folder with a built one in POSTHORN_CONSOLE_DIR",
    };
  }
  if (code !== 0) return { ok: false, detail: said.trim().slice(-2_000) || `The build ended with ${code}` };
  const bundle = await openBundle(folder, ancestors);
  return bundle === undefined
    ? { ok: false, detail: `The build left nothing in ${folder}` }
    : { ok: true, bundle, builtInMs: Math.round(performance.now() - startedMs) };
}

async function firstWritable(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const writable = await mkdir(folder, { recursive: true })
      .then(() => access(folder, constants.W_OK))
      .then(
        () => true,
        () => false,
      );
    if (writable) return folder;
  }
  return undefined;
}
