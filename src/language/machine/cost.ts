import { createBudget, STEPS_MAX } from "../cel/fail.ts";
import type { Budget, Context } from "../compiled.ts";

/** Where it is kept what evaluations took: in steps of theirs, of which one evaluation may take a million. */
export interface Cost {
  cost: number;
}

interface Evaluable<T> {
  evaluate(context: Context, budget: Budget): T;
}

/** Evaluates with a whole budget, and keeps what was taken of it. */
export function costed<T>(cost: Cost, evaluable: Evaluable<T>, context: Context): T {
  const budget = createBudget();
  const result = evaluable.evaluate(context, budget);
  cost.cost += STEPS_MAX - Math.max(0, budget.steps);
  return result;
}
