// The log: event types, the append and what is planned in it, and reading events back.

export type { EventType, EventTypeFields } from "./event-types.ts";
export {
  createEventType,
  findEventType,
  listEventTypes,
  putEventType,
  removeEventType,
  unknownEventTypes,
} from "./event-types.ts";
export type { EventFilter, StoredEvent } from "./read.ts";
export { findEvent, findEventByUid, findEvents, listEvents, settledHorizon } from "./read.ts";
