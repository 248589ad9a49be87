import { type Budget, Duration, type Timestamp, type Value } from "../compiled.ts";
import { failed, quoted, spendBytes, spendSteps } from "./fail.ts";
import { Optional } from "./optional.ts";
import { parsePattern } from "./pattern.ts";
import {
  type CivilTime,
  civilTime,
  durationText,
  instant,
  parseDuration,
  parseTimestamp,
  span,
  timestampText,
} from "./time.ts";
import {
  alternatives,
  BOOL,
  BYTES,
  DURATION,
  DYN,
  LIST,
  listOf,
  NUMBER,
  optionalOf,
  STRING,
  TIMESTAMP,
  type Type,
  unionOf,
} from "./types.ts";
import { compare, equal, type Fields, type Kind, kindOf, type Met, put, toJson } from "./values.ts";

export type Parameter = Kind | "any" | "strings";

/** One way to call a function. The receiver, when it has one, is the first of `takes`. */
export interface Overload {
  readonly takes: readonly Parameter[];
  readonly gives: Type | ((types: readonly Type[]) => Type);
  readonly run: (budget: Budget, args: readonly Met[]) => Met;
}

export interface CelFunction {
  readonly name: string;
  /** `text.trim()` rather than `trim(text)`. */
  readonly member: boolean;
  /** For the reference: one line. */
  readonly does: string;
  readonly overloads: readonly Overload[];
}

const elementOf = (type: Type | undefined): Type =>
  unionOf(
    alternatives(type ?? DYN).flatMap((each) => (each.kind === "list" ? [each.of] : each.kind === "dyn" ? [DYN] : [])),
  );

/** Strings are made of UTF-16 units here, as JSON's and JavaScript's are; what is made is paid for before it is made. */
function made(budget: Budget, text: string): string {
  spendBytes(budget, text.length);
  return text;
}

function whole(value: Met, what: string): number {
  if (!Number.isInteger(value)) {
    throw failed(`${what} must be a whole number, not ${quoted(value)}.`);
  }
  return value as number;
}

function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) {
    throw failed(`${what} is no finite number.`);
  }
  return value;
}

function utc(budget: Budget, value: Met, zone: Met): CivilTime {
  spendSteps(budget, 20);
  const civil = civilTime(value as Timestamp, zone as string);
  if (civil === undefined) {
    throw failed(`${quoted(zone)} is no time zone; "Europe/Berlin" and "+02:00" are.`);
  }
  return civil;
}

function civilGetter(name: string, does: string, read: (time: CivilTime) => number, ofDuration?: number): CelFunction {
  return {
    name,
    member: true,
    does,
    overloads: [
      { takes: ["timestamp"], gives: NUMBER, run: (budget, [at = null]) => read(utc(budget, at, "UTC")) },
      {
        takes: ["timestamp", "string"],
        gives: NUMBER,
        run: (budget, [at = null, zone = null]) => read(utc(budget, at, zone)),
      },
      ...(ofDuration === undefined
        ? []
        : [
            {
              takes: ["duration"] as const,
              gives: NUMBER,
              run: (_: Budget, [of]: readonly Met[]) =>
                name === "getMilliseconds" ? (of as Duration).ms % 1000 : Math.trunc((of as Duration).ms / ofDuration),
            },
          ]),
    ],
  };
}

function onNumber(name: string, does: string, of: (value: number) => number): CelFunction {
  return {
    name,
    member: false,
    does,
    overloads: [{ takes: ["number"], gives: NUMBER, run: (_, [value]) => finite(of(value as number), name) }],
  };
}

function extreme(name: string, does: string, wins: (order: number) => boolean): readonly CelFunction[] {
  const best = (budget: Budget, values: readonly Met[]): Met => {
    spendSteps(budget, values.length);
    const [first, ...others] = values;
    if (first === undefined) {
      throw failed("An empty list has no smallest and no largest element.");
    }
    return others.reduce((one: Met, other) => (wins(compare(other, one)) ? other : one), first);
  };
  return [
    {
      name: `math.${name === "max" ? "greatest" : "least"}`,
      member: false,
      does,
      overloads: [
        {
          takes: ["list"],
          gives: ([list]) => elementOf(list),
          run: (budget, [list]) => best(budget, list as readonly Value[]),
        },
        { takes: ["number", "number"], gives: NUMBER, run: best },
        { takes: ["number", "number", "number"], gives: NUMBER, run: best },
        { takes: ["number", "number", "number", "number"], gives: NUMBER, run: best },
      ],
    },
    {
      name,
      member: true,
      does,
      overloads: [
        {
          takes: ["list"],
          gives: ([list]) => elementOf(list),
          run: (budget, [list]) => best(budget, list as readonly Value[]),
        },
      ],
    },
  ];
}

