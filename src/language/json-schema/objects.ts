import { spendSteps } from "../cel/fail.ts";
import type { Json } from "../definition.ts";
import {
  type Check,
  every,
  isObject,
  type Object_,
  patternOf,
  type Reading,
  schemasOf,
  type Trial,
  tell,
  within,
} from "./trial.ts";

export function ofObjects(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
  const checks: Check[] = [];
  const { required, propertyNames, minProperties: min, maxProperties: max, dependentRequired } = schema;
  const objects = (fits: (value: Object_, trial: Trial) => boolean): void => {
    checks.push((value, trial) => (isObject(value) ? fits(value, trial) : true));
  };
  if (Array.isArray(required)) {
    const names = (required as readonly Json[]).filter((name) => typeof name === "string");
    objects((value, trial) =>
      every(names, trial, (name) => Object.hasOwn(value, name) || tell(trial, `should have ${JSON.stringify(name)}`)),
    );
  }
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    objects((value, trial) => {
      const n = Object.keys(value).length;
      spendSteps(trial.budget, n);
      return n >= least && n <= most
        ? true
        : tell(trial, `has ${n} members; it should have ${n < least ? `at least ${least}` : `at most ${most}`}`);
    });
  }
  const properties = schemasOf(schema, "properties", keys, reading);
  const patterns = [...schemasOf(schema, "patternProperties", keys, reading)].map(
    ([source, check]) => [patternOf(source, [...keys, "patternProperties"]), check] as const,
  );
  const { additionalProperties } = schema;
  const additional =
    additionalProperties === undefined
      ? undefined
      : reading.node(additionalProperties, [...keys, "additionalProperties"]);
  if (properties.size > 0 || patterns.length > 0 || additional !== undefined) {
    objects((value, trial) =>
      every(Object.keys(value), trial, (name) => {
        spendSteps(trial.budget, 1);
        const member = value[name] as Json;
        const own = properties.get(name);
        let isKnown = own !== undefined;
        let fits = own === undefined || within(trial, name, own, member);
        for (const [pattern, check] of patterns) {
          if (!pattern.test(name, trial.budget)) continue;
          isKnown = true;
          fits = within(trial, name, check, member) && fits;
        }
        if (!isKnown && additional !== undefined) fits = within(trial, name, additional, member) && fits;
        return fits;
      }),
    );
  }
  if (propertyNames !== undefined) {
    const check = reading.node(propertyNames, [...keys, "propertyNames"]);
    objects((value, trial) => every(Object.keys(value), trial, (name) => within(trial, name, check, name)));
  }
  if (isObject(dependentRequired)) {
    for (const [name, needed] of Object.entries(dependentRequired)) {
      const names = Array.isArray(needed) ? (needed as readonly Json[]).filter((each) => typeof each === "string") : [];
      objects((value, trial) => {
        const missing = Object.hasOwn(value, name) ? names.find((each) => !Object.hasOwn(value, each)) : undefined;
        return missing === undefined
          ? true
          : tell(trial, `has ${JSON.stringify(name)}, and should have ${JSON.stringify(missing)} with it`);
      });
    }
  }
  for (const [name, check] of schemasOf(schema, "dependentSchemas", keys, reading)) {
    objects((value, trial) => (Object.hasOwn(value, name) ? check(value, trial) : true));
  }
  return checks;
}
