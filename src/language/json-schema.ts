// JSON Schema (2020-12) for inputs. A schema is somebody's text that is run on the loop of all, so what it can cost is bounded: patterns are
// RE2's, equality is by canonical text instead of each with each, and every step is counted.
import { canonical } from "./canonical.ts";
import { createBudget, Fail, spendSteps } from "./cel/fail.ts";
import { type Pattern, parsePattern } from "./cel/pattern.ts";
import type { Budget } from "./compiled.ts";
import type { Json } from "./definition.ts";

export interface SchemaMismatch {
  /** A JSON pointer into the value; empty: the whole. */
  readonly at: string;
  /** With a small letter, without an end: `should be a number, not text`. */
  readonly message: string;
}

export interface CompiledSchema {
  /** What does not fit, at most so many. Never throws. */
  mismatches(value: Json, max: number): readonly SchemaMismatch[];
}

export type ReadSchema =
  | { readonly ok: true; readonly schema: CompiledSchema }
  /** It is no schema, or asks for what is not checked here; `keys` say where. */
  | { readonly ok: false; readonly keys: readonly string[]; readonly message: string };

type Object_ = { readonly [name: string]: Json };
/** Whether it fits; says why not to `trial.told`, when that listens. */
type Check = (value: Json, trial: Trial) => boolean;

interface Trial {
  readonly budget: Budget;
  readonly path: (string | number)[];
  /** Undefined inside of `not`, `anyOf` and their like: only whether it fits matters there. */
  told: SchemaMismatch[] | undefined;
  readonly max: number;
  depth: number;
}

const DEPTH_MAX = 500;
const UNSUPPORTED = ["$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"];

class Unread {
  readonly keys: readonly string[];
  readonly message: string;
  constructor(keys: readonly string[], message: string) {
    this.keys = keys;
    this.message = message;
  }
}

/** Makes a schema ready; it is read whole now, so that nothing of it can surprise later. */
export function readSchema(schema: Json): ReadSchema {
  const nodes = new Map<Json, Check>();
  try {
    const check = node(schema, [], { root: schema, nodes });
    return { ok: true, schema: { mismatches: (value, max) => tried(check, value, max) } };
  } catch (error) {
    if (error instanceof Unread) return { ok: false, keys: error.keys, message: error.message };
    throw error;
  }
}

function tried(check: Check, value: Json, max: number): readonly SchemaMismatch[] {
  const told: SchemaMismatch[] = [];
  const trial: Trial = { budget: createBudget(), path: [], told, max, depth: 0 };
  try {
    check(value, trial);
  } catch (error) {
    if (!(error instanceof Fail)) throw error;
    told.length = 0;
    told.push({ at: "", message: `cannot be checked: ${error.message}` });
  }
  return told;
}

interface Reading {
  readonly root: Json;
  /** By the schema's own object: references may lead in circles. */
  readonly nodes: Map<Json, Check>;
}

function isObject(value: Json | undefined): value is Object_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function node(schema: Json, keys: readonly string[], reading: Reading): Check {
  if (schema === true) return () => true;
  if (schema === false) return (_, trial) => tell(trial, "is not allowed");
  if (!isObject(schema)) throw new Unread(keys, "A schema is an object, true or false.");
  const known = reading.nodes.get(schema);
  if (known !== undefined) return known;
  let checks: readonly Check[] = [];
  const check: Check = (value, trial) => {
    spendSteps(trial.budget, 1 + checks.length);
    if (++trial.depth > DEPTH_MAX) throw new Fail("expression_too_expensive", `it is nested deeper than ${DEPTH_MAX}.`);
    let fits = true;
    for (const one of checks) {
      if (one(value, trial)) continue;
      fits = false;
      if (trial.told === undefined || trial.told.length >= trial.max) break;
    }
    trial.depth--;
    return fits;
  };
  reading.nodes.set(schema, check);
  const odd = UNSUPPORTED.find((keyword) => schema[keyword] !== undefined);
  if (odd !== undefined) throw new Unread([...keys, odd], `\`${odd}\` is not supported in schemas of inputs.`);
  checks = [
    ...ofAny(schema, keys, reading),
    ...ofNumbers(schema),
    ...ofTexts(schema, keys),
    ...ofLists(schema, keys, reading),
    ...ofObjects(schema, keys, reading),
  ];
  return check;
}

