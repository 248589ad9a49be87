import type { Budget, CompiledExpression, Context, Evaluated, EvaluationError } from "../compiled.ts";
import { checkTree, type ExpressionFault, type Scope } from "./check.ts";
import { createBudget, Fail, failed, spendSteps } from "./fail.ts";
import type { Program } from "./frame.ts";
import { programOf } from "./program.ts";
import { readsOfTree } from "./reads.ts";
import { type Node, parseText } from "./syntax.ts";
import { ROOTS, weight } from "./tree.ts";
import { DYN, type Type } from "./types.ts";
import { type Met, toJson } from "./values.ts";

/** In which everything may be named and nothing is known of it, secrets excepted. */
export const OPEN_SCOPE: Scope = {
  roots: new Map(ROOTS.filter((root) => root !== "secrets" && root !== "steps").map((root) => [root, DYN])),
  steps: undefined,
};

export type ExpressionResult =
  | { readonly ok: true; readonly expression: CompiledExpression; readonly type: Type }
  | { readonly ok: false; readonly faults: readonly ExpressionFault[] };

/**
 * Makes an expression of its text, or says everything that is wrong with it. `at`: where it stands in the definition, for what is said when
 * it fails.
 */
export function compileExpression(text: string, scope: Scope = OPEN_SCOPE, at = ""): ExpressionResult {
  const parsed = parseText(text);
  if (!parsed.ok) {
    return { ok: false, faults: [parsed.fault] };
  }
  const { type, faults } = checkTree(parsed.node, scope);
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, type, expression: expressionOf(parsed.node, text, at) };
}

/** Of a tree that was checked. */
export function expressionOf(tree: Node, text: string, at: string): CompiledExpression {
  const program = programOf(tree);
  const steps = weight(tree);
  return {
    text,
    at,
    reads: readsOfTree(tree),
    evaluate: (context, budget = createBudget()) => evaluated(program, steps, context, budget, at),
  };
}

function evaluated(program: Program, steps: number, context: Context, budget: Budget, at: string): Evaluated {
  return attempted(at, () => ({ ok: true, value: toJson(run(program, steps, context, budget), budget) }));
}

export function run(program: Program, steps: number, context: Context, budget: Budget): Met {
  spendSteps(budget, steps);
  return program({ context, budget, locals: [] });
}

/** The edge of evaluation: what was thrown inside is a value outside. */
export function attempted<T>(
  at: string,
  evaluate: () => T,
): T | { readonly ok: false; readonly error: EvaluationError } {
  try {
    return evaluate();
  } catch (error) {
    const fail =
      error instanceof Fail
        ? error
        : // Nesting of text and data is limited, so this needs both at their deepest, and little stack left by whoever asks.
          error instanceof RangeError
          ? failed("The value is nested too deep.")
          : undefined;
    if (fail === undefined) {
      throw error;
    }
    return { ok: false, error: { code: fail.code, message: fail.message, at, offset: fail.offset ?? 0 } };
  }
}
