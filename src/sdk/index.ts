// What users' programs import. Each entry of package.json `exports` is a file of this room.
export { provideImports } from "./imports.ts";
export { runWorker, type WorkerCommand } from "./worker/command.ts";
