import type { Budget, Duration, Timestamp } from "../../compiled.ts";
import { failed, quoted, spendSteps } from "../fail.ts";
import { type CivilTime, civilTime, instant, parseDuration, parseTimestamp, span } from "../time.ts";
import { NUMBER } from "../types.ts";
import type { Met } from "../values.ts";
import type { CelFunction } from "./overload.ts";

function utc(budget: Budget, value: Met, zone: Met): CivilTime {
  spendSteps(budget, 20);
  const civil = civilTime(value as Timestamp, zone as string);
  if (civil === undefined) {
    throw failed(`${quoted(zone)} is no time zone; "Europe/Berlin" and "+02:00" are.`);
  }
  return civil;
}

function civilGetter(name: string, does: string, read: (time: CivilTime) => number, ofDuration?: number): CelFunction {
  return {
    name,
    member: true,
    does,
    overloads: [
      { takes: ["timestamp"], gives: NUMBER, run: (budget, [at = null]) => read(utc(budget, at, "UTC")) },
      {
        takes: ["timestamp", "string"],
        gives: NUMBER,
        run: (budget, [at = null, zone = null]) => read(utc(budget, at, zone)),
      },
      ...(ofDuration === undefined
        ? []
        : [
            {
              takes: ["duration"] as const,
              gives: NUMBER,
              run: (_: Budget, [of]: readonly Met[]) =>
                name === "getMilliseconds" ? (of as Duration).ms % 1000 : Math.trunc((of as Duration).ms / ofDuration),
            },
          ]),
    ],
  };
}

export function timestamp(ms: number): Timestamp {
  const made = instant(ms);
  if (made === undefined) {
    throw failed("The instant is not between the years 1 and 9999.");
  }
  return made;
}

export function duration(ms: number): Duration {
  const made = span(ms);
  if (made === undefined) {
    throw failed("The duration is longer than ten thousand years.");
  }
  return made;
}

export function timestampOf(text: Met): Timestamp {
  const parsed = parseTimestamp(text as string);
  if (parsed === undefined) {
    throw failed(`${quoted(text)} is no timestamp; "2026-01-31T09:30:00Z" is (RFC 3339).`);
  }
  return parsed;
}

export function durationOf(text: Met): Duration {
  const parsed = parseDuration(text as string);
  if (parsed === undefined) {
    throw failed(`${quoted(text)} is no duration; "90s", "1h30m" and "3d" are.`);
  }
  return parsed;
}

export const TIMES: readonly CelFunction[] = [
  civilGetter("getFullYear", "the year", ({ year }) => year),
  civilGetter("getMonth", "the month, from 0", ({ month }) => month),
  civilGetter("getDate", "the day of the month, from 1", ({ day }) => day),
  civilGetter("getDayOfMonth", "the day of the month, from 0", ({ day }) => day - 1),
  civilGetter("getDayOfWeek", "the day of the week, Sunday is 0", ({ weekday }) => weekday),
  civilGetter("getDayOfYear", "the day of the year, from 0", ({ dayOfYear }) => dayOfYear),
  civilGetter("getHours", "the hour; all hours of a duration", ({ hour }) => hour, 3_600_000),
  civilGetter("getMinutes", "the minute; all minutes of a duration", ({ minute }) => minute, 60_000),
  civilGetter("getSeconds", "the second; all seconds of a duration", ({ second }) => second, 1_000),
  civilGetter("getMilliseconds", "the ms within the second", ({ ms }) => ms, 1),
];
