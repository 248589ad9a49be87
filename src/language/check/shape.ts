import type { STEP_KINDS } from "../kinds.ts";

/**
 * What may stand at a place of a definition, as data: the check reads it, and the published JSON Schema is made of it, so that they cannot
 * say different things. `what` completes the sentence "It should be …".
 */
export type Shape =
  | {
      readonly kind: "text";
      readonly what: string;
      readonly pattern?: RegExp;
      readonly min?: number;
      readonly max: number;
    }
  | { readonly kind: "choice"; readonly of: readonly (string | number)[] }
  | {
      readonly kind: "number";
      readonly what: string;
      readonly min: number;
      readonly max: number;
      readonly whole: boolean;
    }
  | { readonly kind: "flag" }
  | { readonly kind: "span"; readonly minMs: number; readonly maxMs: number; readonly limits: string }
  /** The text of an expression. */
  | { readonly kind: "cel" }
  /** `{ "$": … }` and nothing else. */
  | { readonly kind: "expression" }
  /** JSON with expressions in it. */
  | { readonly kind: "template" }
  | { readonly kind: "json" }
  | {
      readonly kind: "list";
      readonly of: Shape;
      readonly min: number;
      readonly max: number;
      readonly distinct?: boolean;
    }
  | { readonly kind: "object"; readonly members: Members }
  | {
      readonly kind: "record";
      readonly what: string;
      readonly name: RegExp;
      readonly of: Shape;
      readonly min: number;
      readonly max: number;
    }
  /** The first whose kind of JSON fits; objects are told apart by the member that each must have. */
  | { readonly kind: "either"; readonly of: readonly Shape[] }
  | { readonly kind: "steps"; readonly min: number };

export interface Member {
  readonly shape: Shape;
  readonly required?: boolean;
  /** A sentence for editors. */
  readonly doc: string;
}

export type Members = Readonly<Record<string, Member>>;

/** What a step of each kind has beside what all have. */
export interface StepShapes {
  readonly common: Members;
  readonly kinds: Readonly<Record<(typeof STEP_KINDS)[number], Members>>;
}

export const NESTING_MAX = 16;

export type Fields = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function requiredNames(members: Members): readonly string[] {
  return Object.entries(members).flatMap(([name, member]) => (member.required === true ? [name] : []));
}

export function requiredOf(shape: Extract<Shape, { kind: "object" }>): readonly string[] {
  return requiredNames(shape.members);
}

export function membersOf(shape: Shape | undefined): readonly string[] {
  switch (shape?.kind) {
    case "object":
      return Object.keys(shape.members);
    case "either":
      return shape.of.flatMap(membersOf);
    default:
      return [];
  }
}

export function fits(value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case "text":
    case "span":
    case "cel":
      return typeof value === "string";
    case "choice":
      return shape.of.some((each) => typeof each === typeof value);
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "list":
    case "steps":
      return Array.isArray(value);
    case "object":
    case "record":
    case "expression":
      return isObject(value);
    default:
      return true;
  }
}

export function whatOf(shape: Shape): string {
  switch (shape.kind) {
    case "text":
    case "number":
      return shape.what;
    case "choice":
      return `one of ${oneOf(shape.of)}`;
    case "span":
      return 'a span of time like "30s"';
    case "expression":
      return 'an expression, { "$": "…" }';
    case "list":
      return "a list";
    case "object":
      return `an object with ${oneOf(requiredOf(shape), "and")}`;
    default:
      return `a ${shape.kind}`;
  }
}

export function oneOf(words: readonly (string | number)[], join = "or"): string {
  return words.length < 2 ? String(words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${join} ${words.at(-1)}`;
}
