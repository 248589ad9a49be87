import { unreachable } from "#kernel/plain";
import type { Entry, StepError } from "../journal.ts";
import { boundEntries } from "./bounds.ts";
import { completeLate, completeStep } from "./completing.ts";
import { cancelRun, endWithVerdict, failRun } from "./ending.ts";
import { failStep } from "./failing.ts";
import type { Activation } from "./frames.ts";
import { JournalMismatch } from "./journal-mismatch.ts";
import { jsonSize } from "./json-size.ts";
import { OUTPUT_BYTES_MAX } from "./limits.ts";
import { Moment } from "./moment.ts";
import type { Run } from "./run.ts";

type EntryOfStep = Exclude<Entry, { readonly kind: "cancelled" }>;

/** What an entry does to a run on which nothing is left to be worked off. Throws `JournalMismatch` when the run cannot have it. */
export function takeEntry(run: Run, entry: Entry): void {
  run.entries += 1;
  run.clockMs = Math.max(run.clockMs, entry.atMs);
  if (entry.kind === "cancelled") {
    cancelRun(run, entry.reason);
  } else if (entry.path === "") {
    takeOfRun(run, entry);
  } else {
    takeOfStep(run, entry);
  }
  if (run.ending === undefined) {
    boundEntries(run);
  }
}

/** What was given beforehand: it is found when its step is begun, if ever. */
export function takePin(run: Run, entry: Entry): void {
  run.pins ??= new Map();
  switch (entry.kind) {
    case "completed":
      run.pins.set(entry.path, { output: entry.output });
      return;
    case "failed":
      run.pins.set(entry.path, { error: entry.error });
      return;
    default:
      throw new JournalMismatch(entry, "only what completed or failed can be given beforehand");
  }
}

/** Its timeout: once for its steps, and once for what follows. */
function takeOfRun(run: Run, entry: EntryOfStep): void {
  if (entry.kind !== "failed") {
    throw new JournalMismatch(entry, "a run as a whole can only fail or be cancelled");
  }
  if (run.part === "main") {
    failRun(run, entry.error);
  } else if (entry.attempt > 1) {
    endWithVerdict(run);
  }
}

function takeOfStep(run: Run, entry: EntryOfStep): void {
  const activation = run.open.get(entry.path);
  if (activation === undefined) {
    throw new JournalMismatch(entry, "this run waits for nothing there");
  }
  if (entry.attempt > activation.attempt) {
    throw new JournalMismatch(entry, `attempt ${entry.attempt} comes after attempt ${activation.attempt}`);
  }
  switch (entry.kind) {
    case "completed":
      // Of an attempt that was thought lost, too: it is true, and the key was the same.
      settle(run, activation);
      if (activation.givenUp) {
        completeLate(run, activation, entry.output);
      } else {
        completeStep(run, activation, entry.output, jsonSize(entry.output, OUTPUT_BYTES_MAX), true);
      }
      return;
    case "failed":
      if (entry.attempt === activation.attempt) {
        takeFailed(run, activation, entry.error, entry.retryAtMs);
      }
      return;
    case "began":
      if (entry.attempt === activation.attempt) {
        activation.phase = "began";
        activation.stamp += 1;
        run.wanting.push(activation);
      }
      return;
    case "waiting":
      if (entry.attempt === activation.attempt) {
        takeWaiting(run, activation, entry.untilMs);
      }
      return;
    default:
      unreachable(entry);
  }
}

function takeFailed(run: Run, activation: Activation, error: StepError, retryAtMs: number | undefined): void {
  if (retryAtMs === undefined || activation.givenUp) {
    settle(run, activation);
    if (!activation.givenUp) {
      failStep(run, activation, error);
    }
    return;
  }
  activation.attempt += 1;
  activation.phase = "retrying";
  activation.given = false;
  activation.stamp += 1;
  run.due.add(new Moment(retryAtMs, activation, run));
}

function takeWaiting(run: Run, activation: Activation, untilMs: number | undefined): void {
  activation.phase = "waiting";
  activation.stamp += 1;
  if (activation.kind !== "wait_for_event") {
    activation.draft = undefined;
  }
  if (activation.givenUp) {
    run.unwanted.push(activation);
  } else if (untilMs !== undefined) {
    run.due.add(new Moment(untilMs, activation, run));
  }
}

/** No further entry comes for it. */
function settle(run: Run, activation: Activation): void {
  activation.phase = "settled";
  activation.stamp += 1;
  activation.draft = undefined;
  run.open.delete(activation.path);
}
