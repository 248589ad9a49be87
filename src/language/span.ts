import { parseDuration, parseTimestamp } from "./cel/time.ts";
import type { Json, Span } from "./definition.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
export const SPAN_MAX_MS = 366 * 86_400_000;

/** `30s`, `3d` in ms. Undefined: it is no span, or longer than 366 days. */
export function parseSpan(text: Span): number | undefined {
  const match = /^(\d{1,12})(ms|s|m|h|d|w)$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ""] ?? Number.NaN);
  return ms <= SPAN_MAX_MS ? ms : undefined;
}

/** What an expression gave as a span of time, in ms: `90s`, `1h30m` (a duration is written so), or a number of seconds. */
export function spanOf(value: Json): number | undefined {
  const ms =
    typeof value === "number" ? value * 1000 : typeof value === "string" ? parseDuration(value)?.ms : undefined;
  return ms !== undefined && ms >= 0 && ms <= SPAN_MAX_MS ? ms : undefined;
}

/** What a template gave as an instant, in ms since 1970: RFC 3339, or seconds since 1970. */
export function instantOf(value: Json): number | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? Math.floor(value * 1000) : undefined;
  }
  return typeof value === "string" ? parseTimestamp(value)?.ms : undefined;
}

/** What `match.key` and `match.equals` gave, as the text by which they are compared: `12` and `"12"` are the same. Undefined: nothing matches. */
export function matchText(value: Json): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}
