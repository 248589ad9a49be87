// Runs the pinned Bun that npm brought, with this command's arguments: `node tools/bun.mjs test src/kernel`.
import { runBun } from "../bin/bun.mjs";

runBun(process.argv.slice(2));
