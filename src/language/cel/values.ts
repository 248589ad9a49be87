import { type Budget, Duration, Timestamp, type Value } from "../compiled.ts";
import type { Json } from "../definition.ts";
import { failed, quoted, spendBytes, spendSteps } from "./fail.ts";
import { Optional } from "./optional.ts";
import { durationText, timestampText } from "./time.ts";

/** Everything that an expression can meet while it is evaluated. */
export type Met = Value | Optional;

export type Kind =
  | "null"
  | "bool"
  | "number"
  | "string"
  | "bytes"
  | "timestamp"
  | "duration"
  | "list"
  | "map"
  | "optional";

export type Fields = { readonly [name: string]: Value };

export function kindOf(value: Met): Kind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "number";
    case "boolean":
      return "bool";
    default:
      break;
  }
  if (value === null || value === undefined) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "list";
  }
  if (value instanceof Timestamp) {
    return "timestamp";
  }
  if (value instanceof Duration) {
    return "duration";
  }
  if (value instanceof Uint8Array) {
    return "bytes";
  }
  return value instanceof Optional ? "optional" : "map";
}

/** A member of an object: its own, never what JavaScript's objects inherit. Undefined: it has none of this name. */
export function member(fields: Fields, name: string): Value | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Adds a member as data, `__proto__` too: an assignment of that name would change the object's prototype. */
export function put(fields: Record<string, Value>, name: string, value: Value): void {
  if (name === "__proto__") {
    Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    fields[name] = value;
  }
}

/** By value, at any depth; values of different kinds are not equal. Costs a step for each part it looks at. */
export function equal(a: Met, b: Met, budget: Budget, depth = 0): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  spendSteps(budget, 1);
  if (depth > DEPTH_MAX) {
    throw failed(`Values nested deeper than ${DEPTH_MAX} cannot be compared.`);
  }
  const kind = kindOf(a);
  if (kind !== kindOf(b)) {
    return false;
  }
  switch (kind) {
    case "timestamp":
    case "duration":
      return (a as Timestamp).ms === (b as Timestamp).ms;
    case "bytes":
      spendSteps(budget, (a as Uint8Array).length >>> 6);
      return compareBytes(a as Uint8Array, b as Uint8Array) === 0;
    case "optional":
      return (
        (a as Optional).present === (b as Optional).present &&
        equal((a as Optional).value, (b as Optional).value, budget, depth + 1)
      );
    case "list": {
      const [one, other] = [a as readonly Value[], b as readonly Value[]];
      spendSteps(budget, Math.min(one.length, other.length));
      return one.length === other.length && one.every((item, i) => equal(item, other[i] ?? null, budget, depth + 1));
    }
    default: {
      const [one, other] = [a as Fields, b as Fields];
      const names = Object.keys(one);
      spendSteps(budget, names.length);
      return (
        names.length === Object.keys(other).length &&
        names.every((name) => {
          const theirs = member(other, name);
          return theirs !== undefined && equal(one[name] ?? null, theirs, budget, depth + 1);
        })
      );
    }
  }
}

/** Below, at or above zero. Only values of one kind that has an order. */
export function compare(a: Met, b: Met): number {
  const kind = kindOf(a);
  if (kind === kindOf(b)) {
    switch (kind) {
      case "number":
      case "string":
      case "bool":
        return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
      case "timestamp":
      case "duration":
        return (a as Timestamp).ms - (b as Timestamp).ms;
      case "bytes":
        return compareBytes(a as Uint8Array, b as Uint8Array);
      default:
        break;
    }
  }
  throw failed(`${quoted(a)} and ${quoted(b)} have no order.`);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return a.length - b.length;
}

/** Of JSON that comes from outside; the parser of JSON has a limit of the same kind. */
const DEPTH_MAX = 500;

/** How many bytes known values have as JSON: a large event that a run hands from step to step is measured once. */
const measured = new WeakMap<object, number>();
const WORTH_KNOWING = 512;

/**
 * The value as JSON, and its size taken from the budget. What is JSON already is returned as it is; lists and objects are copied
 * only on the way down to something that is not.
 */
export function toJson(value: Met, budget: Budget): Json {
  spendBytes(budget, bytesOf(value, budget.bytes, 0));
  return converted(value, 0);
}

/** As JSON, about: strings count their UTF-16 units. Stops counting soon after `limit`. */
export function bytesOf(value: Met, limit: number, depth: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return 8;
    case "boolean":
      return 5;
    default:
      break;
  }
  if (value === null || value === undefined) {
    return 4;
  }
  if (value instanceof Timestamp || value instanceof Duration) {
    return 26;
  }
  if (value instanceof Uint8Array) {
    return Math.ceil(value.length / 3) * 4 + 2;
  }
  if (value instanceof Optional) {
    return bytesOf(value.value, limit, depth + 1);
  }
  const known = measured.get(value);
  if (known !== undefined) {
    return known;
  }
  if (depth > DEPTH_MAX) {
    throw failed(`The value is nested deeper than ${DEPTH_MAX}.`);
  }
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Value[]) {
      bytes += bytesOf(item, limit - bytes, depth + 1) + 1;
      if (bytes > limit) {
        return bytes;
      }
    }
  } else {
    const fields = value as Fields;
    for (const name of Object.keys(fields)) {
      bytes += name.length + 4 + bytesOf(fields[name] ?? null, limit - bytes, depth + 1);
      if (bytes > limit) {
        return bytes;
      }
    }
  }
  if (bytes >= WORTH_KNOWING) {
    measured.set(value, bytes);
  }
  return bytes;
}

function converted(value: Met, depth: number): Json {
  if (typeof value !== "object" || value === null) {
    return value ?? null;
  }
  if (value instanceof Timestamp) {
    return timestampText(value);
  }
  if (value instanceof Duration) {
    return durationText(value);
  }
  if (value instanceof Uint8Array) {
    return value.toBase64();
  }
  if (value instanceof Optional) {
    return converted(value.value, depth + 1);
  }
  if (jsons.has(value)) {
    return value as Json;
  }
  let changed = false;
  let result: Json;
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => {
      const json = converted(item, depth + 1);
      changed ||= json !== item;
      return json;
    });
    result = changed ? items : (value as Json);
  } else {
    const fields: Record<string, Value> = {};
    for (const [name, item] of Object.entries(value as Fields)) {
      const json = converted(item, depth + 1);
      changed ||= json !== item;
      put(fields, name, json);
    }
    result = changed ? (fields as Json) : (value as Json);
  }
  if (measured.has(result as object) || measured.has(value)) {
    jsons.add(result as object);
  }
  return result;
}

/** Large values known to be JSON through and through. */
const jsons = new WeakSet<object>();
