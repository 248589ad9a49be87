// What tests in a real browser are told with.
export { axe } from "./axe.ts";
export { chromiumMissing, findChromium } from "./chromium.ts";
export { type Fault, tellFault } from "./faults.ts";
export { launchBrowser } from "./launch.ts";
export { type ConsolePage, DESKTOP, NARROW, type OpenOptions, openConsole, TOKEN_KEY } from "./open.ts";
export { browser, browserTest } from "./runner.ts";
export { type Expected, expectClean, type Watch } from "./watch.ts";
export { type BusyWorld, busyWorld, type EmptyWorld, emptyWorld } from "./world/index.ts";
