import { unreachable } from "#kernel";
import { type CompiledFlow, Timestamp, type Value } from "../compiled.ts";
import type { Start, TriggerFacts } from "../journal.ts";
import { eventContext } from "./readings.ts";
import type { Facts } from "./scope.ts";

/** What `event`, `trigger`, `input` and `run` are in the expressions of a run. */
export function factsOf(compiled: CompiledFlow, start: Start): Facts {
  const event = "event" in start.trigger ? eventContext(start.trigger.event) : null;
  return {
    event,
    trigger: triggerContext(start.trigger, event),
    input: start.input,
    run: {
      id: start.runId,
      flow: compiled.definition.flow,
      version: start.version,
      approve_url: start.approveUrls ?? {},
      started_at: new Timestamp(start.startedAtMs),
    },
  };
}

function triggerContext(trigger: TriggerFacts, event: Value): Value {
  switch (trigger.kind) {
    case "event":
    case "source":
    case "delivery":
      return { kind: trigger.kind, event };
    case "schedule":
      return { kind: trigger.kind, scheduled_at: new Timestamp(trigger.scheduledAtMs) };
    case "api":
    case "manual":
    case "rerun":
      return { kind: trigger.kind };
    case "call":
      return { kind: trigger.kind, run: trigger.runId, flow: trigger.flow };
    case "run":
      return { kind: trigger.kind, run: trigger.runId, flow: trigger.flow, state: trigger.state };
    case "batch":
      return { kind: trigger.kind, count: trigger.count };
    default:
      return unreachable(trigger);
  }
}