function tell(trial: Trial, message: string): false {
  if (trial.told !== undefined && trial.told.length < trial.max) {
    const at = trial.path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    trial.told.push({ at, message });
  }
  return false;
}

function within(trial: Trial, key: string | number, check: Check, value: Json): boolean {
  trial.path.push(key);
  const fits = check(value, trial);
  trial.path.pop();
  return fits;
}

/** Whether it fits, and nothing said of it. */
function quietly(check: Check, value: Json, trial: Trial): boolean {
  const { told } = trial;
  trial.told = undefined;
  const fits = check(value, trial);
  trial.told = told;
  return fits;
}

// ---------------------------------------------------------------------------------------------------------- any value

type TypeName = "null" | "boolean" | "number" | "integer" | "string" | "array" | "object";
const TYPES: readonly string[] = ["null", "boolean", "number", "integer", "string", "array", "object"];

function typeOf(value: Json): Exclude<TypeName, "integer"> {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

function ofAny(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
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
    const check = node(not, [...keys, "not"], reading);
    checks.push((value, trial) => (quietly(check, value, trial) ? tell(trial, "is what `not` excludes") : true));
  }
  if (condition !== undefined) {
    const is = node(condition, [...keys, "if"], reading);
    const then = node(schema["then"] ?? true, [...keys, "then"], reading);
    const otherwise = node(schema["else"] ?? true, [...keys, "else"], reading);
    checks.push((value, trial) => (quietly(is, value, trial) ? then : otherwise)(value, trial));
  }
  if (reference !== undefined) checks.push(referred(reference, keys, reading));
  return checks;
}

function listOf(schema: Object_, keyword: string, keys: readonly string[], reading: Reading): Check[] {
  const list = schema[keyword];
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new Unread([...keys, keyword], `\`${keyword}\` is a list of schemas.`);
  return (list as readonly Json[]).map((each, i) => node(each, [...keys, keyword, String(i)], reading));
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

/** One text for one value. */
function counted(value: Json, budget: Budget): string {
  const text = canonical(value);
  spendSteps(budget, text.length >>> 3);
  return text;
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
  return node(target, segments, reading);
}

function decoded(segment: string, keys: readonly string[]): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Unread(keys, `${JSON.stringify(segment)} is no part of a reference.`);
  }
}

// ------------------------------------------------------------------------------------------------------------ numbers

function ofNumbers(schema: Object_): Check[] {
  const bound = (keyword: string, said: string, holds: (value: number, bound: number) => boolean): Check[] => {
    const limit = schema[keyword];
    if (typeof limit !== "number") return [];
    return [
      (value, trial) =>
        typeof value !== "number" || holds(value, limit)
          ? true
          : tell(trial, `is ${value}; it should be ${said} ${limit}`),
    ];
  };
  return [
    ...bound("minimum", "at least", (value, limit) => value >= limit),
    ...bound("maximum", "at most", (value, limit) => value <= limit),
    ...bound("exclusiveMinimum", "more than", (value, limit) => value > limit),
    ...bound("exclusiveMaximum", "less than", (value, limit) => value < limit),
    ...bound("multipleOf", "a multiple of", isMultiple),
  ];
}

