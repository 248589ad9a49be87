// What a definition names in the application around it.
import { nearest } from "#kernel/plain";
import { DYN, type Type, typeOfSchema, unionOf } from "../cel/types.ts";
import { type Keys, quoted } from "./fault.ts";
import type { StepCheck } from "./scope.ts";

/** The type of the data of events of these types. */
export function dataOf(types: unknown, keys: Keys, check: StepCheck): Type {
  const names = (Array.isArray(types) ? types : [types]).filter((name) => typeof name === "string");
  const { eventTypes } = check.surroundings;
  if (eventTypes === undefined || names.length === 0) {
    return DYN;
  }
  return unionOf(
    names.map((name) => {
      if (!eventTypes.has(name)) {
        const near = nearest(name, eventTypes.keys());
        check.expressions.found.push({
          keys: Array.isArray(types) ? [...keys, types.indexOf(name)] : keys,
          code: "event_type_unknown",
          message: `There is no event type ${quoted(name)} yet.`,
          ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
        });
      }
      return typeOfSchema(eventTypes.get(name));
    }),
  );
}

export function knownFlow(name: unknown, keys: Keys, check: StepCheck): void {
  const { flows } = check.surroundings;
  if (typeof name === "string" && flows !== undefined && !flows.includes(name)) {
    const near = nearest(name, flows);
    check.expressions.found.push({
      keys,
      code: "flow_unknown",
      message: `There is no flow ${quoted(name)} yet.`,
      ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
    });
  }
}
