import { type DatabaseError, unreachable } from "#kernel";
import { type Reply, refuse } from "./reply.ts";

const retryAfter = (seconds: number) => ({ "Retry-After": String(seconds) });

/** What a client is told of a fault of the database; undefined: the fault is ours, and nothing to retry. */
export function replyToDatabaseError(error: DatabaseError): Reply | undefined {
  switch (error.fault) {
    case "unavailable":
      return refuse(503, "database_unavailable", "The database cannot be reached; nothing was done", retryAfter(2));
    case "unknown":
      return refuse(
        503,
        "not_confirmed",
        "The commit was not confirmed; retrying with the same Idempotency-Key is safe",
        retryAfter(1),
      );
    case "full":
      return refuse(503, "disk_full", "The database cannot write at present; nothing was done", retryAfter(10));
    case "contention":
      return refuse(
        503,
        "database_busy",
        "Others changed the same things at the same time; nothing was done",
        retryAfter(1),
      );
    case "conflict":
      return refuse(409, "conflict", "Something with the same unique identifier was created at the same time");
    case "rejected":
      return undefined;
    default:
      return unreachable(error.fault);
  }
}
