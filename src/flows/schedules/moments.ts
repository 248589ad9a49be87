import { createHash } from "node:crypto";
import { Cron } from "croner";
import { unreachable } from "#kernel";

/**
 * When a schedule comes: cron in a time zone, by the wall clock there.
 *
 * - A local time that does not exist (clocks go forward) comes once, at the first moment after the gap, however many of its times fell in.
 * - One that exists twice (clocks go back) comes once, at the first of the two.
 * - A schedule for every hour (`*` in its hours) goes on by elapsed time: it comes in both of the doubled hours.
 */
export interface Moments {
  /** The first moment after `afterMs`; undefined: there is none any more. */
  next(afterMs: number): number | undefined;
}

/** Steps over local times that were, or fell into the same gap; a schedule of every second has 3,600 of them in an hour. */
const STEPS_MAX = 10_000;

/** Throws on a schedule or zone that `checkDefinition` refuses. */
export function momentsOf(schedule: string, zone: string): Moments {
  if (isEveryHour(schedule)) {
    const cron = new Cron(schedule, { timezone: zone, paused: true });
    return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
  }
  const local = new Cron(schedule, { timezone: "UTC", paused: true });
  const clock = wallClock(zone);
  return {
    next: (afterMs) => {
      let cursor = new Date(clock.wall(afterMs));
      for (let step = 0; step < STEPS_MAX; step++) {
        const found = local.nextRun(cursor);
        if (found === null) return undefined;
        const atMs = clock.instant(found.getTime());
        if (atMs > afterMs) return atMs;
        cursor = found;
      }
      return undefined;
    },
  };
}

function isEveryHour(schedule: string): boolean {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length === 1) return fields[0]?.toLowerCase() === "@hourly";
  return fields[fields.length - 4] === "*";
}

interface WallClock {
  /** What clocks there show at an instant, as ms since 1970 of a clock in UTC. */
  wall(ms: number): number;
  /** When clocks there show it: at the first time of two, or right after the gap that it falls into. */
  instant(wallMs: number): number;
}

const DAY_MS = 86_400_000;

function wallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const wall = (ms: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second, ((ms % 1_000) + 1_000) % 1_000);
  };
  const offset = (ms: number) => wall(ms) - ms;
  return {
    wall,
    instant: (wallMs) => {
      // The offsets a day before and a day after are those before and after the change, if there is one.
      const before = offset(wallMs - offset(wallMs) - DAY_MS);
      const after = offset(wallMs - offset(wallMs) + DAY_MS);
      const shown = [wallMs - before, wallMs - after].filter((ms) => wall(ms) === wallMs);
      if (shown.length > 0) return Math.min(...shown);
      // Of the instants around the gap the first that the later offset holds at.
      let low = wallMs - after;
      let high = wallMs - before;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offset(middle) === after) high = middle;
        else low = middle;
      }
      return high;
    },
  };
}

/** How much later than its moment a run begins: up to `jitterMs`, the same in every process. */
export function jitterOf(flowId: string, trigger: number, momentMs: number, jitterMs: number): number {
  if (jitterMs <= 0) return 0;
  const digest = createHash("sha256").update(`${flowId}/${trigger}/${momentMs}`).digest();
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * (jitterMs + 1));
}

/** Later than so much a moment counts as missed. */
export const MISSED_AFTER_MS = 60_000;

export type MomentPlan =
  | { readonly momentMs: number; readonly kind: "starts" }
  | { readonly momentMs: number; readonly kind: "skipped"; readonly why: "missed" | "joined" };

/**
 * What is to be done about moments that are due, in order. `dueMs` of each: with its jitter. `isAll`: no further one is due; until then a
 * run for all that were missed is put off. Pure.
 */
export function planMoments(
  due: readonly { readonly momentMs: number; readonly dueMs: number }[],
  nowMs: number,
  policy: { readonly missed: "skip" | "one" | "all"; readonly withinMs: number },
  isAll: boolean,
): MomentPlan[] {
  const isMissed = ({ dueMs }: { readonly dueMs: number }) => nowMs - dueMs > MISSED_AFTER_MS;
  const lastMissed = due.findLastIndex(isMissed);
  return due.map((moment, i): MomentPlan => {
    const { momentMs } = moment;
    if (!isMissed(moment)) return { momentMs, kind: "starts" };
    switch (policy.missed) {
      case "skip":
        return { momentMs, kind: "skipped", why: "missed" };
      case "one":
        // More may follow that are missed as well, only where all of these are.
        return i === lastMissed && (isAll || lastMissed < due.length - 1)
          ? { momentMs, kind: "starts" }
          : { momentMs, kind: "skipped", why: "joined" };
      case "all":
        return nowMs - moment.dueMs <= policy.withinMs
          ? { momentMs, kind: "starts" }
          : { momentMs, kind: "skipped", why: "missed" };
      default:
        return unreachable(policy.missed);
    }
  });
}
