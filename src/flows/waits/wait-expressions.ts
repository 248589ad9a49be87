import { createHash } from "node:crypto";
import {
  type Budget,
  type CompiledExpression,
  compileExpression,
  createBudget,
  type EventFactsOfRun,
  eventContext,
  holdsFor,
  type Json,
  matchText,
} from "#language";

/** By what an event finds those that wait for it: the expression, and what it must be equal to. Two different expressions never meet. */
export function matchKey(expression: string, value: string): string {
  const hex = createHash("sha256").update(`${expression}\n${value}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const KEPT_MAX = 1_000;

/** Evaluates what waits say of events, without their runs; what fails matches nothing. */
export class WaitExpressions {
  readonly #kept = new Map<string, CompiledExpression | undefined>();

  /** Of `match.key`. `budget`: what is left for this event. Undefined: it gives what is no key. */
  keyOf(text: string, event: EventFactsOfRun, budget: Budget): string | undefined {
    const expression = this.#compiled(text);
    const value = expression?.evaluate({ event: eventContext(event) }, budget);
    const key = value?.ok === true ? matchText(value.value) : undefined;
    return key === undefined ? undefined : matchKey(text, key);
  }

  /** Whether the `if` of a step holds, by what it reads of its run. Each has a budget of its own, as in its run; `steps`: what it took of it. */
  holds(condition: string, seen: string, event: EventFactsOfRun): { readonly holds: boolean; readonly steps: number } {
    const budget = createBudget();
    const whole = budget.steps;
    const expression = this.#compiled(condition);
    const holds =
      expression !== undefined &&
      holdsFor(expression, JSON.parse(seen) as { readonly [root: string]: Json }, event, budget);
    return { holds, steps: whole - budget.steps };
  }

  #compiled(text: string): CompiledExpression | undefined {
    if (this.#kept.has(text)) return this.#kept.get(text);
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    const compiled = parsed(text);
    this.#kept.set(text, compiled);
    return compiled;
  }
}

/** Stored expressions were checked; one of another release of the engine may not be read by this one, and then finds nobody. */
function parsed(text: string): CompiledExpression | undefined {
  const result = compileExpression(text);
  return result.ok ? result.expression : undefined;
}
