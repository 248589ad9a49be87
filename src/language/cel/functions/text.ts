import type { Budget, Value } from "../../compiled.ts";
import { failed, quoted, spendBytes, spendSteps } from "../fail.ts";
import { parsePattern } from "../pattern/pattern.ts";
import { BOOL, BYTES, listOf, NUMBER, STRING } from "../types.ts";
import { kindOf, type Met, toJson } from "../values.ts";
import { characters, unitsAt } from "./characters.ts";
import { textOf } from "./conversions.ts";
import { indexIn } from "./lists.ts";
import { roundedTo } from "./numbers.ts";
import {
  type CelFunction,
  conversion,
  made,
  type Overload,
  onList,
  onString,
  whole,
  withOverload,
} from "./overload.ts";

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

const contains: Overload["run"] = (budget, [text, part]) => {
  spendSteps(budget, (text as string).length >>> 4);
  return (text as string).includes(part as string);
};

export const TEXT: readonly CelFunction[] = [
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
];
