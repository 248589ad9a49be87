import { unreachable } from "#kernel";
import type { Ending, Entry, Json } from "#language";
import type { Run } from "../run.ts";
import type { Alarms } from "./alarms.ts";
import type { Commit } from "./commit-sql.ts";
import type { RunCommits } from "./commits.ts";
import type { Entries } from "./entries.ts";
import type { Faults } from "./faults.ts";
import { type Flights, isOutside } from "./flights.ts";
import type { Holdings } from "./holdings.ts";
import { type LiveRun, waitingFor } from "./live.ts";
import type { Tally } from "./tally.ts";

export interface SettlingOptions {
  readonly commits: RunCommits;
  readonly entries: Entries;
  readonly holdings: Holdings;
  readonly flights: Flights;
  readonly faults: Faults;
  readonly alarms: Alarms<LiveRun>;
  readonly tally: Tally;
  readonly isDraining: () => boolean;
  readonly isPaused: (live: LiveRun) => boolean;
  readonly round: (live: LiveRun) => void;
  /** Frees memory of a run that is over here. */
  readonly drop: (live: LiveRun) => void;
  readonly giveBack: (runIds: readonly string[]) => void;
  /** A run that lost its lease while its commit was on its way is gone by now. */
  readonly onGone: () => void;
  /** A parked run falls due in so many ms. */
  readonly onParked: (dueInMs: number) => void;
  readonly onEntries?: ((run: Run, entries: readonly Entry[]) => void) | undefined;
  readonly onEnded: (ending: Ending, commit: Commit) => void;
  readonly onResponse?: ((commit: Commit, status: number, body: Json) => void) | undefined;
  readonly now: () => number;
}

export interface Settling {
  /** Decides what follows from a round, and commits it. `isSettled`: nothing more comes of asking the machine now. */
  settle(live: LiveRun, isSettled: boolean): void;
  /** Commits what the run has, and `then`. */
  send(live: LiveRun, then: Commit["then"]): void;
}

/** What waits for less stays in memory while that is not half full. */
const SOON_MS = 2_000;

export function createSettling(options: SettlingOptions): Settling {
  const { alarms, commits, entries, faults, flights, holdings, now, tally } = options;

  function settle(live: LiveRun, isSettled: boolean): void {
    if (live.isCommitting || live.isGone) return; // Its answer leads back here.
    const then = isSettled ? nextOf(live) : ({ kind: "goes_on" } as const);
    const hasWrites = live.pending.length > 0 || live.effects.length > 0 || live.consumed.length > 0;
    if (then.kind !== "goes_on" || hasWrites) send(live, then);
    else startHeld(live);
  }

  function nextOf(live: LiveRun): Commit["then"] {
    const { machine } = live;
    const { ending } = machine;
    if (ending !== undefined) return { kind: "ends", ending };
    const isDoing = live.flights !== undefined && live.flights.size > 0;
    if (isDoing) return { kind: "goes_on" };
    if (options.isDraining()) return { kind: "parks", waitingFor: "room", dueAtMs: now() };
    if (options.isPaused(live)) return { kind: "parks", waitingFor: "paused", dueAtMs: undefined };
    if (live.held.length > 0) return { kind: "goes_on" };
    // By the clock of this process, like whatever is told of outside of the run.
    const due = machine.dueAtMs === undefined ? undefined : machine.dueAtMs - live.aheadMs;
    if (due === undefined && live.waiting.size === 0) {
      throw new Error("The run waits for nothing and has not ended.");
    }
    if (due !== undefined && due - now() <= SOON_MS && holdings.isHalfEmpty) {
      alarms.set(live, due);
      return { kind: "goes_on" };
    }
    return { kind: "parks", waitingFor: waitingFor(live), dueAtMs: due };
  }

  /** Begins what is held, for nothing is left to be committed before it. */
  function startHeld(live: LiveRun): void {
    const { held } = live;
    live.held = [];
    for (const command of held) {
      if (isOutside(command)) flights.fly(live, command);
      else live.held.push(command);
    }
  }

  function send(live: LiveRun, then: Commit["then"]): void {
    const { pending, values, effects, consumed, response } = live;
    const commit: Commit = {
      run: live.run,
      owner: live.owner,
      flow: live.flow,
      seq: live.seq,
      entries: pending,
      values,
      effects,
      consumed,
      then,
      atMs: entries.at(live),
      steps: live.steps,
      bytes: 256 + live.pendingBytes + effects.length * 256,
    };
    live.seq += pending.length;
    live.pending = [];
    live.values = [];
    live.pendingBytes = 0;
    live.effects = [];
    live.consumed = [];
    live.releasing = live.held;
    live.held = [];
    live.response = undefined;
    live.isCommitting = true;
    tally.commits++;
    void commits.add(commit).then((result) => {
      if (result.kind === "committed" && response !== undefined) {
        options.onResponse?.(commit, response.status, response.body);
      }
      live.isCommitting = false;
      if (live.isGone) {
        options.onGone();
        return;
      }
      switch (result.kind) {
        case "committed":
          committed(live, commit);
          return;
        case "lost":
          options.drop(live);
          options.giveBack([live.run.id]);
          return;
        case "refused":
          faults.refused(live, commit, result.error);
          return;
        case "unfit":
          faults.unfit(live, commit, result.refused);
          return;
        default:
          unreachable(result);
      }
    });
  }

  function committed(live: LiveRun, commit: Commit): void {
    const { entries: told, consumed, then } = commit;
    if (told.length > 0) options.onEntries?.(live.run, told);
    for (const id of consumed) live.taken.delete(id);
    switch (then.kind) {
      case "ends":
        options.drop(live);
        options.onEnded(then.ending, commit);
        return;
      case "parks":
        tally.parked++;
        options.drop(live);
        if (then.dueAtMs !== undefined) options.onParked(Math.max(1, then.dueAtMs - now()));
        return;
      case "goes_on":
        goOn(live);
        return;
      default:
        unreachable(then);
    }
  }

  function goOn(live: LiveRun): void {
    if (live.broken !== undefined) {
      faults.endBroken(live, live.broken);
      return;
    }
    try {
      for (const command of live.releasing) {
        if (command.kind === "record") entries.record(live, command);
        else if (isOutside(command)) flights.fly(live, command);
      }
    } catch (error) {
      faults.breakDown(live, error);
      return;
    }
    live.releasing = [];
    options.round(live);
  }

  return { settle, send };
}
