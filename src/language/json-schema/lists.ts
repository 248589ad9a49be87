import { spendSteps } from "../cel/fail.ts";
import type { Json } from "../definition.ts";
import { type Check, counted, every, listOf, type Object_, quietly, type Reading, tell, within } from "./trial.ts";

export function ofLists(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
  const checks: Check[] = [];
  const { items, contains, minItems: min, maxItems: max, uniqueItems } = schema;
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    checks.push((value, trial) => {
      if (!Array.isArray(value) || (value.length >= least && value.length <= most)) return true;
      return tell(
        trial,
        `has ${value.length} items; it should have ${value.length < least ? `at least ${least}` : `at most ${most}`}`,
      );
    });
  }
  const prefix = listOf(schema, "prefixItems", keys, reading);
  if (items !== undefined || prefix.length > 0) {
    const rest = reading.node(items ?? true, [...keys, "items"]);
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      return every(value as readonly Json[], trial, (each, i) => within(trial, i, prefix[i] ?? rest, each));
    });
  }
  if (contains !== undefined) {
    const check = reading.node(contains, [...keys, "contains"]);
    const { minContains, maxContains } = schema;
    const least = typeof minContains === "number" ? minContains : 1;
    const most = typeof maxContains === "number" ? maxContains : Number.POSITIVE_INFINITY;
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      const n = (value as readonly Json[]).filter((each) => quietly(check, each, trial)).length;
      return n >= least && n <= most ? true : tell(trial, `has ${n} items that fit \`contains\``);
    });
  }
  if (uniqueItems === true) {
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      const seen = new Set<string>();
      for (const each of value as readonly Json[]) {
        const text = counted(each, trial.budget);
        spendSteps(trial.budget, 1);
        if (seen.has(text)) return tell(trial, `has ${text.length > 100 ? "an item" : text} twice`);
        seen.add(text);
      }
      return true;
    });
  }
  return checks;
}
