import type { Budget, Duration, Timestamp, Value } from "../../compiled.ts";
import { failed, quoted, spendBytes, spendSteps } from "../fail.ts";
import { durationText, timestampText } from "../time.ts";
import { BOOL, BYTES, DURATION, DYN, NUMBER, STRING, TIMESTAMP } from "../types.ts";
import { type Fields, kindOf, type Met } from "../values.ts";
import { characters } from "./characters.ts";
import { numberOf } from "./numbers.ts";
import { type CelFunction, conversion, type Overload } from "./overload.ts";
import { durationOf, timestamp, timestampOf } from "./times.ts";

export function textOf(budget: Budget, value: Met): string {
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

export const CONVERSIONS: readonly CelFunction[] = [
  { name: "size", member: false, does: "characters, elements, members or bytes", overloads: size },
  { name: "size", member: true, does: "characters, elements, members or bytes", overloads: size },
  {
    name: "dyn",
    member: false,
    does: "the value, of a type that is not checked",
    overloads: [{ takes: ["any"], gives: DYN, run: (_, [value = null]) => value }],
  },

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
];
