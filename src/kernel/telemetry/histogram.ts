/**
 * Buckets on a logarithmic scale from 100 µs to 100,000 s (or whatever the unit is): 26 per decade, in three stretches, so
 * that 1, 2 and 5 times every power of ten are bounds. Bucket i holds values above BOUNDS[i - 1] and up to BOUNDS[i].
 *
 * The widest bucket spans a factor of 2.5^(1/10) = 1.096. A percentile is answered with the geometric middle of its bucket:
 * it is at most 4.7 % off. Histograms with the same buckets may be added, whatever process and time they come from.
 */
const PER_DECADE = 26;
const LOWEST_EXPONENT = -4;
const DECADES = 9;
/** Those between, one for what is at or below the lowest bound, one for what is above the highest. */
export const BUCKETS = DECADES * PER_DECADE + 2;

const LOG_2 = Math.log10(2);
const LOG_5 = Math.log10(5);
/** A value at a bound belongs to the bucket below; logarithms are a hair off. */
const HAIR = 1e-9;

/** Upper bounds; the last is infinite. */
export const BOUNDS: readonly number[] = makeBounds();

function makeBounds(): number[] {
  const bounds = [10 ** LOWEST_EXPONENT];
  for (let decade = 0; decade < DECADES; decade++) {
    const base = LOWEST_EXPONENT + decade;
    for (let i = 1; i <= 8; i++) bounds.push(10 ** (base + (LOG_2 * i) / 8));
    for (let i = 1; i <= 10; i++) bounds.push(10 ** (base + LOG_2 + ((LOG_5 - LOG_2) * i) / 10));
    for (let i = 1; i <= 8; i++) bounds.push(10 ** (base + LOG_5 + ((1 - LOG_5) * i) / 8));
  }
  bounds.push(Number.POSITIVE_INFINITY);
  return bounds;
}

/** The bucket of a value. */
export function bucketOf(value: number): number {
  const log = Math.log10(value) - LOWEST_EXPONENT;
  if (!(log > HAIR)) return 0; // Nothing, less than nothing, and what is no number too.
  if (log > DECADES + HAIR) return BUCKETS - 1;
  const decade = Math.floor(log - HAIR);
  const within = log - decade;
  const stretch =
    within <= LOG_2 + HAIR
      ? (within * 8) / LOG_2
      : within <= LOG_5 + HAIR
        ? 8 + ((within - LOG_2) * 10) / (LOG_5 - LOG_2)
        : 18 + ((within - LOG_5) * 8) / (1 - LOG_5);
  return decade * PER_DECADE + Math.ceil(stretch - HAIR * 100);
}

/** Counts per bucket, and the sum of what was counted. Counting allocates nothing. */
export class Histogram {
  /** Doubles: at 20,000 a second 32 bits are full within three days. */
  readonly counts = new Float64Array(BUCKETS);
  sum = 0;
  count = 0;

  observe(value: number): void {
    this.observeIn(bucketOf(value), value);
  }

  /** For a value whose bucket is known. */
  observeIn(bucket: number, value: number): void {
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count++;
    if (value > 0) this.sum += value;
  }
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The value below which this share of all lies, at most 4.7 % off; undefined when nothing was counted. */
export function percentile(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    below += counts[i] ?? 0;
    if (below >= rank && below > 0) return middleOf(i);
  }
  return middleOf(BUCKETS - 1);
}

function middleOf(bucket: number): number {
  const upper = BOUNDS[bucket] ?? Number.POSITIVE_INFINITY;
  if (bucket === 0) return upper;
  const lower = BOUNDS[bucket - 1] ?? 0;
  return Number.isFinite(upper) ? Math.sqrt(lower * upper) : lower;
}

/** p50, p95 and p99 times `unit`; null when nothing was counted. */
export function percentiles(counts: ArrayLike<number>, unit = 1): Percentiles | null {
  const p50 = percentile(counts, 0.5);
  const p95 = percentile(counts, 0.95);
  const p99 = percentile(counts, 0.99);
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null;
  return { p50: round(p50 * unit), p95: round(p95 * unit), p99: round(p99 * unit) };
}

/** Three significant digits: more would claim to know what the buckets do not. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** {first bucket, counts…} without the empty ends, as a literal for an int[] column. */
export function encode(counts: ArrayLike<number>): string {
  let first = 0;
  let end = counts.length;
  while (first < end && !counts[first]) first++;
  while (end > first && !counts[end - 1]) end--;
  if (first === end) return "{}";
  let text = `{${first}`;
  for (let i = first; i < end; i++) text += `,${counts[i]}`;
  return `${text}}`;
}

/** Adds what `encode` wrote to `into`. */
export function addEncoded(into: Float64Array, encoded: ArrayLike<number>): void {
  const first = encoded[0] ?? 0;
  for (let i = 1; i < encoded.length; i++) {
    const bucket = first + i - 1;
    if (bucket < into.length) into[bucket] = (into[bucket] ?? 0) + (encoded[i] ?? 0);
  }
}

export function addCounts(into: Float64Array, counts: ArrayLike<number>): void {
  for (let i = 0; i < counts.length; i++) into[i] = (into[i] ?? 0) + (counts[i] ?? 0);
}
