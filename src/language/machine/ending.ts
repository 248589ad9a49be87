import { errorContext } from "../context.ts";
import type { Ending, StepError } from "../journal.ts";
import { Sequence } from "./frames.ts";
import { giveUp } from "./giving-up.ts";
import { Moment } from "./moment.ts";
import type { Run, Verdict } from "./run.ts";

// What comes after the steps: the run's `on_failure`, then compensations, last first, then the end with the verdict.

/** The run has failed: what is under way is given up, and what follows begins. */
export function failRun(run: Run, error: StepError): void {
  const { onFailure } = run.compiled;
  const scope = run.root.scope.withError(errorContext(error));
  leaveMain(run, { state: "failed", error });
  if (onFailure.length === 0) {
    afterwards(run);
  } else {
    follow(run, new Sequence(onFailure, "!.", scope, { kind: "run_on_failure" }, "after"));
  }
}

export function cancelRun(run: Run, reason: string): void {
  if (run.part === "main") {
    leaveMain(run, { state: "cancelled", reason });
    afterwards(run);
  } else if (run.after?.owner.kind === "run_on_failure") {
    // What was done is compensated all the same, so a second request to cancel changes nothing.
    afterwards(run);
  }
}

function leaveMain(run: Run, verdict: Verdict): void {
  const { keptBytes } = run;
  giveUp(run, run.root);
  // What follows still sees it.
  run.keptBytes = keptBytes;
  run.verdict = verdict;
  run.part = "after";
  // What follows has as long as the run had.
  run.due.add(new Moment(run.clockMs + run.compiled.timeoutMs, undefined, run));
}

/** The next compensation, or the end. */
export function afterwards(run: Run): void {
  if (run.after !== undefined) {
    giveUp(run, run.after);
    run.after = undefined;
  }
  const done = run.done.pop();
  if (done === undefined) {
    endWithVerdict(run);
  } else {
    follow(run, new Sequence(done.steps, done.prefix, done.scope, { kind: "compensation" }, "after"));
  }
}

function follow(run: Run, sequence: Sequence): void {
  run.after = sequence;
  run.agenda.push(sequence);
}

/** Whatever is left to be compensated. */
export function endWithVerdict(run: Run): void {
  if (run.verdict === undefined) {
    throw new Error("A run that has no verdict cannot end before its steps do.");
  }
  endRun(run, run.verdict);
}

export function endRun(run: Run, ending: Ending): void {
  run.ending = ending;
  run.agenda.length = 0;
  run.inbox.clear();
  run.open.clear();
  run.wanting = [];
  run.unwanted = [];
}
