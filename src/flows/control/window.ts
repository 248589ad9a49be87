/**
 * Starts within a sliding period, for `rate` and `throttle`. In no stretch as long as the period are there more starts than the
 * limit; there is no bucket that lets a burst of twice the limit through where two periods meet.
 *
 * Up to `EXACT` starts are kept one by one. Beyond that, starts of the same slice (a 64th of the period) count as one entry at the
 * time of the last of them: room comes back up to a slice late, never early, and the state stays as small for a limit of a million.
 */
export type Window = readonly (readonly [atMs: number, starts: number])[];

export const EXACT = 64;

export interface Limit {
  readonly limit: number;
  readonly perMs: number;
}

/** What still counts at `nowMs`. An entry of the future (a clock was set back) counts as of now, so that it ends in time. */
function counting(window: Window, { perMs }: Limit, nowMs: number): (readonly [number, number])[] {
  return window.filter(([atMs]) => atMs + perMs > nowMs).map(([atMs, starts]) => [Math.min(atMs, nowMs), starts]);
}

const sum = (window: Window): number => window.reduce((total, [, starts]) => total + starts, 0);

/** How many may start now. */
export function room(window: Window, rule: Limit, nowMs: number): number {
  return Math.max(0, rule.limit - sum(counting(window, rule, nowMs)));
}

/** The window after `starts` more at `nowMs`. */
export function take(window: Window, rule: Limit, starts: number, nowMs: number): Window {
  const kept = counting(window, rule, nowMs);
  const slice = Math.max(1, Math.floor(rule.perMs / EXACT));
  const last = kept.at(-1);
  if (last !== undefined && kept.length >= EXACT && Math.floor(last[0] / slice) === Math.floor(nowMs / slice)) {
    return [...kept.slice(0, -1), [nowMs, last[1] + starts]];
  }
  return [...kept, [nowMs, starts]];
}

/** When at least one more may start: `nowMs` or later. */
export function nextRoomAtMs(window: Window, rule: Limit, nowMs: number): number {
  const kept = counting(window, rule, nowMs);
  let used = sum(kept);
  let atMs = nowMs;
  for (const [startedMs, starts] of kept) {
    if (used < rule.limit) break;
    used -= starts;
    atMs = startedMs + rule.perMs;
  }
  return atMs;
}
