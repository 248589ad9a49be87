import { Cron } from "croner";
import { nearest } from "#kernel/plain";
import { isZone } from "../cel/time.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { isObject, oneOf } from "./shape.ts";

/** From where it is asked whether a schedule ever comes: the answer must not depend on when it is asked. */
const BEGINNING = new Date(Date.UTC(2024, 0, 1));

/** What is wrong with a schedule beyond its shape. */
export function scheduleFaults(trigger: unknown, keys: Keys): readonly Found[] {
  if (!isObject(trigger) || typeof trigger["schedule"] !== "string") {
    return [];
  }
  const { schedule, zone } = trigger;
  if (zone !== undefined && (typeof zone !== "string" || !isZone(zone))) {
    return [
      {
        keys: [...keys, "zone"],
        code: "zone_unknown",
        message: `${quoted(zone)} is no time zone.`,
        hint: zoneHint(zone),
      },
    ];
  }
  const at = [...keys, "schedule"];
  const fields = schedule.trim().split(/\s+/);
  if (schedule.startsWith("@") && !NAMED.includes(schedule.toLowerCase())) {
    const near = nearest(schedule, NAMED);
    const hint = near === undefined ? `${oneOf(NAMED)} are there.` : `Do you mean "${near}"?`;
    return [{ keys: at, code: "schedule_invalid", message: `${quoted(schedule)} is no schedule.`, hint }];
  }
  if (!schedule.startsWith("@") && fields.length !== 5 && fields.length !== 6) {
    return [
      {
        keys: at,
        code: "schedule_invalid",
        message: `${quoted(schedule)} has ${fields.length} fields.`,
        hint: 'Five: minute hour day month weekday ("0 9 * * 1-5"), or six with seconds before them.',
      },
    ];
  }
  try {
    const cron = new Cron(schedule, { timezone: zone ?? "UTC", paused: true });
    return cron.nextRun(BEGINNING) === null
      ? [{ keys: at, code: "schedule_invalid", message: `${quoted(schedule)} never comes.` }]
      : [];
  } catch (error) {
    const wrong = wrongField(fields);
    if (wrong !== undefined) {
      const { text, name, range, index } = wrong;
      const message = `${quoted(schedule)} is no schedule: ${quoted(text)} is no ${name}.`;
      const hint = `${range}; lists "1,3", ranges "1-5" and steps "*/5" are possible.`;
      return [{ keys: at, code: "schedule_invalid", message, hint, offset: offsetOf(schedule, index) }];
    }
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/\.?$/, "") : "";
    return [{ keys: at, code: "schedule_invalid", message: `${quoted(schedule)} is no schedule: ${reason}.` }];
  }
}

const NAMED = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@hourly"];

const FIELDS = [
  { name: "second", range: "0 to 59" },
  { name: "minute", range: "0 to 59" },
  { name: "hour", range: "0 to 23" },
  { name: "day of the month", range: "1 to 31, or L for the last" },
  { name: "month", range: "1 to 12, or JAN to DEC" },
  { name: "weekday", range: "0 to 7 (0 and 7 are Sunday), or SUN to SAT" },
] as const;

/** The first field that is wrong by itself. */
function wrongField(fields: readonly string[]) {
  const meanings = FIELDS.slice(FIELDS.length - fields.length);
  for (const [index, text] of fields.entries()) {
    try {
      new Cron(fields.map((_, i) => (i === index ? text : "*")).join(" "), { paused: true });
    } catch {
      const meaning = meanings[index];
      return meaning && { text, index, ...meaning };
    }
  }
  return undefined;
}

function offsetOf(schedule: string, field: number): number {
  const starts = [...schedule.matchAll(/\S+/g)].map(({ index }) => index);
  return starts[field] ?? 0;
}

/** Zones are named after places. What is misspelt is looked for among those that begin alike: there are hundreds. */
function zoneHint(zone: unknown): string {
  const initial = typeof zone === "string" && zone.length < 64 ? zone.slice(0, 1).toLowerCase() : "";
  const alike = Intl.supportedValuesOf("timeZone").filter(
    (each) => initial !== "" && each.toLowerCase().startsWith(initial),
  );
  const near = typeof zone === "string" ? nearest(zone, alike) : undefined;
  return near === undefined ? 'A name like "Europe/Berlin" or "UTC" is one.' : `Do you mean "${near}"?`;
}
