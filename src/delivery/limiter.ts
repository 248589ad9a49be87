/**
 * Limits on how many of something may start per second. Times are monotonic milliseconds and may be fractions.
 */

const SECOND_MS = 1_000;
const RING_MIN = 16;

/**
 * At most `rate` starts in any sliding second, exactly.
 *
 * It remembers the start times of the last second, because the two usual ways are both wrong here: a token bucket that
 * fills up lets through twice the rate within a second, and one without a burst (GCRA, evenly paced) loses a start for
 * each late wake-up of a timer. The ring grows with what is really started, up to the rate: 8 bytes a start.
 */
export class Limiter {
  #rate: number;
  /** Start times, oldest at `#head`, going round. All of them may lie in the past second, older ones are overwritten. */
  #ring: Float64Array;
  #head = 0;
  #count = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** `rate`: starts per second, at least 1. */
  constructor(rate: number) {
    this.#rate = wholeRate(rate);
    this.#ring = new Float64Array(Math.min(this.#rate, RING_MIN));
  }

  get rate(): number {
    return this.#rate;
  }

  /** Counts a start and answers 0, or answers in how many ms to ask again. */
  tryStart(nowMs: number): number {
    const wait = this.waitMs(nowMs);
    if (wait > 0) return wait;
    if (this.#count === this.#ring.length) this.#makeRoom(nowMs);
    this.#ring[(this.#head + this.#count) % this.#ring.length] = nowMs;
    this.#count += 1;
    return 0;
  }

  /** In how many ms a start would be allowed, without counting one. */
  waitMs(nowMs: number): number {
    if (nowMs < this.#notBeforeMs) return this.#notBeforeMs - nowMs;
    if (this.#count < this.#rate) return 0;
    // The start that must be a second old is the `rate`-th youngest.
    const oldest = this.#at(this.#count - this.#rate);
    return Math.max(0, oldest + SECOND_MS - nowMs);
  }

  /**
   * Nothing starts before `atMs`. A new owner of an endpoint says `now + 1000`: it does not know what its predecessor
   * started within the last second, and both together must not exceed the rate (P7).
   */
  startAfter(atMs: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, atMs);
  }

  /** The rate was changed by its owner. What was started counts against the new one. */
  setRate(rate: number): void {
    this.#rate = wholeRate(rate);
  }

  /** The ring is full: drop what is older than a second, and grow when that is nothing. */
  #makeRoom(nowMs: number): void {
    while (this.#count > 0 && this.#at(0) <= nowMs - SECOND_MS) {
      this.#head = (this.#head + 1) % this.#ring.length;
      this.#count -= 1;
    }
    if (this.#count < this.#ring.length) return;
    const grown = new Float64Array(Math.max(RING_MIN, this.#ring.length * 2));
    for (let i = 0; i < this.#count; i += 1) grown[i] = this.#at(i);
    this.#ring = grown;
    this.#head = 0;
  }

  #at(index: number): number {
    // Always within the ring: `index` is below `#count`.
    return this.#ring[(this.#head + index) % this.#ring.length] ?? Number.NEGATIVE_INFINITY;
  }
}

function wholeRate(rate: number): number {
  if (!Number.isInteger(rate) || rate < 1) {
    throw new Error(`A rate limit was set to ${rate}; it should be a whole number of starts per second, at least 1`);
  }
  return rate;
}
