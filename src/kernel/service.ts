import type { Log } from "./log.ts";

/**
 * Anything long-lived. `stop` may be called twice and before `start`, and resolves when nothing of the service is left
 * running; `drain` stops taking new work and finishes what is held. When its signal aborts, the grace is over: nobody waits
 * for the drain any longer, `stop` is called, and it is `stop` that must release what is still held.
 */
export interface Service {
  readonly name: string;
  start?(): Promise<void>;
  drain?(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export type StopSignal = "SIGTERM" | "SIGINT";

export interface RunOptions {
  /** One grace for all drains together; the stops that follow have a few seconds more. */
  readonly graceMs: number;
  /** How long nothing is drained yet after the signal, while `onSignal` already made the process report not ready. */
  readonly delayMs?: number;
  readonly log: Log;
  /** Called once all services run. */
  readonly onStarted?: () => void;
  /** Called with the first signal before anything is drained. */
  readonly onSignal?: (signal: StopSignal) => void;
  /** Where signals come from; the process itself when absent. */
  readonly signals?: SignalSource;
  /** A service that fails while running ends the process through this: it drains, stops, and exits with 1. */
  readonly failed?: Promise<never>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/** 0 after a clean end, 1 after any error, 130 or 143 when a second signal cut the leaving short (128 + its number). */
export type ExitCode = 0 | 1 | 130 | 143;

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
/**
 * Ctrl-C reaches every process of a terminal's group, and npm and launchers pass it on once more: what follows this soon is the
 * echo of the first signal and not a person who lost patience.
 */
const ECHO_MS = 500;
/** With the default grace of 25 s a process is gone within the 30 s that Kubernetes gives it by default. */
const STOP_GRACE_MS = 4_000;
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Starts services in order and runs until a signal, a failure, or a start that fails; then leaves in reverse order, first
 * draining all that started, then stopping all of them (P12). What was started later stands on what was started before, so
 * nothing loses its ground while it leaves. Errors are logged and never keep the other services from leaving.
 *
 * The first signal during the start ends the start after the service that is just starting. A second signal ends drains at
 * once; stops still run, within their grace, because they release what must not be left behind (an embedded server).
 */
export async function runServices(services: readonly Service[], options: RunOptions): Promise<ExitCode> {
  const { log, graceMs } = options;
  const wait = options.wait ?? waitUnless;
  const now = options.now ?? (() => performance.now());
  const signals = options.signals ?? process;
  const first = Promise.withResolvers<"signal" | "failure">();
  const hurry = new AbortController();
  let ended = false;
  let signalledAt = 0;
  const leaving = { signal: undefined as StopSignal | undefined, failed: false };

  const listeners = STOP_SIGNALS.map((signal) => {
    const listener = (): void => {
      if (leaving.signal !== undefined && now() - signalledAt < ECHO_MS) {
        return;
      }
      if (leaving.signal !== undefined || leaving.failed) {
        log.warn("stopping_at_once", `${signal} while leaving: stopping without finishing what is held.`, { signal });
        leaving.signal = signal;
        hurry.abort();
        return;
      }
      leaving.signal = signal;
      signalledAt = now();
      log.info("stopping", `${signal}: finishing what is held; the same signal again stops at once.`, {
        signal,
        graceMs,
      });
      options.onSignal?.(signal);
      first.resolve("signal");
    };
    signals.on(signal, listener);
    return { signal, listener };
  });

  const fail = (event: string, message: string, error: unknown): void => {
    leaving.failed = true;
    log.error(event, message, { error });
  };
  options.failed?.catch((error: unknown) => {
    if (ended) {
      return;
    }
    fail("service_failed", "A service failed: stopping.", error);
    first.resolve("failure");
  });

  const touched: Service[] = [];
  const started: Service[] = [];
  try {
    for (const service of services) {
      if (leaving.signal !== undefined || leaving.failed) {
        break;
      }
      touched.push(service);
      try {
        await Promise.race([service.start?.(), aborted(hurry.signal)]);
        if (hurry.signal.aborted) {
          break;
        }
        started.push(service);
        log.debug("service_started", `${service.name} started.`, { service: service.name });
      } catch (error) {
        fail("service_start_failed", `${service.name} could not start.`, error);
      }
    }
    if (leaving.signal === undefined && !leaving.failed) {
      options.onStarted?.();
      await first.promise;
    }
    await leave();
  } finally {
    ended = true;
    for (const { signal, listener } of listeners) {
      signals.off(signal, listener);
    }
  }
  const cutShort = hurry.signal.aborted && leaving.signal !== undefined;
  const code = cutShort && leaving.signal !== undefined ? EXIT_CODES[leaving.signal] : leaving.failed ? 1 : 0;
  log.info("stopped", "Everything has stopped.", { exitCode: code });
  return code;

  async function leave(): Promise<void> {
    if (leaving.signal !== undefined && (options.delayMs ?? 0) > 0) {
      await wait(options.delayMs ?? 0, hurry.signal);
    }
    await within(graceMs, hurry.signal, async (over) => {
      for (const service of started.toReversed()) {
        if (service.drain !== undefined && !over.aborted) {
          await told("drain", service.name, over, () => service.drain?.(over));
        }
      }
    });
    // A service whose start failed half-way is stopped too: it may have opened something.
    await within(Math.min(graceMs, STOP_GRACE_MS), undefined, async (over) => {
      for (const service of touched.toReversed()) {
        await told("stop", service.name, over, () => service.stop());
      }
    });
  }

  /** Waits for one step of leaving, but no longer than its grace. */
  async function told(
    step: "drain" | "stop",
    name: string,
    over: AbortSignal,
    work: () => Promise<void> | undefined,
  ): Promise<void> {
    try {
      const inTime = await Promise.race([Promise.resolve(work()).then(() => true), aborted(over).then(() => false)]);
      if (!inTime && step === "stop") {
        fail("service_stop_overdue", `${name} did not stop within the grace.`, undefined);
      } else if (!inTime) {
        log.warn("service_drain_overdue", `${name} did not finish within the grace.`, { service: name });
      }
    } catch (error) {
      fail(`service_${step}_failed`, `${name} failed to ${step}.`, error);
    }
  }

  async function within(
    ms: number,
    cut: AbortSignal | undefined,
    work: (over: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const done = new AbortController();
    const over = new AbortController();
    const end = (): void => over.abort();
    cut?.addEventListener("abort", end);
    if (cut?.aborted) {
      end();
    }
    void wait(ms, done.signal).then(() => {
      if (!done.signal.aborted) {
        end();
      }
    });
    try {
      await work(over.signal);
    } finally {
      done.abort();
      cut?.removeEventListener("abort", end);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}

function waitUnless(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
