import { unreachable } from "#kernel/plain";
import type { CompiledStep } from "../compiled.ts";
import type { Json } from "../definition.ts";
import { keep, tooLarge } from "./bounds.ts";
import { costed } from "./cost.ts";
import { invalid } from "./draft.ts";
import { afterwards, endRun, failRun } from "./ending.ts";
import { failLane, failStep } from "./failing.ts";
import type { Activation, Owner, Sequence } from "./frames.ts";
import { abandon } from "./giving-up.ts";
import { jsonSize } from "./json-size.ts";
import { OUTPUT_BYTES_MAX } from "./limits.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";

// A step that is done lets its list go on; a list that is done completes the step around it, and the outermost the run.

/** A step that has an activation is done. `itself`: not by what its `on_failure` did instead. */
export function completeStep(run: Run, activation: Activation, output: Json, bytes: number, itself: boolean): void {
  const { sequence, step } = activation;
  sequence.current = undefined;
  passStep(run, sequence, step, output, bytes, itself);
  if (!sequence.over) {
    run.agenda.push(sequence);
  }
}

/** Adds what the step did to what the sequence knows. */
export function passStep(
  run: Run,
  sequence: Sequence,
  step: CompiledStep,
  output: Json,
  bytes: number,
  itself: boolean,
): void {
  sequence.scope = sequence.scope.withStep(step.id, output);
  sequence.last = output;
  sequence.lastBytes = bytes;
  sequence.keptBytes += bytes;
  sequence.position += 1;
  if (itself) {
    oweCompensation(run, sequence, step, sequence.scope);
  }
  keep(run, bytes);
}

/** Nobody waits for it any more, but it happened: it is the first to be compensated. */
export function completeLate(run: Run, { sequence, step }: Activation, output: Json): void {
  oweCompensation(run, sequence, step, sequence.scope.withStep(step.id, output));
}

function oweCompensation(run: Run, sequence: Sequence, step: CompiledStep, scope: Scope): void {
  if (sequence.part === "main" && step.compensate !== undefined && step.compensate.length > 0) {
    run.done.push({ steps: step.compensate, prefix: `${sequence.prefix}~${step.id}.`, scope });
  }
}

/** All steps of a list are done. */
export function completeSequence(run: Run, sequence: Sequence): void {
  const { owner } = sequence;
  sequence.over = true;
  if (owner.kind !== "run") {
    run.keptBytes -= sequence.keptBytes;
  }
  switch (owner.kind) {
    case "run":
      completeRun(run);
      return;
    case "run_on_failure":
    case "compensation":
      afterwards(run);
      return;
    case "branch":
      completeStep(run, owner.of, sequence.last, sequence.lastBytes, true);
      return;
    case "on_failure":
      completeStep(run, owner.of, sequence.last, sequence.lastBytes, false);
      return;
    case "lane":
      completeLane(run, sequence, owner);
      return;
    default:
      unreachable(owner);
  }
}

function completeLane(run: Run, lane: Sequence, owner: Extract<Owner, { readonly kind: "lane" }>): void {
  const { of, fan, index } = owner;
  const { step } = of;
  let { last: result, lastBytes: bytes } = lane;
  if (step.kind === "for_each" && step.output !== undefined) {
    const evaluated = costed(run, step.output, lane.scope);
    if (!evaluated.ok) {
      failLane(run, lane, owner, invalid(evaluated.error));
      return;
    }
    result = evaluated.value;
    bytes = jsonSize(result, OUTPUT_BYTES_MAX);
  }
  fan.live.delete(lane);
  fan.results[index] = result;
  fan.keptBytes += bytes;
  if (fan.keptBytes >= OUTPUT_BYTES_MAX) {
    abandon(run, fan);
    failStep(run, of, tooLarge(step.at));
    return;
  }
  keep(run, bytes);
  run.agenda.push(of);
}

function completeRun(run: Run): void {
  const { output } = run.compiled;
  const evaluated = costed(run, output, run.root.scope);
  if (!evaluated.ok) {
    failRun(run, invalid(evaluated.error));
    return;
  }
  if (jsonSize(evaluated.value, OUTPUT_BYTES_MAX) >= OUTPUT_BYTES_MAX) {
    failRun(run, tooLarge(output.at));
    return;
  }
  endRun(run, { state: "completed", output: evaluated.value });
}
