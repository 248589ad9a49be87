import type { Histogram } from "./histogram.ts";

/** What only grows, as far as it is sampled. */
export interface Totals {
  eventsIn: number;
  rejected: number;
  attempts: number;
  delivered: number;
  dead: number;
}

/** What one process did in one stretch of time: a row of posthorn.process_sample, or a second in memory. */
export interface Span extends Readonly<Totals> {
  /** process.token; empty: this one. */
  readonly process: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly failed: number;
  /** Histograms of seconds, as `encode` writes them: first bucket, then counts. */
  readonly ack: ArrayLike<number>;
  readonly delivery: ArrayLike<number>;
  readonly receiver: ArrayLike<number>;
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly loopLagUs: number;
  readonly inFlight: number;
  readonly held: number;
  readonly owed: Owed | undefined;
}

/** What waits in the whole installation, as one of its processes saw it. */
export interface Owed {
  readonly count: number;
  readonly isExact: boolean;
  readonly oldestAtMs: number | undefined;
}

/** What a meter reads. */
export interface Measured {
  readonly totals: Totals;
  readonly ack: Histogram;
  readonly delivery: Histogram;
  readonly receiver: Histogram;
  readonly levels: () => { readonly memoryBytes: number; readonly inFlight: number; readonly held: number };
  /** Processor time used since the start, in ms. */
  readonly cpuMs: () => number;
  readonly now: () => number;
}

export interface SpanMeter {
  /** A timer came so much too late. */
  lagged(us: number): void;
  /** What happened since the last cut. */
  cut(owed?: Owed): Span;
}

/** Cuts what is counted into spans. Each meter keeps its own place, so that seconds, tens of seconds and minutes go on side by side. */
export function createSpanMeter(measured: Measured): SpanMeter {
  const { totals } = measured;
  let before = { ...totals };
  let fromMs = measured.now();
  let cpuBefore = measured.cpuMs();
  let lagUs = 0;
  const seen = {
    ack: measured.ack.counts.slice(),
    delivery: measured.delivery.counts.slice(),
    receiver: measured.receiver.counts.slice(),
  };
  return {
    lagged: (us) => {
      if (us > lagUs) lagUs = us;
    },
    cut: (owed) => {
      const toMs = Math.max(fromMs + 1, measured.now());
      const cpuMs = measured.cpuMs();
      const attempts = totals.attempts - before.attempts;
      const delivered = totals.delivered - before.delivered;
      const span: Span = {
        process: "",
        fromMs,
        toMs,
        eventsIn: totals.eventsIn - before.eventsIn,
        rejected: totals.rejected - before.rejected,
        attempts,
        delivered,
        failed: Math.max(0, attempts - delivered),
        dead: totals.dead - before.dead,
        ack: since(measured.ack.counts, seen.ack),
        delivery: since(measured.delivery.counts, seen.delivery),
        receiver: since(measured.receiver.counts, seen.receiver),
        ...measured.levels(),
        cpuMs: Math.max(0, Math.round(cpuMs - cpuBefore)),
        loopLagUs: Math.round(lagUs),
        owed,
      };
      before = { ...totals };
      fromMs = toMs;
      cpuBefore = cpuMs;
      lagUs = 0;
      return span;
    },
  };
}

const NOTHING: readonly number[] = Object.freeze([]);

/** What was counted since `seen`, which is brought up to date: first bucket, then counts. */
function since(counts: Float64Array, seen: Float64Array): readonly number[] {
  let first = -1;
  let end = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === seen[i]) continue;
    if (first < 0) first = i;
    end = i + 1;
  }
  if (first < 0) return NOTHING;
  const found = [first];
  for (let i = first; i < end; i++) {
    found.push((counts[i] ?? 0) - (seen[i] ?? 0));
    seen[i] = counts[i] ?? 0;
  }
  return found;
}
