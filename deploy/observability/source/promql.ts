// Expressions that several panels and rules share. Each process counts for itself, so sums go over processes.

/** Of the processes chosen above the dashboard. */
export const here = (...matchers: readonly string[]): string =>
  `{${['instance=~"$instance"', ...matchers].join(", ")}}`;

export const perSecond = (metric: string, by?: string, ...matchers: readonly string[]): string =>
  `sum${by === undefined ? "" : ` by (${by})`} (rate(${metric}${here(...matchers)}[$__rate_interval]))`;

/** A percentile of a histogram over all chosen processes. */
export const percentile = (q: number, metric: string, by?: string, ...matchers: readonly string[]): string =>
  `histogram_quantile(${q}, sum by (le${by === undefined ? "" : `, ${by}`}) (rate(${metric}_bucket${here(...matchers)}[$__rate_interval])))`;

/** What is true of the installation as a whole: one process tells it, and which one may change. */
export const told = (metric: string, by?: string, ...matchers: readonly string[]): string =>
  `max${by === undefined ? "" : ` by (${by})`} (${metric}${matchers.length === 0 ? "" : `{${matchers.join(", ")}}`})`;

export const percentiles = (metric: string) =>
  [0.5, 0.95, 0.99].map((q) => ({ expr: percentile(q, metric), legend: `p${q * 100}` }));
