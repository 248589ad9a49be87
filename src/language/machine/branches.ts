import type { CompiledStep, CompiledStepOf } from "../compiled.ts";
import { conditionOf, enterStep } from "./evaluating.ts";
import { type Activation, Sequence } from "./frames.ts";
import type { Run } from "./run.ts";

export function beginIf(run: Run, sequence: Sequence, step: CompiledStepOf<"if">, path: string): void {
  const holds = conditionOf(run, sequence, step, path, step.if);
  if (holds !== undefined) {
    takeBranch(run, enterStep(sequence, step, path), holds ? step.then : step.else);
  }
}

export function beginSwitch(run: Run, sequence: Sequence, step: CompiledStepOf<"switch">, path: string): void {
  for (const { when, do: steps } of step.cases) {
    const holds = conditionOf(run, sequence, step, path, when);
    if (holds === undefined) {
      return;
    }
    if (holds) {
      takeBranch(run, enterStep(sequence, step, path), steps);
      return;
    }
  }
  takeBranch(run, enterStep(sequence, step, path), step.else);
}

function takeBranch(run: Run, activation: Activation, steps: readonly CompiledStep[]): void {
  const { sequence, path } = activation;
  const child = new Sequence(steps, `${path}.`, sequence.scope, { kind: "branch", of: activation }, sequence.part);
  activation.child = child;
  run.agenda.push(child);
}
