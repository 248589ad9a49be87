import { afterAll } from "bun:test";
import { watchParent } from "#kernel";
import { stopShared } from "./shared.ts";

afterAll(stopShared);
// `node tools/bun.mjs test` was killed: what tests have started ends with us.
watchParent(() => process.kill(process.pid, "SIGKILL"));
