// What was meant where the structure is another: names of other tools, values that lack the object around them.
import { parseSpan } from "../span.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { fits, isObject, type Members, oneOf, requiredNames } from "./shape.ts";

/** Names from other languages and other tools. */
export const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["triggers", ["on"]],
  ["trigger", ["on"]],
  ["name", ["id", "flow", "title"]],
  ["cron", ["schedule"]],
  ["timezone", ["zone"]],
  ["tz", ["zone"]],
  ["condition", ["if", "when"]],
  ["retries", ["retry"]],
  ["catch", ["on_failure"]],
  ["rescue", ["on_failure"]],
  ["on_error", ["on_failure"]],
  ["foreach", ["for_each"]],
  ["loop", ["for_each"]],
  ["steps", ["do", "then"]],
  ["payload", ["data", "body"]],
  ["json", ["body"]],
  ["delay", ["wait"]],
  ["sleep", ["wait"]],
  ["value", ["map", "output"]],
]);

/** What stands by itself belongs into a member: `{ title: "…" }`. Undefined: nobody can say into which. */
export function asMember(value: unknown, objects: readonly Members[]): string | undefined {
  if (value === null || typeof value === "object") return undefined;
  for (const members of objects) {
    const [name, ...others] = requiredNames(members);
    const shape = name === undefined ? undefined : members[name]?.shape;
    if (
      name === undefined ||
      shape === undefined ||
      !(shape.kind === "either" ? shape.of.some((each) => fits(value, each)) : fits(value, shape))
    )
      continue;
    if (others.length > 0) return `Each has its name: { ${[name, ...others].map((each) => `${each}: …`).join(", ")} }.`;
    const isSpan = [shape, ...(shape.kind === "either" ? shape.of : [])].some(({ kind }) => kind === "span");
    const shown = isSpan && (typeof value !== "string" || parseSpan(value) === undefined) ? '"5m"' : quoted(value);
    return `Do you mean { ${name}: ${shown} }?`;
  }
  return undefined;
}

/** An object where its first text would do: what else it has stands beside it. */
export function textHint(value: unknown, keys: Keys): string | undefined {
  if (!isObject(value)) return undefined;
  const [text, ...others] = Object.entries(value);
  const member = keys.at(-1);
  if (text === undefined || typeof text[1] !== "string" || typeof member !== "string") return undefined;
  const beside =
    others.length === 0
      ? ""
      : `; ${oneOf(
          others.map(([name]) => `\`${name}\``),
          "and",
        )} stands beside it`;
  return `The text stands by itself: ${member}: ${quoted(text[1])}${beside}.`;
}

export function celHint(value: unknown): Partial<Found> {
  return isObject(value) && typeof value["$"] === "string"
    ? { hint: `Here its text stands by itself: ${quoted(value["$"])}.` }
    : typeof value === "boolean" || typeof value === "number"
      ? { hint: `In quotes it is one: "${value}".` }
      : {};
}
