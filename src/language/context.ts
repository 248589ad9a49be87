import { type Context, Timestamp, type Value } from "./compiled.ts";
import type { EventFactsOfRun, Start, StepError, TriggerFacts } from "./journal.ts";

/** What `event` is in expressions. */
export function eventContext(event: EventFactsOfRun): Value {
  return {
    id: event.id,
    type: event.type,
    channels: event.channels,
    data: event.data,
    received_at: new Timestamp(event.receivedAtMs),
  };
}

/** What `trigger` is. Members that this kind of start does not have are not there: `trigger.?event` asks. */
export function triggerContext(trigger: TriggerFacts): Value {
  switch (trigger.kind) {
    case "event":
    case "source":
    case "delivery":
      return { kind: trigger.kind, event: eventContext(trigger.event) };
    case "rerun":
      return trigger.event === undefined
        ? { kind: trigger.kind }
        : { kind: trigger.kind, event: eventContext(trigger.event) };
    case "schedule":
      return { kind: trigger.kind, scheduled_at: new Timestamp(trigger.scheduledAtMs) };
    case "call":
      return { kind: trigger.kind, run: trigger.runId, flow: trigger.flow };
    case "run":
      return { kind: trigger.kind, run: trigger.runId, flow: trigger.flow, state: trigger.state };
    case "batch":
      return { kind: trigger.kind, count: trigger.count };
    default:
      return { kind: trigger.kind };
  }
}

/** What triggers and flow control see: there is no run yet. */
export function startContext(trigger: TriggerFacts, input: Start["input"]): Context {
  return {
    event: "event" in trigger && trigger.event !== undefined ? eventContext(trigger.event) : null,
    trigger: triggerContext(trigger),
    input,
  };
}

/** What `error` is within `on_failure`. */
export function errorContext(error: StepError): Value {
  return {
    class: error.class,
    code: error.code,
    message: error.message,
    step: error.path ?? null,
    detail: error.detail ?? null,
  };
}
