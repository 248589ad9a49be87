/** One figure measured several times. With a single measurement all three are equal. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Sorts a copy and summarises it. An empty list is a mistake of the caller. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) {
    throw new Error("A spread was asked of no values at all; there must be at least one.");
  }
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? max;
  return { median: (low + high) / 2, min, max, count: sorted.length };
}

/** Percentiles by nearest rank, so that each is a value that really occurred. NaN when nothing was measured. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export function percentiles(values: Iterable<number>): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), p999: rank(0.999), max: rank(1) };
}

/** Medians of paired runs hide less than the ratio of medians: each repetition gives its own ratio, side by side in time. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.flatMap((value, i) => {
    const other = theirs[i];
    return other === undefined || other === 0 ? [] : [value / other];
  });
}
