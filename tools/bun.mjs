// Runs the pinned Bun that npm brought, with this command's arguments: `node tools/bun.mjs test src/kernel`.
import { runBun } from "../bin/bun.mjs";

const args = process.argv.slice(2);
// Whichever test needs the shared server first waits until it is made, which takes a busy machine longer than Bun's 5 s.
if (args[0] === "test" && !args.some((arg) => arg.startsWith("--timeout"))) args.splice(1, 0, "--timeout=30000");

runBun(args);
