import { afterAll, test } from "bun:test";
import type { Browser } from "playwright-core";
import { chromiumMissing } from "./chromium.ts";
import { launchBrowser } from "./launch.ts";

const missing = chromiumMissing();
if (missing !== undefined) console.warn(`skipped: what needs a browser: ${missing}.`);

/** `test`, where there is a browser; elsewhere it is skipped, and the run says why. */
export const browserTest = test.skipIf(missing !== undefined);

/** The browser of one test file: started by the first test that asks, closed after the last. Call it at the top of the file. */
export function browser(): () => Promise<Browser> {
  let launched: Promise<Browser> | undefined;
  afterAll(async () => {
    await (await launched?.catch(() => undefined))?.close();
  });
  return () => {
    launched ??= launchBrowser();
    return launched;
  };
}
