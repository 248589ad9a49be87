// For tests that hold a whole engine against the reference: random flows, what the world answers them, what must come of it. Not for the
// engine: it draws in fast-check.

export { definitions } from "./definitions.ts";
export * from "./reference.ts";
export * from "./script.ts";
