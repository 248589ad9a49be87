import type { Json } from "../definition.ts";

/**
 * About how many bytes the JSON of a value has; at least `limit` when it has more, found without looking at the rest. A walk, as nothing
 * cheaper is true: a string of four-byte characters counts three for each of its two units.
 */
export function jsonSize(value: Json, limit: number): number {
  switch (typeof value) {
    case "string":
      return textSize(value);
    case "number":
      return Number.isInteger(value) && Math.abs(value) < 1e6 ? 4 : 10;
    case "boolean":
      return 5;
    default:
      return value === null ? 4 : containerSize(value, limit);
  }
}

function containerSize(value: readonly Json[] | { readonly [name: string]: Json }, limit: number): number {
  let size = 2;
  if (Array.isArray(value)) {
    for (const element of value) {
      size += jsonSize(element, limit - size) + 1;
      if (size >= limit) {
        break;
      }
    }
    return size;
  }
  const object = value as { readonly [name: string]: Json };
  for (const name in object) {
    size += name.length + 4 + jsonSize(object[name] as Json, limit - size);
    if (size >= limit) {
      break;
    }
  }
  return size;
}

/** Text is nearly always ASCII; only long texts are worth a closer look. */
function textSize(text: string): number {
  return text.length < 1024 ? text.length + 2 : Buffer.byteLength(text) + 2;
}
