import { test } from "bun:test";
import { chromiumMissing } from "./chromium.ts";

const missing = chromiumMissing();
if (missing !== undefined) console.warn(`skipped: what needs a browser: ${missing}.`);

/** `test`, where there is a browser; elsewhere it is skipped, and the run says why. */
export const browserTest = test.skipIf(missing !== undefined);
