// A value on trial: where one is, what is told, what is left to spend; and a schema that is being read.
import { canonical } from "../canonical.ts";
import { spendSteps } from "../cel/fail.ts";
import type { Pattern } from "../cel/pattern/match.ts";
import { parsePattern } from "../cel/pattern/pattern.ts";
import type { Budget } from "../compiled.ts";
import type { Json } from "../definition.ts";

export interface SchemaMismatch {
  /** A JSON pointer into the value; empty: the whole. */
  readonly at: string;
  /** With a small letter, without an end: `should be a number, not text`. */
  readonly message: string;
}

export type Object_ = { readonly [name: string]: Json };

/** Whether it fits; says why not to `trial.told`, when that listens. */
export type Check = (value: Json, trial: Trial) => boolean;

export interface Trial {
  readonly budget: Budget;
  readonly path: (string | number)[];
  /** Undefined inside of `not`, `anyOf` and their like: only whether it fits matters there. */
  told: SchemaMismatch[] | undefined;
  readonly max: number;
  depth: number;
}

/** A schema that is being read. */
export interface Reading {
  readonly root: Json;
  /** A schema within it, ready; what it is made of leads in circles, as references do. */
  readonly node: (schema: Json, keys: readonly string[]) => Check;
}

export class Unread {
  readonly keys: readonly string[];
  readonly message: string;
  constructor(keys: readonly string[], message: string) {
    this.keys = keys;
    this.message = message;
  }
}

export function isObject(value: Json | undefined): value is Object_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function tell(trial: Trial, message: string): false {
  if (trial.told !== undefined && trial.told.length < trial.max) {
    const at = trial.path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    trial.told.push({ at, message });
  }
  return false;
}

export function within(trial: Trial, key: string | number, check: Check, value: Json): boolean {
  trial.path.push(key);
  const fits = check(value, trial);
  trial.path.pop();
  return fits;
}

/** Whether it fits, and nothing said of it. */
export function quietly(check: Check, value: Json, trial: Trial): boolean {
  const { told } = trial;
  trial.told = undefined;
  const fits = check(value, trial);
  trial.told = told;
  return fits;
}

/** All of them; when nobody listens, until the first that does not fit. */
export function every<T>(list: readonly T[], trial: Trial, fits: (each: T, i: number) => boolean): boolean {
  let all = true;
  for (const [i, each] of list.entries()) {
    if (fits(each, i)) continue;
    all = false;
    if (trial.told === undefined || trial.told.length >= trial.max) return false;
  }
  return all;
}

/** One text for one value. */
export function counted(value: Json, budget: Budget): string {
  const text = canonical(value);
  spendSteps(budget, text.length >>> 3);
  return text;
}

export function patternOf(source: string, keys: readonly string[]): Pattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) throw new Unread(keys, parsed.message);
  return parsed.pattern;
}

export function listOf(schema: Object_, keyword: string, keys: readonly string[], reading: Reading): Check[] {
  const list = schema[keyword];
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new Unread([...keys, keyword], `\`${keyword}\` is a list of schemas.`);
  return (list as readonly Json[]).map((each, i) => reading.node(each, [...keys, keyword, String(i)]));
}

export function schemasOf(
  schema: Object_,
  keyword: string,
  keys: readonly string[],
  reading: Reading,
): Map<string, Check> {
  const given = schema[keyword];
  if (given === undefined) return new Map();
  if (!isObject(given)) throw new Unread([...keys, keyword], `\`${keyword}\` is an object of schemas.`);
  return new Map(Object.entries(given).map(([name, each]) => [name, reading.node(each, [...keys, keyword, name])]));
}