/** Roundings of numbers go away from zero at a half, as people round money. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** By its shortest decimal text: who writes 1.005 means to get 1.01 of it, though the double is a little less. */
function roundedTo(value: number, digits: number): number {
  const magnitude = Math.abs(value);
  const shifted = magnitude < 1e21 && magnitude >= 1e-6 ? Number(`${magnitude}e${digits}`) : magnitude * 10 ** digits;
  const result = Number(`${Math.round(shifted)}e-${digits}`);
  return Number.isFinite(result) ? Math.sign(value) * result + 0 : value;
}

function numberOf(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.slice(0, 400))) {
    throw failed(`${quoted(text)} is no number.`);
  }
  return finite(Number(text), quoted(text));
}

function textOf(budget: Budget, value: Met): string {
  switch (kindOf(value)) {
    case "string":
      return value as string;
    case "number":
    case "bool":
      return String(value);
    case "timestamp":
      return timestampText(value as Timestamp);
    case "duration":
      return durationText(value as Duration);
    case "bytes":
      try {
        spendBytes(budget, (value as Uint8Array).length);
        return new TextDecoder("utf-8", { fatal: true }).decode(value as Uint8Array);
      } catch (error) {
        if (error instanceof TypeError) {
          throw failed("These bytes are no text (UTF-8).");
        }
        throw error;
      }
    default:
      throw failed(`${quoted(value)} has no text; take a member of it.`);
  }
}

function conversion(
  name: string,
  does: string,
  kinds: readonly Kind[],
  gives: Type,
  run: Overload["run"],
): CelFunction {
  return { name, member: false, does, overloads: kinds.map((kind) => ({ takes: [kind], gives, run })) };
}

function replaced(budget: Budget, text: string, from: string, to: string, limit: number): string {
  spendSteps(budget, text.length >>> 4);
  if (limit === 0) {
    return text;
  }
  const parts = split(budget, text, from, limit < 0 ? -1 : limit + 1);
  spendBytes(budget, text.length + (parts.length - 1) * to.length);
  return parts.join(to);
}

/** At most `limit` parts, the rest in the last; below zero: all. Nothing between characters: one part each. */
function split(budget: Budget, text: string, by: string, limit: number): readonly string[] {
  spendSteps(budget, text.length >>> 4);
  if (limit === 0) {
    return [];
  }
  const parts: string[] = [];
  if (by === "") {
    // Surrogate pairs stay together.
    for (let at = 0; at < text.length; ) {
      if (limit > 0 && parts.length === limit - 1) {
        parts.push(text.slice(at));
        at = text.length;
        break;
      }
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      spendBytes(budget, 16);
      parts.push(char);
      at += char.length;
    }
    return parts;
  }
  let from = 0;
  for (let at = text.indexOf(by); at !== -1 && (limit < 0 || parts.length < limit - 1); at = text.indexOf(by, from)) {
    spendBytes(budget, 16 + at - from);
    parts.push(text.slice(from, at));
    from = at + by.length;
  }
  spendBytes(budget, 16 + text.length - from);
  parts.push(text.slice(from));
  return parts;
}

function sliced<T extends string | readonly Value[]>(
  of: T,
  from: Met,
  to: Met,
  what: string,
): readonly [number, number] {
  const [start, end] = [whole(from, "A beginning"), whole(to, "An end")];
  if (start < 0 || end < start || end > of.length) {
    throw failed(`${start} to ${end} is not within a ${what} of ${of.length}.`);
  }
  return [start, end];
}

function joined(budget: Budget, list: readonly Value[], by: string): string {
  spendSteps(budget, list.length);
  let units = Math.max(0, list.length - 1) * by.length;
  for (const [i, item] of list.entries()) {
    if (typeof item !== "string") {
      throw failed(`Element ${i} is ${quoted(item)}, not a string: \`.map(x, string(x))\` makes strings.`);
    }
    units += item.length;
  }
  spendBytes(budget, units);
  return list.join(by);
}

