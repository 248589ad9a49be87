// The language of flows: definitions, expressions, and the machine that advances a run. Pure.

export type * from "./compiled.ts";
export { Duration, Timestamp } from "./compiled.ts";
export type * from "./definition.ts";
export { ERROR_CLASSES } from "./definition.ts";
export type * from "./journal.ts";
export { JournalMismatch } from "./machine/journal-mismatch.ts";
export { createMachine } from "./machine/machine.ts";
