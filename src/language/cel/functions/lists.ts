import { type Budget, Duration, type Value } from "../../compiled.ts";
import { failed, quoted, spendBytes, spendSteps } from "../fail.ts";
import { Optional } from "../optional.ts";
import { DURATION, DYN, LIST, listOf, NUMBER, optionalOf, STRING } from "../types.ts";
import { compare, equal, type Fields, type Met, put } from "../values.ts";
import {
  type CelFunction,
  elementOf,
  finite,
  made,
  onList,
  onString,
  paid,
  sameElements,
  sliced,
  whole,
  withOverload,
} from "./overload.ts";
import { duration } from "./times.ts";

export function indexIn(budget: Budget, list: readonly Value[], item: Met): number {
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

export const LISTS: readonly CelFunction[] = [
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
          spendSteps(budget, Math.ceil(count / 4));
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
];
