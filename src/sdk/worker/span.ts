/** `250ms`, `30s`, `15m`, `2h`, `3d`, `1w`; or a number of milliseconds. */
export type Span = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}` | number;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** In ms. Throws a TypeError on what is no span: it stands in somebody's code. */
export function spanMs(span: Span): number {
  if (typeof span === "number" && Number.isInteger(span) && span >= 0) return span;
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(String(span)) ?? [];
  const factor = UNITS[unit ?? ""];
  if (count === undefined || factor === undefined) {
    throw new TypeError(`${JSON.stringify(span)} is no span of time; it should be like 250ms, 30s, 15m, 2h, 3d or 1w`);
  }
  return Number(count) * factor;
}
