import { type Health, WELL } from "./auto-disable.ts";
import { type Breaker, CLOSED } from "./breaker.ts";
import type { EndpointConfig } from "./endpoint.ts";
import { LaneQueue } from "./lane-queue.ts";
import type { Limiter } from "./limiter.ts";
import type { ProcessToken } from "./state.ts";

/** Why nothing may be started for a lane now. `atMs` (monotonic): when to ask again; absent: when something changes. */
export type Blocked =
  | { readonly by: "mode" | "ownership" }
  | { readonly by: "hold" | "breaker"; readonly atMs: number };

/**
 * One endpoint in this process: what is queued for it, what is under way, and what holds it back. A lane lives as long as
 * it has work or knows something that the database does not (breaker window, hold).
 */
export interface Lane {
  readonly endpointId: string;
  readonly appId: string;
  /** Replaced when a newer version is loaded; undefined once the endpoint is deleted. */
  endpoint: EndpointConfig | undefined;
  readonly queue: LaneQueue<Task>;
  queuedBytes: number;
  /** Planned, not yet committed. */
  reserved: number;
  inFlight: number;
  /** More may be owed to it in the table than is in memory: what comes new is owed behind it. */
  backlog: boolean;
  breaker: Breaker;
  /** What was found out here is not in the table yet: what the table says is older. */
  isUnwritten: boolean;
  /** What days of answers said. */
  health: Health;
  /** Whether it was told that the endpoint fails, and not yet that it recovered: see `notice-episode.ts`. */
  toldFailing: boolean;
  /** Monotonic ms before which nobody asks whether to tell it. */
  askTellingAt: number;
  /** Monotonic ms of the last time that its open breaker was told. */
  toldBreakerAt: number;
  /** Monotonic ms until which Retry-After asked for quiet. */
  holdUntil: number;
  /** Somebody asked for a probe: it is for whoever may start requests to take (`probe.ts`). */
  probeWanted: boolean;
  /** The wish was taken: one request may pass breaker and hold. */
  mayProbe: boolean;
  limiter: Limiter | undefined;
  /** Shared by all endpoints of an application with a throttle. */
  appLimiter: Limiter | undefined;
  ownership: Ownership;
  /** Monotonic ms before which it is not asked again whether a limit that another process owns has become free. */
  askOwnerAt: number;
  /** Up to where the last claim took what is owed: the next begins there instead of walking over what was deleted before it. */
  claimed: { readonly dueAt: string; readonly untilMs: number } | undefined;
  /** Mean payload bytes lately: sizes the next claim. */
  meanBytes: number;
}

/** A lane of which nothing is known yet. */
export function newLane(endpointId: string, appId: string): Lane {
  return {
    endpointId,
    appId,
    endpoint: undefined,
    queue: new LaneQueue(),
    queuedBytes: 0,
    reserved: 0,
    inFlight: 0,
    // Whether something waits in the table the first look at what is due tells.
    backlog: false,
    breaker: CLOSED,
    isUnwritten: false,
    health: WELL,
    toldFailing: false,
    askTellingAt: Number.NEGATIVE_INFINITY,
    toldBreakerAt: Number.NEGATIVE_INFINITY,
    holdUntil: Number.NEGATIVE_INFINITY,
    probeWanted: false,
    mayProbe: false,
    limiter: undefined,
    appLimiter: undefined,
    ownership: "not_needed",
    askOwnerAt: Number.NEGATIVE_INFINITY,
    claimed: undefined,
    meanBytes: 1_024,
  };
}

/** Whether this process may start requests where a limit holds over all processes. */
export type Ownership = "not_needed" | "wanted" | "owned";

export type Trigger = "scheduled" | "resend" | "replay" | "probe";

/** A delivery in the hands of this process: a row of posthorn.delivery_leased, and what is needed to send it. */
export interface Task {
  readonly id: string;
  readonly eventId: string;
  readonly appId: string;
  readonly lane: Lane;
  readonly owner: ProcessToken;
  /** Requests made before this one. */
  readonly attempts: number;
  readonly step: number;
  readonly trigger: Trigger;
  /** When it began to be owed. */
  readonly owedAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly payload: Uint8Array;
  readonly contentType: string;
  readonly hops: number;
  /** For who watches; undefined where it is not known. */
  readonly eventType?: string | undefined;
  /** The trace its event is part of, as it is kept (`readStoredTrace`). */
  readonly trace?: string | undefined;
}
