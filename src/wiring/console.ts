import { join, resolve } from "node:path";
import { type ConsoleFace, createConsole } from "#api";
import type { Config, RootLog } from "#kernel";

/** What serves the browser, or nothing where it is switched off or this process does not answer the API. */
export function consoleOf(config: Config, log: RootLog): ConsoleFace | undefined {
  if (config.console === "off" || !config.roles.has("api")) return undefined;
  const root = resolve(import.meta.dir, "../..");
  return createConsole({
    folder: config.consoleDir,
    workshop: {
      root,
      caches: [join(root, "node_modules/.cache/posthorn-console"), join(resolve(config.dataDir), "console")],
      builder: [process.execPath, "--no-env-file", "--no-install", join(root, "tools/console-build.ts")],
    },
    frameAncestors: config.portalFrameAncestors,
    log,
    nowMs: Date.now,
  });
}
