import type { CompiledExpression, CompiledStep, CompiledTemplate } from "../compiled.ts";
import type { Json } from "../definition.ts";
import { costed } from "./cost.ts";
import { invalid, wrongType } from "./draft.ts";
import { failStep } from "./failing.ts";
import { Activation, type Sequence } from "./frames.ts";
import type { Run } from "./run.ts";

/** An activation for a step that is of structure, or that fails before it does anything. */
export function enterStep(sequence: Sequence, step: CompiledStep, path: string): Activation {
  const activation = new Activation(step, path, sequence, undefined, undefined);
  sequence.current = activation;
  return activation;
}

/** Undefined: it could not be evaluated, and the step has failed. */
export function evaluated(
  run: Run,
  sequence: Sequence,
  step: CompiledStep,
  path: string,
  expression: CompiledExpression | CompiledTemplate,
): { readonly value: Json } | undefined {
  const result = costed(run, expression, sequence.scope);
  if (result.ok) {
    return result;
  }
  failStep(run, enterStep(sequence, step, path), invalid(result.error));
  return undefined;
}

/** Undefined: it is neither true nor false, and the step has failed. */
export function conditionOf(
  run: Run,
  sequence: Sequence,
  step: CompiledStep,
  path: string,
  expression: CompiledExpression,
): boolean | undefined {
  const value = evaluated(run, sequence, step, path, expression)?.value;
  if (value === undefined || typeof value === "boolean") {
    return value;
  }
  failStep(run, enterStep(sequence, step, path), wrongType(expression.at, "A condition must be true or false", value));
  return undefined;
}
