import type { CompiledStep, CompiledStepOf } from "../compiled.ts";
import { tooLarge } from "./bounds.ts";
import { beginIf, beginSwitch } from "./branches.ts";
import { passStep } from "./completing.ts";
import { commandKindOf, type Doing, draftOf } from "./draft.ts";
import { afterwards, endRun } from "./ending.ts";
import { enterStep, evaluated } from "./evaluating.ts";
import { failStep } from "./failing.ts";
import { Activation, type Sequence } from "./frames.ts";
import { jsonSize } from "./json-size.ts";
import { beginForEach, beginParallel } from "./lanes.ts";
import { OUTPUT_BYTES_MAX } from "./limits.ts";
import type { Pin, Run } from "./run.ts";

/** Begins the next step of a sequence. True when it is done already and the sequence can go on. */
export function beginStep(run: Run, sequence: Sequence, step: CompiledStep): boolean {
  const path = sequence.prefix + step.id;
  const pin = run.pins?.get(path);
  if (pin !== undefined) {
    return passPinned(run, sequence, step, path, pin);
  }
  switch (step.kind) {
    case "if":
      beginIf(run, sequence, step, path);
      return false;
    case "switch":
      beginSwitch(run, sequence, step, path);
      return false;
    case "for_each":
      beginForEach(run, sequence, step, path);
      return false;
    case "parallel":
      beginParallel(run, sequence, step, path);
      return false;
    case "fail":
      beginFail(run, sequence, step, path);
      return false;
    case "stop":
      beginStop(run, sequence, step, path);
      return false;
    case "map":
      if (!step.durable) {
        return passMap(run, sequence, step, path);
      }
      beginDoing(run, sequence, step, path);
      return false;
    default:
      beginDoing(run, sequence, step, path);
      return false;
  }
}

/** What another run did, or failed to do: this one does not do it again, and does not compensate it. */
function passPinned(run: Run, sequence: Sequence, step: CompiledStep, path: string, pin: Pin): boolean {
  if ("error" in pin) {
    failStep(run, enterStep(sequence, step, path), pin.error);
    return false;
  }
  passStep(run, sequence, step, pin.output, jsonSize(pin.output, OUTPUT_BYTES_MAX), false);
  return !sequence.over;
}

function passMap(run: Run, sequence: Sequence, step: CompiledStepOf<"map">, path: string): boolean {
  const value = evaluated(run, sequence, step, path, step.map);
  if (value === undefined) {
    return false;
  }
  const size = jsonSize(value.value, OUTPUT_BYTES_MAX);
  if (size >= OUTPUT_BYTES_MAX) {
    failStep(run, enterStep(sequence, step, path), tooLarge(step.map.at));
    return false;
  }
  passStep(run, sequence, step, value.value, size, true);
  return !sequence.over;
}

/** The step wants something done, and an entry. */
function beginDoing(run: Run, sequence: Sequence, step: Doing, path: string): void {
  const drafted = draftOf(step, sequence.scope, run.compiled.hosts, run);
  if (!drafted.ok) {
    failStep(run, enterStep(sequence, step, path), drafted.error);
    return;
  }
  const { command } = drafted.draft;
  if (command.kind === "record" && jsonSize(command.output, OUTPUT_BYTES_MAX) >= OUTPUT_BYTES_MAX) {
    failStep(run, enterStep(sequence, step, path), tooLarge(step.at));
    return;
  }
  const activation = new Activation(step, path, sequence, commandKindOf(step), drafted.draft);
  sequence.current = activation;
  run.open.set(path, activation);
  run.wanting.push(activation);
}

function beginFail(run: Run, sequence: Sequence, step: CompiledStepOf<"fail">, path: string): void {
  const message = evaluated(run, sequence, step, path, step.message)?.value;
  if (message !== undefined) {
    failStep(run, enterStep(sequence, step, path), {
      class: "permanent",
      code: step.code,
      message: typeof message === "string" ? message : JSON.stringify(message),
    });
  }
}

/** In the run's `on_failure` and in compensations it ends that list only. */
function beginStop(run: Run, sequence: Sequence, step: CompiledStepOf<"stop">, path: string): void {
  const output = evaluated(run, sequence, step, path, step.output)?.value;
  if (output === undefined) {
    return;
  }
  if (sequence.part === "main") {
    endRun(run, { state: "completed", output });
  } else {
    afterwards(run);
  }
}
