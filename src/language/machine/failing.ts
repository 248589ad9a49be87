import { unreachable } from "#kernel/plain";
import { errorContext } from "../context.ts";
import type { StepError } from "../journal.ts";
import { afterwards, failRun } from "./ending.ts";
import { type Activation, type Fan, Sequence } from "./frames.ts";
import { abandon } from "./giving-up.ts";
import type { Run } from "./run.ts";

// A failure goes outward: from a step to its `on_failure`, from there to the list it stands in, to the step around that list, and at last to the run.

/** The step has failed for good. */
export function failStep(run: Run, activation: Activation, error: StepError): void {
  const { step, sequence, path } = activation;
  const told = error.path === undefined ? { ...error, path } : error;
  const handler = step.onFailure;
  if (handler === undefined || handler.length === 0) {
    failSequence(run, sequence, told);
    return;
  }
  const child = new Sequence(
    handler,
    `${sequence.prefix}!${step.id}.`,
    sequence.scope.withError(errorContext(told)),
    { kind: "on_failure", of: activation },
    sequence.part,
  );
  activation.phase = "within";
  activation.child = child;
  run.agenda.push(child);
}

function failSequence(run: Run, sequence: Sequence, error: StepError): void {
  const { owner } = sequence;
  sequence.over = true;
  if (owner.kind !== "run") {
    run.keptBytes -= sequence.keptBytes;
  }
  switch (owner.kind) {
    case "run":
      failRun(run, error);
      return;
    case "run_on_failure":
    case "compensation":
      // Recorded where it has entries; what follows is done all the same.
      afterwards(run);
      return;
    case "branch":
      failStep(run, owner.of, error);
      return;
    case "on_failure":
      failSequence(run, owner.of.sequence, error);
      return;
    case "lane":
      failLane(run, sequence, owner, error);
      return;
    default:
      unreachable(owner);
  }
}

export function failLane(
  run: Run,
  lane: Sequence,
  { of, fan, index }: { readonly of: Activation; readonly fan: Fan; readonly index: number },
  error: StepError,
): void {
  const { step } = of;
  fan.live.delete(lane);
  fan.failures.push({ index, error });
  if (fan.failures.length > (step.kind === "for_each" ? step.tolerate : 0)) {
    abandon(run, fan);
    failStep(run, of, error);
    return;
  }
  run.agenda.push(of);
}
