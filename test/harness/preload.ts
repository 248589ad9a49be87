import { afterAll, setDefaultTimeout } from "bun:test";
import { watchParent } from "../../src/kernel/parent-watch.ts";
import { stopShared } from "./shared.ts";

// The first test of a run waits for its server to be made, and the machine may be busy with other things.
setDefaultTimeout(30_000);
afterAll(stopShared);
// `node tools/bun.mjs test` was killed: what tests have started ends with us.
watchParent(() => process.kill(process.pid, "SIGKILL"));
