import { DatabaseError, type Log, newId, publicId, unreachable } from "#kernel";
import type {
  Command,
  CommandOf,
  CompiledFlow,
  Ending,
  Entry,
  EventFactsOfRun,
  Json,
  Machine,
  Start,
  StepError,
  StepLogs,
} from "#language";
import type { RefusedEffect } from "../commit-part.ts";
import type { FlowVersions, Ready } from "../flow-versions.ts";
import { inputError } from "../input-check.ts";
import type { Run, WaitingFor } from "../run.ts";
import type { RunAdmission } from "./admission.ts";
import { Alarms } from "./alarms.ts";
import { type Commit, entryValue, logsLength } from "./commit-sql.ts";
import type { Committed, RunCommits } from "./commits.ts";
import { type Executors, failedAs, type StepResult } from "./executors.ts";
import { type Arrival, type LiveRun, newLiveRun, noteEntry, type Outside, type Signal, waitingFor } from "./live.ts";
import { Places } from "./places.ts";
import { Turns } from "./turns.ts";

export interface EngineLimits {
  /** Runs in memory, and the bytes of what they keep. */
  readonly runsMax: number;
  readonly bytesMax: number;
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
  readonly onEnded?: ((run: Run, ending: Ending) => void) | undefined;
  /** A run answered whoever waits for it, and that is committed. */
  readonly onResponse?: ((run: Run, status: number, body: Json) => void) | undefined;
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
/** What waits for less stays in memory while that is not half full. */
const SOON_MS = 2_000;
/** A run commits what it has before it makes more. */
const COMMIT_ENTRIES = 1_000;
const COMMIT_BYTES = 1024 * 1024;
/** Commits that wait above which nothing new is taken. */
const UNCOMMITTED_MAX = 8_192;
/** Programs that wait for the sandbox or are in it: fewer than it queues, so that none is refused for the others' sake. */
const PROGRAMS_MAX = 256;
/** What one application may have of the places for requests, and of those for programs. */
const APP_SHARE = 1 / 2;

/** A step that is to be done outside. */
interface Departure {
  readonly live: LiveRun;
  readonly command: Outside;
}

const ADMIT_MAX = 500;
/** A result as JSON; more is `result_too_large`. */
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;

/** Of effects that were refused and not asked for again; without its own an effect is only refused once more. */
const REFUSALS_MAX = 10_000;

interface Newcomer {
  readonly arrival: () => Arrival;
  readonly run: Run;
  readonly owner: string;
  readonly reservedBytes: number;
}

export function createEngine(options: EngineOptions): Engine {
  const { commits, limits, now, versions } = options;
  const runs = new Map<string, LiveRun>();
  /** Taken, and not yet made ready. */
  const newcomers = new Map<string, Newcomer>();
  const reserved = new Map<string, number>();
  const turns = new Turns<LiveRun | Newcomer>();
  // Programs wait for the sandbox while they hold their place: they must not hold those of requests.
  const places = {
    http: new Places<Departure>(limits.flightsMax, Math.ceil(limits.flightsMax * APP_SHARE)),
    code: new Places<Departure>(PROGRAMS_MAX, Math.ceil(PROGRAMS_MAX * APP_SHARE)),
  };
  const candidates: { readonly live: LiveRun; readonly arrival: Arrival }[] = [];
  const unready: Newcomer[] = [];
  const stalled = new Set<LiveRun>();
  const alarms = new Alarms<LiveRun>(now, ready);
  const counts = { parked: 0, commits: 0, completed: 0, failed: 0, cancelled: 0 };
  const steps = new Map<string, number>();
  const begun = new Map<Run["trigger"], number>();
  /** Effects that were found impossible, by run, path and attempt: when the machine asks for them again, they fail. */
  const refusals = new Map<string, StepError>();
  /** What came from outside and cannot be had again, unlike what follows from the journal. */
  const fromOutside = new WeakSet<Entry>();
  let isFromOutside = false;
  let bytes = 0;
  let isScheduled = false;
  let isLoading = false;
  let isAdmitting = false;
  let wasFull = false;
  let draining = false;
  let interrupted = false;
  const emptied = Promise.withResolvers<void>();

  // ------------------------------------------------------------------------------------------------------------- turns

  function ready(live: LiveRun): void {
    if (live.isQueued || live.isGone) return;
    live.isQueued = true;
    turns.push(live.run.appId, live);
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
        if (!next.isGone) round(next);
      } else enter(next);
      if (turns.size > 0 && options.monotonic() >= until) {
        schedule();
        break;
      }
    }
    if (unready.length > 0) void makeReady();
    if (candidates.length > 0) void admit();
  }

  // ---------------------------------------------------------------------------------------------------------- arriving

  function hasRoom(more: number): boolean {
    const isFree =
      !draining &&
      runs.size + newcomers.size + reserved.size < limits.runsMax &&
      (bytes + more <= limits.bytesMax || runs.size + newcomers.size + reserved.size === 0) &&
      commits.pending < UNCOMMITTED_MAX;
    if (!isFree) wasFull = true;
    return isFree;
  }

  function take(arrival: () => Arrival, run: Run, owner: string, reservedBytes: number): void {
    reserved.delete(run.id);
    if (owner !== options.token()) {
      // Its lease was lost while it was on its way here: others find it.
      bytes -= reservedBytes;
      return;
    }
    const newcomer = { arrival, run, owner, reservedBytes };
    newcomers.set(run.id, newcomer);
    turns.push(run.appId, newcomer);
    schedule();
  }

  function enter(newcomer: Newcomer): void {
    const { run } = newcomer;
    if (newcomers.get(run.id) !== newcomer) return; // Forgotten meanwhile.
    const known = versions.peek(run);
    if (known === undefined) {
      unready.push(newcomer);
      return;
    }
    newcomers.delete(run.id);
    begin(newcomer, known);
  }

  /** Reads the definitions that those who arrived run by. */
  async function makeReady(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    const batch = unready.splice(0);
    try {
      await options.loadVersions(batch.map(({ run }) => run));
      for (const newcomer of batch) turns.push(newcomer.run.appId, newcomer);
      schedule();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const lost = batch.filter((newcomer) => newcomers.get(newcomer.run.id) === newcomer);
      for (const { run, reservedBytes } of lost) {
        newcomers.delete(run.id);
        bytes -= reservedBytes;
      }
      options.giveBack(lost.map(({ run }) => run.id));
    } finally {
      isLoading = false;
      if (unready.length > 0) schedule();
      whenEmpty();
    }
  }

  function begin(newcomer: Newcomer, known: Ready): void {
    let arrival: Arrival;
    try {
      arrival = newcomer.arrival();
    } catch (error) {
      bytes -= newcomer.reservedBytes;
      endUnbegun(newcomer, undefined, failureOf("input_unreadable", "What the run begins with cannot be read", error));
      return;
    }
    bytes += arrival.bytes - newcomer.reservedBytes;
    const { run } = arrival;
    if (!known.ok) {
      bytes -= arrival.bytes;
      const message = `Version ${run.version} of the flow cannot be run: ${known.why}.`;
      endUnbegun(newcomer, undefined, {
        state: "failed",
        error: { class: "invalid", code: "definition_unusable", message },
      });
      return;
    }
    let live: LiveRun;
    try {
      live = revive(arrival, newcomer.owner, known.flow);
    } catch (error) {
      bytes -= arrival.bytes;
      const seq = arrival.entries.length;
      endUnbegun(
        newcomer,
        known.flow,
        failureOf("journal_mismatch", "The run cannot have what its journal says", error),
        seq,
      );
      return;
    }
    runs.set(run.id, live);
    // One that did nothing yet has nothing to give up or to compensate; what stands in the journal of a candidate is another run's work.
    const isUntouched = run.phase === "matched" || arrival.entries.length === 0;
    const cancel = isUntouched ? arrival.signals.find(({ kind }) => kind === "cancel") : undefined;
    if (cancel !== undefined) {
      live.consumed.push(...arrival.signals.map(({ id }) => id));
      send(live, { kind: "ends", ending: { state: "cancelled", reason: reasonOf(cancel) } });
      return;
    }
    if (run.phase === "matched") {
      if (options.admission !== undefined) {
        live.isAdmitted = false;
        candidates.push({ live, arrival });
        return;
      }
    }
    if (arrival.entries.length === 0) {
      if (!fits(live, arrival)) return;
      countBegun(run);
    }
    receive(live, arrival.signals);
    round(live);
  }

  /** Whether it may begin with what it was given; otherwise it ends here, before its first step. */
  function fits(live: LiveRun, { run, input, signals }: Arrival): boolean {
    const error = inputError(live.flow, input, run.trigger === "batch");
    if (error === undefined) return true;
    live.consumed.push(...signals.map(({ id }) => id));
    send(live, { kind: "ends", ending: { state: "failed", error } });
    return false;
  }

  function revive(arrival: Arrival, owner: string, flow: CompiledFlow): LiveRun {
    const { run } = arrival;
    const urls = options.approveUrls?.(run.id, flow);
    const machine = options.createMachine(flow, {
      runId: publicId("run", run.id),
      version: run.version,
      startedAtMs: run.startedAtMs,
      trigger: arrival.facts,
      input: arrival.input,
      ...(urls !== undefined && { approveUrls: urls }),
    });
    const live = newLiveRun(arrival, owner, flow, machine);
    for (const entry of arrival.entries) {
      machine.apply(entry);
      noteEntry(live, entry);
    }
    live.seq = arrival.entries.length;
    return live;
  }

  /** Ends a run for which there is no machine: it never began, or cannot go on. */
  function endUnbegun(
    { run, owner }: Pick<Newcomer, "run" | "owner">,
    flow: CompiledFlow | undefined,
    ending: Ending,
    seq = 0,
  ): void {
    warnOf(run, ending);
    const then = { kind: "ends", ending } as const;
    const nothing = { entries: [], values: [], effects: [], consumed: [] };
    const commit: Commit = { run, owner, flow, seq, ...nothing, then, steps: 0, bytes: 512 };
    counts.commits++;
    void commits.add(commit).then((result) => {
      if (result.kind === "committed") ended(run, ending);
      else if (result.kind === "refused") refusedForGood(run, result.error);
      else options.giveBack([run.id]);
      whenEmpty();
    });
  }

  async function admit(): Promise<void> {
    const { admission } = options;
    if (isAdmitting || admission === undefined) return;
    isAdmitting = true;
    const batch = candidates.splice(0, ADMIT_MAX).filter(({ live }) => !live.isGone);
    try {
      const verdicts = await admission.admit(
        batch.map(({ live, arrival }) => ({
          run: live.run,
          flow: live.flow,
          facts: arrival.facts,
          input: arrival.input,
          startedAtMs: live.run.startedAtMs,
        })),
      );
      for (const [i, { live, arrival }] of batch.entries()) {
        const verdict = verdicts[i];
        if (live.isGone || verdict === undefined) continue;
        judged(live, arrival, verdict);
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      for (const { live } of batch) drop(live);
      options.giveBack(batch.map(({ live }) => live.run.id));
    } finally {
      isAdmitting = false;
      if (candidates.length > 0) schedule();
      whenEmpty();
    }
  }

  function judged(live: LiveRun, arrival: Arrival, verdict: Awaited<ReturnType<RunAdmission["admit"]>>[number]): void {
    switch (verdict.kind) {
      case "starts":
        live.run = verdict.run;
        live.isAdmitted = true;
        // Others were checked before they took a place; of a batch, each before it was gathered, maybe for another version.
        if (live.run.trigger === "batch" && !fits(live, arrival)) return;
        countBegun(live.run);
        receive(live, arrival.signals);
        ready(live);
        return;
      case "ends":
        live.run = verdict.run;
        send(live, { kind: "ends", ending: verdict.ending });
        return;
      case "gone":
        drop(live);
        return;
      default:
        unreachable(verdict);
    }
  }

  // ------------------------------------------------------------------------------------------------------------ rounds

  /** Does what the machine wants as far as it can be done without waiting, and commits what came of it. */
  function round(live: LiveRun): void {
    if (live.isGone || !live.isAdmitted || live.broken !== undefined) return;
    let isSettled = false;
    try {
      for (;;) {
        const before = live.pending.length;
        const effectsBefore = live.effects.length;
        const commands = live.machine.next(at(live));
        const mustHold = live.isCommitting || before > 0;
        for (const command of commands) accept(live, command, mustHold);
        if (live.machine.busy) {
          ready(live);
          break;
        }
        if (live.pending.length === before && live.effects.length === effectsBefore) {
          if (readInbox(live)) continue;
          // What was to be begun once all is committed may begin when nothing is left to commit.
          if (before === 0 && !live.isCommitting && releaseRecords(live)) continue;
          isSettled = true;
          break;
        }
        if (live.pending.length >= COMMIT_ENTRIES || live.pendingBytes >= COMMIT_BYTES) break;
      }
      const size = Math.max(live.bytes, live.machine.bytes);
      bytes += size - live.bytes;
      live.bytes = size;
      settle(live, isSettled);
    } catch (error) {
      breakDown(live, error);
    }
  }

  /** Takes one wish of the machine: an entry at once, or held until what came before is committed. */
  function accept(live: LiveRun, command: Command, mustHold: boolean): void {
    const refusal = refusals.size === 0 ? undefined : refusals.get(refusalKey(live.run.id, command));
    if (refusal !== undefined) {
      refusals.delete(refusalKey(live.run.id, command));
      fail(live, command, refusal);
      return;
    }
    switch (command.kind) {
      case "record":
        if (mustHold && command.respond === undefined) live.held.push(command);
        else record(live, command);
        return;
      case "record_failure":
        fail(live, command, command.error);
        return;
      case "give_up":
        giveUp(live, command);
        return;
      case "http":
        if (command.effect === "write") {
          push(live, { kind: "began", path: command.path, attempt: command.attempt, atMs: at(live) });
        }
        live.held.push(command);
        return;
      case "code":
        live.held.push(command);
        return;
      case "emit": {
        const refusal = emitRefusal(command);
        if (refusal !== undefined) {
          fail(live, command, refusal);
          return;
        }
        const id = newId();
        live.effects.push({ ...command, key: id });
        complete(live, command, { id: publicId("msg", id) });
        return;
      }
      case "call": {
        const id = newId();
        live.effects.push({ ...command, key: id });
        if (command.wait) await_(live, command, command.untilMs);
        else complete(live, command, { run: publicId("run", id) });
        return;
      }
      case "wait":
        await_(live, command, command.untilMs);
        return;
      case "task":
      case "wait_for_event":
      case "approve": {
        if (!options.serves.has(command.kind)) {
          fail(
            live,
            command,
            failedAs("invalid", "not_available", `Nothing here does steps of kind ${command.kind}.`).error,
          );
          return;
        }
        live.effects.push(command);
        const untilMs =
          command.kind === "task"
            ? command.timeoutMs === undefined
              ? undefined
              : now() + command.timeoutMs
            : command.untilMs;
        await_(live, command, untilMs);
        return;
      }
      default:
        unreachable(command);
    }
  }

  function at(live: LiveRun): number {
    return Math.max(now(), live.lastAtMs);
  }

  function push(live: LiveRun, entry: Entry, value: Uint8Array | null = entryValue(entry)): void {
    if (isFromOutside) fromOutside.add(entry);
    live.machine.apply(entry);
    noteEntry(live, entry);
    live.pending.push(entry);
    live.values.push(value);
    live.pendingBytes += 128 + (value?.length ?? 0) + logsLength(entry);
  }

  function complete(
    live: LiveRun,
    command: Pick<Command, "kind" | "path" | "attempt">,
    output: Json,
    value?: Uint8Array | null,
    logs?: StepLogs,
  ): void {
    const { path, attempt } = command;
    push(
      live,
      { kind: "completed", path, attempt, atMs: at(live), output, ...(logs !== undefined && { logs }) },
      value,
    );
    count(command.kind, "completed");
  }

  function record(live: LiveRun, command: CommandOf<"record">): void {
    complete(live, command, command.output);
    if (command.respond !== undefined) live.response = { status: command.respond.status, body: command.output };
  }

  function fail(
    live: LiveRun,
    command: Pick<Command, "kind" | "path" | "attempt">,
    error: StepError,
    notBeforeMs?: number,
    logs?: StepLogs,
  ): void {
    const { path, attempt } = command;
    const entry = live.machine.failure(path, attempt, error, at(live), options.random(), notBeforeMs);
    push(live, logs === undefined || entry.kind !== "failed" ? entry : { ...entry, logs });
    count(command.kind, error.class);
  }

  function await_(live: LiveRun, command: Command, untilMs: number | undefined): void {
    const { path, attempt } = command;
    push(live, { kind: "waiting", path, attempt, atMs: at(live), ...(untilMs !== undefined && { untilMs }) });
  }

  function giveUp(live: LiveRun, command: Extract<Command, { kind: "give_up" }>): void {
    live.waiting.delete(command.path);
    switch (command.of) {
      case "http":
      case "code": {
        const isWanted = (held: Command) => held.path !== command.path || held.attempt !== command.attempt;
        live.held = live.held.filter(isWanted);
        live.releasing = live.releasing.filter(isWanted);
        live.flights?.get(command.path)?.controller.abort();
        return;
      }
      case "task":
      case "wait_for_event":
      case "approve":
      case "call":
        live.effects.push(command);
        return;
      default:
        return;
    }
  }

  /** Records that waited for the commit before them. Whether there were any. */
  function releaseRecords(live: LiveRun): boolean {
    let isAny = false;
    const held = live.held;
    live.held = [];
    for (const command of held) {
      if (command.kind === "record") {
        complete(live, command, command.output);
        isAny = true;
      } else live.held.push(command);
    }
    return isAny;
  }

  // ----------------------------------------------------------------------------------------------------------- settling

  /** Decides what follows from a round. `isSettled`: nothing more comes of asking the machine now. */
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
    if (draining) return { kind: "parks", waitingFor: "room", dueAtMs: now() };
    const mode = options.modeOf(live.run);
    if (mode === "paused") return { kind: "parks", waitingFor: "paused", dueAtMs: undefined };
    if (live.held.length > 0) return { kind: "goes_on" };
    const due = machine.dueAtMs;
    if (due === undefined && live.waiting.size === 0) {
      throw new Error("The run waits for nothing and has not ended.");
    }
    const label: WaitingFor = waitingFor(live);
    if (due !== undefined && due - now() <= SOON_MS && runs.size * 2 < limits.runsMax) {
      alarms.set(live, due);
      return { kind: "goes_on" };
    }
    return { kind: "parks", waitingFor: label, dueAtMs: due };
  }

  function send(live: LiveRun, then: Commit["then"]): void {
    const { pending, values, effects, consumed } = live;
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
    live.isCommitting = true;
    const { response } = live;
    live.response = undefined;
    counts.commits++;
    void commits.add(commit).then((result) => {
      if (result.kind === "committed" && response !== undefined) {
        options.onResponse?.(live.run, response.status, response.body);
      }
      answered(live, commit, result);
    });
  }

  function answered(live: LiveRun, commit: Commit, result: Committed): void {
    live.isCommitting = false;
    if (live.isGone) {
      whenEmpty();
      return;
    }
    switch (result.kind) {
      case "committed":
        break;
      case "lost":
        drop(live);
        options.giveBack([live.run.id]);
        return;
      case "refused":
        refused(live, commit, result.error);
        return;
      case "unfit":
        unfit(live, commit, result.refused);
        return;
      default:
        unreachable(result);
    }
    if (commit.entries.length > 0) options.onEntries?.(live.run, commit.entries);
    for (const id of commit.consumed) live.taken.delete(id);
    const { then } = commit;
    switch (then.kind) {
      case "ends":
        drop(live);
        ended(live.run, then.ending);
        return;
      case "parks":
        counts.parked++;
        drop(live);
        if (then.dueAtMs !== undefined) options.onParked(Math.max(1, then.dueAtMs - now()));
        return;
      case "goes_on":
        break;
      default:
        unreachable(then);
    }
    if (live.broken !== undefined) {
      sendBroken(live, live.broken);
      return;
    }
    try {
      for (const command of live.releasing) {
        if (command.kind === "record") record(live, command);
        else if (isOutside(command)) fly(live, command);
      }
    } catch (error) {
      breakDown(live, error);
      return;
    }
    live.releasing = [];
    round(live);
  }

  /** Begins what is held, for nothing is left to be committed before it. */
  function startHeld(live: LiveRun): void {
    const { held } = live;
    live.held = [];
    for (const command of held) {
      if (isOutside(command)) fly(live, command);
      else live.held.push(command);
    }
  }

  // ------------------------------------------------------------------------------------------------------ steps outside

  function fly(live: LiveRun, command: Outside): void {
    live.flights ??= new Map();
    live.flights.set(command.path, { command, controller: new AbortController() });
    places[command.kind].push(live.run.appId, { live, command });
    startFlights();
  }

  function inFlight(): number {
    return places.http.taken + places.code.taken;
  }

  function startFlights(): void {
    startAwaited(places.http);
    startAwaited(places.code);
  }

  function startAwaited(of: Places<Departure>): void {
    for (;;) {
      const next = of.take();
      if (next === undefined) return;
      const { live, command } = next;
      const { appId } = live.run;
      const flight = live.flights?.get(command.path);
      if (live.isGone || flight?.command !== command) {
        of.free(appId);
        continue;
      }
      if (!options.mayStart() || draining) {
        of.free(appId);
        // Not sent: it goes back to where it waits for a commit, and the run is looked at again.
        live.flights?.delete(command.path);
        live.held.push(command);
        if (draining) ready(live);
        else stalled.add(live);
        continue;
      }
      void attempt(live, command, flight.controller).finally(() => {
        of.free(appId);
        startFlights();
        whenEmpty();
      });
    }
  }

  async function attempt(live: LiveRun, command: Outside, controller: AbortController): Promise<void> {
    if (interrupted) controller.abort();
    const result = controller.signal.aborted
      ? failedAs("cancelled", "given_up", "It was given up before it began.")
      : await execute(live, command, controller.signal);
    if (live.flights?.get(command.path)?.command === command) live.flights.delete(command.path);
    if (live.isGone || live.broken !== undefined) return;
    isFromOutside = true;
    try {
      landed(live, command, result);
    } catch (error) {
      breakDown(live, error);
      return;
    } finally {
      isFromOutside = false;
    }
    ready(live);
  }

  async function execute(live: LiveRun, command: Outside, signal: AbortSignal): Promise<StepResult> {
    const { executors } = options;
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

  function landed(live: LiveRun, command: Outside, result: StepResult): void {
    const isWanted = live.machine.awaits(command.path)?.attempt === command.attempt;
    if (result.ok) {
      const value = result.output === null ? null : Buffer.from(JSON.stringify(result.output));
      if (value !== null && value.length > OUTPUT_BYTES_MAX) {
        const message = `The result has ${value.length} bytes as JSON; it should have at most ${OUTPUT_BYTES_MAX}.`;
        if (isWanted)
          fail(live, command, { class: "invalid", code: "result_too_large", message }, undefined, result.logs);
        return;
      }
      complete(live, command, result.output, value, result.logs);
      return;
    }
    // What was given up and did not happen leaves nothing to be recorded.
    if (isWanted) fail(live, command, result.error, result.notBeforeMs, result.logs);
  }

  // ------------------------------------------------------------------------------------------------------------ signals

  function receive(live: LiveRun, signals: readonly Signal[]): void {
    for (const signal of signals) {
      if (live.taken.has(signal.id)) continue;
      live.taken.add(signal.id);
      live.inbox.push(signal);
    }
  }

  /** Follows what came from outside. Whether there was anything. */
  function readInbox(live: LiveRun): boolean {
    const isDoomed = !live.isCancelled && options.modeOf(live.run) === "gone";
    if (isDoomed) cancel(live, "Its flow was deleted.");
    const signals = live.inbox;
    if (signals.length > 0) live.inbox = [];
    isFromOutside = true;
    try {
      for (const signal of signals) {
        live.consumed.push(signal.id);
        follow(live, signal);
      }
    } finally {
      isFromOutside = false;
    }
    return isDoomed || signals.length > 0;
  }

  function cancel(live: LiveRun, reason: string): void {
    if (live.isCancelled) return;
    push(live, { kind: "cancelled", path: "", atMs: at(live), reason });
  }

  function follow(live: LiveRun, signal: Signal): void {
    if (signal.kind === "cancel") {
      cancel(live, reasonOf(signal));
      return;
    }
    const wanted = live.machine.awaits(signal.path);
    if (wanted === undefined) return; // It came too late, or twice.
    if (signal.attempt !== undefined && signal.attempt !== wanted.attempt) return; // An answer to an attempt that is over.
    const command = { kind: wanted.kind, path: signal.path, attempt: wanted.attempt };
    const value = signal.value === undefined ? null : (JSON.parse(Buffer.from(signal.value).toString()) as Json);
    switch (signal.kind) {
      case "completed":
        complete(live, command, value, value === null ? null : signal.value);
        return;
      case "failed":
        fail(live, command, value as unknown as StepError);
        return;
      case "wake":
        if (wanted.kind === "wait_for_event" && value !== null) {
          const event = value as unknown as EventFactsOfRun;
          if (live.machine.wants(signal.path, event)) complete(live, command, { event: eventOutput(event) });
        }
        return;
      default:
        unreachable(signal.kind);
    }
  }

  // ------------------------------------------------------------------------------------------------------------- leaving

  /** A run that breaks by itself ends alone, with an explanation: others go on. */
  function breakDown(live: LiveRun, error: unknown): void {
    if (error instanceof DatabaseError) throw error;
    const code = error instanceof Error && error.name === "JournalMismatch" ? "journal_mismatch" : "engine_fault";
    const ending = failureOf(code, "The run cannot go on", error);
    live.broken = ending.error;
    for (const { controller } of live.flights?.values() ?? []) controller.abort();
    if (!live.isCommitting) sendBroken(live, ending.error);
  }

  function sendBroken(live: LiveRun, error: StepError): void {
    live.broken = error;
    live.pending = [];
    live.values = [];
    live.pendingBytes = 0;
    live.effects = [];
    live.held = [];
    live.releasing = [];
    const ending: Ending = { state: "failed", error };
    warnOf(live.run, ending);
    send(live, { kind: "ends", ending });
  }

  /** The database does not take what this run wants to write: it ends without it; and if not even that, it is left alone. */
  function refused(live: LiveRun, commit: Commit, error: DatabaseError): void {
    if (live.broken !== undefined || commit.entries.length + commit.effects.length === 0) {
      drop(live);
      refusedForGood(live.run, error);
      return;
    }
    live.seq = commit.seq;
    const message = `The database refused what the run wanted to write: ${error.message}.`;
    for (const { controller } of live.flights?.values() ?? []) controller.abort();
    sendBroken(live, { class: "invalid", code: "commit_refused", message });
  }

  /**
   * What was taken for done cannot be done. The machine is ahead and is not wound back: what stands without that is committed (all before
   * it, and what came from outside since), and the run is taken up again by its journal; asked for the same again, it fails.
   */
  function unfit(live: LiveRun, commit: Commit, refused: readonly RefusedEffect[]): void {
    const paths = new Set(refused.map(({ path }) => path));
    const isRefused = (at: { readonly path: string }) => paths.has(at.path);
    const first = commit.entries.findIndex(isRefused);
    if (refusals.size >= REFUSALS_MAX) refusals.clear();
    for (const { runId, path, error } of refused) {
      const entry = commit.entries.find((each) => each.path === path);
      const attempt = entry !== undefined && "attempt" in entry ? entry.attempt : 1;
      refusals.set(refusalKey(runId, { path, attempt }), error);
    }
    const all = [...commit.entries, ...live.pending];
    const values = [...commit.values, ...live.values];
    const kept = all.flatMap((entry, i) => (i < first || fromOutside.has(entry) ? [i] : []));
    const firstEffect = commit.effects.findIndex(isRefused);
    const then = { kind: "parks", waitingFor: "room", dueAtMs: now() } as const;
    const repaired: Commit = {
      ...commit,
      entries: kept.map((i) => all[i] as Entry),
      values: kept.map((i) => values[i] ?? null),
      effects: commit.effects.slice(0, Math.max(0, firstEffect)),
      consumed: [...commit.consumed, ...live.consumed],
      then,
    };
    drop(live);
    counts.commits++;
    void commits.add(repaired).then((result) => {
      if (result.kind === "committed") options.onParked(1);
      else if (result.kind === "refused") refusedForGood(live.run, result.error);
      else options.giveBack([live.run.id]);
      whenEmpty();
    });
  }

  function refusedForGood(run: Run, error: DatabaseError): void {
    options.log.error("run_refused", "A run cannot be recorded; it is taken up again later.", {
      appId: publicId("app", run.appId),
      runId: publicId("run", run.id),
      error,
    });
  }

  function warnOf(run: Run, ending: Ending): void {
    if (ending.state !== "failed") return;
    options.log.limited(`run_broken:${run.flowId}`, "warn", "run_broken", "A run could not go on, and failed.", {
      appId: publicId("app", run.appId),
      flowId: publicId("flow", run.flowId),
      runId: publicId("run", run.id),
      code: ending.error.code,
      reason: ending.error.message,
    });
  }

  function ended(run: Run, ending: Ending): void {
    counts[ending.state]++;
    options.onEnded?.(run, ending);
  }

  function drop(live: LiveRun): void {
    if (live.isGone) return;
    live.isGone = true;
    alarms.clear(live);
    stalled.delete(live);
    for (const { controller } of live.flights?.values() ?? []) controller.abort();
    if (runs.get(live.run.id) === live) runs.delete(live.run.id);
    bytes -= live.bytes;
    if (wasFull && hasRoom(0)) {
      wasFull = false;
      options.onRoom();
    }
    whenEmpty();
  }

  function whenEmpty(): void {
    if (draining && runs.size === 0 && newcomers.size === 0 && inFlight() === 0 && commits.pending === 0)
      emptied.resolve();
  }

  function countBegun({ trigger }: Run): void {
    begun.set(trigger, (begun.get(trigger) ?? 0) + 1);
  }

  function count(kind: string, outcome: string): void {
    const key = `${kind} ${outcome}`;
    steps.set(key, (steps.get(key) ?? 0) + 1);
  }

  return {
    hasRoom,
    room: () =>
      Math.max(
        0,
        Math.min(
          limits.runsMax - runs.size - newcomers.size - reserved.size,
          bytes >= limits.bytesMax ? 0 : limits.runsMax,
        ),
      ),
    reserve: (runId, more) => {
      reserved.set(runId, more);
      bytes += more;
    },
    cancelReservation: (runId, more) => {
      if (reserved.delete(runId)) bytes -= more;
    },
    take,
    signal: (runId, signals) => {
      const live = runs.get(runId);
      if (live === undefined || !live.isAdmitted) return false;
      if (live.broken !== undefined) return true;
      receive(live, signals);
      ready(live);
      return true;
    },
    has: (runId) => runs.has(runId) || newcomers.has(runId),
    heldIds: () => [...runs.keys(), ...newcomers.keys(), ...reserved.keys()],
    apps: () => new Set([...runs.values()].map(({ run }) => run.appId)),
    review: () => {
      for (const live of runs.values()) {
        const mode = options.modeOf(live.run);
        if (!live.isAdmitted || mode === "enabled" || mode === "disabled") continue;
        ready(live);
      }
    },
    resume: () => {
      const waiting = [...stalled];
      stalled.clear();
      for (const live of waiting) ready(live);
      startFlights();
    },
    forget: () => {
      for (const live of [...runs.values()]) drop(live);
      for (const [runId, { reservedBytes }] of newcomers) {
        newcomers.delete(runId);
        bytes -= reservedBytes;
      }
    },
    drain: () => {
      draining = true;
      for (const { live } of candidates.splice(0)) {
        drop(live);
        options.giveBack([live.run.id]);
      }
      for (const live of runs.values()) ready(live);
      startFlights();
      whenEmpty();
      return emptied.promise;
    },
    interrupt: () => {
      interrupted = true;
      alarms.stop();
      for (const { flights: own } of runs.values())
        for (const { controller } of own?.values() ?? []) controller.abort();
    },
    stats: () => ({
      live: runs.size + newcomers.size,
      bytes,
      flights: inFlight(),
      started: begun,
      parked: counts.parked,
      ended: { completed: counts.completed, failed: counts.failed, cancelled: counts.cancelled },
      steps,
      commits: counts.commits,
    }),
  };
}

