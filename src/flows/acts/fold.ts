import type { Entry, Json, StepError } from "#language";
import { stepIdOf } from "./locate.ts";

/** One attempt of a step, as far as the journal tells. Times in ms. */
export interface AttemptRecord {
  readonly number: number;
  /** When it was begun: told only of those that said so before, or that were due at a time. */
  startedAtMs: number | undefined;
  /** When the newest thing known of it was recorded. */
  atMs: number;
  outcome: "completed" | "failed" | "began" | "waiting";
  output?: Json;
  error?: StepError;
  retryAtMs?: number;
  untilMs?: number;
  /** The entry that says what became of it. */
  seq: number;
}

export type StepRecordState = "completed" | "failed" | "running" | "waiting" | "retrying" | "given_up";

/** What is recorded of one step of a run. */
export interface StepRecord {
  readonly path: string;
  readonly step: string;
  state: StepRecordState;
  /** Its end was taken over from another run. */
  readonly isPinned: boolean;
  readonly attempts: AttemptRecord[];
}

const STATES = {
  completed: "completed",
  began: "running",
  waiting: "waiting",
} as const satisfies Partial<Record<Entry["kind"], StepRecordState>>;

/**
 * A journal, or the beginning of one, as steps with their attempts, in the order in which each was first recorded. What had no
 * end when the run ended was given up. Pure; one pass.
 */
export function foldJournal(entries: readonly Entry[], hasEnded: boolean): readonly StepRecord[] {
  const steps = new Map<string, StepRecord>();
  for (const [seq, entry] of entries.entries()) {
    // What is said of the run itself belongs to no step.
    if (entry.kind === "cancelled" || entry.path === "") continue;
    let step = steps.get(entry.path);
    if (step === undefined) {
      step = {
        path: entry.path,
        step: stepIdOf(entry.path),
        state: "running",
        isPinned: entry.attempt === 0,
        attempts: [],
      };
      steps.set(entry.path, step);
    }
    const attempt = attemptOf(step, entry.attempt, seq, entry.atMs);
    attempt.atMs = entry.atMs;
    attempt.outcome = entry.kind;
    attempt.seq = seq;
    switch (entry.kind) {
      case "completed":
        attempt.output = entry.output;
        step.state = STATES.completed;
        break;
      case "failed":
        attempt.error = entry.error;
        if (entry.retryAtMs !== undefined) attempt.retryAtMs = entry.retryAtMs;
        step.state = entry.retryAtMs === undefined ? "failed" : "retrying";
        break;
      case "began":
        attempt.startedAtMs = entry.atMs;
        step.state = STATES.began;
        break;
      case "waiting":
        attempt.startedAtMs ??= entry.atMs;
        if (entry.untilMs !== undefined) attempt.untilMs = entry.untilMs;
        step.state = STATES.waiting;
        break;
    }
  }
  const list = [...steps.values()];
  if (hasEnded) {
    for (const step of list) if (step.state !== "completed" && step.state !== "failed") step.state = "given_up";
  }
  return list;
}

function attemptOf(step: StepRecord, number: number, seq: number, atMs: number): AttemptRecord {
  const last = step.attempts.at(-1);
  if (last?.number === number) return last;
  // An attempt after one that failed is begun when it falls due, unless nobody had room then.
  const startedAtMs = last?.retryAtMs === undefined ? undefined : Math.min(last.retryAtMs, atMs);
  const attempt: AttemptRecord = { number, startedAtMs, atMs, outcome: "began", seq };
  step.attempts.push(attempt);
  return attempt;
}
