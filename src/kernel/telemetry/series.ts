import { addEncoded, BUCKETS, type Percentiles, percentiles } from "./histogram.ts";
import type { Span } from "./span.ts";

/** What happened in one step of a chart, all processes together. */
export interface Point {
  readonly atMs: number;
  readonly eventsIn: number;
  readonly rejected: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly failed: number;
  readonly successRatio: number | null;
  readonly ackMs: Percentiles | null;
  readonly deliveryMs: Percentiles | null;
  readonly receiverMs: Percentiles | null;
  readonly owed: number | null;
  readonly oldestOwedSeconds: number | null;
  readonly memoryBytes: number;
  /** Processors used: 1 is one of them all the time. */
  readonly cpuRatio: number;
  readonly inFlight: number;
}

class Step {
  eventsIn = 0;
  rejected = 0;
  attempts = 0;
  delivered = 0;
  failed = 0;
  cpuMs = 0;
  ack: Float64Array | undefined;
  delivery: Float64Array | undefined;
  receiver: Float64Array | undefined;
  /** The last known of each process: what is a level is not added up over time. */
  readonly levels = new Map<string, Span>();
  owed: Span | undefined;
}

/**
 * Spans of any length and of many processes as points of equal steps. A span that lies across steps is shared out by how
 * long it lies in each; its latencies go to the step that holds its middle.
 */
export function seriesOf(spans: readonly Span[], sinceMs: number, untilMs: number, stepMs: number): Point[] {
  const first = Math.floor(sinceMs / stepMs);
  const steps = Array.from({ length: Math.max(0, Math.ceil(untilMs / stepMs) - first) }, () => new Step());
  for (const span of spans) {
    const lengthMs = span.toMs - span.fromMs;
    if (lengthMs <= 0) continue;
    for (let at = Math.floor(span.fromMs / stepMs); at * stepMs < span.toMs; at++) {
      const step = steps[at - first];
      if (step === undefined) continue;
      const within = Math.min(span.toMs, (at + 1) * stepMs) - Math.max(span.fromMs, at * stepMs);
      share(step, span, within / lengthMs);
    }
    const middle = steps[Math.floor((span.fromMs + span.toMs) / 2 / stepMs) - first];
    if (middle !== undefined) {
      middle.ack = added(middle.ack, span.ack);
      middle.delivery = added(middle.delivery, span.delivery);
      middle.receiver = added(middle.receiver, span.receiver);
    }
    const last = steps[Math.ceil(span.toMs / stepMs) - 1 - first];
    if (last === undefined) continue;
    const known = last.levels.get(span.process);
    if (known === undefined || known.toMs < span.toMs) last.levels.set(span.process, span);
    if (span.owed !== undefined && (last.owed === undefined || last.owed.toMs < span.toMs)) last.owed = span;
  }
  const whole = new Whole();
  return steps.map((step, i) => pointOf(whole.of(step), (first + i) * stepMs, stepMs));
}

const COUNTED = ["eventsIn", "rejected", "attempts", "delivered", "failed"] as const;

/** Parts as whole numbers whose sum is that of the parts: what is left over goes to the next step. */
class Whole {
  readonly #left = { eventsIn: 0, rejected: 0, attempts: 0, delivered: 0, failed: 0 };

  of(step: Step): Step {
    for (const counted of COUNTED) {
      const exact = step[counted] + this.#left[counted];
      step[counted] = Math.round(exact);
      this.#left[counted] = exact - step[counted];
    }
    return step;
  }
}

function share(step: Step, span: Span, part: number): void {
  step.eventsIn += span.eventsIn * part;
  step.rejected += span.rejected * part;
  step.attempts += span.attempts * part;
  step.delivered += span.delivered * part;
  step.failed += span.failed * part;
  step.cpuMs += span.cpuMs * part;
}

function added(sum: Float64Array | undefined, encoded: ArrayLike<number>): Float64Array | undefined {
  if (encoded.length === 0) return sum;
  const into = sum ?? new Float64Array(BUCKETS);
  addEncoded(into, encoded);
  return into;
}

function pointOf(step: Step, atMs: number, stepMs: number): Point {
  const levels = [...step.levels.values()];
  const sum = (pick: (span: Span) => number) => levels.reduce((all, span) => all + pick(span), 0);
  const owed = step.owed?.owed;
  const tried = step.delivered + step.failed;
  return {
    atMs,
    eventsIn: step.eventsIn,
    rejected: step.rejected,
    attempts: step.attempts,
    delivered: step.delivered,
    failed: step.failed,
    successRatio: tried === 0 ? null : Number((step.delivered / tried).toFixed(4)),
    ackMs: percentilesMs(step.ack),
    deliveryMs: percentilesMs(step.delivery),
    receiverMs: percentilesMs(step.receiver),
    owed: owed?.count ?? null,
    oldestOwedSeconds:
      owed?.oldestAtMs === undefined || step.owed === undefined
        ? null
        : Math.max(0, Math.round((step.owed.toMs - owed.oldestAtMs) / 1_000)),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    cpuRatio: Number((step.cpuMs / stepMs).toFixed(4)),
    inFlight: sum(({ inFlight }) => inFlight),
  };
}

export function percentilesMs(seconds: Float64Array | undefined): Percentiles | null {
  return seconds === undefined ? null : percentiles(seconds, 1_000);
}
