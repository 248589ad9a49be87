// The log: event types, the append and what is planned in it, and reading events back.

export type { Appended, EventLog, EventLogOptions, JoinableLog, Joined, LiveApplication, NewEvent } from "./append.ts";
export { createEventLog, isNotConfirmed } from "./append.ts";
export type { DedupeKey, DedupeScope } from "./dedupe.ts";
export { digest } from "./dedupe.ts";
export { erasePayload } from "./erase.ts";
export type { EventType, EventTypeFields } from "./event-types.ts";
export {
  createEventType,
  findEventType,
  listEventTypes,
  putEventType,
  removeEventType,
  unknownEventTypes,
} from "./event-types.ts";
export type { EventFacts } from "./facts.ts";
export { eventFacts, walkEvents } from "./facts.ts";
export { locateEvent } from "./locate.ts";
export { type AppendMeter, createAppendMeter } from "./meter.ts";
export type { Notice, NoticeType } from "./notice.ts";
export { GIVE_NOTICE, giveNotice, NOTICE_TYPES, noticeParams, type ToldOutcome, tellFlows } from "./notice.ts";
export type { NoticeRelayOptions } from "./notice-relay.ts";
export { NOTICE_AGE_MS, noticeLook, relayNotices } from "./notice-relay.ts";
export type { EventRef, StoredPayload } from "./payloads.ts";
export { readPayloads } from "./payloads.ts";
export type { AppendedEvent, EventCause, Plan, Planner } from "./planner.ts";
export type { EventFilter, StoredEvent } from "./read.ts";
export { findEvent, findEventByUid, findEvents, listEvents, settledHorizon } from "./read.ts";
export { storedAt } from "./stored-at.ts";
export { forgetEventTallies, mostEvents } from "./tally.ts";
export { type Arrival, appendTraced, arrivalOf } from "./trace.ts";
export { storeUnplanned } from "./unplanned.ts";
export type { EventUpkeepOptions } from "./upkeep.ts";
export { ensureEventPartitions, eventChores } from "./upkeep.ts";
