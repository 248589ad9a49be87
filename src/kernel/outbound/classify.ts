import { unreachable } from "../unreachable.ts";
import type { Outcome, ReceivedResponse, SendResult } from "./outcome.ts";
import { parseRetryAfter } from "./retry-after.ts";

/**
 * What follows from what happened on the wire (P5, P6). Pure: `nowMs` (wall clock) is only for a Retry-After that names
 * a date.
 *
 * - A 2xx counts when its body was read to its end or to its cap; when the body broke it is ambiguous.
 * - Any other status speaks for itself, whether its body came whole or not, unless the deadline passed first.
 * - A deadline is a timeout whatever was read before: the receiver may or may not have acted.
 */
export function classify(result: SendResult, nowMs: number): Outcome {
  switch (result.kind) {
    case "response":
      return byStatus(result.response, nowMs);
    case "broken_body":
      return isSuccess(result.response.status)
        ? { class: "ambiguous", reason: "broken_body" }
        : byStatus(result.response, nowMs);
    case "timeout":
      return { class: "timeout", reason: `timeout_${result.phase}` };
    case "fault":
      if (result.fault === "interrupted" && result.sent) return { class: "ambiguous", reason: "interrupted" };
      return { class: "retryable", reason: result.fault };
    case "refused":
      return { class: "endpoint_config_error", reason: result.refusal };
    default:
      return unreachable(result);
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function byStatus(response: ReceivedResponse, nowMs: number): Outcome {
  const { status } = response;
  const reason = `http_${status}`;
  if (isSuccess(status)) return { class: "delivered", reason };
  if (status === 410) return { class: "gone", reason: "http_410" };
  // 1xx is never final, and above 599 nothing is defined: RFC 9110 §15 says to treat an invalid status like a 5xx.
  if (status < 200 || status >= 500 || status === 408 || status === 425 || status === 429) {
    const retryAfterMs = status === 429 || status === 503 ? retryAfter(response, nowMs) : undefined;
    return retryAfterMs === undefined ? { class: "retryable", reason } : { class: "retryable", reason, retryAfterMs };
  }
  return { class: "permanent", reason };
}

/** Only 429 and 503 ask for quiet (RFC 6585 §4, RFC 9110 §15.6.4); on a 3xx the field speaks of the redirect. */
function retryAfter(response: ReceivedResponse, nowMs: number): number | undefined {
  const field = response.headers.find(([name]) => name.toLowerCase() === "retry-after");
  return field === undefined ? undefined : parseRetryAfter(field[1], nowMs);
}
