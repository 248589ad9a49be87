// The face for people at a terminal.
export type { CliSurroundings, Commands } from "./cli.ts";
export { runCli } from "./cli.ts";
export { settingsPage } from "./reference.ts";
