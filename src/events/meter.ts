import type { Queryable, Telemetry } from "#kernel";
import type { Appended, NewEvent } from "./append.ts";
import { createEventTally } from "./tally.ts";

/** Counts what is appended, once it is committed, and tells it to whoever watches. */
export interface AppendMeter {
  /** For `EventLogOptions.onAppended`. */
  readonly onAppended: (batch: readonly NewEvent[], results: readonly Appended[]) => void;
  /** Writes down what was counted per application. */
  flush(q: Queryable, process: string): Promise<void>;
  /** Events not counted for their application, because too many applications had some. */
  readonly overflow: number;
}

export function createAppendMeter(telemetry: Telemetry, now: () => number): AppendMeter {
  const tally = createEventTally(now);
  const { tail } = telemetry;
  const sums = { api: { events: 0, bytes: 0 }, source: { events: 0, bytes: 0 } };

  function onAppended(batch: readonly NewEvent[], results: readonly Appended[]): void {
    const nowMs = now();
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i];
      const result = results[i];
      if (event === undefined || result?.kind !== "appended") continue;
      const origin = event.sourceId === undefined ? sums.api : sums.source;
      origin.events++;
      origin.bytes += event.payload.length;
      tally.count(event.appId, event.payload.length, nowMs);
      if (!tail.watched) continue;
      tail.publish({
        kind: "event",
        atMs: nowMs,
        appId: event.appId,
        messageId: result.id,
        eventType: event.type,
        bytes: event.payload.length,
        sourceId: event.sourceId ?? null,
      });
    }
    for (const origin of ["api", "source"] as const) {
      const sum = sums[origin];
      if (sum.events === 0) continue;
      telemetry.appended(origin, sum.events, sum.bytes);
      sum.events = 0;
      sum.bytes = 0;
    }
  }

  return {
    onAppended,
    flush: (q, process) => tally.flush(q, process),
    get overflow() {
      return tally.overflow;
    },
  };
}
