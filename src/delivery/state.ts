/**
 * One event owed to one endpoint, and the only ways its state may change.
 *
 * ```
 *   ┌──────┐    hold
 *   │ held │ ◀────────┐
 *   └──────┘ ───────┐ │
 *    │        letGo ▼ │     lease               settle(delivered)
 *    │            ┌──────┐ ─────────────▶ ┌────────┐ ─────────────▶ delivered
 *    │            │ owed │                │ leased │
 *    │            └──────┘ ◀───────────── └────────┘
 *    │             │    ▲   settle(retry, hold, gone),  │
 *    │             │    │   release, putOff, takeOver   │ settle(dead)
 *    │             │    └───────── requeue ── ┌──────┐ ◀┘
 *    └─────────────┴────────────────────────▶ │ dead │
 *                     expire, cancel, giveUp  └──────┘
 * ```
 *
 * Each state is a table (posthorn.delivery_owed, _leased, _dead; a delivered one is its last attempt), each arrow one
 * statement. A held one is a row of delivery_owed that is due never: nothing that looks for what is due has to know of it. A transition's argument admits only the states it may start from, so an illegal one does not compile.
 */
import { unreachable } from "#kernel";

/** posthorn.process.token: one incarnation of a process. An int8, kept as the driver gives it; only equality is asked of it. */
export type ProcessToken = string;

/** Why a delivery was settled without success: the CHECK of posthorn.delivery_dead. */
export type DeadReason = "exhausted" | "permanent" | OwedDeadReason;

/** Reasons that need no answer of the endpoint: what may befall a delivery while it waits. */
export type OwedDeadReason =
  | "expired"
  | "endpoint_deleted"
  | "application_deleted"
  | "endpoint_disabled"
  | "held_too_long"
  | "held_too_many"
  | "cancelled"
  /** The event's owner had its payload erased: there is nothing left to send. */
  | "erased";

interface Spent {
  /** Requests made so far, whatever came of them: the number of the last attempt. */
  readonly attempts: number;
  /** Steps of the retry schedule used up. Free retries (Retry-After, 410, our own faults) leave it alone. */
  readonly step: number;
}

export type Delivery =
  | ({ readonly state: "owed"; readonly dueAtMs: number } & Spent)
  /** Somebody wants it to wait until it is let go. `dueAtMs`: when it would be due. */
  | ({ readonly state: "held"; readonly dueAtMs: number } & Spent)
  /**
   * In the hands of `owner`. The fence of a settle is `owner` together with `attempts`: the owner alone would let a
   * process whose first settle was committed without its knowledge settle the lease it took since.
   */
  | ({ readonly state: "leased"; readonly owner: ProcessToken } & Spent)
  | ({ readonly state: "delivered" } & Spent)
  | ({ readonly state: "dead"; readonly reason: DeadReason } & Spent);

export type In<S extends Delivery["state"]> = Extract<Delivery, { state: S }>;

/** What the retry policy makes of an outcome: what becomes of the delivery. `step` is what the row holds afterwards. */
export type Decision =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly dueAtMs: number; readonly step: number }
  /** Retry-After: due when the endpoint's hold is over. */
  | { readonly kind: "hold"; readonly dueAtMs: number; readonly step: number }
  /** 410: due at once when the endpoint is resumed. */
  | { readonly kind: "gone"; readonly dueAtMs: number; readonly step: number }
  | { readonly kind: "dead"; readonly reason: DeadReason };

/** The columns are smallint. Only hands that requeue for ever get here; the count then stands still instead of failing. */
export const ATTEMPTS_MAX = 32_767;

/** What a new delivery is when it is left to whoever has room. The append may lease it on the spot: `lease(owe(now), me)`. */
export function owe(dueAtMs: number): In<"owed"> {
  return { state: "owed", dueAtMs, attempts: 0, step: 0 };
}

/** `owner` takes it and sends it now or in a moment. */
export function lease(delivery: In<"owed">, owner: ProcessToken): In<"leased"> {
  return { state: "leased", owner, attempts: delivery.attempts, step: delivery.step };
}

/** A request was made (or refused by our own guard, which is recorded as one), and `decision` says what follows. */
export function settle(delivery: In<"leased">, decision: Decision): In<"owed" | "delivered" | "dead"> {
  const attempts = Math.min(delivery.attempts + 1, ATTEMPTS_MAX);
  switch (decision.kind) {
    case "delivered":
      return { state: "delivered", attempts, step: delivery.step };
    case "retry":
    case "hold":
    case "gone":
      return { state: "owed", dueAtMs: decision.dueAtMs, attempts, step: decision.step };
    case "dead":
      return { state: "dead", reason: decision.reason, attempts, step: delivery.step };
    default:
      return unreachable(decision);
  }
}

/** The process leaves before it sent: another may take it at once, and nothing is used up. */
export function release(delivery: In<"leased">, nowMs: number): In<"owed"> {
  return putOff(delivery, nowMs);
}

/** Not sent because the endpoint may not be asked before `untilMs` (held, broken, at its limit): nothing is used up. */
export function putOff(delivery: In<"leased">, untilMs: number): In<"owed"> {
  return { state: "owed", dueAtMs: untilMs, attempts: delivery.attempts, step: delivery.step };
}

/**
 * The holder was lost. Whether its request left nobody can know any more, so one is counted and recorded (P4: no hidden
 * re-send), no step is used up, and anybody may take it at once. Should the lost holder still settle it, the fence refuses.
 */
export function takeOver(delivery: In<"leased">, nowMs: number): In<"owed"> {
  return {
    state: "owed",
    dueAtMs: nowMs,
    attempts: Math.min(delivery.attempts + 1, ATTEMPTS_MAX),
    step: delivery.step,
  };
}

/** Somebody stops it where it waits. One that is leased may be on the wire; should it be owed again, it can be held then. */
export function hold(delivery: In<"owed">): In<"held"> {
  return { state: "held", dueAtMs: delivery.dueAtMs, attempts: delivery.attempts, step: delivery.step };
}

/** It goes on as if nobody had held it: due when it would have been, at once if that has passed. */
export function letGo(delivery: In<"held">): In<"owed"> {
  return { state: "owed", dueAtMs: delivery.dueAtMs, attempts: delivery.attempts, step: delivery.step };
}

/** Its owner asks for it again: the whole schedule anew, attempts numbered on. */
export function requeue(delivery: In<"dead">, nowMs: number): In<"owed"> {
  return { state: "owed", dueAtMs: nowMs, attempts: delivery.attempts, step: 0 };
}

/** Its time to live passed while it waited: that is its owner's word about the event, and a hand on it does not stop it. */
export function expire(delivery: In<"owed" | "held">): In<"dead"> {
  return giveUp(delivery, "expired");
}

/** Somebody withdrew it while it waited. One that is leased may be on the wire and is settled by its answer. */
export function cancel(delivery: In<"owed" | "held">): In<"dead"> {
  return giveUp(delivery, "cancelled");
}

/** What it waits for is not to come: kept as dead letter, never dropped. */
export function giveUp(delivery: In<"owed" | "held">, reason: OwedDeadReason): In<"dead"> {
  return { state: "dead", reason, attempts: delivery.attempts, step: delivery.step };
}
