import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Definition, Json } from "./definition.ts";

/**
 * One text for one meaning: no white space, members sorted by name (RFC 8785). Two definitions are the same when their canonical texts
 * are. Order matters in branches of `parallel` to nobody, and in lists to everybody.
 */
export function canonical(value: Definition | Json): string {
  return text(value as Json);
}

function text(value: Json): string {
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${(value as readonly Json[]).map(text).join(",")}]`;
  }
  const fields = value as { readonly [name: string]: Json };
  return `{${Object.keys(fields)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${text(fields[name] ?? null)}`)
    .join(",")}}`;
}

/** SHA-256 of the canonical text, hexadecimal. */
export function digest(definition: Definition): string {
  return createHash("sha256").update(canonical(definition)).digest("hex");
}

export function bytesOfCanonical(value: Json): number {
  return new TextEncoder().encode(canonical(value)).length;
}

/** In which order a person writes them; others behind, as they stand. */
const ORDER = [
  "posthorn",
  "flow",
  "title",
  "description",
  "on",
  "input",
  "control",
  "timeout",
  "hosts",
  "secrets",
  "steps",
  "on_failure",
  "output",
];

/** As a file that a person edits: what is read from it is the same definition. */
export function toYaml(definition: Definition): string {
  const members = Object.entries(definition);
  const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const sorted = Object.fromEntries(members.toSorted(([a], [b]) => rank(a) - rank(b)));
  return stringify(sorted, { version: "1.2", schema: "core", lineWidth: 120, aliasDuplicateObjects: false });
}
