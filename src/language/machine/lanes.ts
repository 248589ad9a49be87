import type { CompiledStepOf } from "../compiled.ts";
import { errorContext } from "../context.ts";
import type { Json } from "../definition.ts";
import { completeStep } from "./completing.ts";
import { wrongType } from "./draft.ts";
import { enterStep, evaluated } from "./evaluating.ts";
import { failStep } from "./failing.ts";
import { type Activation, Fan, Sequence } from "./frames.ts";
import { ITEMS_MAX } from "./limits.ts";
import type { Run } from "./run.ts";

// Lists of steps at once: the items of a `for_each`, the branches of a `parallel`.

export function beginForEach(run: Run, sequence: Sequence, step: CompiledStepOf<"for_each">, path: string): void {
  const list = evaluated(run, sequence, step, path, step.list)?.value;
  if (list === undefined) {
    return;
  }
  const activation = enterStep(sequence, step, path);
  if (!Array.isArray(list)) {
    failStep(run, activation, wrongType(step.list.at, "What for_each goes through must be a list", list));
    return;
  }
  const items: readonly Json[] = list;
  if (items.length > ITEMS_MAX) {
    failStep(run, activation, {
      class: "invalid",
      code: "too_many_items",
      message: `The list has ${items.length} items, and for_each takes at most ${ITEMS_MAX}.`,
      at: step.list.at,
    });
    return;
  }
  activation.fan = new Fan(items.length, step.parallel, items);
  run.agenda.push(activation);
}

export function beginParallel(run: Run, sequence: Sequence, step: CompiledStepOf<"parallel">, path: string): void {
  const activation = enterStep(sequence, step, path);
  activation.fan = new Fan(step.branches.length, step.branches.length, undefined);
  run.agenda.push(activation);
}

/** Begins the next lane if one more may be under way, and comes again when it got as far as it can; joins them after the last. */
export function beginLanes(run: Run, activation: Activation): void {
  const { fan } = activation;
  if (fan === undefined || activation.givenUp || fan.over) {
    return;
  }
  if (fan.next === fan.results.length) {
    if (fan.live.size === 0) {
      fan.over = true;
      join(run, activation, fan);
    }
    return;
  }
  if (fan.live.size < fan.limit) {
    const lane = laneOf(activation, fan, fan.next);
    fan.next += 1;
    fan.live.add(lane);
    run.agenda.push(activation, lane);
  }
}

function laneOf(of: Activation, fan: Fan, index: number): Sequence {
  const { step, path, sequence } = of;
  const owner = { kind: "lane", of, fan, index } as const;
  if (step.kind === "for_each") {
    const scope = sequence.scope.withItem(fan.items?.[index] ?? null, index);
    return new Sequence(step.do, `${path}[${index}].`, scope, owner, sequence.part);
  }
  const branch = step.kind === "parallel" ? step.branches[index] : undefined;
  if (branch === undefined) {
    throw new Error(`"${path}" has no lane ${index}.`);
  }
  return new Sequence(branch.steps, `${path}.${branch.name}.`, sequence.scope, owner, sequence.part);
}

function join(run: Run, activation: Activation, fan: Fan): void {
  run.keptBytes -= fan.keptBytes;
  completeStep(run, activation, joined(activation, fan), fan.keptBytes, true);
}

function joined({ step }: Activation, fan: Fan): Json {
  if (step.kind === "parallel") {
    return Object.fromEntries(step.branches.map(({ name }, index) => [name, fan.results[index] ?? null]));
  }
  if (step.kind === "for_each" && step.reportsFailures) {
    const failures = fan.failures
      .sort((a, b) => a.index - b.index)
      .map(({ index, error }) => ({ index, error: errorContext(error) as Json }));
    return { results: fan.results, failures };
  }
  return fan.results;
}
