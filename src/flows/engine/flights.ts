import { type Log, unreachable } from "#kernel";
import type { Command } from "#language";
import type { Entries } from "./entries.ts";
import { type Executors, failedAs, type StepResult } from "./executors.ts";
import type { LiveRun, Outside } from "./live.ts";
import { Places } from "./places.ts";

export interface FlightsOptions {
  readonly entries: Entries;
  readonly executors: Executors;
  /** Requests under way at once. */
  readonly flightsMax: number;
  /** Whether steps may be begun: the lease may be about to end. */
  readonly mayStart: () => boolean;
  readonly isDraining: () => boolean;
  /** Has the run looked at again. */
  readonly ready: (live: LiveRun) => void;
  readonly breakDown: (live: LiveRun, error: unknown) => void;
  /** A step is over, and its place is free. */
  readonly onFree: () => void;
  readonly log: Log;
}

/** Steps that are done outside, after the commit of all that came before them. */
export interface Flights {
  /** How many are under way. */
  readonly size: number;
  fly(live: LiveRun, command: Outside): void;
  /** What held steps back may have passed. */
  resume(): void;
  /** Nobody wants to know what becomes of the run's steps any more. */
  abandon(live: LiveRun): void;
  /** Cuts off what is under way of these, and whatever would begin from now on. */
  interrupt(runs: Iterable<LiveRun>): void;
}

/** A step that is to be done outside. */
interface Departure {
  readonly live: LiveRun;
  readonly command: Outside;
}

/** Programs that wait for the sandbox or are in it: fewer than it queues, so that none is refused for the others' sake. */
const PROGRAMS_MAX = 256;
/** What one application may have of the places for requests, and of those for programs. */
const APP_SHARE = 1 / 2;
/** A result as JSON; more is `result_too_large`. */
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;

export function createFlights(options: FlightsOptions): Flights {
  const { entries, executors, flightsMax } = options;
  // Programs wait for the sandbox while they hold their place: they must not hold those of requests.
  const places = {
    http: new Places<Departure>(flightsMax, Math.ceil(flightsMax * APP_SHARE)),
    code: new Places<Departure>(PROGRAMS_MAX, Math.ceil(PROGRAMS_MAX * APP_SHARE)),
  };
  /** Runs with steps that might not begin yet. */
  const stalled = new Set<LiveRun>();
  let isInterrupted = false;

  function start(): void {
    startAwaited(places.http);
    startAwaited(places.code);
  }

  function startAwaited(of: Places<Departure>): void {
    for (let next = of.take(); next !== undefined; next = of.take()) {
      const { live, command } = next;
      const { appId } = live.run;
      const flight = live.flights?.get(command.path);
      if (live.isGone || flight?.command !== command) {
        of.free(appId);
        continue;
      }
      if (!options.mayStart() || options.isDraining()) {
        of.free(appId);
        // Not sent: it goes back to where it waits for a commit, and the run is looked at again.
        live.flights?.delete(command.path);
        live.held.push(command);
        if (options.isDraining()) options.ready(live);
        else stalled.add(live);
        continue;
      }
      void attempt(live, command, flight.controller).finally(() => {
        of.free(appId);
        start();
        options.onFree();
      });
    }
  }

  async function attempt(live: LiveRun, command: Outside, controller: AbortController): Promise<void> {
    if (isInterrupted) controller.abort();
    const result = controller.signal.aborted
      ? failedAs("cancelled", "given_up", "It was given up before it began.")
      : await execute(live, command, controller.signal);
    if (live.flights?.get(command.path)?.command === command) live.flights.delete(command.path);
    if (live.isGone || live.broken !== undefined) return;
    try {
      entries.outside(() => land(live, command, result));
    } catch (error) {
      options.breakDown(live, error);
      return;
    }
    options.ready(live);
  }

  async function execute(live: LiveRun, command: Outside, signal: AbortSignal): Promise<StepResult> {
    try {
      switch (command.kind) {
        case "http":
          if (executors.http !== undefined) return await executors.http(command, live.run, live.flow, signal);
          break;
        case "code":
          if (executors.code !== undefined) return await executors.code(command, live.run, live.flow, signal);
          break;
        default:
          return unreachable(command);
      }
      return failedAs("invalid", "not_available", `Nothing here does steps of kind ${command.kind}.`);
    } catch (error) {
      options.log.error("step_fault", "A step failed by a fault of the engine.", { kind: command.kind, error });
      return failedAs("ambiguous", "engine_fault", `The engine failed to do it: ${error}.`);
    }
  }

  function land(live: LiveRun, command: Outside, result: StepResult): void {
    const isWanted = live.machine.awaits(command.path)?.attempt === command.attempt;
    if (!result.ok) {
      // What was given up and did not happen leaves nothing to be recorded.
      const notBeforeMs = result.notBeforeMs === undefined ? undefined : result.notBeforeMs + live.aheadMs;
      if (isWanted) entries.fail(live, command, result.error, notBeforeMs, result.logs);
      return;
    }
    const value = result.output === null ? null : Buffer.from(JSON.stringify(result.output));
    if (value === null || value.length <= OUTPUT_BYTES_MAX) {
      entries.complete(live, command, result.output, value, result.logs);
    } else if (isWanted) {
      const message = `The result has ${value.length} bytes as JSON; it should have at most ${OUTPUT_BYTES_MAX}.`;
      const error = { class: "invalid", code: "result_too_large", message } as const;
      entries.fail(live, command, error, undefined, result.logs);
    }
  }

  return {
    get size() {
      return places.http.taken + places.code.taken;
    },
    fly: (live, command) => {
      live.flights ??= new Map();
      live.flights.set(command.path, { command, controller: new AbortController() });
      places[command.kind].push(live.run.appId, { live, command });
      start();
    },
    resume: () => {
      const waiting = [...stalled];
      stalled.clear();
      for (const live of waiting) options.ready(live);
      start();
    },
    abandon: (live) => {
      stalled.delete(live);
      abortAll(live);
    },
    interrupt: (runs) => {
      isInterrupted = true;
      for (const live of runs) abortAll(live);
    },
  };
}

export function isOutside(command: Command): command is Outside {
  return command.kind === "http" || command.kind === "code";
}

export function abortAll({ flights }: LiveRun): void {
  for (const { controller } of flights?.values() ?? []) controller.abort();
}
