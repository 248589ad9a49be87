import { spendSteps } from "../cel/fail.ts";
import { FORMATS } from "./formats.ts";
import { type Check, type Object_, patternOf, tell } from "./trial.ts";

export function ofTexts(schema: Object_, keys: readonly string[]): Check[] {
  const checks: Check[] = [];
  const { minLength: min, maxLength: max, pattern, format } = schema;
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    checks.push((value, trial) => {
      if (typeof value !== "string") return true;
      spendSteps(trial.budget, value.length >>> 4);
      const length = charactersOf(value);
      if (length >= least && length <= most) return true;
      return tell(
        trial,
        `has ${length} characters; it should have ${length < least ? `at least ${least}` : `at most ${most}`}`,
      );
    });
  }
  if (typeof pattern === "string") {
    const read = patternOf(pattern, [...keys, "pattern"]);
    checks.push((value, trial) =>
      typeof value !== "string" || read.test(value, trial.budget)
        ? true
        : tell(trial, `does not match the pattern ${JSON.stringify(pattern)}`),
    );
  }
  if (typeof format === "string") {
    const fits = FORMATS.get(format);
    if (fits !== undefined) {
      checks.push((value, trial) =>
        typeof value !== "string" || fits(value) ? true : tell(trial, `should be of the format ${format}`),
      );
    }
  }
  return checks;
}

/** Of Unicode; a text of UTF-16 may have twice as many units. */
function charactersOf(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
    n++;
  }
  return n;
}
