import { joinReads } from "./cel/reads.ts";
import type { CompiledFlow, Reads } from "./compiled.ts";

/**
 * Everything that a flow reads, wherever: triggers, flow control, all of its steps, its output. What of an event is not among the paths
 * cannot change what its runs do. `steps[].reads` says it for one step.
 */
export function readsOf(flow: CompiledFlow): Reads {
  const { concurrency, rate, throttle, debounce, batch, singleton, priority } = flow.control;
  const expressions = [
    ...flow.triggers.map((trigger) => (trigger.kind === "schedule" ? undefined : trigger.if)),
    ...[concurrency, rate, throttle, debounce, batch, singleton].map((limits) => limits?.key),
    priority,
    flow.output,
    ...flow.byId.values(),
  ];
  return joinReads(expressions.flatMap((each) => (each === undefined ? [] : [each.reads])));
}
