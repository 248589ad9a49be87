import type { Json } from "#language";

const TEXT = Symbol("the text of an expression");
const VALUE = Symbol("the type of its value");

/** An expression that gives a `T`. `expr` makes one. */
export interface Expr<T> {
  readonly $: string;
  readonly [TEXT]: string;
  /** Never there: it carries the type. */
  readonly [VALUE]?: T;
}

/** Elements that can be named by place; any other one by `expr`. (An index of any number would be a reference or undefined to the compiler.) */
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * A value that there will be while the flow runs: `event.data.total`, the output of a step. Its members are such values too; by `expr` it becomes
 * part of an expression, and in a template it stands for its value.
 */
export type Ref<T> = { readonly [TEXT]: string; readonly [VALUE]?: T } & (IsAny<T> extends true
  ? // biome-ignore lint/suspicious/noExplicitAny: members of what nothing is known of are of no known type either.
    { readonly [name: string]: Ref<any> }
  : NonNullable<T> extends readonly (infer E)[]
    ? { readonly [K in Digit]: Ref<E> }
    : NonNullable<T> extends object
      ? { readonly [K in keyof NonNullable<T>]-?: Ref<NonNullable<T>[K]> }
      : unknown);

/** A `T`, or something that will be one; at any depth. */
export type Value<T> =
  | Ref<T>
  | Expr<T>
  | (T extends readonly (infer E)[]
      ? readonly Value<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Value<T[K]> }
        : T);

/** JSON with expressions in it. */
export type Part = null | boolean | number | string | Some | readonly Part[] | { readonly [name: string]: Part };
/** Some value that there will be. */
export type Some = { readonly [TEXT]: string };

/** What a template gives. */
export type Given<T> = T extends { readonly [VALUE]?: infer V } & Some
  ? V
  : T extends readonly (infer E)[]
    ? Given<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Given<T[K]> }
      : T;

/** Makes an expression of CEL text that is known to be one. */
export function celText<T>(text: string): Expr<T> {
  // The symbol is not enumerable, so that the value is exactly `{ "$": text }` to whoever writes it down.
  return Object.defineProperty({ $: text }, TEXT, { value: text }) as unknown as Expr<T>;
}

/**
 * An expression in CEL. What stands in `${…}` is a reference, another expression, or a value, which is written as a literal: no quote in it can
 * end the literal, whatever it holds.
 *
 * ```ts
 * expr<boolean>`${event.data.total} > ${limit} && ${event.data.country} == ${"it's"}`
 * ```
 */
export function expr<T = unknown>(parts: TemplateStringsArray, ...values: readonly Part[]): Expr<T> {
  // Raw text: a backslash in CEL is CEL's.
  return celText(parts.raw.map((part, i) => (i === 0 ? part : `${textIn(values[i - 1] ?? null)}${part}`)).join(""));
}

/** In the middle of another expression. */
function textIn(part: Part): string {
  const text = textOf(part);
  return text === undefined ? literal(part) : /^[A-Za-z_][\w.]*$/.test(text) ? text : `(${text})`;
}

/** The text of what will be a value; undefined for what is one. */
export function textOf(part: unknown): string | undefined {
  return part !== null && typeof part === "object" && TEXT in part ? String(part[TEXT]) : undefined;
}

/** CEL text for a value that is known now. */
export function literal(part: Part): string {
  if (typeof part === "string") {
    // JSON's escapes are CEL's too; half a character is text in neither.
    return JSON.stringify(part.toWellFormed());
  }
  if (typeof part === "number") {
    if (!Number.isFinite(part)) {
      throw new TypeError(`${part} is no number of JSON.`);
    }
    return part < 0 ? `(${part})` : String(part);
  }
  if (part === null || typeof part !== "object") {
    return String(part);
  }
  if (Array.isArray(part)) {
    return `[${(part as readonly Part[]).map((each) => textOf(each) ?? literal(each)).join(", ")}]`;
  }
  return `{${Object.entries(part as { readonly [name: string]: Part })
    .map(([name, each]) => `${JSON.stringify(name)}: ${textOf(each) ?? literal(each)}`)
    .join(", ")}}`;
}

/** The value at this path, and those of its members. */
export function ref<T>(text: string): Ref<T> {
  return new Proxy(Object.freeze({}), {
    get: (_, name) =>
      name === TEXT
        ? text
        : typeof name === "symbol"
          ? undefined
          : ref(
              /^\d+$/.test(name)
                ? `${text}[${name}]`
                : /^(?!(?:in|true|false|null)$)[A-Za-z_]\w*$/.test(name)
                  ? `${text}.${name}`
                  : `${text}[${JSON.stringify(name)}]`,
            ),
    has: (_, name) => name === TEXT,
  }) as unknown as Ref<T>;
}

/** As it stands in a definition. */
export function template(part: unknown): Json {
  const text = textOf(part);
  if (text !== undefined) {
    return { $: text };
  }
  if (Array.isArray(part)) {
    return part.map(template);
  }
  if (part !== null && typeof part === "object") {
    return Object.fromEntries(
      Object.entries(part)
        .filter(([, each]) => each !== undefined)
        .map(([name, each]) => [name, template(each)]),
    );
  }
  return part as Json;
}

/** The text of what must be an expression: of a value it is its literal. */
export function cel(part: Part): string {
  return textOf(part) ?? literal(part);
}
