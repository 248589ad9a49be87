const SECOND_MS = 1_000;
/** Steps come about so often: a rate is spread over the second instead of spent at its beginning. */
export const SLICE_MS = 100;

/**
 * How many deliveries a job may owe now: never more than `rate` in any sliding second, and no more at once than the time since
 * the last step is worth. Times are monotonic ms.
 */
export class Pace {
  #rate: number;
  /** What was owed within the last second: [when, how many], oldest first. */
  #taken: (readonly [atMs: number, n: number])[] = [];
  #lastMs: number | undefined;
  #notBeforeMs: number;

  /** `notBeforeMs`: nothing before that, because another process may have owed the rate's worth within the last second. */
  constructor(rate: number, notBeforeMs = Number.NEGATIVE_INFINITY) {
    this.#rate = rate;
    this.#notBeforeMs = notBeforeMs;
  }

  setRate(rate: number): void {
    this.#rate = rate;
  }

  allowance(nowMs: number): number {
    if (nowMs < this.#notBeforeMs) return 0;
    const left = this.#rate - this.#inLastSecond(nowMs);
    // A quarter more than the time is worth makes up for steps that came late; the window above bounds it.
    const sinceMs = Math.min(SECOND_MS, Math.max(SLICE_MS, nowMs - (this.#lastMs ?? nowMs)));
    return Math.max(0, Math.min(left, Math.ceil((this.#rate * sinceMs * 1.25) / SECOND_MS)));
  }

  take(n: number, nowMs: number): void {
    if (n > 0) this.#taken.push([nowMs, n]);
    this.#lastMs = nowMs;
  }

  /** When to ask again. */
  nextMs(nowMs: number): number {
    if (nowMs < this.#notBeforeMs) return this.#notBeforeMs;
    const oldest = this.#taken[0];
    if (this.#inLastSecond(nowMs) < this.#rate || oldest === undefined) return nowMs + SLICE_MS;
    return Math.max(nowMs + 1, oldest[0] + SECOND_MS);
  }

  #inLastSecond(nowMs: number): number {
    while ((this.#taken[0]?.[0] ?? Number.POSITIVE_INFINITY) <= nowMs - SECOND_MS) this.#taken.shift();
    return this.#taken.reduce((sum, [, n]) => sum + n, 0);
  }
}
