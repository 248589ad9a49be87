/** A stretch of time in equal steps. */
export interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly stepMs: number;
}

export const POINTS_MAX = 1_000;
const POINTS_WANTED = 120;
const ROUND_SECONDS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
];

export interface Asked {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly step_seconds?: number | undefined;
}

/**
 * What is asked, within what there is: at most POINTS_MAX points, not further back than `backMs`, no step under `leastMs`.
 * Undefined: it ends before it begins.
 */
export function windowOf(asked: Asked, nowMs: number, leastMs: number, backMs: number): Window | undefined {
  const untilMs = Math.min(asked.until ?? nowMs, nowMs);
  const sinceMs = Math.max(asked.since ?? untilMs - 3_600_000, nowMs - backMs);
  if (sinceMs >= untilMs) return undefined;
  const spanS = (untilMs - sinceMs) / 1_000;
  const wanted = asked.step_seconds ?? stepAtLeast(spanS / POINTS_WANTED);
  const stepS = spanS / wanted > POINTS_MAX ? stepAtLeast(spanS / POINTS_MAX) : wanted;
  // A multiple of the least step, so that each step holds as many of them as the next.
  return { sinceMs, untilMs, stepMs: Math.ceil((stepS * 1_000) / leastMs) * leastMs };
}

function stepAtLeast(seconds: number): number {
  return ROUND_SECONDS.find((round) => round >= seconds) ?? 86_400;
}
