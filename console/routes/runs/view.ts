import type { RunAttempt, RunStep, WholeRun } from "../flow-parts/flow.ts";
import { type StepState, type StepStateName, WORST_FIRST } from "../flow-parts/step-state.ts";
import { patternOf, type StepNode } from "../flow-parts/tree.ts";

/** Kinds whose time is spent waiting for something outside, not working. */
const WAITING_KINDS: ReadonlySet<string> = new Set(["wait", "wait_for_event", "approve", "call"]);

/** How each step of the definition stands in this run, by its path without the numbers of items. */
export function statesByPath(
  steps: readonly RunStep[],
  failedPath: string | null | undefined,
): ReadonlyMap<string, StepState> {
  const paths = steps.map(({ path }) => path);
  const found = new Map<string, StepState>();
  for (const step of steps) {
    const state = stateOf(step, paths, failedPath);
    const pattern = patternOf(step.path);
    const before = found.get(pattern);
    found.set(pattern, {
      state: before === undefined ? state : worse(before.state, state),
      count: (before?.count ?? 0) + 1,
    });
  }
  return found;
}

/**
 * How a step of the definition stands. One that only holds others has no record of its own: it stands as the worst of them. What is
 * computed (a `map`, a condition) is not recorded either.
 */
export function stateOfNode(node: StepNode, states: ReadonlyMap<string, StepState>): StepState | undefined {
  const own = states.get(node.path);
  if (own !== undefined) return own;
  const within = node.lanes
    .filter(({ role }) => role !== "failure" && role !== "compensation")
    .flatMap(({ steps }) => steps.flatMap((step) => stateOfNode(step, states) ?? []));
  return within.reduce<StepState | undefined>(
    (worst, { state }) => ({ state: worst === undefined ? state : worse(worst.state, state), count: 1 }),
    undefined,
  );
}

const worse = (a: StepStateName, b: StepStateName): StepStateName =>
  WORST_FIRST.indexOf(a) <= WORST_FIRST.indexOf(b) ? a : b;

/** A step that failed and whose own road for that was taken is dealt with; one that was compensated is undone. */
export function stateOf(step: RunStep, paths: readonly string[], failedPath: string | null | undefined): StepStateName {
  switch (step.state) {
    case "completed":
      return paths.some((path) => path.startsWith(sideOf(step.path, "~"))) ? "undone" : "completed";
    case "failed":
      return step.path !== failedPath && paths.some((path) => path.startsWith(sideOf(step.path, "!")))
        ? "rescued"
        : "failed";
    case "running":
      return "running";
    case "waiting":
      return "waiting";
    case "retrying":
      return "retrying";
    case "given_up":
      return "cancelled";
  }
}

/** How the paths begin of what is done after a step failed (`!`), or to undo it (`~`): `orders[1].!charge.` of `orders[1].charge`. */
function sideOf(path: string, sign: "!" | "~"): string {
  const at = path.lastIndexOf(".") + 1;
  return `${path.slice(0, at)}${sign}${path.slice(at)}.`;
}

export interface Bar {
  readonly kind: "done" | "failed" | "open" | "wait";
  /** Of the whole run, 0 to 1. */
  readonly from: number;
  readonly to: number;
}

export interface Row {
  readonly step: RunStep;
  readonly bars: readonly Bar[];
  /** From its first to its last moment. */
  readonly ms: number;
  /** How deep it lies: items, branches, roads after failures. */
  readonly depth: number;
}

/** The time of a run, from its start to its end, or to now. */
export function spanOf(run: Pick<WholeRun, "startedAt" | "endedAt" | "steps">, nowMs: number) {
  const startMs = Date.parse(run.startedAt);
  const lastMs = Math.max(startMs, ...run.steps.flatMap(({ attempts }) => attempts.map(({ at }) => Date.parse(at))));
  // Clocks of machines differ a little: an end before the last entry is that entry.
  const endMs = Math.max(run.endedAt === null ? nowMs : Date.parse(run.endedAt), lastMs);
  return { startMs, endMs: Math.max(endMs, startMs + 1) };
}

