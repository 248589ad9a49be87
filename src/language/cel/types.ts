import type { Json } from "../definition.ts";

/** What is known of a value before there is one. `dyn`: nothing. */
export type Type =
  | { readonly kind: "dyn" | "null" | "bool" | "number" | "string" | "bytes" | "timestamp" | "duration" }
  | { readonly kind: "list"; readonly of: Type }
  | { readonly kind: "optional"; readonly of: Type }
  /** `rest`: of members that are not named; undefined: there are no others. */
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, Type>; readonly rest: Type | undefined }
  | { readonly kind: "union"; readonly of: readonly Type[] };

export const DYN: Type = { kind: "dyn" };
export const NULL: Type = { kind: "null" };
export const BOOL: Type = { kind: "bool" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };
export const BYTES: Type = { kind: "bytes" };
export const TIMESTAMP: Type = { kind: "timestamp" };
export const DURATION: Type = { kind: "duration" };
export const MAP: Type = { kind: "object", fields: new Map(), rest: DYN };
export const LIST: Type = { kind: "list", of: DYN };

export function listOf(of: Type): Type {
  return { kind: "list", of };
}
export function optionalOf(of: Type): Type {
  return { kind: "optional", of };
}
export function objectOf(fields: Readonly<Record<string, Type>>): Type {
  return { kind: "object", fields: new Map(Object.entries(fields)), rest: undefined };
}
export function mapOf(rest: Type): Type {
  return { kind: "object", fields: new Map(), rest };
}

const UNION_MAX = 16;

/** One of them. What says nothing swallows the others. */
export function unionOf(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === "union" ? type.of : [type]));
  if (flat.length === 0 || flat.some(({ kind }) => kind === "dyn")) {
    return DYN;
  }
  const distinct = [...new Map(flat.map((type) => [typeText(type), type])).values()];
  const [first] = distinct;
  return distinct.length === 1 && first !== undefined
    ? first
    : distinct.length > UNION_MAX
      ? DYN
      : { kind: "union", of: distinct };
}

/** The members of a union; anything else is alone. */
export function alternatives(type: Type): readonly Type[] {
  return type.kind === "union" ? type.of : [type];
}

/** As a person reads it: `list(number)`, `string or null`. */
export function typeText(type: Type, depth = 0): string {
  switch (type.kind) {
    case "dyn":
      return "anything";
    case "list":
      return type.of.kind === "dyn" || depth > 3 ? "list" : `list of ${typeText(type.of, depth + 1)}`;
    case "optional":
      return `optional ${typeText(type.of, depth + 1)}`;
    case "object": {
      // Asked first: what is not shown may have more parts than can be walked.
      if (type.fields.size === 0 || depth > 1) {
        return "object";
      }
      const names = [...type.fields].slice(0, 8).map(([name, of]) => `${name}: ${typeText(of, depth + 2)}`);
      return `object {${names.join(", ")}${type.fields.size > 8 ? ", …" : ""}}`;
    }
    case "union":
      return type.of.map((each) => typeText(each, depth + 1)).join(" or ");
    default:
      return type.kind;
  }
}

const SCHEMA_DEPTH_MAX = 32;
/** A schema that refers to itself in two places would be a tree without end. */
const SCHEMA_PARTS_MAX = 5_000;

/**
 * The type of what a JSON Schema admits. What it cannot say is `dyn`. Members that `properties` does not name are taken to be
 * mistakes unless `additionalProperties` allows them in so many words: a schema that names members is meant to name them all.
 */
export function typeOfSchema(schema: Json | undefined): Type {
  return typeOf(schema, schema, 0, { left: SCHEMA_PARTS_MAX });
}

function typeOf(schema: Json | undefined, root: Json | undefined, depth: number, parts: { left: number }): Type {
  parts.left -= 1;
  if (
    schema === null ||
    typeof schema !== "object" ||
    Array.isArray(schema) ||
    depth > SCHEMA_DEPTH_MAX ||
    parts.left < 0
  ) {
    return DYN;
  }
  const of = schema as { readonly [name: string]: Json };
  const inner = (each: Json | undefined): Type => typeOf(each, root, depth + 1, parts);
  const reference = own(of, "$ref");
  if (typeof reference === "string") {
    return inner(resolved(reference, root));
  }
  const constant = own(of, "const");
  if (constant !== undefined) {
    return typeOfJson(constant);
  }
  const choices = own(of, "enum");
  if (Array.isArray(choices)) {
    return unionOf(choices.slice(0, 1_000).map((each) => typeOfJson(each, SCHEMA_DEPTH_MAX - 2)));
  }
  const either = own(of, "anyOf") ?? own(of, "oneOf");
  if (Array.isArray(either)) {
    return unionOf(either.slice(0, UNION_MAX + 1).map(inner));
  }
  if (own(of, "allOf") !== undefined) {
    return DYN;
  }
  const type = own(of, "type");
  if (Array.isArray(type)) {
    return unionOf(type.slice(0, 8).map((each) => ofName(String(each), of, inner)));
  }
  if (typeof type === "string") {
    return ofName(type, of, inner);
  }
  return own(of, "properties") === undefined ? DYN : ofName("object", of, inner);
}

function ofName(
  name: string,
  schema: { readonly [name: string]: Json },
  inner: (schema: Json | undefined) => Type,
): Type {
  switch (name) {
    case "null":
      return NULL;
    case "boolean":
      return BOOL;
    case "integer":
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    case "array": {
      const items = own(schema, "items");
      return listOf(own(schema, "prefixItems") === undefined ? inner(items) : DYN);
    }
    case "object": {
      const properties = own(schema, "properties");
      const additional = own(schema, "additionalProperties");
      const named =
        properties !== null && typeof properties === "object" && !Array.isArray(properties)
          ? Object.entries(properties as { readonly [name: string]: Json })
          : [];
      const open = named.length === 0 || own(schema, "patternProperties") !== undefined || additional === true;
      return {
        kind: "object",
        fields: new Map(named.map(([field, each]) => [field, inner(each)])),
        rest:
          additional === false
            ? undefined
            : additional !== null && typeof additional === "object"
              ? inner(additional)
              : open
                ? DYN
                : undefined,
      };
    }
    default:
      return DYN;
  }
}

function own(schema: { readonly [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

/** `#/$defs/address`, within the schema itself only. */
function resolved(reference: string, root: Json | undefined): Json | undefined {
  if (reference === "#") {
    return root;
  }
  if (!reference.startsWith("#/")) {
    return undefined;
  }
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split("/").slice(0, 16)) {
    if (at === null || typeof at !== "object" || Array.isArray(at)) {
      return undefined;
    }
    at = own(at as { readonly [name: string]: Json }, part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return at;
}

/** The type of a value that is known. */
export function typeOfJson(value: Json, depth = 0): Type {
  switch (typeof value) {
    case "string":
      return STRING;
    case "number":
      return NUMBER;
    case "boolean":
      return BOOL;
    default:
      break;
  }
  if (value === null) {
    return NULL;
  }
  if (depth > SCHEMA_DEPTH_MAX) {
    return DYN;
  }
  if (Array.isArray(value)) {
    return listOf(unionOf(value.slice(0, 100).map((each) => typeOfJson(each, depth + 1))));
  }
  return {
    kind: "object",
    fields: new Map(Object.entries(value).map(([name, each]) => [name, typeOfJson(each as Json, depth + 1)])),
    rest: undefined,
  };
}
