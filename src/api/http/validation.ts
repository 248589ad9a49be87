import type { z } from "@hono/zod-openapi";
import { numberOutOfRange, scanObject } from "#kernel";
import type { Invalid } from "./reply.ts";

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Invalid[] };

/** Where in a request something stands. */
export type Part = "body" | "query" | "path" | "header";

/** Svix's kinds of fault, which its clients know: `value_error.missing`, `type_error`, `value_error`. */
function typeOf(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing) return "value_error.missing";
  return issue.code === "invalid_type" ? "type_error" : "value_error";
}

function reach(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

/** Holds a value against its schema; everything that is wrong is told at once. */
export function check<T>(schema: z.ZodType<T>, value: unknown, part: Part): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const faults = result.error.issues.map((issue): Invalid => {
    const missing = issue.code === "invalid_type" && reach(value, issue.path) === undefined;
    return {
      loc: [part, ...issue.path.map(String)],
      msg: missing ? "field required" : issue.message,
      type: typeOf(issue, missing),
    };
  });
  return { ok: false, faults };
}

/** Reads a JSON object; a fault says at which line, column and byte it stops being JSON. */
export function parseBody(body: Uint8Array): Parsed<unknown> {
  if (body.length === 0) {
    return {
      ok: false,
      faults: [{ loc: ["body"], msg: "The body is empty; it should be a JSON object", type: "value_error.jsondecode" }],
    };
  }
  const scanned = scanObject(body);
  if (scanned.ok) {
    const text = Buffer.from(body).toString();
    const value: unknown = JSON.parse(text);
    const beyond = numberOutOfRange(text, value);
    if (beyond === undefined) return { ok: true, value };
    const msg = "The number is out of range: it should be less than 1.8e308";
    return { ok: false, faults: [{ loc: ["body", ...beyond], msg, type: "value_error.number.out_of_range" }] };
  }
  const before = Buffer.from(body.subarray(0, scanned.at)).toString().split("\n");
  const position = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}, byte ${scanned.at}`;
  return {
    ok: false,
    faults: [{ loc: ["body"], msg: `${scanned.message} (${position})`, type: "value_error.jsondecode" }],
  };
}

/**
 * A query string as an object. A name that comes twice, with brackets (`event_types[]`, `event_types[0]`), or with commas, as
 * Svix's clients write lists, is a list for those names that want one.
 */
export function queryObject(search: URLSearchParams, lists: ReadonlySet<string>): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of search) {
    const plain = name.replace(/\[\d*\]$/, "");
    if (!lists.has(plain)) {
      query[name] = value;
      continue;
    }
    const known = query[plain];
    query[plain] = [...(Array.isArray(known) ? known : []), ...value.split(",")];
  }
  return query;
}
