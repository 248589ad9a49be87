/** Something with at most one moment at which it wants to be woken. */
export interface Sleeper {
  /** Wall clock, ms; undefined: it sleeps on. Set by `Alarms` alone. */
  wakeAtMs: number | undefined;
}

interface Alarm<S extends Sleeper> {
  /** By the monotonic clock. */
  readonly atMs: number;
  /** What the sleeper wants to be woken at, when the alarm was set. */
  readonly wallMs: number;
  readonly sleeper: S;
}

/** A timer cannot be set for longer than 2^31 ms; one that rings too early is set again. */
const TIMER_MS_MAX = 3_600_000;

/**
 * One timer for all who sleep in memory: a heap by time. Putting off leaves a stale alarm behind, which is dropped when its time comes. The moment is
 * one of the wall clock, and what is slept is time that passes: should that clock be set back or ahead meanwhile, nobody sleeps longer or shorter.
 */
export class Alarms<S extends Sleeper> {
  readonly #heap: Alarm<S>[] = [];
  readonly #clocks: { readonly now: () => number; readonly monotonic: () => number };
  readonly #wake: (sleeper: S, atMs: number) => void;
  #timer: Timer | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  /** `wake` is told the moment that was waited for, which a wall clock that was set back says is still to come. */
  constructor(
    clocks: { readonly now: () => number; readonly monotonic: () => number },
    wake: (sleeper: S, atMs: number) => void,
  ) {
    this.#clocks = clocks;
    this.#wake = wake;
  }

  set(sleeper: S, atMs: number): void {
    if (sleeper.wakeAtMs === atMs) return;
    sleeper.wakeAtMs = atMs;
    this.#push({ atMs: this.#clocks.monotonic() + (atMs - this.#clocks.now()), wallMs: atMs, sleeper });
    this.#arm();
  }

  clear(sleeper: S): void {
    sleeper.wakeAtMs = undefined;
  }

  /** Wakes nobody any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = Number.NEGATIVE_INFINITY;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = first.atMs;
    const inMs = Math.min(TIMER_MS_MAX, Math.max(0, first.atMs - this.#clocks.monotonic()));
    this.#timer = setTimeout(() => this.#ring(), inMs);
  }

  #ring(): void {
    if (this.#timerAtMs === Number.NEGATIVE_INFINITY) return;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const now = this.#clocks.monotonic();
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= now; first = this.#heap[0]) {
      this.#pop();
      const { sleeper, wallMs } = first;
      if (sleeper.wakeAtMs !== wallMs) continue;
      sleeper.wakeAtMs = undefined;
      this.#wake(sleeper, wallMs);
    }
    this.#arm();
  }

  #push(alarm: Alarm<S>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(alarm);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Alarm<S>; // Within the heap.
      if (above.atMs <= alarm.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.atMs < (heap[child] as Alarm<S>).atMs) child++;
      const below = heap[child] as Alarm<S>;
      if (below.atMs >= last.atMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
