/** How a process whose event loop stands still tells it from one that is only busy. */
export interface StallWatch {
  start(): void;
  stop(): void;
  /** Called on each tick; by itself once started. */
  tick(): void;
  readonly state: StallState;
}

export interface StallState {
  /** How late the last tick was. */
  readonly lagMs: number;
  /** The share of the last minute in which nothing could run for a second or more at a time, from 0 to 1. */
  readonly stalledShare: number;
  /** For most of the last minute: this process serves nobody, and a new one would. */
  readonly isStalled: boolean;
}

const TICK_MS = 500;
const WINDOW_MS = 60_000;
/** Shorter pauses are load, or a large garbage collection: other limits look after that. */
const STALL_MS = 1_000;
/** Two marks, so that a process at one of them does not flap between dead and alive. */
const STALLED_SHARE = 0.5;
const WELL_SHARE = 0.25;

/**
 * Watches how late a timer comes. A probe that asks only whether the process answers kills one that a single long pause held up,
 * and lives with one that answers once in ten seconds; so what counts is the share of the last minute that was lost. A process
 * that was stopped and goes on (a debugger, a suspended laptop) is well again a minute later and never told dead for one pause.
 */
export function createStallWatch(options: { readonly monotonic: () => number }): StallWatch {
  const { monotonic } = options;
  let timer: Timer | undefined;
  let lastTick = monotonic();
  let lagMs = 0;
  let isStalled = false;
  let stalls: { readonly endedAt: number; readonly ms: number }[] = [];

  function share(now: number): number {
    stalls = stalls.filter(({ endedAt }) => endedAt > now - WINDOW_MS);
    // One pause, however long, is one pause: it counts for at most a quarter of the window.
    const lost = stalls.reduce((sum, { ms }) => sum + Math.min(ms, WINDOW_MS / 4), 0);
    return Math.min(1, lost / WINDOW_MS);
  }

  function tick(): void {
    const now = monotonic();
    lagMs = Math.max(0, now - lastTick - TICK_MS);
    lastTick = now;
    if (lagMs >= STALL_MS) stalls.push({ endedAt: now, ms: lagMs });
    const lost = share(now);
    isStalled = lost >= (isStalled ? WELL_SHARE : STALLED_SHARE);
  }

  return {
    start: () => {
      lastTick = monotonic();
      timer = setInterval(tick, TICK_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
    tick,
    get state() {
      return { lagMs, stalledShare: share(monotonic()), isStalled };
    },
  };
}
