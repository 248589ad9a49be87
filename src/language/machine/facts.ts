import { type CompiledFlow, Timestamp } from "../compiled.ts";
import { eventContext, triggerContext } from "../context.ts";
import type { Start } from "../journal.ts";
import type { Facts } from "./scope.ts";

/** What `event`, `trigger`, `input` and `run` are in the expressions of a run. */
export function factsOf(compiled: CompiledFlow, start: Start): Facts {
  return {
    event: "event" in start.trigger ? eventContext(start.trigger.event) : null,
    trigger: triggerContext(start.trigger),
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
