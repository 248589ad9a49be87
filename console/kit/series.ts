/** What a chart shows, in a sentence: for whoever cannot see it. */
export function summaryOf(
  series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[],
  format: (value: number) => string,
): string {
  return series
    .map(({ label, values }) => {
      const known = values.filter((value) => value !== null);
      const last = known.at(-1);
      if (last === undefined) return `${label}: nothing was measured.`;
      return `${label}: ${format(last)} at the end, between ${format(Math.min(...known))} and ${format(Math.max(...known))}.`;
    })
    .join(" ");
}

/** Seconds between two points, so that a span has about 120 of them; of the steps people think in. */
export function stepFor(spanMs: number): number {
  const wanted = spanMs / 1_000 / 120;
  return STEPS.find((step) => step >= wanted) ?? 86_400;
}

const STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400] as const;
