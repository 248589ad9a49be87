import type { StepKind } from "./definition.ts";

/** Every kind of step; a step is of the kind whose member it has. */
export const STEP_KINDS = [
  "map",
  "if",
  "switch",
  "for_each",
  "parallel",
  "http",
  "emit",
  "task",
  "code",
  "wait",
  "wait_for_event",
  "approve",
  "call",
  "respond",
  "fail",
  "stop",
] as const satisfies readonly StepKind[];

/** `parallel` is a kind of its own, and says in a `for_each` how many at once. */
export function kindOfStep(step: object): StepKind | undefined {
  return Object.hasOwn(step, "for_each") ? "for_each" : STEP_KINDS.find((kind) => Object.hasOwn(step, kind));
}