function refusalKey(runId: string, { path, attempt }: { readonly path: string; readonly attempt: number }): string {
  return `${runId} ${path} ${attempt}`;
}

function isOutside(command: Command): command is Outside {
  return command.kind === "http" || command.kind === "code";
}

function failureOf(code: string, what: string, error: unknown): Extract<Ending, { state: "failed" }> {
  const why = error instanceof Error ? error.message : String(error);
  return { state: "failed", error: { class: "invalid", code, message: `${what}: ${why}` } };
}

function reasonOf({ value }: Signal): string {
  if (value === undefined) return "";
  const reason: unknown = JSON.parse(Buffer.from(value).toString());
  return typeof reason === "string" ? reason : "";
}

/** What an event looks like to the steps after the one that waited for it. */
function eventOutput(event: EventFactsOfRun): Json {
  const { id, type, channels, data, receivedAtMs } = event;
  return { id, type, channels, data, received_at: new Date(receivedAtMs).toISOString() };
}

const TYPE = /^[a-zA-Z0-9_.-]{1,256}$/;
const CHANNEL = /^[a-zA-Z0-9_.-]{1,128}$/;
const CHANNELS_MAX = 10;

/** What the log would not take of anybody else either. */
function emitRefusal({ type, channels }: Extract<Command, { kind: "emit" }>): StepError | undefined {
  const refuse = (code: string, message: string): StepError => ({ class: "invalid", code, message });
  if (!TYPE.test(type)) {
    return refuse(
      "event_type_invalid",
      `${JSON.stringify(type)} is no event type: it should be letters, digits, _, - and dots, at most 256.`,
    );
  }
  if (channels.length > CHANNELS_MAX) {
    return refuse(
      "channels_invalid",
      `The event has ${channels.length} channels; it should have at most ${CHANNELS_MAX}.`,
    );
  }
  const odd = channels.find((channel) => !CHANNEL.test(channel));
  return odd === undefined
    ? undefined
    : refuse(
        "channels_invalid",
        `${JSON.stringify(odd)} is no channel: it should be letters, digits, _, - and dots, at most 128.`,
      );
}
