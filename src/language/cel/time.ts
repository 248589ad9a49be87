import { Duration, Timestamp } from "../compiled.ts";

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;
const YEAR_1 = -62_135_596_800_000;
const YEAR_9999 = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** As many ms as the instants that there are lie apart. */
const DURATION_MAX = 315_576_000_000 * 1000;

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** An instant between the years 1 and 9999, or undefined. Below a ms is cut. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}${zone.toUpperCase()}`,
  );
  // The platform takes 30 February for 2 March.
  const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  return Number.isNaN(ms) || Number(day) > days ? undefined : instant(ms);
}

export function instant(ms: number): Timestamp | undefined {
  return ms >= YEAR_1 && ms <= YEAR_9999 ? new Timestamp(Math.floor(ms)) : undefined;
}

/** `1h30m`, `1.5s`, `-2d`; undefined when it is none, or longer than ten thousand years. */
export function parseDuration(text: string): Duration | undefined {
  if (text === "0") {
    return new Duration(0);
  }
  if (text.length > 64 || !/^[+-]?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w))+$/.test(text)) {
    return undefined;
  }
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g)) {
    ms += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  }
  return span(text.startsWith("-") ? -ms : ms);
}

export function span(ms: number): Duration | undefined {
  return Math.abs(ms) <= DURATION_MAX ? new Duration(Math.trunc(Math.round(ms * 1e6) / 1e6)) : undefined;
}

/** RFC 3339 in UTC, with ms only where there are some. */
export function timestampText(timestamp: Timestamp): string {
  return new Date(timestamp.ms).toISOString().replace(".000Z", "Z");
}

/** In seconds, as CEL writes it: `90s`, `1.5s`. */
export function durationText(duration: Duration): string {
  return `${duration.ms / 1000}s`;
}

export interface CivilTime {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly dayOfYear: number;
}

/** What clock and calendar show at that moment in a zone (IANA name, or `+02:00`). Undefined: there is no such zone. */
export function civilTime(timestamp: Timestamp, zone: string): CivilTime | undefined {
  const offset = offsetMs(timestamp.ms, zone);
  if (offset === undefined) {
    return undefined;
  }
  const local = new Date(timestamp.ms + offset);
  const newYear = new Date(0);
  newYear.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    ms: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - newYear.getTime()) / 86_400_000),
  };
}

/** Formatters cost as much as a hundred evaluations to make; there are some 600 zones, and their names come from definitions and events. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const FORMATTERS_MAX = 64;

function offsetMs(ms: number, zone: string): number | undefined {
  if (zone === "UTC" || zone === "Z") {
    return 0;
  }
  const fixed = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return Number(fixed[2]) > 23 || Number(fixed[3]) > 59 ? undefined : (fixed[1] === "-" ? -1 : 1) * minutes * 60_000;
  }
  const formatter = formatters.get(zone) ?? formatterOf(zone);
  if (formatter === undefined) {
    return undefined;
  }
  const parts: Record<string, string> = {};
  for (const part of formatter.formatToParts(ms)) {
    parts[part.type] = part.value;
  }
  const local = new Date(0);
  const year = parts["era"] === "BC" ? 1 - Number(parts["year"]) : Number(parts["year"]);
  local.setUTCFullYear(year, Number(parts["month"]) - 1, Number(parts["day"]));
  local.setUTCHours(Number(parts["hour"]), Number(parts["minute"]), Number(parts["second"]));
  return local.getTime() - Math.floor(ms / 1000) * 1000;
}

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    const formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const [oldest] = formatters.keys();
    if (formatters.size >= FORMATTERS_MAX && oldest !== undefined) {
      formatters.delete(oldest);
    }
    formatters.set(zone, formatter);
    return formatter;
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/** Whether there is a zone of this name. */
export function isZone(zone: string): boolean {
  return offsetMs(0, zone) !== undefined;
}
