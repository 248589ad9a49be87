import type { Command, CompiledFlow, Entry, Json, Machine, StepError, TriggerFacts } from "#language";
import type { Run, WaitingFor } from "../run.ts";
import type { Sleeper } from "./alarms.ts";

/** Something that was sent to a run. */
export interface Signal {
  readonly id: string;
  readonly path: string;
  /** Which attempt of that step it answers; undefined: the one that waits. */
  readonly attempt: number | undefined;
  readonly kind: "completed" | "failed" | "cancel" | "wake";
  /** JSON. */
  readonly value: Uint8Array | undefined;
}

/** What a run comes into memory with. */
export interface Arrival {
  readonly run: Run;
  readonly facts: TriggerFacts;
  readonly input: Json;
  /** Its journal so far. */
  readonly entries: readonly Entry[];
  /** It was started here, and those entries with it (`preludeOf`). */
  readonly isBegun?: boolean;
  readonly signals: readonly Signal[];
  readonly bytes: number;
}

/** A step that is done outside the database, by an executor. */
export type Outside = Extract<Command, { readonly kind: "http" | "code" }>;

export interface Flight {
  readonly command: Outside;
  readonly controller: AbortController;
}

/** A run in the hands of this process. Changed by the engine alone. */
export interface LiveRun extends Sleeper {
  run: Run;
  /** The lease under which it is ours (process.token). */
  readonly owner: string;
  /** Whether it may begin: false for a candidate that is not judged yet. */
  isAdmitted: boolean;
  isCancelled: boolean;
  readonly flow: CompiledFlow;
  readonly machine: Machine;
  /** The number of the journal's next entry. */
  seq: number;
  /** Of those that are completed. */
  steps: number;
  /** By how much its clock is ahead of this process's (`clockAheadMs`). */
  aheadMs: number;
  /** No earlier than this is it for the run: the time of its last entry. */
  lastAtMs: number;
  /** What memory it is counted with. */
  bytes: number;

  /** What the next commit makes known to whoever waits for the run. */
  response: { readonly status: number; readonly body: Json } | undefined;
  /** For the next commit. */
  pending: Entry[];
  values: (Uint8Array | null)[];
  pendingBytes: number;
  effects: Command[];
  consumed: string[];
  /** Begun once that commit is in. */
  held: Command[];
  /** Begun once the commit under way is in. */
  releasing: Command[];
  isCommitting: boolean;

  flights: Map<string, Flight> | undefined;
  /** Paths of entries `waiting` without their end: what it waits for when nothing else is to be done. */
  readonly waiting: Set<string>;
  /** Signals that came and were not looked at yet. */
  inbox: Signal[];
  /** Signals taken and not yet deleted. */
  readonly taken: Set<string>;
  /** It has its turn already. */
  isQueued: boolean;
  /** Ends with this, whatever the machine wants: it broke. */
  broken: StepError | undefined;
  /** In other hands, or over. */
  isGone: boolean;
}

export function newLiveRun(arrival: Arrival, owner: string, flow: CompiledFlow, machine: Machine): LiveRun {
  return {
    run: arrival.run,
    owner,
    isAdmitted: true,
    isCancelled: false,
    flow,
    machine,
    seq: 0,
    steps: 0,
    aheadMs: 0,
    lastAtMs: arrival.run.startedAtMs,
    bytes: arrival.bytes,
    response: undefined,
    pending: [],
    values: [],
    pendingBytes: 0,
    effects: [],
    consumed: [],
    held: [],
    releasing: [],
    isCommitting: false,
    flights: undefined,
    waiting: new Set(),
    inbox: [],
    taken: new Set(),
    isQueued: false,
    broken: undefined,
    isGone: false,
    wakeAtMs: undefined,
  };
}

/** What an entry says of what the run waits for, and how far it is. */
export function noteEntry(live: LiveRun, entry: Entry): void {
  if (entry.atMs > live.lastAtMs) live.lastAtMs = entry.atMs;
  switch (entry.kind) {
    case "waiting":
      live.waiting.add(entry.path);
      return;
    case "completed":
      live.steps++;
      live.waiting.delete(entry.path);
      return;
    case "failed":
      live.waiting.delete(entry.path);
      return;
    case "cancelled":
      live.isCancelled = true;
      return;
    default:
      return;
  }
}

/** The longest wait that an operator would want to know of. */
export function waitingFor(live: LiveRun): WaitingFor {
  let found: WaitingFor = "time";
  for (const path of live.waiting) {
    switch (live.machine.awaits(path)?.kind) {
      case "approve":
        return "approval";
      case "task":
        found = "task";
        break;
      case "call":
        found = "call";
        break;
      case "wait_for_event":
        found = "event";
        break;
      default:
        break;
    }
  }
  return found;
}
