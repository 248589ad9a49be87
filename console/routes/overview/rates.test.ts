import { expect, test } from "bun:test";
import type { SeriesPoint } from "../../api/overview.ts";
import { ratesOf } from "./rates.ts";

const point = (at: number, eventsIn: number): SeriesPoint => ({
  at: new Date(at).toISOString(),
  eventsIn,
  rejected: 0,
  attempts: 0,
  delivered: 0,
  failed: 0,
  successRatio: null,
  ackMs: null,
  deliveryMs: null,
  receiverMs: null,
  owed: null,
  oldestOwedSeconds: null,
  memoryBytes: 1,
  cpuRatio: 0,
  inFlight: 0,
});

test("what was counted in a step is shown per second, also of the step that is not over", () => {
  const answer = { stepSeconds: 10, points: [point(0, 500), point(10_000, 250)] };
  expect(ratesOf(answer, 20_000).map(({ eventsIn }) => eventsIn)).toEqual([50, 25]);
  expect(ratesOf(answer, 15_000).map(({ eventsIn }) => eventsIn)).toEqual([50, 50]);
  expect(ratesOf(answer, 12_000).map(({ eventsIn }) => eventsIn)).toEqual([50]);
});
