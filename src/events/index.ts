// The log: event types, the append and what is planned in it, and reading events back.

export type { Appended, EventLog, EventLogOptions, LiveApplication, NewEvent } from "./append.ts";
export { createEventLog, isNotConfirmed } from "./append.ts";
export type { DedupeKey, DedupeScope } from "./dedupe.ts";
export { digest } from "./dedupe.ts";
export type { EventType, EventTypeFields } from "./event-types.ts";
export {
  createEventType,
  findEventType,
  listEventTypes,
  putEventType,
  removeEventType,
  unknownEventTypes,
} from "./event-types.ts";
export type { EventRef, StoredPayload } from "./payloads.ts";
export { readPayloads } from "./payloads.ts";
export type { AppendedEvent, Plan, Planner } from "./planner.ts";
export type { EventFilter, StoredEvent } from "./read.ts";
export { findEvent, findEventByUid, findEvents, listEvents, settledHorizon } from "./read.ts";
export type { EventUpkeepOptions } from "./upkeep.ts";
export { ensureEventPartitions, eventChores } from "./upkeep.ts";
