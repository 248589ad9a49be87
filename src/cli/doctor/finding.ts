export type Level = "ok" | "warn" | "fail";

/** One thing that was looked at. `ok`: as it should be; `warn`: it works, and will hurt; `fail`: it does not work, or promises are void. */
export interface Finding {
  /** Stable, for programs. */
  readonly check: string;
  readonly level: Level;
  /** What is. */
  readonly is: string;
  /** What should be. Absent when it is so. */
  readonly should?: string;
  /** What to do. Absent when there is nothing to do. */
  readonly remedy?: string;
}

export const ok = (check: string, is: string): Finding => ({ check, level: "ok", is });
export const warn = (check: string, is: string, should: string, remedy: string): Finding => ({
  check,
  level: "warn",
  is,
  should,
  remedy,
});
export const fail = (check: string, is: string, should: string, remedy: string): Finding => ({
  check,
  level: "fail",
  is,
  should,
  remedy,
});

/** For a terminal: what is wrong with its remedy, what is well in a line. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, level, is, should, remedy }) => {
    const head = `${level.toUpperCase().padEnd(4)}  ${check.padEnd(width)}  ${is}\n`;
    const below = (word: string, text: string | undefined) =>
      text === undefined ? "" : `${" ".repeat(6)}${word.padEnd(width)}  ${text}\n`;
    return head + below("  should be", should) + below("  remedy", remedy);
  });
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  return `${lines.join("")}\n${findings.length} checks: ${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed.\n`;
}
