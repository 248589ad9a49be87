import { afterAll } from "bun:test";
import { watchParent } from "#kernel";
import { stopShared } from "./shared.ts";

// Bun calls this once, after the last file; but in each worker of `--parallel` after every file. With `--no-isolate` the module stays for the
// next one, and so does the server from its second file on: to start and migrate one takes longer than most files. It ends with the worker.
let ended = 0;
afterAll(async () => {
  if (ended++ === 0) await stopShared();
});
// `node tools/bun.mjs test` was killed: what tests have started ends with us.
watchParent(() => process.kill(process.pid, "SIGKILL"));