/** 0.3 is a multiple of 0.1, whatever doubles say. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

// -------------------------------------------------------------------------------------------------------------- texts

function ofTexts(schema: Object_, keys: readonly string[]): Check[] {
  const checks: Check[] = [];
  const { minLength: min, maxLength: max, pattern, format } = schema;
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    checks.push((value, trial) => {
      if (typeof value !== "string") return true;
      spendSteps(trial.budget, value.length >>> 4);
      const length = charactersOf(value);
      if (length >= least && length <= most) return true;
      return tell(
        trial,
        `has ${length} characters; it should have ${length < least ? `at least ${least}` : `at most ${most}`}`,
      );
    });
  }
  if (typeof pattern === "string") {
    const read = patternOf(pattern, [...keys, "pattern"]);
    checks.push((value, trial) =>
      typeof value !== "string" || read.test(value, trial.budget)
        ? true
        : tell(trial, `does not match the pattern ${JSON.stringify(pattern)}`),
    );
  }
  if (typeof format === "string") {
    const fits = FORMATS.get(format);
    if (fits !== undefined) {
      checks.push((value, trial) =>
        typeof value !== "string" || fits(value) ? true : tell(trial, `should be of the format ${format}`),
      );
    }
  }
  return checks;
}

function patternOf(source: string, keys: readonly string[]): Pattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) throw new Unread(keys, parsed.message);
  return parsed.pattern;
}

/** Of Unicode; a text of UTF-16 may have twice as many units. */
function charactersOf(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
    n++;
  }
  return n;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (found === null) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** None of these goes back over what it read, and none reads more than a few hundred characters. Formats that are not here say nothing. */
const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["date", isDate],
  ["time", (text) => text.length < 32 && TIME.test(text)],
  [
    "date-time",
    (text) =>
      text.length < 64 && /^[tT ]$/.test(text[10] ?? "") && isDate(text.slice(0, 10)) && TIME.test(text.slice(11)),
  ],
  ["email", isEmail],
  ["uuid", (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)],
  ["ipv4", (text) => text.length < 16 && /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(text)],
  ["uri", (text) => text.length <= 8_192 && /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text)],
]);

function isEmail(text: string): boolean {
  if (text.length > 320 || /\s/.test(text)) return false;
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  return at > 0 && !text.slice(0, at).includes("@") && host !== "" && !host.startsWith(".") && !host.endsWith(".");
}

// -------------------------------------------------------------------------------------------------------------- lists

function ofLists(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
  const checks: Check[] = [];
  const { items, contains, minItems: min, maxItems: max, uniqueItems } = schema;
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    checks.push((value, trial) => {
      if (!Array.isArray(value) || (value.length >= least && value.length <= most)) return true;
      return tell(
        trial,
        `has ${value.length} items; it should have ${value.length < least ? `at least ${least}` : `at most ${most}`}`,
      );
    });
  }
  const prefix = listOf(schema, "prefixItems", keys, reading);
  if (items !== undefined || prefix.length > 0) {
    const rest = node(items ?? true, [...keys, "items"], reading);
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      return every(value as readonly Json[], trial, (each, i) => within(trial, i, prefix[i] ?? rest, each));
    });
  }
  if (contains !== undefined) {
    const check = node(contains, [...keys, "contains"], reading);
    const { minContains, maxContains } = schema;
    const least = typeof minContains === "number" ? minContains : 1;
    const most = typeof maxContains === "number" ? maxContains : Number.POSITIVE_INFINITY;
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      const n = (value as readonly Json[]).filter((each) => quietly(check, each, trial)).length;
      return n >= least && n <= most ? true : tell(trial, `has ${n} items that fit \`contains\``);
    });
  }
  if (uniqueItems === true) {
    checks.push((value, trial) => {
      if (!Array.isArray(value)) return true;
      const seen = new Set<string>();
      for (const each of value as readonly Json[]) {
        const text = counted(each, trial.budget);
        spendSteps(trial.budget, 1);
        if (seen.has(text)) return tell(trial, `has ${text.length > 100 ? "an item" : text} twice`);
        seen.add(text);
      }
      return true;
    });
  }
  return checks;
}

