import type { EventFacts } from "#events";
import { unreachable } from "#kernel";
import type { EndpointMode } from "../endpoint.ts";
import { wants } from "../endpoint.ts";

/**
 * What of the past is to be sent again. For an endpoint and an event:
 *
 * - `failed`: it has a dead letter there, and was never delivered there.
 * - `missing`: the endpoint's filters, as they are now, want it, and it was never delivered there.
 * - `all`: the endpoint's filters, as they are now, want it.
 *
 * Whatever still waits or is in somebody's hands is none of these: it will be sent anyway.
 */
export type What = "failed" | "missing" | "all";
export const WHATS = ["failed", "missing", "all"] as const satisfies What[];

export interface Selection {
  readonly what: What;
  /** Events accepted at or after `sinceMs` and before `untilMs` (ms since 1970). */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Each absent: any. Of several one is enough. */
  readonly eventTypes?: readonly string[] | undefined;
  readonly channels?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Of the last attempt to the endpoint. */
  readonly outcomes?: readonly string[] | undefined;
  /** Of the last attempt to the endpoint, or of a dead letter there. */
  readonly reasons?: readonly string[] | undefined;
}

/** What is known of one event at one endpoint. */
export interface Past {
  readonly isDelivered: boolean;
  /** Waits, is in somebody's hands, or is about to be owed. */
  readonly isOwed: boolean;
  readonly last: { readonly outcome: string; readonly reason: string } | undefined;
  readonly deadReasons: readonly string[];
}

/** The endpoint as it is now. */
export interface ReplayEndpoint {
  readonly mode: EndpointMode;
  readonly eventTypes: ReadonlySet<string> | undefined;
  readonly channels: ReadonlySet<string> | undefined;
  readonly expiresAfterMs: number | undefined;
}

/** `erased`: it would be sent, but nothing is left to send. */
export type Verdict = "send" | "erased" | "not_this";

const NOTHING: Past = { isDelivered: false, isOwed: false, last: undefined, deadReasons: [] };

/** Whether an event is to be sent to an endpoint again. `event` is undefined when retention dropped it. */
export function judge(
  selection: Selection,
  endpoint: Pick<ReplayEndpoint, "eventTypes" | "channels">,
  event: EventFacts | undefined,
  past: Past = NOTHING,
): Verdict {
  if (past.isOwed || !isWhat(selection, endpoint, event, past)) return "not_this";
  const { last, deadReasons } = past;
  if (selection.outcomes !== undefined && !(last !== undefined && selection.outcomes.includes(last.outcome)))
    return "not_this";
  if (selection.reasons !== undefined && !reasonsOf(last, deadReasons).some((one) => selection.reasons?.includes(one)))
    return "not_this";
  if (event === undefined) return "erased";
  if (selection.eventTypes !== undefined && !selection.eventTypes.includes(event.type)) return "not_this";
  if (!overlap(selection.channels, event.channels) || !overlap(selection.tags, event.tags)) return "not_this";
  return event.isErased ? "erased" : "send";
}

function isWhat(
  { what, reasons }: Selection,
  endpoint: Pick<ReplayEndpoint, "eventTypes" | "channels">,
  event: EventFacts | undefined,
  past: Past,
): boolean {
  const isWanted = event !== undefined && wants(endpoint, event);
  switch (what) {
    case "failed":
      // What somebody withdrew on purpose stays withdrawn, unless it is asked for by that name.
      return !past.isDelivered && past.deadReasons.some((one) => one !== "cancelled" || reasons !== undefined);
    case "missing":
      return isWanted && !past.isDelivered;
    case "all":
      return isWanted;
    default:
      return unreachable(what);
  }
}

function reasonsOf(last: Past["last"], deadReasons: readonly string[]): readonly string[] {
  return last === undefined ? deadReasons : [last.reason, ...deadReasons];
}

function overlap(wanted: readonly string[] | undefined, has: readonly string[] | undefined): boolean {
  return wanted === undefined || (has?.some((one) => wanted.includes(one)) ?? false);
}
