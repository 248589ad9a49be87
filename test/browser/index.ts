// What tests in a real browser are told with.
export { axe } from "./axe.ts";
export { chromiumMissing, findChromium } from "./chromium.ts";
export { type Fault, tellFault } from "./faults.ts";
export { browser, launchBrowser } from "./launch.ts";
export { type ConsolePage, DESKTOP, NARROW, type OpenOptions, openConsole, TOKEN_KEY } from "./open.ts";
export { browserTest } from "./skip.ts";
export { type Expected, expectClean, type Watch } from "./watch.ts";
