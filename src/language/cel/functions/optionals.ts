import type { Value } from "../../compiled.ts";
import { failed } from "../fail.ts";
import { Optional } from "../optional.ts";
import { BOOL, DYN, optionalOf, unionOf } from "../types.ts";
import type { CelFunction } from "./overload.ts";

export const OPTIONALS: readonly CelFunction[] = [
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
