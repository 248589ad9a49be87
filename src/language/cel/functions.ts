import { CONVERSIONS } from "./functions/conversions.ts";
import { LISTS } from "./functions/lists.ts";
import { NUMBERS } from "./functions/numbers.ts";
import { OPTIONALS } from "./functions/optionals.ts";
import type { CelFunction } from "./functions/overload.ts";
import { TEXT } from "./functions/text.ts";
import { TIMES } from "./functions/times.ts";

const ALL: readonly CelFunction[] = [...CONVERSIONS, ...TEXT, ...LISTS, ...NUMBERS, ...TIMES, ...OPTIONALS];

/** By name; those called on a value begin with a dot. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = ALL.reduce((map, fn) => {
  const key = fn.member ? `.${fn.name}` : fn.name;
  const before = map.get(key);
  return map.set(key, before === undefined ? fn : { ...before, overloads: [...before.overloads, ...fn.overloads] });
}, new Map<string, CelFunction>());

/** Names before the dot of functions like `math.round`: no values. */
export const NAMESPACES: ReadonlySet<string> = new Set(["math", "base64", "lists", "optional", "cel"]);
