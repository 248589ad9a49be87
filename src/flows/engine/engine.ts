import type { Log } from "#kernel";
import type { Command, CompiledFlow, Ending, Entry, Json, Machine, Start } from "#language";
import type { FlowVersions } from "../flow-versions.ts";
import type { Run } from "../run.ts";
import type { RunAdmission } from "./admission.ts";
import { Alarms } from "./alarms.ts";
import { createArriving } from "./arriving.ts";
import { createCandidates } from "./candidates.ts";
import type { Commit } from "./commit-sql.ts";
import type { RunCommits } from "./commits.ts";
import { Entries } from "./entries.ts";
import type { Executors } from "./executors.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createFlights, type Flights } from "./flights.ts";
import { Holdings, type HoldingsLimits, type Newcomer } from "./holdings.ts";
import { receive } from "./inbox.ts";
import type { Arrival, LiveRun, Signal } from "./live.ts";
import { preludeOf } from "./prelude.ts";
import { Refusals } from "./refusals.ts";
import { createRounds } from "./rounds.ts";
import { createSettling, type Settling } from "./settling.ts";
import { Tally } from "./tally.ts";
import { Turns } from "./turns.ts";
import { createWishes } from "./wishes.ts";

// The way of a run through the files of this folder:
//
//   claim, claimer ──┐ take              a candidate
//   (the tables)     ├─────▶ arriving ───────────────▶ candidates
//   planner, start ──┘       definition,                   │ starts
//   (their commits)          journal: a machine            │
//                               │                          │
//                   ┌───────────▼──────────────────────────▼───┐
//        ┌─────────▶│ turns: whose turn it is                  │◀──────── alarms: its time has come
//        │          └───────────┬──────────────────────────────┘◀──────── inbox: a signal
//        │                      ▼
//        │          rounds ─▶ machine.next ─▶ wishes ─▶ entries, effects, held
//        │                      │
//        │                      ▼
//        │                  settling ─▶ commits, commit-sql: many runs in one transaction
//        │                      │
//        │    ┌─────────────────┼──────────────┬───────────────┐
//        │    │ goes on         │ is held      │ waits long    │ ended
//        │    ▼                 ▼              ▼               ▼
//        │  rounds           flights,      run_waiting     run_ended
//        │                   places:      (claimed when
//        └────────────────── http, code    it is due)
//
//   holdings: what is in hand, and room for more. faults, refusals: what cannot go on. tally: what is counted.

export interface EngineLimits extends HoldingsLimits {
  /** Steps done outside at once. */
  readonly flightsMax: number;
}

export interface EngineOptions {
  readonly commits: RunCommits;
  readonly versions: FlowVersions;
  /** Reads versions into memory; rejects with a fault of the database. */
  readonly loadVersions: (refs: readonly Run[]) => Promise<void>;
  readonly createMachine: (flow: CompiledFlow, start: Start) => Machine;
  readonly executors: Executors;
  /** Kinds of commands whose effect some part writes. */
  readonly serves: ReadonlySet<Command["kind"]>;
  /** Absent: every candidate starts. */
  readonly admission?: RunAdmission | undefined;
  /** `run.approve_url` of a run, by step. */
  readonly approveUrls?: ((runId: string, flow: CompiledFlow) => Readonly<Record<string, string>>) | undefined;
  /** Whether the flow is paused, or gone, as far as is known here. */
  readonly modeOf: (run: Run) => "enabled" | "paused" | "disabled" | "gone";
  /** Under which this process holds what it holds (process.token). */
  readonly token: () => string;
  readonly mayStart: () => boolean;
  /** Puts these rows of ours where they are claimed again; what cannot be is found by the audit. */
  readonly giveBack: (runIds: readonly string[]) => void;
  /** A parked run falls due in so many ms. */
  readonly onParked: (dueInMs: number) => void;
  /** There is room again after there was none. */
  readonly onRoom: () => void;
  readonly onEntries?: ((live: Run, entries: readonly Entry[]) => void) | undefined;
  readonly onEnded?: ((run: Run, ending: Ending, commit: Commit) => void) | undefined;
  /** A run answered whoever waits for it, and that is committed. */
  readonly onResponse?: ((commit: Commit, status: number, body: Json) => void) | undefined;
  readonly limits: EngineLimits;
  readonly log: Log;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
}

