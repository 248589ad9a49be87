import { DatabaseError } from "#kernel";
import { type CompiledFlow, type Entry, inputError, isBatchInput } from "#language";
import type { FlowVersions, Ready } from "../flow-versions.ts";
import type { Run } from "../run.ts";
import type { Commit } from "./commit-sql.ts";
import { type Faults, failureOf } from "./faults.ts";
import type { Holdings, Newcomer } from "./holdings.ts";
import { reasonOf, receive } from "./inbox.ts";
import { type Arrival, type LiveRun, newLiveRun, noteEntry } from "./live.ts";
import { type MachineMaker, machineFor } from "./machine-for.ts";
import { clockAheadMs } from "./run-clock.ts";
import type { Tally } from "./tally.ts";

export interface ArrivingOptions extends MachineMaker {
  readonly holdings: Holdings;
  readonly faults: Faults;
  readonly tally: Tally;
  readonly versions: FlowVersions;
  /** Reads versions into memory; rejects with a fault of the database. */
  readonly loadVersions: (refs: readonly Run[]) => Promise<void>;
  /** Has a candidate judged; absent: every candidate starts. */
  readonly judge: ((live: LiveRun, arrival: Arrival) => void) | undefined;
  /** Gives a newcomer (another) turn. */
  readonly queue: (newcomer: Newcomer) => void;
  readonly round: (live: LiveRun) => void;
  readonly send: (live: LiveRun, then: Commit["then"]) => void;
  readonly giveBack: (runIds: readonly string[]) => void;
  readonly onEntries?: ((run: Run, entries: readonly Entry[]) => void) | undefined;
  readonly onSettled: () => void;
  readonly now: () => number;
}

/** Newcomers become live runs: definition, facts and journal make a machine. */
export interface Arriving {
  /** A newcomer has its turn. */
  enter(newcomer: Newcomer): void;
  /** After a slice: reads the definitions that some of those who arrived run by. */
  makeReady(): void;
  /** Whether it may begin with what it was given; otherwise it ends here, before its first step. */
  fits(live: LiveRun, arrival: Arrival): boolean;
}

export function createArriving(options: ArrivingOptions): Arriving {
  const { faults, holdings, tally, versions } = options;
  const unready: Newcomer[] = [];
  let isLoading = false;

  function enter(newcomer: Newcomer): void {
    if (holdings.newcomers.get(newcomer.run.id) !== newcomer) return; // Forgotten meanwhile.
    const known = versions.peek(newcomer.run);
    if (known === undefined) {
      unready.push(newcomer);
      return;
    }
    holdings.dismiss(newcomer);
    begin(newcomer, known);
  }

  async function load(): Promise<void> {
    isLoading = true;
    const batch = unready.splice(0);
    try {
      await options.loadVersions(batch.map(({ run }) => run));
      for (const newcomer of batch) options.queue(newcomer);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const lost = batch.filter((newcomer) => holdings.dismiss(newcomer));
      options.giveBack(lost.map(({ run }) => run.id));
    } finally {
      isLoading = false;
      makeReady();
      options.onSettled();
    }
  }

  function makeReady(): void {
    if (unready.length > 0 && !isLoading) void load();
  }

  function begin({ arrival: arrive, run, owner }: Newcomer, known: Ready): void {
    let arrival: Arrival;
    try {
      arrival = arrive();
    } catch (error) {
      const ending = failureOf("input_unreadable", "What the run begins with cannot be read", error);
      faults.endUnbegun({ run, owner, flow: undefined, seq: 0 }, ending);
      return;
    }
    if (!known.ok) {
      const message = `Version ${run.version} of the flow cannot be run: ${known.why}.`;
      const error = { class: "invalid", code: "definition_unusable", message } as const;
      faults.endUnbegun({ run, owner, flow: undefined, seq: 0 }, { state: "failed", error });
      return;
    }
    let live: LiveRun;
    try {
      live = revive(arrival, owner, known.flow);
    } catch (error) {
      const ending = failureOf("journal_mismatch", "The run cannot have what its journal says", error);
      faults.endUnbegun({ run, owner, flow: known.flow, seq: arrival.entries.length }, ending);
      return;
    }
    holdings.hold(live);
    goOn(live, arrival);
  }

  function goOn(live: LiveRun, arrival: Arrival): void {
    const { run } = live;
    const isCandidate = run.phase === "matched";
    // One that did nothing yet has nothing to give up or to compensate; what stands in the journal of a candidate is another run's work.
    const isUntouched = isCandidate || arrival.entries.length === 0;
    const cancel = isUntouched ? arrival.signals.find(({ kind }) => kind === "cancel") : undefined;
    if (cancel !== undefined) {
      live.consumed.push(...arrival.signals.map(({ id }) => id));
      options.send(live, { kind: "ends", ending: { state: "cancelled", reason: reasonOf(cancel) } });
      return;
    }
    if (isCandidate && options.judge !== undefined) {
      live.isAdmitted = false;
      options.judge(live, arrival);
      return;
    }
    if (arrival.entries.length === 0) {
      if (!fits(live, arrival)) return;
      tally.begun(run);
    } else if (arrival.isBegun === true) {
      tally.begun(run);
      for (const _ of arrival.entries) tally.step("record", "completed");
      options.onEntries?.(run, arrival.entries);
    }
    receive(live, arrival.signals);
    options.round(live);
  }

  function fits(live: LiveRun, { run, input, signals }: Arrival): boolean {
    const error = inputError(live.flow, input, isBatchInput(live.flow, run.trigger, input));
    if (error === undefined) return true;
    live.consumed.push(...signals.map(({ id }) => id));
    options.send(live, { kind: "ends", ending: { state: "failed", error } });
    return false;
  }

  function revive(arrival: Arrival, owner: string, flow: CompiledFlow): LiveRun {
    const machine = machineFor(options, flow, arrival);
    const live = newLiveRun(arrival, owner, flow, machine);
    for (const entry of arrival.entries) {
      machine.apply(entry);
      noteEntry(live, entry);
    }
    live.seq = arrival.entries.length;
    live.aheadMs = clockAheadMs(live, arrival, options.now());
    return live;
  }

  return { enter, makeReady, fits };
}
