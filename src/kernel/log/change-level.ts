import type { RootLog } from "../log.ts";

/** Sets what is written from now on, and says so, at a level that is written unless nothing is. */
export function changeLevel(log: RootLog, level: RootLog["level"]): void {
  log.level = level;
  log.warn("log_level_changed", `The log is written from ${level} on.`, { logLevel: level });
}

/** For a signal, which can say nothing but "next": from info over debug to trace, and from anywhere else to info. */
export function nextLevel(level: RootLog["level"]): RootLog["level"] {
  if (level === "info") return "debug";
  return level === "debug" ? "trace" : "info";
}
