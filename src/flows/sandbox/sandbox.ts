import type { Log } from "#kernel";
import type { Json } from "#language";
import { createCallQueue, type QueueLimits } from "./call-queue.ts";
import { CODE_TIMEOUT_MAX_MS, memoryBytesOf, wallMsOf } from "./limits.ts";
import type { SandboxMessage } from "./messages.ts";
import type { CodeError, CodeOutcome, ProgramOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import { type SandboxProcess, type StartSandboxProcess, startSandboxProcess } from "./sandbox-process.ts";

export interface CodeCall {
  /** Whose program it is: applications take turns. */
  readonly appId: string;
  /** The body of `async function (input)`. */
  readonly code: string;
  readonly input: Json;
  /** CPU time, at most 10 s. */
  readonly timeoutMs: number;
  /** Default: 16 MiB and eight times the input. */
  readonly memoryBytesMax?: number;
  /** Takes it back while it waits; one that runs runs to its end, which nobody waits for. */
  readonly signal?: AbortSignal;
}

export interface SandboxStats {
  readonly processes: number;
  readonly running: number;
  readonly waiting: number;
  /** Since the start. */
  readonly programs: number;
  readonly failed: number;
  /** Processes that had to be killed, or died. */
  readonly lost: number;
}

/** Runs the programs of users where they reach nothing (P8) and hold nobody up (P7). */
export interface Sandbox {
  /** Never rejects: what went wrong is an outcome. */
  run(call: CodeCall): Promise<CodeOutcome>;
  stats(): SandboxStats;
  /** Ends all processes; what waits or runs has the outcome `sandbox_closed`. */
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly log: Log;
  /** Processes at once. Each runs one program at a time; none is there before the first program comes. */
  readonly processesMax: number;
  /** One with nothing to do for so long is ended: it holds some 40 MB. */
  readonly idleMs?: number;
  readonly queue?: QueueLimits;
  readonly start?: StartSandboxProcess;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic?: () => number;
  /** Runs `task` once after `ms` and returns how to call that off; the default does not keep the process alive. */
  readonly later?: (ms: number, task: () => void) => () => void;
}

const IDLE_MS = 30_000;
/** To be ready: some 100 ms, on a machine that does nothing else. */
const START_MS = 20_000;
/** Processes that end before they are ready, one after the other: then what waits is told so. */
const STARTS_MAX = 3;

interface Call {
  readonly appId: string;
  readonly bytes: number;
  readonly program: Program;
  settle(outcome: ProgramOutcome): void;
}

type State =
  | { readonly kind: "starting"; readonly callOff: () => void }
  | { readonly kind: "idle"; readonly callOff: () => void }
  | { readonly kind: "busy"; readonly call: Call; readonly sinceMs: number }
  /** Killed, and not gone yet. */
  | { readonly kind: "leaving" };

interface Place {
  readonly process: SandboxProcess;
  state: State;
}

/**
 *   starting ──▶ idle ◀──▶ busy        A process leaves when it idled too long, when its virtual machine broke, when a program
 *       └──────────┴─────────┴──▶ leaving   could not be interrupted, and when everything stops.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { log, processesMax, start = startSandboxProcess, idleMs = IDLE_MS, later = laterUnreferenced } = options;
  const monotonic = options.monotonic ?? performance.now.bind(performance);
  const queue = createCallQueue<Call>(options.queue);
  const places = new Set<Place>();
  let closed = false;
  let failedStarts = 0;
  const counts = { programs: 0, failed: 0, lost: 0 };

  function pump(): void {
    for (const place of places) {
      if (place.state.kind !== "idle") continue;
      const call = queue.shift();
      if (call === undefined) return;
      place.state.callOff();
      place.state = { kind: "busy", call, sinceMs: monotonic() };
      place.process.run(call.program);
    }
    const starting = [...places].filter(({ state }) => state.kind === "starting").length;
    for (let n = starting; n < queue.length && places.size < processesMax && !closed; n++) open();
  }

  function open(): void {
    const process = start({
      onMessage: (message) => onMessage(place, message),
      onGone: (how) => onGone(place, how),
    });
    const place: Place = {
      process,
      state: { kind: "starting", callOff: later(START_MS, () => leave(place)) },
    };
    places.add(place);
  }

  function leave(place: Place): void {
    if (place.state.kind === "starting" || place.state.kind === "idle") place.state.callOff();
    const wasStarting = place.state.kind === "starting";
    place.state = { kind: "leaving" };
    place.process.kill();
    if (wasStarting) startFailed(`not ready after ${START_MS} ms`);
  }

  function rest(place: Place): void {
    place.state = { kind: "idle", callOff: later(idleMs, () => leave(place)) };
    pump();
  }

  function onMessage(place: Place, message: SandboxMessage): void {
    const { state } = place;
    switch (message.kind) {
      case "ready":
        if (state.kind !== "starting") return;
        state.callOff();
        failedStarts = 0;
        rest(place);
        return;
      case "unfit":
        if (state.kind !== "starting") return;
        state.callOff();
        place.state = { kind: "leaving" };
        place.process.kill();
        startFailed(message.message);
        return;
      case "done":
        if (state.kind !== "busy") return;
        state.call.settle(message.outcome);
        if (message.last) leave(place);
        else rest(place);
        return;
    }
  }

  function onGone(place: Place, how: string): void {
    const { state } = place;
    places.delete(place);
    switch (state.kind) {
      case "starting":
        state.callOff();
        startFailed(how);
        break;
      case "idle":
        state.callOff();
        break;
      case "busy": {
        counts.lost++;
        const tookMs = monotonic() - state.sinceMs;
        const overdue = tookMs >= wallMsOf(state.call.program.timeoutMs);
        state.call.settle(failed(overdue ? uninterruptible(tookMs) : lost(how)));
        log.limited(
          "sandbox_lost",
          "warn",
          "sandbox_lost",
          "A process that runs code steps was lost, and is replaced.",
          {
            how,
            tookMs: Math.round(tookMs),
          },
        );
        break;
      }
      case "leaving":
        break;
    }
    if (!closed) pump();
  }

  function startFailed(why: string): void {
    failedStarts++;
    log.limited("sandbox_unfit", "error", "sandbox_unfit", "A process for code steps could not start.", { why });
    if (failedStarts < STARTS_MAX) return;
    // The next program tries again.
    failedStarts = 0;
    for (const call of queue.clear()) call.settle(failed(lost(`it could not start: ${why}`)));
  }

  return {
    run(request) {
      if (closed) return Promise.resolve({ ...failed(CLOSED), logs: [] });
      const input = JSON.stringify(request.input);
      const bytes = Buffer.byteLength(input);
      const program: Program = {
        code: request.code,
        input,
        timeoutMs: Math.min(request.timeoutMs, CODE_TIMEOUT_MAX_MS),
        memoryBytesMax: request.memoryBytesMax ?? memoryBytesOf(bytes),
      };
      const { promise, resolve } = Promise.withResolvers<CodeOutcome>();
      const takeBack = (): void => {
        if (queue.remove(call)) call.settle(failed({ code: "sandbox_closed", message: "The program was taken back" }));
      };
      const call: Call = {
        appId: request.appId,
        bytes: bytes + request.code.length,
        program,
        settle(outcome) {
          request.signal?.removeEventListener("abort", takeBack);
          counts.programs++;
          const parsed = parse(outcome);
          if (!parsed.ok) counts.failed++;
          resolve(parsed);
        },
      };
      request.signal?.addEventListener("abort", takeBack, { once: true });
      if (queue.push(call)) pump();
      else call.settle(failed(BUSY));
      return promise;
    },
    stats: () => ({
      ...counts,
      processes: places.size,
      running: [...places].filter(({ state }) => state.kind === "busy").length,
      waiting: queue.length,
    }),
    async close() {
      closed = true;
      for (const call of queue.clear()) call.settle(failed(CLOSED));
      const leaving = [...places];
      for (const place of leaving) {
        if (place.state.kind === "busy") place.state.call.settle(failed(CLOSED));
        if (place.state.kind === "starting" || place.state.kind === "idle") place.state.callOff();
        place.state = { kind: "leaving" };
        place.process.kill();
      }
      await Promise.all(leaving.map(({ process }) => process.gone));
    },
  };
}

const CLOSED: CodeError = { code: "sandbox_closed", message: "The engine is stopping" };
const BUSY: CodeError = { code: "sandbox_busy", message: "Too many code steps wait for a sandbox" };

const lost = (how: string): CodeError => ({
  code: "sandbox_lost",
  message: `The process that ran the code is gone (${how})`,
});

const uninterruptible = (tookMs: number): CodeError => ({
  code: "code_timeout",
  message: `The code was inside a builtin that did not end in ${Math.round(tookMs)} ms, and was killed`,
});

const failed = (error: CodeError): Extract<ProgramOutcome, { ok: false }> => ({ ok: false, error, logs: [] });

/** What comes out is a string, whatever the program did to the world it ran in. */
function parse(outcome: ProgramOutcome): CodeOutcome {
  if (!outcome.ok) return outcome;
  try {
    return { ...outcome, output: JSON.parse(outcome.output) as Json };
  } catch {
    return failed({ code: "code_output", message: "What the code returned is no JSON" });
  }
}

function laterUnreferenced(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
