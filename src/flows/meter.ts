import { type CommitMeter, idTimeMs, type Telemetry } from "#kernel";
import type { Ending } from "#language";
import type { Run } from "./run.ts";

/** Counts what becomes of runs and tasks, once it is committed: what a scrape shows was recorded. */
export interface FlowMeter {
  /** For `EngineOptions.onEnded`. */
  ended(run: Run, ending: Ending): void;
  /** What became of tasks that workers had in hand. */
  tasksSettled(settled: readonly { readonly fate: TaskFate }[]): void;
  /** Of the group commits of runs. */
  readonly commits: CommitMeter;
}

export type TaskFate = "completed" | "failed" | "cancelled" | "owed" | "released";

export function createFlowMeter(telemetry: Telemetry, now: () => number): FlowMeter {
  const { registry } = telemetry;
  const duration = registry.histogram("runDuration", {});
  const settled = {
    completed: registry.counter("tasksSettled", { settled_as: "completed" }),
    failed: registry.counter("tasksSettled", { settled_as: "failed" }),
    cancelled: registry.counter("tasksSettled", { settled_as: "cancelled" }),
    owed: registry.counter("tasksSettled", { settled_as: "owed" }),
    released: registry.counter("tasksSettled", { settled_as: "released" }),
  } as const satisfies Readonly<Record<TaskFate, unknown>>;
  return {
    ended(run, ending) {
      registry.counter("runsEnded", { state: ending.state, trigger: run.trigger }).n++;
      // Waits are part of what a run takes: a day of waiting for an approval is a day.
      duration.observe(Math.max(0, now() - idTimeMs(run.id)) / 1_000);
    },
    tasksSettled(tasks) {
      for (const { fate } of tasks) settled[fate].n++;
    },
    commits: telemetry.commit("run"),
  };
}
