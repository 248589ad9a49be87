import type { Ask } from "./http.ts";
import { EngineError } from "./http.ts";
import { type ReportAnswer, resultText, type TaskResult } from "./protocol.ts";

export interface ReporterOptions {
  readonly ask: Ask;
  readonly token: () => string;
  /** It was told, and this is what it came to. */
  readonly onTold: (result: TaskResult, state: string) => void;
  /** Telling failed, and is tried again. */
  readonly onTrouble: (error: EngineError) => void;
}

/** Tells results in batches: at once when idle, together when busy, and until the engine has taken them. */
export interface Reporter {
  add(result: TaskResult): void;
  readonly pending: number;
  /** Resolves when nothing is pending, or the signal aborts. */
  idle(over: AbortSignal): Promise<void>;
}

const RESULTS_MAX = 1_000;
const BYTES_MAX = 8 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 5_000;
/** Under way at once: one is committed while the next gathers. */
const REPORTS_MAX = 2;

export function createReporter(options: ReporterOptions): Reporter {
  let waiting: { readonly result: TaskResult; readonly text: string; readonly token: string }[] = [];
  let sending = 0;
  let pending = 0;
  let scheduled = false;
  const idlers: (() => void)[] = [];

  function kick(): void {
    if (scheduled || sending >= REPORTS_MAX || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void send();
      kick();
    });
  }

  function take(): typeof waiting {
    const token = waiting[0]?.token;
    let bytes = 0;
    let end = 0;
    for (const one of waiting) {
      // What was leased under another token is told under that one.
      if (end >= RESULTS_MAX || one.token !== token || (end > 0 && bytes + one.text.length > BYTES_MAX)) break;
      bytes += one.text.length;
      end++;
    }
    const batch = waiting.slice(0, end);
    waiting = waiting.slice(end);
    return batch;
  }

  async function send(): Promise<void> {
    const batch = take();
    if (batch.length === 0) return;
    sending++;
    const body = `{"token":"${batch[0]?.token}","results":[${batch.map(({ text }) => text).join(",")}]}`;
    let states: readonly string[] = [];
    for (let backoffMs = BACKOFF_MIN_MS; ; backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)) {
      try {
        const { results } = await options.ask<ReportAnswer>("/worker/report", body, AbortSignal.timeout(TIMEOUT_MS));
        states = results.map(({ state }) => state);
        break;
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        options.onTrouble(error);
        // Refused for good: told again, it would be refused again. Their tasks are taken over in time.
        if (!error.isPassing) break;
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? backoffMs));
      }
    }
    sending--;
    pending -= batch.length;
    for (const [i, { result }] of batch.entries()) options.onTold(result, states[i] ?? "refused");
    if (pending === 0) for (const idle of idlers.splice(0)) idle();
    kick();
  }

  return {
    add: (result) => {
      pending++;
      waiting.push({ result, text: resultText(result), token: options.token() });
      kick();
    },
    get pending() {
      return pending;
    },
    idle: (over) =>
      new Promise((resolve) => {
        if (pending === 0 || over.aborted) return resolve();
        idlers.push(resolve);
        over.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}
