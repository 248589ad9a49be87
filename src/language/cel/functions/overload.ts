import type { Budget, Value } from "../../compiled.ts";
import { failed, quoted, spendBytes, spendSteps } from "../fail.ts";
import { alternatives, DYN, LIST, type Type, unionOf } from "../types.ts";
import { type Kind, kindOf, type Met } from "../values.ts";

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

export const elementOf = (type: Type | undefined): Type =>
  unionOf(
    alternatives(type ?? DYN).flatMap((each) => (each.kind === "list" ? [each.of] : each.kind === "dyn" ? [DYN] : [])),
  );

/** What is made is paid for before it is made: a byte for each UTF-16 unit, which is near enough. */
export function made(budget: Budget, text: string): string {
  spendBytes(budget, text.length);
  return text;
}

export function whole(value: Met, what: string): number {
  if (!Number.isInteger(value)) {
    throw failed(`${what} must be a whole number, not ${quoted(value)}.`);
  }
  return value as number;
}

export function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) {
    throw failed(`${what} is no finite number.`);
  }
  return value;
}

export function conversion(
  name: string,
  does: string,
  kinds: readonly Kind[],
  gives: Type,
  run: Overload["run"],
): CelFunction {
  return { name, member: false, does, overloads: kinds.map((kind) => ({ takes: [kind], gives, run })) };
}

export function sliced<T extends string | readonly Value[]>(
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

export function paid(budget: Budget, list: readonly Value[]): readonly Value[] {
  spendBytes(budget, list.length * 8);
  return list;
}

export function onString(
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

export function withOverload(fn: CelFunction, other: CelFunction): CelFunction {
  return { ...fn, overloads: [...fn.overloads, ...other.overloads] };
}

export function onList(
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

export const sameElements: Overload["gives"] = ([list]) => (list?.kind === "list" ? list : LIST);

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
