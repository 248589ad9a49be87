import type { components } from "../../api/schema.d.ts";
import { jsonFault } from "./json-fault.ts";

export type EventType = components["schemas"]["EventTypeOut"];

/** One version as it is typed: its schema and an example, both text. */
export interface Version {
  readonly name: string;
  readonly schema: string;
  /** Empty: one is made of the schema. */
  readonly example: string;
}

export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly deprecated: boolean;
  /** By name, the oldest first. */
  readonly versions: readonly Version[];
}

export const FIELDS = ["name", "description", "deprecated", "schemas"] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Versions in the order in which the engine takes them for older and newer: 2 before 10. */
export const byVersion = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

export function draftOf(type: EventType | undefined): Draft {
  const versions = Object.entries(type?.schemas ?? {}).toSorted(([a], [b]) => byVersion(a, b));
  return {
    name: type?.name ?? "",
    description: type?.description ?? "",
    deprecated: type?.deprecated ?? false,
    versions: versions.map(([name, schema]) => versionOf(name, schema)),
  };
}

function versionOf(name: string, given: unknown): Version {
  const lay = (value: unknown) => JSON.stringify(value, null, 2);
  if (!isObject(given)) return { name, schema: lay(given), example: "" };
  const { examples, ...schema } = given;
  // Only one example has a field of its own; more than one stays where it is.
  if (Array.isArray(examples) && examples.length === 1) return { name, schema: lay(schema), example: lay(examples[0]) };
  return { name, schema: lay(given), example: "" };
}

/** The name of the version after the newest. */
export function nextVersion(versions: readonly Version[]): string {
  const last = Number(versions.at(-1)?.name.match(/\d+/)?.[0] ?? 0);
  return String(Number.isSafeInteger(last) ? last + 1 : versions.length + 1);
}

/** What a new version begins with: what the newest has. */
export function freshVersion(versions: readonly Version[]): Version {
  const before = versions.at(-1);
  const schema = JSON.stringify(
    { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: {} },
    null,
    2,
  );
  return { name: nextVersion(versions), schema: before?.schema ?? schema, example: before?.example ?? "" };
}

/** What is wrong with the text of a schema; undefined: nothing. */
export function schemaFault(text: string): string | undefined {
  const fault = told(text);
  if (fault !== undefined) return fault;
  return isObject(JSON.parse(text)) ? undefined : "A schema is an object: it begins with {";
}

/** What is wrong with the text of an example. */
export function exampleFault(text: string): string | undefined {
  return text.trim() === "" ? undefined : told(text);
}

function told(text: string): string | undefined {
  const fault = jsonFault(text);
  return fault === undefined ? undefined : `Line ${fault.line}, column ${fault.column}: ${fault.message}.`;
}

/** Nothing may be sent before this is true. */
export const isSound = ({ versions }: Draft): boolean =>
  versions.every(({ schema, example }) => schemaFault(schema) === undefined && exampleFault(example) === undefined);

/** The body of a request, without the name. Call it only when the draft is sound. */
export function bodyOf({ description, deprecated, versions }: Draft) {
  const schemas = versions.map(({ name, schema, example }) => {
    const parsed: Record<string, unknown> = JSON.parse(schema);
    return [name, example.trim() === "" ? parsed : { ...parsed, examples: [JSON.parse(example)] }] as const;
  });
  return { description, deprecated, schemas: schemas.length === 0 ? null : Object.fromEntries(schemas) };
}