/** All of them; when nobody listens, until the first that does not fit. */
function every<T>(list: readonly T[], trial: Trial, fits: (each: T, i: number) => boolean): boolean {
  let all = true;
  for (const [i, each] of list.entries()) {
    if (fits(each, i)) continue;
    all = false;
    if (trial.told === undefined || trial.told.length >= trial.max) return false;
  }
  return all;
}

// ------------------------------------------------------------------------------------------------------------ objects

function ofObjects(schema: Object_, keys: readonly string[], reading: Reading): Check[] {
  const checks: Check[] = [];
  const { required, propertyNames, minProperties: min, maxProperties: max, dependentRequired } = schema;
  const objects = (fits: (value: Object_, trial: Trial) => boolean): void => {
    checks.push((value, trial) => (isObject(value) ? fits(value, trial) : true));
  };
  if (Array.isArray(required)) {
    const names = (required as readonly Json[]).filter((name) => typeof name === "string");
    objects((value, trial) =>
      every(names, trial, (name) => Object.hasOwn(value, name) || tell(trial, `should have ${JSON.stringify(name)}`)),
    );
  }
  if (typeof min === "number" || typeof max === "number") {
    const [least, most] = [typeof min === "number" ? min : 0, typeof max === "number" ? max : Number.POSITIVE_INFINITY];
    objects((value, trial) => {
      const n = Object.keys(value).length;
      spendSteps(trial.budget, n);
      return n >= least && n <= most
        ? true
        : tell(trial, `has ${n} members; it should have ${n < least ? `at least ${least}` : `at most ${most}`}`);
    });
  }
  const properties = schemasOf(schema, "properties", keys, reading);
  const patterns = [...schemasOf(schema, "patternProperties", keys, reading)].map(
    ([source, check]) => [patternOf(source, [...keys, "patternProperties"]), check] as const,
  );
  const { additionalProperties } = schema;
  const additional =
    additionalProperties === undefined
      ? undefined
      : node(additionalProperties, [...keys, "additionalProperties"], reading);
  if (properties.size > 0 || patterns.length > 0 || additional !== undefined) {
    objects((value, trial) =>
      every(Object.keys(value), trial, (name) => {
        spendSteps(trial.budget, 1);
        const member = value[name] as Json;
        const own = properties.get(name);
        let isKnown = own !== undefined;
        let fits = own === undefined || within(trial, name, own, member);
        for (const [pattern, check] of patterns) {
          if (!pattern.test(name, trial.budget)) continue;
          isKnown = true;
          fits = within(trial, name, check, member) && fits;
        }
        if (!isKnown && additional !== undefined) fits = within(trial, name, additional, member) && fits;
        return fits;
      }),
    );
  }
  if (propertyNames !== undefined) {
    const check = node(propertyNames, [...keys, "propertyNames"], reading);
    objects((value, trial) => every(Object.keys(value), trial, (name) => within(trial, name, check, name)));
  }
  if (isObject(dependentRequired)) {
    for (const [name, needed] of Object.entries(dependentRequired)) {
      const names = Array.isArray(needed) ? (needed as readonly Json[]).filter((each) => typeof each === "string") : [];
      objects((value, trial) => {
        const missing = Object.hasOwn(value, name) ? names.find((each) => !Object.hasOwn(value, each)) : undefined;
        return missing === undefined
          ? true
          : tell(trial, `has ${JSON.stringify(name)}, and should have ${JSON.stringify(missing)} with it`);
      });
    }
  }
  for (const [name, check] of schemasOf(schema, "dependentSchemas", keys, reading)) {
    objects((value, trial) => (Object.hasOwn(value, name) ? check(value, trial) : true));
  }
  return checks;
}

function schemasOf(schema: Object_, keyword: string, keys: readonly string[], reading: Reading): Map<string, Check> {
  const given = schema[keyword];
  if (given === undefined) return new Map();
  if (!isObject(given)) throw new Unread([...keys, keyword], `\`${keyword}\` is an object of schemas.`);
  return new Map(Object.entries(given).map(([name, each]) => [name, node(each, [...keys, keyword, name], reading)]));
}