export interface EngineStats {
  readonly live: number;
  readonly bytes: number;
  readonly flights: number;
  /** By what started them. */
  readonly started: ReadonlyMap<Run["trigger"], number>;
  /** How often a run was put where it waits, and memory was freed of it. */
  readonly parked: number;
  readonly ended: { readonly completed: number; readonly failed: number; readonly cancelled: number };
  /** By kind of command and outcome. */
  readonly steps: ReadonlyMap<string, number>;
  readonly commits: number;
}

/** Advances the runs in the hands of this process. */
export interface Engine {
  hasRoom(bytes: number): boolean;
  /** How many more runs there is room for. */
  room(): number;
  reserve(runId: string, bytes: number): void;
  cancelReservation(runId: string, bytes: number): void;
  /** A run that is leased to us, with what it begins or goes on with; counted before by `reserve`. */
  take(arrival: () => Arrival, run: Run, owner: string, reservedBytes: number): void;
  /** The first entries of a run that is about to be started, to be committed with that (`preludeOf`). */
  prelude(run: Run): readonly Entry[];
  /** Hands signals to a run that is here; false: it is not. */
  signal(runId: string, signals: readonly Signal[]): boolean;
  has(runId: string): boolean;
  heldIds(): string[];
  /** The applications of the runs that are here. */
  apps(): Set<string>;
  /** What is known of flows changed: runs of deleted ones are cancelled, of paused ones parked. */
  review(): void;
  /** Something that held back what was to begin may have passed. */
  resume(): void;
  /** What it holds belongs to others now. */
  forget(): void;
  /** Takes nothing more, lets what is under way finish, and parks the rest; resolves when nothing is left. */
  drain(): Promise<void>;
  /** Cuts off what is under way. */
  interrupt(): void;
  stats(): EngineStats;
}

/** Of pure work at once: deliveries want their turn as well. */
const SLICE_MS = 3;
/** Commits that wait above which nothing new is taken. */
const UNCOMMITTED_MAX = 8_192;