/** Places in text count characters, as `size` does, and not halves of them. */
const HALVES = /[\uD800-\uDFFF]/;

/** The place in UTF-16 units of a place in characters. */
function unitsAt(text: string, place: number): number {
  if (!HALVES.test(text)) {
    return place;
  }
  let units = 0;
  for (let i = 0; i < place && units < text.length; i++) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}
function characters(text: string): number {
  if (!HALVES.test(text)) {
    return text.length;
  }
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}
function part(budget: Budget, text: string, from: Met, to: Met): string {
  const [start, end] = [whole(from, "A beginning"), whole(to, "An end")];
  const length = characters(text);
  if (start < 0 || end < start || end > length) {
    throw failed(`${start} to ${end} is not within a text of ${length}.`);
  }
  return made(budget, text.slice(unitsAt(text, start), unitsAt(text, end)));
}
/** Where it is, from a place on (or, last, up to a place), in characters; -1: nowhere. */
function found(text: string, wanted: string, from: Met, last: boolean): number {
  const place = whole(from, "A place");
  const length = characters(text);
  if (place < 0 || place > length) {
    throw failed(`${place} is not within a text of ${length}.`);
  }
  const at = last ? text.lastIndexOf(wanted, unitsAt(text, place)) : text.indexOf(wanted, unitsAt(text, place));
  return at === -1 ? -1 : characters(text.slice(0, at));
}

/** White space as Unicode has it: what JavaScript trims, with NEXT LINE and without the byte order mark. */
function trimmed(text: string): string {
  const white = (unit: string | undefined): boolean =>
    unit !== undefined && (unit === "\u0085" || (unit !== "\ufeff" && unit.trim() === ""));
  let [start, end] = [0, text.length];
  while (start < end && white(text[start])) {
    start += 1;
  }
  while (end > start && white(text[end - 1])) {
    end -= 1;
  }
  return text.slice(start, end);
}

/** `%s` anything as text, `%d` a whole number, `%f` and `%.2f` decimals (6 unless said), `%%` a percent sign. */
function formatted(budget: Budget, form: string, values: readonly Value[]): string {
  spendSteps(budget, form.length >>> 2);
  let used = 0;
  const text = form.replaceAll(
    /%(%|s|d|(?:\.(\d{1,2}))?f|.|$)/gs,
    (clause, kind: string, decimals: string | undefined) => {
      if (kind === "%") {
        return "%";
      }
      if (used >= values.length) {
        throw failed(`The text asks for more than the ${values.length} values that are given.`);
      }
      const value = values[used] ?? null;
      used += 1;
      if (kind === "s") {
        const one =
          value !== null && ["list", "map"].includes(kindOf(value))
            ? JSON.stringify(toJson(value, budget))
            : value === null
              ? "null"
              : textOf(budget, value);
        return made(budget, one);
      }
      if (kind !== "d" && !kind.endsWith("f")) {
        throw failed(`${quoted(clause)} is no place for a value; %s, %d, %f, %.2f and %% are known.`);
      }
      if (typeof value !== "number") {
        throw failed(`${quoted(clause)} wants a number, not ${quoted(value)}.`);
      }
      if (kind === "d") {
        return String(whole(value, "What %d takes"));
      }
      const digits = Number(decimals ?? 6);
      return roundedTo(value, Math.min(digits, 12)).toFixed(digits);
    },
  );
  return made(budget, text);
}

function indexIn(budget: Budget, list: readonly Value[], item: Met): number {
  return list.findIndex((each) => {
    spendSteps(budget, 1);
    return equal(each, item, budget);
  });
}

function distinct(budget: Budget, list: readonly Value[]): readonly Value[] {
  const simple = new Set<Value>();
  const others: Value[] = [];
  return list.filter((item) => {
    spendSteps(budget, 1);
    if (item === null || typeof item !== "object") {
      return simple.has(item) ? false : simple.add(item);
    }
    if (others.some((other) => equal(item, other, budget))) {
      return false;
    }
    others.push(item);
    return true;
  });
}

