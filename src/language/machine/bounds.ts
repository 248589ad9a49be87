import type { StepError } from "../journal.ts";
import { endWithVerdict, failRun } from "./ending.ts";
import { ENTRIES_MAX, OUTPUT_BYTES_MAX, RUN_BYTES_MAX, STEPS_BEGUN_MAX } from "./limits.ts";
import type { Run } from "./run.ts";

// What makes every run end: what is more than the limits fails it, and what follows has as much again.

/** Counts bytes of an output as kept. */
export function keep(run: Run, bytes: number): void {
  run.keptBytes += bytes;
  if (run.keptBytes > RUN_BYTES_MAX && run.part === "main") {
    failRun(run, {
      class: "invalid",
      code: "result_too_large",
      message: `The run keeps more than ${RUN_BYTES_MAX} bytes of what its steps output.`,
    });
  }
}

export function boundEntries(run: Run): void {
  if (run.part === "main" && run.entries > ENTRIES_MAX) {
    failRun(run, tooLong(`The run has more than ${ENTRIES_MAX} entries.`));
  } else if (run.entries > 2 * ENTRIES_MAX) {
    endWithVerdict(run);
  }
}

/** Counts a step as begun; false: it is one too many, and the run has moved on. */
export function mayBegin(run: Run): boolean {
  run.stepsBegun += 1;
  if (run.stepsBegun <= STEPS_BEGUN_MAX) {
    return true;
  }
  if (run.part === "main") {
    failRun(run, tooLong(`The run began more than ${STEPS_BEGUN_MAX} steps.`));
    // As many again for what follows, as with entries.
    run.stepsBegun = 0;
  } else {
    endWithVerdict(run);
  }
  return false;
}

function tooLong(message: string): StepError {
  return { class: "invalid", code: "run_too_long", message };
}

/** `at`: what in the definition gave it. */
export function tooLarge(at: string): StepError {
  return {
    class: "invalid",
    code: "result_too_large",
    message: `The output has more than ${OUTPUT_BYTES_MAX} bytes, which is the most that a step may output.`,
    at,
  };
}
