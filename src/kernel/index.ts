// The ground: what every room stands on and that knows no room.

export type { DatabaseFault, Db, DbOptions, Queryable } from "./db.ts";
export { bareArray, DatabaseError, openDb, packBytes, textArray } from "./db.ts";
export type {
  NetworkFault,
  Outcome,
  OutcomeClass,
  ReceivedResponse,
  Refusal,
  RequestTiming,
  SendResult,
} from "./outbound/outcome.ts";
export { unreachable } from "./unreachable.ts";