export function createEngine(options: EngineOptions): Engine {
  const { commits, giveBack, now } = options;
  const turns = new Turns<LiveRun | Newcomer>();
  const tally = new Tally();
  const refusals = new Refusals();
  const entries = new Entries({ tally, now, random: options.random });
  const alarms = new Alarms<LiveRun>({ now, monotonic: options.monotonic }, (live, atMs) => {
    // The clock was set back while it slept: by its own, the time has come.
    live.aheadMs += Math.max(0, atMs - now());
    ready(live);
  });
  const emptied = Promise.withResolvers<void>();
  let isScheduled = false;
  let isDraining = false;

  const holdings = new Holdings(options.limits, () => !isDraining && commits.pending < UNCOMMITTED_MAX, options.onRoom);
  const flights: Flights = createFlights({
    entries,
    executors: options.executors,
    flightsMax: options.limits.flightsMax,
    mayStart: options.mayStart,
    isDraining: () => isDraining,
    ready,
    breakDown: (live, error) => faults.breakDown(live, error),
    onFree: whenEmpty,
    log: options.log,
  });
  const faults: Faults = createFaults({
    commits,
    entries,
    refusals,
    tally,
    send: (live, then) => settling.send(live, then),
    drop,
    giveBack,
    onParked: options.onParked,
    onEnded: ended,
    onAnswered: whenEmpty,
    log: options.log,
    now,
  });
  const round = createRounds({
    entries,
    holdings,
    accept: createWishes({ entries, refusals, serves: options.serves }),
    isDoomed: (live) => !live.isCancelled && options.modeOf(live.run) === "gone",
    ready,
    settle: (live, isSettled) => settling.settle(live, isSettled),
    breakDown: faults.breakDown,
  });
  const settling: Settling = createSettling({
    commits,
    entries,
    holdings,
    flights,
    faults,
    alarms,
    tally,
    isDraining: () => isDraining,
    isPaused: (live) => options.modeOf(live.run) === "paused",
    round,
    drop,
    giveBack,
    onGone: whenEmpty,
    onParked: options.onParked,
    onEntries: options.onEntries,
    onEnded: ended,
    onResponse: options.onResponse,
    now,
  });
  const candidates =
    options.admission === undefined
      ? undefined
      : createCandidates({
          admission: options.admission,
          tally,
          fits: (live, arrival) => arriving.fits(live, arrival),
          ready,
          send: settling.send,
          drop,
          giveBack,
          onSettled: whenEmpty,
        });
  const arriving = createArriving({
    holdings,
    faults,
    tally,
    versions: options.versions,
    loadVersions: options.loadVersions,
    createMachine: options.createMachine,
    approveUrls: options.approveUrls,
    judge: candidates?.add,
    queue,
    round,
    send: settling.send,
    giveBack,
    onEntries: options.onEntries,
    onSettled: whenEmpty,
    now,
  });

  function ready(live: LiveRun): void {
    if (live.isQueued || live.isGone) return;
    live.isQueued = true;
    turns.push(live.run.appId, live);
    schedule();
  }

  function queue(newcomer: Newcomer): void {
    turns.push(newcomer.run.appId, newcomer);
    schedule();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(slice);
  }

  function slice(): void {
    isScheduled = false;
    const until = options.monotonic() + SLICE_MS;
    for (let next = turns.shift(); next !== undefined; next = turns.shift()) {
      if ("machine" in next) {
        next.isQueued = false;
        round(next);
      } else arriving.enter(next);
      if (turns.size > 0 && options.monotonic() >= until) {
        schedule();
        break;
      }
    }
    arriving.makeReady();
    candidates?.judge();
  }

  function ended(ending: Ending, commit: Commit): void {
    tally.ended[ending.state]++;
    options.onEnded?.(commit.run, ending, commit);
  }

  function drop(live: LiveRun): void {
    if (live.isGone) return;
    live.isGone = true;
    alarms.clear(live);
    flights.abandon(live);
    holdings.release(live);
    whenEmpty();
  }

  function whenEmpty(): void {
    if (isDraining && holdings.isEmpty && flights.size === 0 && commits.pending === 0) emptied.resolve();
  }

  return {
    hasRoom: (bytes) => holdings.hasRoom(bytes),
    room: () => holdings.room(),
    reserve: (runId, bytes) => holdings.reserve(runId, bytes),
    cancelReservation: (runId, bytes) => holdings.cancelReservation(runId, bytes),
    take: (arrival, run, owner, reservedBytes) => {
      if (owner !== options.token()) {
        // Its lease was lost while it was on its way here: others find it.
        holdings.strayed(run.id, reservedBytes);
        return;
      }
      const newcomer = { arrival, run, owner, reservedBytes };
      holdings.arrived(newcomer);
      queue(newcomer);
    },
    prelude: (run) => preludeOf(options, run),
    signal: (runId, signals) => {
      const live = holdings.runs.get(runId);
      if (live === undefined || !live.isAdmitted) return false;
      if (live.broken !== undefined) return true;
      receive(live, signals);
      ready(live);
      return true;
    },
    has: (runId) => holdings.has(runId),
    heldIds: () => holdings.ids(),
    apps: () => new Set([...holdings.runs.values()].map(({ run }) => run.appId)),
    review: () => {
      for (const live of holdings.runs.values()) {
        const mode = options.modeOf(live.run);
        if (live.isAdmitted && (mode === "paused" || mode === "gone")) ready(live);
      }
    },
    resume: () => flights.resume(),
    forget: () => {
      for (const live of [...holdings.runs.values()]) drop(live);
      for (const newcomer of holdings.newcomers.values()) holdings.dismiss(newcomer);
    },
    drain: () => {
      isDraining = true;
      candidates?.release();
      for (const live of holdings.runs.values()) ready(live);
      flights.resume();
      whenEmpty();
      return emptied.promise;
    },
    interrupt: () => {
      alarms.stop();
      flights.interrupt(holdings.runs.values());
    },
    stats: () => ({
      live: holdings.runs.size + holdings.newcomers.size,
      bytes: holdings.bytes,
      flights: flights.size,
      started: tally.started,
      parked: tally.parked,
      ended: { ...tally.ended },
      steps: tally.steps,
      commits: tally.commits,
    }),
  };
}
