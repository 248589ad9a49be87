import { expect, test } from "bun:test";
import { createTelemetry, newId } from "#kernel";
import type { Ending } from "#language";
import { createFlowMeter, meteredTasks } from "./meter.ts";
import type { Run } from "./run.ts";
import type { Tasks } from "./tasks/service.ts";

const telemetryOf = () => createTelemetry({ version: "0", roles: ["flows"], poolMax: 1, now: Date.now });

test("ends of runs are counted by how and by what started them, and timed from their beginning", () => {
  const telemetry = telemetryOf();
  const meter = createFlowMeter(telemetry, () => Date.now() + 5_000);
  const ends = (trigger: Run["trigger"], ending: Ending) => meter.ended({ id: newId(), trigger } as Run, ending);
  // All are there before the first run ended: a rate sees no failure that its series begins with.
  const counted = () => telemetry.registry.counted("runsEnded");
  expect(counted()).toHaveLength(30);
  expect(counted()).toContainEqual({ labels: { state: "failed", trigger: "source" }, n: 0 });
  ends("event", { state: "completed", output: null });
  ends("event", { state: "completed", output: null });
  ends("schedule", { state: "cancelled", reason: "by hand" });
  expect(counted().filter(({ n }) => n > 0)).toEqual([
    { labels: { state: "completed", trigger: "event" }, n: 2 },
    { labels: { state: "cancelled", trigger: "schedule" }, n: 1 },
  ]);
  const duration = telemetry.registry.histogram("runDuration", {});
  expect(duration.count).toBe(3);
  expect(duration.sum).toBeGreaterThanOrEqual(15);
});

test("what workers report is counted once it was answered; a report that fails is not", async () => {
  const telemetry = telemetryOf();
  const meter = createFlowMeter(telemetry, Date.now);
  let fails = false;
  const tasks = meteredTasks(
    {
      report: async () => {
        if (fails) throw new Error("The database is away.");
        return { kind: "settled", states: ["completed", "retrying", "completed"] };
      },
    } as unknown as Tasks,
    meter,
  );
  await tasks.report("app", "1", []);
  fails = true;
  expect(tasks.report("app", "1", [])).rejects.toThrow("away");
  const counted = telemetry.registry.counted("tasksReported").filter(({ n }) => n > 0);
  expect(counted).toEqual([
    { labels: { state: "completed" }, n: 2 },
    { labels: { state: "retrying" }, n: 1 },
  ]);
});
