import { statfs } from "node:fs/promises";
import type { Db } from "./db.ts";

/** Why nothing new is taken in. Each is answered with 503 and Retry-After, before anything was read or written (P7). */
export interface IntakeRefusal {
  readonly code: "draining" | "database_unavailable" | "disk_full" | "overloaded";
  readonly detail: string;
  readonly retryAfterSeconds: number;
}

export interface IntakeOptions {
  readonly db: Db;
  /** Accepted and not yet committed: events, and their payload bytes. */
  readonly pending: () => { readonly events: number; readonly bytes: number };
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** The folder of the embedded database, and how many bytes its disk must have free. Absent: the database is somewhere else. */
  readonly disk?: { readonly folder: string; readonly freeBytesMin: number };
}

/** Asked before anything is accepted: intake stops first, so that what was accepted can be finished. */
export interface Intake {
  refusal(): IntakeRefusal | undefined;
  /** From now on nothing is accepted. */
  drain(): void;
  /** Measures the disk. To be called every few seconds. */
  measure(): Promise<void>;
}

export interface ObservedIntake extends Intake {
  /** All reasons at once, for whoever wants to know why. */
  refusals(): IntakeRefusal[];
}

const REFUSALS = {
  draining: {
    code: "draining",
    detail: "This process is shutting down. Retrying is safe; another process will answer.",
    retryAfterSeconds: 1,
  },
  database_unavailable: {
    code: "database_unavailable",
    detail: "The database does not answer. Nothing was accepted; retrying is safe.",
    retryAfterSeconds: 2,
  },
  disk_full: {
    code: "disk_full",
    detail: "The disk of the database is nearly full. Nothing was accepted; retrying is safe once there is room.",
    retryAfterSeconds: 10,
  },
  overloaded: {
    code: "overloaded",
    detail: "More is waiting for its commit than this process may hold. Nothing was accepted; retrying is safe.",
    retryAfterSeconds: 1,
  },
} as const satisfies Record<IntakeRefusal["code"], IntakeRefusal>;

export function createIntake(options: IntakeOptions): ObservedIntake {
  let draining = false;
  let full = false;
  return {
    refusal: () => {
      if (draining) return REFUSALS.draining;
      if (full || options.db.full) return REFUSALS.disk_full;
      if (!options.db.available) return REFUSALS.database_unavailable;
      const { events, bytes } = options.pending();
      return events >= options.eventsMax || bytes >= options.bytesMax ? REFUSALS.overloaded : undefined;
    },
    refusals: () => {
      const { events, bytes } = options.pending();
      const isAway = !options.db.available && !options.db.full;
      return [
        ...(draining ? [REFUSALS.draining] : []),
        ...(full || options.db.full ? [REFUSALS.disk_full] : []),
        ...(isAway ? [REFUSALS.database_unavailable] : []),
        ...(events >= options.eventsMax || bytes >= options.bytesMax ? [REFUSALS.overloaded] : []),
      ];
    },
    drain: () => {
      draining = true;
    },
    measure: async () => {
      if (options.disk === undefined) return;
      const read = await statfs(options.disk.folder).catch(() => undefined);
      if (read === undefined) return; // The folder is away for a moment: what was known of it stays.
      const { bavail, bsize } = read;
      const free = bavail * bsize;
      // Comes back only with some room more, so that it does not flap at the mark.
      full = free < options.disk.freeBytesMin * (full ? 1.1 : 1);
    },
  };
}
