import { type Budget, Duration, Timestamp, type Value } from "../compiled.ts";
import { Optional } from "./optional.ts";

/**
 * What stops an evaluation; thrown inside of it and turned into a value at its edge. No Error: a stack would say nothing and cost more
 * than the evaluation.
 */
export class Fail {
  readonly code: "expression_failed" | "expression_too_expensive";
  readonly message: string;
  /** Where in the text; the innermost node that knows says it. */
  offset: number | undefined;
  constructor(code: Fail["code"], message: string, offset?: number) {
    this.code = code;
    this.message = message;
    this.offset = offset;
  }
}

export function failed(message: string, offset?: number): Fail {
  return new Fail("expression_failed", message, offset);
}

/** Steps that one evaluation may take. */
export const STEPS_MAX = 1_000_000;
/** Bytes of values that one evaluation may make, and of its result: twice the largest value there may be. */
export const BYTES_MAX = 16 * 1024 * 1024;

export function createBudget(): Budget {
  return { steps: STEPS_MAX, bytes: BYTES_MAX };
}

export function spendSteps(budget: Budget, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < 0) {
    throw new Fail("expression_too_expensive", `The evaluation takes more than ${STEPS_MAX} steps.`);
  }
}

/** Called before the value is made, so that what is too large never exists. */
export function spendBytes(budget: Budget, bytes: number): void {
  budget.bytes -= bytes;
  budget.steps -= bytes >>> 6;
  if (budget.bytes < 0) {
    throw new Fail("expression_too_expensive", `The evaluation makes values of more than ${BYTES_MAX} bytes.`);
  }
}

/** A value in a message: short. */
export function quoted(value: Value | Optional | undefined): string {
  if (value instanceof Timestamp) {
    return `timestamp(${value.ms} ms)`;
  }
  if (value instanceof Duration) {
    return `duration("${value.ms / 1000}s")`;
  }
  if (value instanceof Optional) {
    return value.present ? `optional.of(${quoted(value.value)})` : "optional.none()";
  }
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`;
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value);
    return `an object with ${names.length === 0 ? "no members" : names.slice(0, 5).join(", ").slice(0, 80)}${names.length > 5 ? ", …" : ""}`;
  }
  return String(value);
}
