const SECOND_MS = 1_000;
/** Fractions of a token do not sum up exactly, and nobody should be sent away for a millionth of one. */
const SLACK = 1e-6;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Intake quotas: per key, `rate` a second, and up to one second's worth at once. In-process and approximate on purpose:
 * a quota keeps an application from hurting the others, it is not a bill.
 *
 * Memory is bounded by two generations of at most half of `keysMax` each: a key that is used moves to the young one, and
 * when that is full the old one is forgotten. A forgotten key starts with a full bucket, which is what a key has that was
 * idle for a second.
 */
export class KeyedBucket {
  readonly #generationMax: number;
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();

  constructor(keysMax: number) {
    this.#generationMax = Math.max(1, Math.floor(keysMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * Takes `n` at once and answers 0, or takes nothing and answers retryAfterMs.
   * A request for more than a second's worth is let through when the bucket is full, and paid off afterwards: otherwise a
   * batch larger than the rate could never be accepted.
   */
  take(key: string, rate: number, n: number, nowMs: number): number {
    const bucket = this.#of(key, rate, nowMs);
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(rate, bucket.tokens + (elapsedMs * rate) / SECOND_MS);
    bucket.atMs = Math.max(bucket.atMs, nowMs);
    const needed = Math.min(n, rate);
    if (bucket.tokens + SLACK >= needed) {
      bucket.tokens -= n;
      return 0;
    }
    return Math.max(1, Math.ceil(((needed - bucket.tokens) * SECOND_MS) / rate - SLACK));
  }

  #of(key: string, rate: number, nowMs: number): Bucket {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const bucket = this.#old.get(key) ?? { tokens: rate, atMs: nowMs };
    this.#old.delete(key);
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, bucket);
    return bucket;
  }
}
