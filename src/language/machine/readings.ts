import { parseDuration, parseTimestamp } from "../cel/time.ts";
import { Timestamp, type Value } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { EventFactsOfRun } from "../journal.ts";

export function eventContext(event: EventFactsOfRun): Value {
  return {
    id: event.id,
    type: event.type,
    channels: event.channels,
    data: event.data,
    received_at: new Timestamp(event.receivedAtMs),
  };
}

export function spanOf(value: Json): number | undefined {
  if (typeof value === "number") {
    return value >= 0 ? value * 1000 : undefined;
  }
  return typeof value === "string" ? parseDuration(value)?.ms : undefined;
}

export function instantOf(value: Json): number | undefined {
  if (typeof value === "number") {
    return value * 1000;
  }
  return typeof value === "string" ? parseTimestamp(value)?.ms : undefined;
}

export function matchText(value: Json): string | undefined {
  return value === null || typeof value === "object" ? undefined : String(value);
}
