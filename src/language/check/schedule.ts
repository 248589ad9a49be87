import { Cron } from "croner";
import { isZone } from "../cel/time.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { isObject } from "./shape.ts";

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
        hint: '"Europe/Berlin" and "UTC" are.',
      },
    ];
  }
  const at = [...keys, "schedule"];
  const fields = schedule.trim().split(/\s+/);
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
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/\.?$/, "") : "";
    return [{ keys: at, code: "schedule_invalid", message: `${quoted(schedule)} is no schedule: ${reason}.` }];
  }
}
