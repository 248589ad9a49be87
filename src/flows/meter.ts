import { type CommitMeter, idTimeMs, type Telemetry } from "#kernel";
import type { Ending } from "#language";
import type { Run } from "./run.ts";
import type { Tasks } from "./tasks/service.ts";
import type { ResultState } from "./tasks/task.ts";

/** Counts what becomes of runs and tasks, once it is committed: what a scrape shows was recorded. */
export interface FlowMeter {
  /** For `EngineOptions.onEnded`. */
  ended(run: Run, ending: Ending): void;
  /** What became of tasks whose attempts workers reported. */
  tasksReported(states: readonly ResultState[]): void;
  /** Of the group commits of runs. */
  readonly commits: CommitMeter;
}

const byTrigger: Readonly<Record<Run["trigger"], true>> = {
  event: true,
  source: true,
  delivery: true,
  schedule: true,
  api: true,
  manual: true,
  rerun: true,
  call: true,
  run: true,
  batch: true,
};

/** Whatever can start a run. */
export const RUN_TRIGGERS = Object.keys(byTrigger) as readonly Run["trigger"][];

const END_STATES: readonly Ending["state"][] = ["completed", "failed", "cancelled"];

/**
 * Every series of ended runs stands at zero from the start: rates are taken between two scrapes, so one that began with the first failure
 * would hide that failure, and all others of the same seconds.
 */
export function createFlowMeter(telemetry: Telemetry, now: () => number): FlowMeter {
  const { registry } = telemetry;
  for (const state of END_STATES) for (const trigger of RUN_TRIGGERS) registry.counter("runsEnded", { state, trigger });
  const duration = registry.histogram("runDuration", {});
  const reported = {
    completed: registry.counter("tasksReported", { state: "completed" }),
    failed: registry.counter("tasksReported", { state: "failed" }),
    cancelled: registry.counter("tasksReported", { state: "cancelled" }),
    retrying: registry.counter("tasksReported", { state: "retrying" }),
    released: registry.counter("tasksReported", { state: "released" }),
    late: registry.counter("tasksReported", { state: "late" }),
  } as const satisfies Readonly<Record<ResultState, unknown>>;
  return {
    ended(run, ending) {
      registry.counter("runsEnded", { state: ending.state, trigger: run.trigger }).n++;
      // Waits are part of what a run takes: a day of waiting for an approval is a day.
      duration.observe(Math.max(0, now() - idTimeMs(run.id)) / 1_000);
    },
    tasksReported(states) {
      for (const state of states) reported[state].n++;
    },
    commits: telemetry.commit("run"),
  };
}

/** The same tasks, counted by what was answered to their workers: that is after the commit. */
export function meteredTasks(tasks: Tasks, meter: Pick<FlowMeter, "tasksReported">): Tasks {
  return {
    ...tasks,
    async report(appId, token, results) {
      const answer = await tasks.report(appId, token, results);
      meter.tasksReported(answer.states);
      return answer;
    },
  };
}
