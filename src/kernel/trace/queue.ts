import type { Log } from "../log.ts";
import type { Span } from "./span.ts";

/** Sends spans off; rejects when they are lost. */
export type ExportSpans = (spans: readonly Span[]) => Promise<void>;

export interface SpanQueueOptions {
  readonly send: ExportSpans;
  readonly log: Pick<Log, "limited">;
  /** Spans that wait at most; what comes beyond is dropped, because nothing of ours may wait for a collector. */
  readonly max: number;
  readonly batchMax?: number;
  readonly delayMs?: number;
}

export interface SpanStats {
  readonly exported: number;
  /** There was no room for them. */
  readonly dropped: number;
  /** The collector did not take them. */
  readonly failed: number;
  readonly waiting: number;
}

export interface SpanQueue {
  add(span: Span): void;
  readonly stats: SpanStats;
  /** Sends what waits; resolves when nothing waits any more, or when `signal` aborts. */
  flush(signal?: AbortSignal): Promise<void>;
  /** Sends nothing any more. */
  stop(): void;
}

/** Made ready for the wire in one go, at 9 us a span: two milliseconds in which nothing else runs. */
const BATCH_MAX = 256;
const DELAY_MS = 1_000;

/** Spans on their way out: one request at a time, each with up to 256 of them, begun when there are so many or after a second. */
export function createSpanQueue(options: SpanQueueOptions): SpanQueue {
  const { send, log, max, batchMax = BATCH_MAX, delayMs = DELAY_MS } = options;
  let waiting: Span[] = [];
  let timer: Timer | undefined;
  let sending: Promise<void> | undefined;
  let stopped = false;
  let exported = 0;
  let dropped = 0;
  let failed = 0;

  function add(span: Span): void {
    if (stopped || waiting.length >= max) {
      dropped++;
      if (!stopped)
        log.limited(
          "spans_dropped",
          "warn",
          "spans_dropped",
          "Spans are recorded faster than the collector takes them.",
          {
            dropped,
            max,
          },
        );
      return;
    }
    waiting.push(span);
    if (waiting.length >= batchMax) begin();
    else schedule();
  }

  function schedule(): void {
    if (timer !== undefined || sending !== undefined || stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      begin();
    }, delayMs);
    timer.unref();
  }

  function begin(): void {
    if (sending !== undefined || stopped || waiting.length === 0) return;
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting.slice(0, batchMax);
    waiting = waiting.slice(batchMax);
    sending = send(batch)
      .then(
        () => {
          exported += batch.length;
        },
        (error: unknown) => {
          failed += batch.length;
          log.limited(
            "spans_not_exported",
            "warn",
            "spans_not_exported",
            "The collector did not take a batch of spans.",
            {
              failed,
              error,
            },
          );
        },
      )
      .finally(() => {
        sending = undefined;
        if (waiting.length >= batchMax) begin();
        else if (waiting.length > 0) schedule();
      });
  }

  return {
    add,
    get stats() {
      return { exported, dropped, failed, waiting: waiting.length };
    },
    flush: async (signal) => {
      const over = new Promise<void>((resolve) => {
        if (signal?.aborted) resolve();
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
      while ((waiting.length > 0 || sending !== undefined) && !signal?.aborted && !stopped) {
        begin();
        await Promise.race([sending, over]);
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      dropped += waiting.length;
      waiting = [];
    },
  };
}
