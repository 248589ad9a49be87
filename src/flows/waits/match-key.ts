import { createHash } from "node:crypto";
import {
  type Budget,
  type CompiledExpression,
  compileExpression,
  type EventFactsOfRun,
  eventContext,
  matchText,
} from "#language";

/** By what an event finds those that wait for it: the expression, and what it must be equal to. Two different expressions never meet. */
export function matchKey(expression: string, value: string): string {
  const hex = createHash("sha256").update(`${expression}\n${value}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const KEPT_MAX = 1_000;

/** Evaluates expressions of `match.key` over events; those that fail, or give what is no key, match nothing. */
export class KeyExpressions {
  readonly #kept = new Map<string, CompiledExpression | undefined>();

  /** `budget`: what is left for this event. */
  keyOf(text: string, event: EventFactsOfRun, budget: Budget): string | undefined {
    const expression = this.#compiled(text);
    const value = expression?.evaluate({ event: eventContext(event) }, budget);
    const key = value?.ok === true ? matchText(value.value) : undefined;
    return key === undefined ? undefined : matchKey(text, key);
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