export function sorted(budget: Budget, list: readonly Value[], keys: readonly Met[] = list): readonly Value[] {
  spendSteps(budget, list.length * (1 + Math.ceil(Math.log2(list.length + 1))));
  spendBytes(budget, list.length * 8);
  return list
    .map((item, i) => ({ item, key: keys[i] ?? null }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item);
}

function sum(budget: Budget, list: readonly Value[]): Met {
  spendSteps(budget, list.length);
  if (list.length > 0 && list.every((item) => item instanceof Duration)) {
    return duration(list.reduce((ms, item) => ms + (item as Duration).ms, 0));
  }
  let total = 0;
  for (const [i, item] of list.entries()) {
    if (typeof item !== "number") {
      throw failed(`Element ${i} is ${quoted(item)}, not a number.`);
    }
    total += item;
  }
  return finite(total, "The sum");
}

function flattened(budget: Budget, list: readonly Value[], depth: number): readonly Value[] {
  spendSteps(budget, list.length);
  spendBytes(budget, list.length * 8);
  return list.flatMap((item) =>
    Array.isArray(item) ? (depth > 1 ? flattened(budget, item, depth - 1) : paid(budget, item)) : [item],
  );
}
function paid(budget: Budget, list: readonly Value[]): readonly Value[] {
  spendBytes(budget, list.length * 8);
  return list;
}

export function timestamp(ms: number): Timestamp {
  const made = instant(ms);
  if (made === undefined) {
    throw failed("The instant is not between the years 1 and 9999.");
  }
  return made;
}
export function duration(ms: number): Duration {
  const made = span(ms);
  if (made === undefined) {
    throw failed("The duration is longer than ten thousand years.");
  }
  return made;
}

function timestampOf(text: Met): Timestamp {
  const parsed = parseTimestamp(text as string);
  if (parsed === undefined) {
    throw failed(`${quoted(text)} is no timestamp; "2026-01-31T09:30:00Z" is (RFC 3339).`);
  }
  return parsed;
}
function durationOf(text: Met): Duration {
  const parsed = parseDuration(text as string);
  if (parsed === undefined) {
    throw failed(`${quoted(text)} is no duration; "90s", "1h30m" and "3d" are.`);
  }
  return parsed;
}

const contains: Overload["run"] = (budget, [text, part]) => {
  spendSteps(budget, (text as string).length >>> 4);
  return (text as string).includes(part as string);
};

function onString(
  name: string,
  does: string,
  more: readonly Parameter[],
  gives: Type,
  run: (budget: Budget, text: string, args: readonly Met[]) => Met,
): CelFunction {
  return {
    name,
    member: true,
    does,
    overloads: [
      {
        takes: ["string", ...more],
        gives,
        run: (budget, [text, ...args]) => {
          spendSteps(budget, (text as string).length >>> 4);
          return run(budget, text as string, args);
        },
      },
    ],
  };
}
function withOverload(fn: CelFunction, other: CelFunction): CelFunction {
  return { ...fn, overloads: [...fn.overloads, ...other.overloads] };
}
function onList(
  name: string,
  does: string,
  more: readonly Parameter[],
  gives: Overload["gives"],
  run: (budget: Budget, list: readonly Value[], args: readonly Met[]) => Met,
): CelFunction {
  return {
    name,
    member: true,
    does,
    overloads: [
      {
        takes: ["list", ...more],
        gives,
        run: (budget, [list, ...args]) => run(budget, list as readonly Value[], args),
      },
    ],
  };
}

const size: readonly Overload[] = [
  {
    takes: ["string"],
    gives: NUMBER,
    run: (budget, [text]) => {
      spendSteps(budget, (text as string).length >>> 4);
      return characters(text as string);
    },
  },
  { takes: ["list"], gives: NUMBER, run: (_, [list]) => (list as readonly Value[]).length },
  {
    takes: ["map"],
    gives: NUMBER,
    run: (budget, [map]) => {
      const { length } = Object.keys(map as Fields);
      spendSteps(budget, length >>> 2);
      return length;
    },
  },
  { takes: ["bytes"], gives: NUMBER, run: (_, [bytes]) => (bytes as Uint8Array).length },
];

const sameElements: Overload["gives"] = ([list]) => (list?.kind === "list" ? list : LIST);

const ALL: readonly CelFunction[] = [
  { name: "size", member: false, does: "characters, elements, members or bytes", overloads: size },
  { name: "size", member: true, does: "characters, elements, members or bytes", overloads: size },
  {
    name: "dyn",
    member: false,
    does: "the value, of a type that is not checked",
    overloads: [{ takes: ["any"], gives: DYN, run: (_, [value = null]) => value }],
  },

  // Conversions.
  conversion(
    "string",
    "as text",
    ["string", "number", "bool", "timestamp", "duration", "bytes"],
    STRING,
    (budget, [value = null]) => textOf(budget, value),
  ),
  conversion("double", "a number, of text too", ["number", "string"], NUMBER, (_, [value = null]) =>
    typeof value === "string" ? numberOf(value) : value,
  ),
  {
    name: "int",
    member: false,
    does: "a whole number: cut toward zero; of text; of a timestamp: seconds since 1970",
    overloads: [
      { takes: ["number"], gives: NUMBER, run: (_, [value]) => Math.trunc(value as number) + 0 },
      { takes: ["timestamp"], gives: NUMBER, run: (_, [value]) => Math.floor((value as Timestamp).ms / 1000) },
      {
        takes: ["string"],
        gives: NUMBER,
        run: (_, [text]) => {
          const value = /^[+-]?\d{1,16}$/.test(text as string) ? Number(text) : Number.NaN;
          if (!Number.isSafeInteger(value)) {
            throw failed(`${quoted(text)} is no whole number up to ±9007199254740991.`);
          }
          return value + 0;
        },
      },
    ],
  },
  {
    name: "uint",
    member: false,
    does: "a whole number that is not below zero",
    overloads: [
      {
        takes: ["number"],
        gives: NUMBER,
        run: (_, [value]) => {
          if ((value as number) < 0) {
            throw failed(`${quoted(value)} is below zero.`);
          }
          return Math.trunc(value as number);
        },
      },
    ],
  },
  conversion("bool", 'of "true" and "false" too', ["bool", "string"], BOOL, (_, [value = null]) => {
    if (typeof value === "boolean" || value === "true" || value === "false") {
      return value === true || value === "true";
    }
    throw failed(`${quoted(value)} is neither "true" nor "false".`);
  }),
  conversion("bytes", "of text: its UTF-8", ["bytes", "string"], BYTES, (budget, [value = null]) => {
    if (typeof value !== "string") {
      return value;
    }
    spendBytes(budget, value.length * 3);
    return new TextEncoder().encode(value);
  }),
  {
    name: "timestamp",
    member: false,
    does: "of RFC 3339 text, or of seconds since 1970",
    overloads: [
      { takes: ["string"], gives: TIMESTAMP, run: (_, [text = null]) => timestampOf(text) },
      { takes: ["number"], gives: TIMESTAMP, run: (_, [seconds]) => timestamp((seconds as number) * 1000) },
      { takes: ["timestamp"], gives: TIMESTAMP, run: (_, [value = null]) => value },
    ],
  },
  {
    name: "duration",
    member: false,
    does: 'of text: "90s", "1h30m", "3d"',
    overloads: [
      { takes: ["string"], gives: DURATION, run: (_, [text = null]) => durationOf(text) },
      { takes: ["duration"], gives: DURATION, run: (_, [value = null]) => value },
    ],
  },

  // Text.
  {
    name: "contains",
    member: true,
    does: "whether the part is in it",
    overloads: [{ takes: ["string", "string"], gives: BOOL, run: contains }],
  },
  onString("startsWith", "whether it begins so", ["string"], BOOL, (_, text, [part]) =>
    text.startsWith(part as string),
  ),
  onString("endsWith", "whether it ends so", ["string"], BOOL, (_, text, [part]) => text.endsWith(part as string)),
  onString("matches", "whether the pattern (RE2) is found in it", ["string"], BOOL, (budget, text, [source]) => {
    spendSteps(budget, (source as string).length);
    const parsed = parsePattern(source as string);
    if (!parsed.ok) {
      throw failed(parsed.message);
    }
    return parsed.pattern.test(text, budget);
  }),
  onString("lowerAscii", "A to Z made small", [], STRING, (budget, text) =>
    made(
      budget,
      text.replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
    ),
  ),
  onString("upperAscii", "a to z made large", [], STRING, (budget, text) =>
    made(
      budget,
      text.replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
    ),
  ),
  onString("trim", "without white space at its ends", [], STRING, (budget, text) => made(budget, trimmed(text))),
  withOverload(
    onString(
      "split",
      "its parts between separators, at most so many",
      ["string"],
      listOf(STRING),
      (budget, text, [by]) => split(budget, text, by as string, -1),
    ),
    onString("split", "", ["string", "number"], listOf(STRING), (budget, text, [by, limit = null]) =>
      split(budget, text, by as string, whole(limit, "A limit")),
    ),
  ),
  withOverload(
    onString(
      "replace",
      "each occurrence replaced, or the first so many",
      ["string", "string"],
      STRING,
      (budget, text, [from, to]) => replaced(budget, text, from as string, to as string, -1),
    ),
    onString("replace", "", ["string", "string", "number"], STRING, (budget, text, [from, to, limit = null]) =>
      replaced(budget, text, from as string, to as string, whole(limit, "A limit")),
    ),
  ),
  withOverload(
    onString("substring", "from a place on, or up to another", ["number"], STRING, (budget, text, [from = null]) =>
      part(budget, text, from, characters(text)),
    ),
    onString("substring", "", ["number", "number"], STRING, (budget, text, [from = null, to = null]) =>
      part(budget, text, from, to),
    ),
  ),
  withOverload(
    onString("indexOf", "where it is first, or -1", ["string"], NUMBER, (_, text, [wanted]) =>
      found(text, wanted as string, 0, false),
    ),
    onList("indexOf", "", ["any"], NUMBER, (budget, list, [item = null]) => indexIn(budget, list, item)),
  ),
  withOverload(
    onString("lastIndexOf", "where it is last, or -1", ["string"], NUMBER, (_, text, [wanted]) =>
      found(text, wanted as string, characters(text), true),
    ),
    onString("lastIndexOf", "", ["string", "number"], NUMBER, (_, text, [wanted, from = null]) =>
      found(text, wanted as string, from, true),
    ),
  ),
  onString("indexOf", "where it is first, or -1", ["string", "number"], NUMBER, (_, text, [wanted, from = null]) =>
    found(text, wanted as string, from, false),
  ),
  {
    name: "format",
    member: true,
    does: "the values of a list in the places of a text: %s, %d, %f, %.2f",
    overloads: [
      {
        takes: ["string", "list"],
        gives: STRING,
        run: (budget, [form, values]) => formatted(budget, form as string, values as readonly Value[]),
      },
    ],
  },
  onString("charAt", "the character there; empty at the end", ["number"], STRING, (budget, text, [at = null]) =>
    part(budget, text, at, Math.min(characters(text), whole(at, "A place") + 1)),
  ),
  withOverload(
    {
      name: "join",
      member: true,
      does: "strings of a list as one text",
      overloads: [
        { takes: ["strings"], gives: STRING, run: (budget, [list]) => joined(budget, list as readonly Value[], "") },
      ],
    },
    {
      name: "join",
      member: true,
      does: "",
      overloads: [
        {
          takes: ["strings", "string"],
          gives: STRING,
          run: (budget, [list, by]) => joined(budget, list as readonly Value[], by as string),
        },
      ],
    },
  ),
  conversion("base64.encode", "bytes or text as base64", ["bytes", "string"], STRING, (budget, [value = null]) => {
    const bytes = typeof value === "string" ? new TextEncoder().encode(made(budget, value)) : (value as Uint8Array);
    spendBytes(budget, Math.ceil(bytes.length / 3) * 4);
    return bytes.toBase64();
  }),
  conversion("base64.decode", "the bytes of base64", ["string"], BYTES, (budget, [text]) => {
    try {
      return Uint8Array.fromBase64(made(budget, text as string));
    } catch (error) {
      if (error instanceof SyntaxError) {
        throw failed(`${quoted(text)} is no base64.`);
      }
      throw error;
    }
  }),

  // Lists and objects.
  onList(
    "first",
    "the first element, optional",
    [],
    ([list]) => optionalOf(elementOf(list)),
    (_, list) => (list.length === 0 ? Optional.none : Optional.of(list[0] ?? null)),
  ),
  onList(
    "last",
    "the last element, optional",
    [],
    ([list]) => optionalOf(elementOf(list)),
    (_, list) => (list.length === 0 ? Optional.none : Optional.of(list.at(-1) ?? null)),
  ),
  onList(
    "sum",
    "of numbers or durations; 0 for none",
    [],
    ([list]) => {
      const of = elementOf(list);
      return of.kind === "duration" ? DURATION : of.kind === "number" ? NUMBER : DYN;
    },
    (budget, list) => sum(budget, list),
  ),
  ...extreme("min", "the smallest", (order) => order < 0),
  ...extreme("max", "the largest", (order) => order > 0),
  onList("sort", "from small to large", [], sameElements, (budget, list) => sorted(budget, list)),
  onList("distinct", "each element once, where it was first", [], sameElements, (budget, list) => {
    spendBytes(budget, list.length * 8);
    return distinct(budget, list);
  }),
  withOverload(
    onList("reverse", "the other way round", [], sameElements, (budget, list) => [...paid(budget, list)].reverse()),
    onString("reverse", "", [], STRING, (budget, text) => [...made(budget, text)].reverse().join("")),
  ),
  onList(
    "slice",
    "the elements from one place to before another",
    ["number", "number"],
    sameElements,
    (budget, list, [from = null, to = null]) => {
      const [start, end] = sliced(list, from, to, "list");
      spendBytes(budget, (end - start) * 8);
      return list.slice(start, end);
    },
  ),
  withOverload(
    onList("flatten", "lists within it in their place, so deep (one)", [], LIST, (budget, list) =>
      flattened(budget, list, 1),
    ),
    onList("flatten", "", ["number"], LIST, (budget, list, [depth = null]) => {
      if (whole(depth, "A depth") < 0) {
        throw failed(`A depth is not below zero: ${quoted(depth)}.`);
      }
      return depth === 0 ? list : flattened(budget, list, Math.min(depth as number, 64));
    }),
  ),
  {
    name: "lists.range",
    member: false,
    does: "0 to before the number",
    overloads: [
      {
        takes: ["number"],
        gives: listOf(NUMBER),
        run: (budget, [to = null]) => {
          const count = whole(to, "A range");
          if (count < 0) {
            throw failed(`A range is not below zero: ${count}.`);
          }
          spendBytes(budget, Math.min(count * 8, Number.MAX_SAFE_INTEGER));
          return Array.from({ length: count }, (_, i) => i);
        },
      },
    ],
  },
  {
    name: "keys",
    member: true,
    does: "the names of an object's members, sorted",
    overloads: [
      {
        takes: ["map"],
        gives: listOf(STRING),
        run: (budget, [map]) => {
          const names = Object.keys(map as Fields).sort();
          spendSteps(budget, names.length);
          spendBytes(budget, names.length * 16);
          return names;
        },
      },
    ],
  },
  {
    name: "merge",
    member: true,
    does: "an object with the members of both; the other's win",
    overloads: [
      {
        takes: ["map", "map"],
        gives: DYN,
        run: (budget, [one, other]) => {
          const merged: Record<string, Value> = {};
          for (const fields of [one as Fields, other as Fields]) {
            for (const [name, value] of Object.entries(fields)) {
              spendSteps(budget, 1);
              spendBytes(budget, 16 + name.length);
              put(merged, name, value);
            }
          }
          return merged;
        },
      },
    ],
  },

  // Numbers.
  onNumber("math.abs", "without its sign", Math.abs),
  onNumber("math.ceil", "up to a whole number", (value) => Math.ceil(value) + 0),
  onNumber("math.floor", "down to a whole number", Math.floor),
  onNumber("math.round", "to the nearest whole number, a half away from zero", (value) => rounded(value) + 0),
  onNumber("math.trunc", "toward zero to a whole number", (value) => Math.trunc(value) + 0),
  onNumber("math.sign", "-1, 0 or 1", (value) => Math.sign(value) + 0),
  onNumber("math.sqrt", "square root", Math.sqrt),
  {
    name: "math.round",
    member: false,
    does: "to so many decimals (0 to 12), a half away from zero",
    overloads: [
      {
        takes: ["number", "number"],
        gives: NUMBER,
        run: (_, [value, decimals = null]) => {
          const digits = whole(decimals, "The number of decimals");
          if (digits < 0 || digits > 12) {
            throw failed(`0 to 12 decimals can be asked for, not ${digits}.`);
          }
          return roundedTo(value as number, digits);
        },
      },
    ],
  },

  // Time.
  civilGetter("getFullYear", "the year", ({ year }) => year),
  civilGetter("getMonth", "the month, from 0", ({ month }) => month),
  civilGetter("getDate", "the day of the month, from 1", ({ day }) => day),
  civilGetter("getDayOfMonth", "the day of the month, from 0", ({ day }) => day - 1),
  civilGetter("getDayOfWeek", "the day of the week, Sunday is 0", ({ weekday }) => weekday),
  civilGetter("getDayOfYear", "the day of the year, from 0", ({ dayOfYear }) => dayOfYear),
  civilGetter("getHours", "the hour; all hours of a duration", ({ hour }) => hour, 3_600_000),
  civilGetter("getMinutes", "the minute; all minutes of a duration", ({ minute }) => minute, 60_000),
  civilGetter("getSeconds", "the second; all seconds of a duration", ({ second }) => second, 1_000),
  civilGetter("getMilliseconds", "the ms within the second", ({ ms }) => ms, 1),

  // Optional values.
  {
    name: "optional.of",
    member: false,
    does: "an optional with this value",
    overloads: [
      {
        takes: ["any"],
        gives: ([of]) => optionalOf(of ?? DYN),
        run: (_, [value = null]) => Optional.of(value as Value),
      },
    ],
  },
  {
    name: "optional.none",
    member: false,
    does: "an optional without a value",
    overloads: [{ takes: [], gives: optionalOf(DYN), run: () => Optional.none }],
  },
  {
    name: "orValue",
    member: true,
    does: "its value, or this when there is none",
    overloads: [
      {
        takes: ["optional", "any"],
        gives: ([optional, other]) => unionOf([optional?.kind === "optional" ? optional.of : DYN, other ?? DYN]),
        run: (_, [optional, other = null]) => ((optional as Optional).present ? (optional as Optional).value : other),
      },
    ],
  },
  {
    name: "or",
    member: true,
    does: "itself, or the other optional when it has no value",
    overloads: [
      {
        takes: ["optional", "optional"],
        gives: ([one, other]) => unionOf([one ?? DYN, other ?? DYN]),
        run: (_, [one, other = null]) => ((one as Optional).present ? (one as Optional) : other),
      },
    ],
  },
  {
    name: "hasValue",
    member: true,
    does: "whether there is one",
    overloads: [{ takes: ["optional"], gives: BOOL, run: (_, [optional]) => (optional as Optional).present }],
  },
  {
    name: "value",
    member: true,
    does: "its value; fails when there is none",
    overloads: [
      {
        takes: ["optional"],
        gives: ([optional]) => (optional?.kind === "optional" ? optional.of : DYN),
        run: (_, [optional]) => {
          if (!(optional as Optional).present) {
            throw failed("The optional has no value; `orValue` gives another one instead.");
          }
          return (optional as Optional).value;
        },
      },
    ],
  },
];

/** By name; those called on a value begin with a dot. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = ALL.reduce((map, fn) => {
  const key = fn.member ? `.${fn.name}` : fn.name;
  const before = map.get(key);
  return map.set(key, before === undefined ? fn : { ...before, overloads: [...before.overloads, ...fn.overloads] });
}, new Map<string, CelFunction>());

/** Names before the dot of functions like `math.round`: no values. */
export const NAMESPACES: ReadonlySet<string> = new Set(["math", "base64", "lists", "optional", "cel"]);

/** Whether a value of this kind fits. */
export function takes(parameter: Parameter, value: Met): boolean {
  return parameter === "any" || kindOf(value) === (parameter === "strings" ? "list" : parameter);
}

/** Whether a value of this type may fit. */
export function mayTake(parameter: Parameter, type: Type): boolean {
  return alternatives(type).some(
    (each) =>
      parameter === "any" ||
      each.kind === "dyn" ||
      (each.kind === "object"
        ? parameter === "map"
        : parameter === "strings"
          ? each.kind === "list" && alternatives(each.of).some(({ kind }) => kind === "dyn" || kind === "string")
          : each.kind === parameter),
  );
}
