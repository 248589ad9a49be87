import type { Task } from "./lane.ts";
import type { DeadReason } from "./state.ts";

/** One request on the wire, to be recorded. */
export interface AttemptRecord {
  readonly id: string;
  readonly endpointVersion: number;
  readonly outcome: string;
  readonly reason: string;
  readonly status: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly dnsUs: number | undefined;
  readonly connectUs: number | undefined;
  readonly firstByteUs: number | undefined;
  readonly totalUs: number;
  readonly signature: string | undefined;
  /** JSON [[name, value], …]; undefined when no response came. */
  readonly responseHeaders: string | undefined;
  readonly responseBody: Uint8Array | undefined;
  readonly responseTruncated: boolean;
}

/** What becomes of a task. `waitMs` counts from the commit, by the database's clock. */
export type Fate =
  | { readonly kind: "delivered" }
  | { readonly kind: "owed"; readonly waitMs: number; readonly step: number }
  | { readonly kind: "dead"; readonly reason: DeadReason };

/** What the settle writes: an attempt with what follows from it, or only the latter (a release, an expiry). */
export type Settlement =
  | {
      readonly task: Task;
      readonly attempt: AttemptRecord;
      readonly fate: Fate;
      /** Whoever listens is to be told that the delivery is dead. */
      readonly notice?: boolean;
    }
  | {
      readonly task: Task;
      readonly attempt?: undefined;
      readonly fate: Exclude<Fate, { kind: "delivered" }>;
      readonly notice?: undefined;
    };

/** A settlement that came of a request. */
export type Attempted = Extract<Settlement, { readonly attempt: AttemptRecord }>;
