import { type Keys, pathOf, quoted } from "./fault.ts";
import type { StepCheck } from "./scope.ts";
import { isObject, NESTING_MAX } from "./shape.ts";

type Fields = { readonly [name: string]: unknown };

/** Ids first, so that a step that is named too early is known to exist. */
export function collectIds(value: unknown, keys: Keys, check: StepCheck, depth = 0): void {
  if (depth > NESTING_MAX * 6) {
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      collectIds(item, [...keys, i], check, depth + 1);
    });
    return;
  }
  if (!isObject(value)) {
    return;
  }
  const { id } = value;
  if (typeof id === "string") {
    const before = check.ids.get(id);
    if (before === undefined) {
      check.ids.set(id, keys);
    } else {
      check.expressions.found.push({
        keys: [...keys, "id"],
        code: "repeated_id",
        message: `The id ${quoted(id)} belongs to the step at ${pathOf(before)} already.`,
        hint: "Ids are unique in a definition, branches included.",
      });
    }
  }
  for (const [key, list] of nestedLists(value)) {
    collectIds(list, [...keys, ...key], check, depth + 1);
  }
}

/** Lists of steps within a step. */
function nestedLists(step: Fields): readonly (readonly [Keys, unknown])[] {
  const lists: (readonly [Keys, unknown])[] = (["then", "else", "do", "on_failure", "compensate"] as const)
    .filter((name) => Array.isArray(step[name]))
    .map((name) => [[name], step[name]]);
  if (Array.isArray(step["switch"])) {
    step["switch"].forEach((one, i) => {
      if (isObject(one)) {
        lists.push([["switch", i, "do"], one["do"]]);
      }
    });
  }
  if (isObject(step["parallel"])) {
    for (const [name, branch] of Object.entries(step["parallel"])) {
      lists.push([["parallel", name], branch]);
    }
  }
  return lists;
}
