import { failed, quoted } from "../fail.ts";
import { NUMBER } from "../types.ts";
import { type CelFunction, finite, whole } from "./overload.ts";

function onNumber(name: string, does: string, of: (value: number) => number): CelFunction {
  return {
    name,
    member: false,
    does,
    overloads: [{ takes: ["number"], gives: NUMBER, run: (_, [value]) => finite(of(value as number), name) }],
  };
}

/** Roundings of numbers go away from zero at a half, as people round money. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** By its shortest decimal text: who writes 1.005 means to get 1.01 of it, though the double is a little less. */
export function roundedTo(value: number, digits: number): number {
  const magnitude = Math.abs(value);
  const shifted = magnitude < 1e21 && magnitude >= 1e-6 ? Number(`${magnitude}e${digits}`) : magnitude * 10 ** digits;
  const result = Number(`${Math.round(shifted)}e-${digits}`);
  return Number.isFinite(result) ? Math.sign(value) * result + 0 : value;
}

export function numberOf(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.slice(0, 400))) {
    throw failed(`${quoted(text)} is no number.`);
  }
  return finite(Number(text), quoted(text));
}

export const NUMBERS: readonly CelFunction[] = [
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
];
