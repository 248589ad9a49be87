// Operators: each is a closure over the programs of its sides.
import { unreachable } from "#kernel/plain";
import { type Budget, Duration, Timestamp, type Value } from "../compiled.ts";
import { Fail, failed, quoted, spendBytes, spendSteps } from "./fail.ts";
import type { Program } from "./frame.ts";
import { duration, timestamp } from "./functions/times.ts";
import { Optional } from "./optional.ts";
import type { BinaryOp } from "./syntax.ts";
import { compare, equal, type Fields, kindOf, type Met } from "./values.ts";

export function keyOf(value: Met): string {
  if (typeof value === "string") {
    return value;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  throw failed(`${quoted(value)} is no name of a member.`);
}

/** Within lists and objects there is nothing optional: what has no value is null. */
export function plain(value: Met): Value {
  return value instanceof Optional ? value.value : value;
}

export function truth(value: Met, operator: string): boolean {
  if (typeof value !== "boolean") {
    throw failed(`\`${operator}\` wants true or false, not ${quoted(value)}.`);
  }
  return value;
}

export function number(value: Met, operator: string): number {
  if (typeof value !== "number") {
    throw failed(`\`${operator}\` wants a number, not ${quoted(value)}.`);
  }
  return value;
}

/** `&&` and `||` are decided by either side: a failure of one does not matter when the other one decides. */
export function shortcut(left: Program, right: Program, decides: boolean, operator: string): Program {
  return (frame) => {
    let first: boolean;
    try {
      first = truth(left(frame), operator);
    } catch (error) {
      if (!(error instanceof Fail) || error.code === "expression_too_expensive" || right(frame) !== decides) {
        throw error;
      }
      return decides;
    }
    return first === decides ? decides : truth(right(frame), operator);
  };
}

export function binary(op: BinaryOp, left: Program, right: Program): Program {
  switch (op) {
    case "==":
      return (frame) => equal(left(frame), right(frame), frame.budget);
    case "!=":
      return (frame) => !equal(left(frame), right(frame), frame.budget);
    case "<":
      return (frame) => compare(left(frame), right(frame)) < 0;
    case "<=":
      return (frame) => compare(left(frame), right(frame)) <= 0;
    case ">":
      return (frame) => compare(left(frame), right(frame)) > 0;
    case ">=":
      return (frame) => compare(left(frame), right(frame)) >= 0;
    case "in":
      return (frame) => within(left(frame), right(frame), frame.budget);
    case "+":
      return (frame) => {
        const [a, b] = [left(frame), right(frame)];
        return typeof a === "number" && typeof b === "number" ? finite(a + b) : added(a, b, frame.budget);
      };
    case "-":
      return (frame) => {
        const [a, b] = [left(frame), right(frame)];
        return typeof a === "number" && typeof b === "number" ? finite(a - b) : subtracted(a, b);
      };
    case "*":
      return (frame) => finite(number(left(frame), op) * number(right(frame), op)) + 0;
    case "/":
      return (frame) => {
        const [a, b] = [number(left(frame), op), number(right(frame), op)];
        if (b === 0) {
          throw failed(`${a} is divided by zero.`);
        }
        return finite(a / b) + 0;
      };
    case "%":
      return (frame) => {
        const [a, b] = [number(left(frame), op), number(right(frame), op)];
        if (b === 0) {
          throw failed(`${a} is divided by zero.`);
        }
        return (a % b) + 0;
      };
    default:
      return unreachable(op);
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) {
    throw failed("The result is larger than any number that JSON can carry.");
  }
  return value;
}

function within(item: Met, container: Met, budget: Budget): boolean {
  switch (kindOf(container)) {
    case "list": {
      const list = container as readonly Value[];
      spendSteps(budget, list.length >>> 2);
      return list.some((each) => equal(item, each, budget));
    }
    case "map":
      return typeof item === "string" && Object.hasOwn(container as Fields, item);
    default:
      throw failed(`\`in\` looks into a list or an object, not ${quoted(container)}.`);
  }
}

function added(a: Met, b: Met, budget: Budget): Met {
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind === "string" && other === "string") {
    spendBytes(budget, (a as string).length + (b as string).length);
    return (a as string) + (b as string);
  }
  if (kind === "list" && other === "list") {
    const [one, two] = [a as readonly Value[], b as readonly Value[]];
    spendBytes(budget, (one.length + two.length) * 8);
    return one.concat(two);
  }
  if (kind === "bytes" && other === "bytes") {
    const [one, two] = [a as Uint8Array, b as Uint8Array];
    spendBytes(budget, one.length + two.length);
    const sum = new Uint8Array(one.length + two.length);
    sum.set(one);
    sum.set(two, one.length);
    return sum;
  }
  if (a instanceof Timestamp && b instanceof Duration) {
    return timestamp(a.ms + b.ms);
  }
  if (a instanceof Duration && b instanceof Timestamp) {
    return timestamp(a.ms + b.ms);
  }
  if (a instanceof Duration && b instanceof Duration) {
    return duration(a.ms + b.ms);
  }
  const hint = kind === "string" || other === "string" ? "; `string()` makes text of a value" : "";
  throw failed(`${quoted(a)} and ${quoted(b)} cannot be added${hint}.`);
}

function subtracted(a: Met, b: Met): Met {
  if (a instanceof Timestamp && b instanceof Timestamp) {
    return duration(a.ms - b.ms);
  }
  if (a instanceof Timestamp && b instanceof Duration) {
    return timestamp(a.ms - b.ms);
  }
  if (a instanceof Duration && b instanceof Duration) {
    return duration(a.ms - b.ms);
  }
  throw failed(`${quoted(b)} cannot be taken from ${quoted(a)}.`);
}
