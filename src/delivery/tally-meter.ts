import { type Counter, idTimeMs, type OutcomeClass, type Telemetry } from "#kernel";
import type { Settlement } from "./settlement.ts";
import { createEndpointTally, type EndpointTally } from "./tally.ts";

/** Counts what becomes of deliveries, once it is committed. */
export interface DeliveryMeter {
  settled(settlement: Settlement, isOurs: boolean): void;
  readonly tally: EndpointTally;
}

const OUTCOMES: readonly OutcomeClass[] = [
  "delivered",
  "retryable",
  "permanent",
  "gone",
  "timeout",
  "ambiguous",
  "signature_error",
  "endpoint_config_error",
  "internal_error",
];

/**
 * Everything is counted at one place, after the commit: what a scrape shows was recorded. It costs a few lookups in small
 * maps and increments, and makes no objects unless somebody watches the tail.
 */
export function createDeliveryMeter(telemetry: Telemetry, now: () => number): DeliveryMeter {
  const { registry, totals, receiver, delivery, tail } = telemetry;
  const queueWait = registry.histogram("queueWait", {});
  const tally = createEndpointTally(now);
  const attempts = new Map<string, Counter>(
    OUTCOMES.map((outcome) => [outcome, registry.counter("attempts", { outcome })]),
  );
  const settledAs = {
    delivered: registry.counter("settled", { settled_as: "delivered" }),
    owed: registry.counter("settled", { settled_as: "owed" }),
    dead: registry.counter("settled", { settled_as: "dead" }),
    late: registry.counter("settled", { settled_as: "late" }),
  };

  function settled(settlement: Settlement, isOurs: boolean): void {
    const { task, attempt, fate } = settlement;
    if (fate.kind === "dead" && isOurs) {
      totals.dead++;
      registry.counter("dead", { reason: fate.reason }).n++;
    }
    if (attempt === undefined) return;
    const nowMs = now();
    const as = isOurs ? fate.kind : "late";
    const counter = attempts.get(attempt.outcome);
    if (counter !== undefined) counter.n++;
    settledAs[as].n++;
    totals.attempts++;
    const seconds = attempt.totalUs / 1_000_000;
    receiver.observe(seconds);
    if (task.attempts === 0 && task.trigger === "scheduled")
      queueWait.observe(Math.max(0, idTimeMs(attempt.id) - task.owedAtMs) / 1_000);
    const isDelivered = attempt.outcome === "delivered";
    if (isDelivered) totals.delivered++;
    if (as === "delivered") delivery.observe(Math.max(0, nowMs - task.owedAtMs) / 1_000);
    const isAmbiguous = attempt.outcome === "ambiguous" || attempt.outcome === "timeout";
    tally.count(
      task.lane.endpointId,
      task.appId,
      isDelivered ? "delivered" : isAmbiguous ? "ambiguous" : "failed",
      seconds,
      nowMs,
    );
    if (!tail.watched) return;
    tail.publish({
      kind: "attempt",
      atMs: nowMs,
      appId: task.appId,
      messageId: task.eventId,
      attemptId: attempt.id,
      endpointId: task.lane.endpointId,
      eventType: task.eventType ?? null,
      outcome: attempt.outcome,
      reason: attempt.reason,
      status: attempt.status ?? null,
      totalMs: Math.round(attempt.totalUs / 100) / 10,
      settledAs: as,
      number: task.attempts + 1,
    });
  }

  return { settled, tally };
}
