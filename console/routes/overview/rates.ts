import type { SeriesOut, SeriesPoint } from "../../api/overview.ts";

const COUNTED = ["eventsIn", "rejected", "attempts", "delivered", "failed"] as const;

/**
 * Points as they are shown: what the engine counted in a step becomes per second. The last step is not over: it is divided by what has passed
 * of it, and left out while that is too little to say something. Where no process was there, nothing was measured, which is not zero.
 */
export function ratesOf({ stepSeconds, points }: SeriesOut, untilMs: number): SeriesPoint[] {
  return points.flatMap((point) => {
    const passed = Math.min(stepSeconds, (untilMs - Date.parse(point.at)) / 1_000);
    if (passed < stepSeconds / 3) return [];
    const rates = Object.fromEntries(COUNTED.map((name) => [name, point[name] / passed]));
    return [{ ...point, ...rates }];
  });
}

/** Whether any process reported in this step. */
export const wasThere = (point: SeriesPoint): boolean => point.memoryBytes > 0;
