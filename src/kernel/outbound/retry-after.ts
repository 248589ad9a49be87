/** Bounds of what a receiver may ask for: the design's P6. */
export const RETRY_AFTER_MIN_MS = 1_000;
export const RETRY_AFTER_MAX_MS = 3_600_000;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * Reads a Retry-After field (RFC 9110 §10.2.3: delta-seconds or an HTTP-date in any of its three forms) as the time to
 * wait in milliseconds, clamped to 1 s … 1 h. Undefined when it says neither. A moment that has passed is the minimum.
 */
export function parseRetryAfter(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  if (/^\d+$/.test(text)) return clamp(Number(text) * 1000);
  const at = parseHttpDate(text, nowMs);
  return at === undefined ? undefined : clamp(at - nowMs);
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

/** RFC 9110 §5.6.7. `Date.parse` would accept much more, and local times among it. */
function parseHttpDate(text: string, nowMs: number): number | undefined {
  const fixdate = IMF_FIXDATE.exec(text);
  if (fixdate !== null) {
    const [, day, month, year, hour, minute, second] = fixdate;
    return utc(Number(year), month, day, hour, minute, second);
  }
  const rfc850 = RFC_850.exec(text);
  if (rfc850 !== null) {
    const [, day, month, year, hour, minute, second] = rfc850;
    // A two-digit year that appears to be more than 50 years ahead is the most recent past one with these digits.
    const thisYear = new Date(nowMs).getUTCFullYear();
    const guess = thisYear - (thisYear % 100) + Number(year);
    return utc(guess > thisYear + 50 ? guess - 100 : guess, month, day, hour, minute, second);
  }
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime;
    return utc(Number(year), month, day, hour, minute, second);
  }
  return undefined;
}

function utc(year: number, month = "", day = "", hour = "", minute = "", second = ""): number | undefined {
  const monthIndex = MONTHS.indexOf(month);
  if (
    monthIndex < 0 ||
    Number(day) < 1 ||
    Number(day) > 31 ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 60
  )
    return undefined;
  return Date.UTC(year, monthIndex, Number(day), Number(hour), Number(minute), Number(second));
}