/**
 * When each thing was recorded, in order: an attempt whose beginning the journal does not have began at the earliest when the last thing
 * before its end was recorded, and after its retry was due.
 */
function beginnings(
  run: Pick<WholeRun, "startedAt" | "steps">,
): (attempt: RunAttempt, before: RunAttempt | undefined) => number {
  const all = run.steps.flatMap(({ attempts }) => attempts.map(({ at }) => Date.parse(at))).toSorted((a, b) => a - b);
  const startMs = Date.parse(run.startedAt);
  return (attempt, before) => {
    if (attempt.startedAt !== null) return Date.parse(attempt.startedAt);
    const endMs = Date.parse(attempt.at);
    const last = all.findLast((ms) => ms < endMs) ?? startMs;
    const due = before?.retryAt === undefined ? startMs : Date.parse(before.retryAt);
    return Math.min(endMs, Math.max(startMs, last, due));
  };
}

export interface Took {
  readonly ms: number;
  /** The journal does not have its beginning: it began then or later. */
  readonly isAtMost: boolean;
}

/** How long each attempt of a step took, in their order; undefined of one that goes on or waits. */
export function tookOf(
  run: Pick<WholeRun, "startedAt" | "steps">,
  { attempts }: RunStep,
): readonly (Took | undefined)[] {
  const beganMs = beginnings(run);
  return attempts.map((attempt, index) => {
    if (attempt.outcome === "began" || attempt.outcome === "waiting") return undefined;
    const ms = Date.parse(attempt.at) - beganMs(attempt, attempts[index - 1]);
    return { ms: Math.max(0, ms), isAtMost: attempt.startedAt === null };
  });
}

/** What happened when: a row for each step, a bar for each attempt, and hatched ones between for what only waited. */
export function rowsOf(run: Pick<WholeRun, "startedAt" | "endedAt" | "steps">, nowMs: number): readonly Row[] {
  const { startMs, endMs } = spanOf(run, nowMs);
  const beganMs = beginnings(run);
  const place = (ms: number): number => Math.min(1, Math.max(0, (ms - startMs) / (endMs - startMs)));
  return run.steps
    .filter(({ attempts }) => attempts.length > 0)
    .map((step) => {
      const bars: Bar[] = [];
      let first = Number.POSITIVE_INFINITY;
      let last = 0;
      for (const [index, attempt] of step.attempts.entries()) {
        const until = endOf(attempt, endMs);
        const from = Math.min(beganMs(attempt, step.attempts[index - 1]), until);
        bars.push({ kind: kindOf(step, attempt), from: place(from), to: place(until) });
        if (attempt.retryAt !== undefined) {
          const retryMs = Math.min(Date.parse(attempt.retryAt), endMs);
          if (retryMs > until) bars.push({ kind: "wait", from: place(until), to: place(retryMs) });
        }
        first = Math.min(first, from);
        last = Math.max(last, until);
      }
      return { step, bars, ms: Math.max(0, last - first), depth: depthOf(step.path) };
    });
}

function endOf(attempt: RunAttempt, endMs: number): number {
  return attempt.outcome === "began" || attempt.outcome === "waiting" ? endMs : Date.parse(attempt.at);
}

function kindOf(step: RunStep, attempt: RunAttempt): Bar["kind"] {
  if (attempt.outcome === "failed") return "failed";
  if (attempt.outcome === "waiting" || (step.kind !== null && WAITING_KINDS.has(step.kind))) return "wait";
  return attempt.outcome === "completed" ? "done" : "open";
}

const DEPTH_MAX = 6;

export function depthOf(path: string): number {
  return Math.min(DEPTH_MAX, path.split(".").length - 1);
}

/** The step that whoever opens a run wants to see: where it failed, else where it is, else the last. */
export function mostTelling(run: Pick<WholeRun, "steps" | "error">): RunStep | undefined {
  const { steps, error } = run;
  return (
    steps.find(({ path }) => path === error?.path) ??
    steps.find(({ state }) => state === "waiting" || state === "running" || state === "retrying") ??
    steps.findLast(({ state }) => state === "failed") ??
    steps.at(-1)
  );
}
