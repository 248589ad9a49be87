import type { Json } from "../definition.ts";
import { type Found, type Keys, quoted } from "./fault.ts";

/** Of the keys that are told of a value that is nested too deep. */
const KEYS_TOLD_MAX = 16;

/** Whether a value is JSON and not nested deeper than anything reads. Looks without recursion. */
export function jsonFault(value: unknown, deepest: number): Found | undefined {
  let level: readonly { readonly value: unknown; readonly keys: Keys }[] = [{ value, keys: [] }];
  for (let depth = 0; level.length > 0; depth++) {
    const next: { readonly value: unknown; readonly keys: Keys }[] = [];
    for (const { value: each, keys } of level) {
      if (typeof each === "number" ? !Number.isFinite(each) : !isJson(each)) {
        return { keys, code: "wrong_kind", message: `${String(each)} is no JSON.` };
      }
      const odd = [each, keys.at(-1)].find((text) => typeof text === "string" && !isKept(text));
      if (odd !== undefined) {
        return { keys, code: "wrong_value", message: `${quoted(odd)} holds U+0000 or half a character.` };
      }
      if (each !== null && typeof each === "object") {
        if (depth >= deepest) {
          return {
            keys: keys.slice(0, KEYS_TOLD_MAX),
            code: "too_deep",
            message: `Values are nested deeper than ${deepest}.`,
          };
        }
        for (const [name, inner] of Array.isArray(each) ? each.entries() : Object.entries(each)) {
          next.push({ value: inner, keys: [...keys, name] });
        }
      }
    }
    level = next;
  }
  return undefined;
}

/** Whether it can be stored as it is: neither the database's text nor its JSON takes U+0000 or a surrogate without its other half. */
export function isKept(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function isJson(value: unknown): value is Json {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return true;
    case "object":
      return value === null || Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
    default:
      return false;
  }
}
