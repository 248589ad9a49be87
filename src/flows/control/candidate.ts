import {
  type Budget,
  type CompiledExpression,
  type CompiledFlow,
  type CompiledTrigger,
  type Context,
  createBudget,
  type EvaluationError,
  inputError,
  type Json,
  type StepError,
  startContext,
  type TriggerFacts,
} from "#language";
import { DEPTH_MAX, type Run } from "../run.ts";
import { gateId, type Rule, type Stage, shownKey } from "./gate.ts";

/** A run that asks to begin: leased to this process, phase `matched`. */
export interface Candidate {
  readonly run: Run;
  readonly flow: CompiledFlow;
  readonly facts: TriggerFacts;
  readonly input: Json;
}

/** What its expressions say. */
export type Wish =
  | { readonly kind: "wanted"; readonly rules: readonly Rule[]; readonly priority: number }
  /** A trigger wants it, and its input is not what the flow takes: it ends, failed. */
  | { readonly kind: "misfit"; readonly error: StepError }
  /** No trigger's `if` holds. */
  | { readonly kind: "unwanted" }
  /** An expression of a trigger or of flow control cannot be evaluated: the run does not begin, and that is recorded. */
  | { readonly kind: "failed"; readonly code: EvaluationError["code"]; readonly message: string };

/**
 * Whether a run of this flow must be admitted before it begins. Of nearly all flows it need not, and then nothing here is ever asked.
 * Those too deep are among them, because how a cycle ends is decided here.
 */
export function needsAdmission(flow: CompiledFlow, run: Pick<Run, "trigger" | "depth">): boolean {
  if (run.depth > DEPTH_MAX || run.trigger === "schedule" || isControlled(flow)) return true;
  return flow.triggers.some(
    (trigger) => trigger.kind === run.trigger && trigger.kind !== "schedule" && trigger.if !== undefined,
  );
}

export function isControlled({ control }: CompiledFlow): boolean {
  const { concurrency, rate, throttle, debounce, batch, singleton } = control;
  return [concurrency, rate, throttle, debounce, batch, singleton].some((rule) => rule !== undefined);
}

/** Evaluates what decides about a run's beginning. Pure. */
export function wishOf(candidate: Candidate): Wish {
  const { run, flow, facts, input } = candidate;
  // What its inputs were keyed by was found out when the first of them came.
  if (facts.kind === "batch") return keptWish(run);
  const context = startContext(facts, input);
  // One for all its expressions: hundreds of candidates are judged one after another.
  const budget = createBudget();
  const wanted = isWanted(flow, run, facts, context, budget);
  if (wanted !== true) return wanted;
  // Before it takes a place, or is gathered with others whose run it would fail.
  const error = inputError(flow, input, false);
  if (error !== undefined) return { kind: "misfit", error };
  const keys = new Keys(run.flowId, context, budget);
  const { singleton, debounce, batch, rate, throttle, concurrency, priority } = flow.control;
  const overlap = overlapOf(flow, run, facts);
  const rules: (Rule | undefined)[] = [
    overlap,
    singleton && { stage: "singleton", ...keys.of("singleton", singleton.key), mode: singleton.mode },
    debounce && {
      stage: "debounce",
      ...keys.of("debounce", debounce.key),
      waitMs: debounce.waitMs,
      maxMs: debounce.maxMs,
    },
    batch && { stage: "batch", ...keys.of("batch", batch.key), size: batch.size, waitMs: batch.waitMs },
    rate && { stage: "rate", ...keys.of("rate", rate.key), limit: rate.limit, perMs: rate.perMs },
    throttle && {
      stage: "throttle",
      ...keys.of("throttle", throttle.key),
      limit: throttle.limit,
      perMs: throttle.perMs,
    },
    concurrency && { stage: "concurrency", ...keys.of("concurrency", concurrency.key), limit: concurrency.limit },
  ];
  const rank = priority === undefined ? 0 : keys.number(priority);
  return (
    keys.failed ?? {
      kind: "wanted",
      rules: rules.filter((rule) => rule !== undefined),
      priority: Math.max(-100, Math.min(100, Math.round(rank))),
    }
  );
}

/** Evaluates keys; the first that fails is kept. */
class Keys {
  readonly #flowId: string;
  readonly #context: Context;
  readonly #budget: Budget;
  failed: Wish | undefined;

  constructor(flowId: string, context: Context, budget: Budget) {
    this.#flowId = flowId;
    this.#context = context;
    this.#budget = budget;
  }

  of(stage: Stage, key: CompiledExpression | undefined): { gateId: string; key: string } {
    if (key === undefined) return { gateId: gateId(this.#flowId, stage, ""), key: "" };
    const value = this.#value(key);
    // As JSON: the number 1 and the text "1" are two keys.
    const text = JSON.stringify(value);
    return { gateId: gateId(this.#flowId, stage, text), key: shownKey(typeof value === "string" ? value : text) };
  }

  number(expression: CompiledExpression): number {
    const value = this.#value(expression);
    if (typeof value === "number") return value;
    const message = `The priority ${expression.text} gave ${JSON.stringify(value)}; it should be a number`;
    this.failed ??= { kind: "failed", code: "expression_failed", message };
    return 0;
  }

  #value(expression: CompiledExpression): Json {
    const value = expression.evaluate(this.#context, this.#budget);
    if (value.ok) return value.value;
    this.failed ??= failedBy(value.error);
    return null;
  }
}

function failedBy({ code, message, at }: EvaluationError): Wish {
  return { kind: "failed", code, message: `${at}: ${message}` };
}

/** What a batch's run keeps of the first of its inputs, in its facts. */
export interface BatchFacts {
  readonly count: number;
  readonly rules: readonly Rule[];
  readonly priority: number;
}

function keptWish(run: Run): Wish {
  const { rules, priority } = run.facts as unknown as BatchFacts;
  return { kind: "wanted", rules, priority };
}

/** What stands for the moment before, of the schedule that a run is of: a place that only one run holds. */
function overlapOf(flow: CompiledFlow, run: Run, facts: TriggerFacts): Rule | undefined {
  if (facts.kind !== "schedule") return undefined;
  const on = run.facts?.["on"];
  const index = Array.isArray(on) ? Number(on[0]) : 0;
  const trigger = flow.triggers[index];
  if (trigger?.kind !== "schedule") return undefined;
  const mode = trigger.overlap === "cancel" ? "replace" : trigger.overlap;
  return { stage: "overlap", gateId: gateId(run.flowId, "overlap", String(index)), key: trigger.schedule, mode };
}

/** An API call, a person and a batch want it whatever the triggers say. */
function isWanted(flow: CompiledFlow, run: Run, facts: TriggerFacts, context: Context, budget: Budget): true | Wish {
  switch (facts.kind) {
    case "event":
    case "source":
    case "delivery":
    case "run":
      break;
    default:
      return true;
  }
  // Which of them the event fitted by type or source.
  const matched = run.facts?.["on"];
  const isMatched = (trigger: CompiledTrigger, index: number) =>
    trigger.kind === facts.kind &&
    (Array.isArray(matched)
      ? matched.includes(index)
      : trigger.kind !== "event" || (facts.kind === "event" && trigger.types.includes(facts.event.type)));
  let failed: Wish | undefined;
  for (const trigger of flow.triggers.filter(isMatched)) {
    if (trigger.kind === "schedule" || trigger.if === undefined) return true;
    const holds = trigger.if.evaluate(context, budget);
    if (holds.ok && holds.value === true) return true;
    if (!holds.ok) failed ??= failedBy(holds.error);
  }
  return failed ?? { kind: "unwanted" };
}
