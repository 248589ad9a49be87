// What schemas say of values of any type: which type, one of several, other schemas.
import { canonical } from "../canonical.ts";
import type { Json } from "../definition.ts";
import { type Check, counted, listOf, type Object_, quietly, type Reading, tell, Unread } from "./trial.ts";

type TypeName = "null" | "boolean" | "number" | "integer" | "string" | "array" | "object";

const TYPES: readonly string[] = ["null", "boolean", "number", "integer", "string", "array", "object"];

function typeOf(value: Json): Exclude<TypeName, "integer"> {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

export function ofAny(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
  const checks: Check[] = [];
  const { type, enum: members, not, if: condition, $ref: reference } = schema;
  if (type !== undefined) {
    const types = (Array.isArray(type) ? type : [type]) as readonly Json[];
    const wrong = types.find((each) => typeof each !== "string" || !TYPES.includes(each));
    if (wrong !== undefined) throw new Unread([...keys, "type"], `${JSON.stringify(wrong)} is no type of JSON Schema.`);
    const wanted = new Set(types as readonly string[]);
    const said = [...wanted].join(" or ");
    checks.push((value, trial) => {
      const is = typeOf(value);
      if (wanted.has(is) || (is === "number" && wanted.has("integer") && Number.isInteger(value))) return true;
      return tell(trial, `should be of type ${said}, not ${is}`);
    });
  }
  if (schema["const"] !== undefined) checks.push(oneOfThese([schema["const"]]));
  if (Array.isArray(members)) checks.push(oneOfThese(members as readonly Json[]));
  checks.push(...listOf(schema, "allOf", keys, reading));
  const any = listOf(schema, "anyOf", keys, reading);
  if (any.length > 0) {
    checks.push((value, trial) =>
      any.some((check) => quietly(check, value, trial)) ? true : tell(trial, "fits none of the schemas of `anyOf`"),
    );
  }
  const one = listOf(schema, "oneOf", keys, reading);
  if (one.length > 0) {
    checks.push((value, trial) => {
      const n = one.filter((check) => quietly(check, value, trial)).length;
      return n === 1 ? true : tell(trial, `fits ${n} of the schemas of \`oneOf\`; it should fit one`);
    });
  }
  if (not !== undefined) {
    const check = reading.node(not, [...keys, "not"]);
    checks.push((value, trial) => (quietly(check, value, trial) ? tell(trial, "is what `not` excludes") : true));
  }
  if (condition !== undefined) {
    const is = reading.node(condition, [...keys, "if"]);
    const then = reading.node(schema["then"] ?? true, [...keys, "then"]);
    const otherwise = reading.node(schema["else"] ?? true, [...keys, "else"]);
    checks.push((value, trial) => (quietly(is, value, trial) ? then : otherwise)(value, trial));
  }
  if (reference !== undefined) checks.push(referred(reference, keys, reading));
  return checks;
}

function oneOfThese(members: readonly Json[]): Check {
  const plain = new Set<Json>();
  const composed = new Set<string>();
  for (const member of members) {
    if (typeof member === "object" && member !== null) composed.add(canonical(member));
    else plain.add(member);
  }
  const told = JSON.stringify(members);
  const said =
    told.length > 200 ? `one of ${members.length} values` : members.length === 1 ? told.slice(1, -1) : `one of ${told}`;
  return (value, trial) => {
    const isOne =
      typeof value === "object" && value !== null
        ? composed.size > 0 && composed.has(counted(value, trial.budget))
        : plain.has(value);
    return isOne ? true : tell(trial, `should be ${said}`);
  };
}

/** A pointer into the schema itself; others would have to be fetched. */
function referred(reference: Json, keys: readonly string[], reading: Reading): Check {
  const at = [...keys, "$ref"];
  if (typeof reference !== "string" || !/^#(\/.*)?$/.test(reference)) {
    throw new Unread(at, `${JSON.stringify(reference)} leads outside of the schema; a reference is \`#/…\`.`);
  }
  let target: Json | undefined = reading.root;
  const segments = reference
    .slice(2)
    .split("/")
    .filter((_, i, all) => i > 0 || all[0] !== "" || all.length > 1)
    .map((segment) => decoded(segment, at).replaceAll("~1", "/").replaceAll("~0", "~"));
  for (const segment of segments) {
    target =
      typeof target === "object" && target !== null && Object.hasOwn(target, segment)
        ? (target as Object_)[segment]
        : undefined;
  }
  if (target === undefined) throw new Unread(at, `There is nothing at ${JSON.stringify(reference)}.`);
  return reading.node(target, segments);
}

function decoded(segment: string, keys: readonly string[]): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Unread(keys, `${JSON.stringify(segment)} is no part of a reference.`);
  }
}
