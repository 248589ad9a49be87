import type { CompiledFlow, CompiledStep } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { Ending, Entry, Start, StepError } from "../journal.ts";
import { DueQueue } from "./due.ts";
import { factsOf } from "./facts.ts";
import { Fifo } from "./fifo.ts";
import { type Activation, type Part, Sequence } from "./frames.ts";
import { Moment } from "./moment.ts";
import { Scope } from "./scope.ts";

/** What is to be compensated when the run does not complete. */
export interface Done {
  readonly steps: readonly CompiledStep[];
  readonly prefix: string;
  readonly scope: Scope;
}

/** What another run did at a path, or failed to do. */
export type Pin = { readonly output: Json } | { readonly error: StepError };

/** How a run ends that does not complete: known before its `on_failure` and compensations are done. */
export type Verdict = Exclude<Ending, { readonly state: "completed" }>;

/**
 * A run as a tree of sequences and activations that lives in memory and is advanced where something happened: nothing is searched for
 * from the root. It has no behaviour of its own; each file beside this one is one thing that happens to it, and they call each other in
 * one direction only:
 *
 *     machine ─▶ work ─▶ entries, beginning ─▶ branches, lanes ─▶ completing ─▶ failing ─▶ ending ─▶ giving-up
 *        └─────▶ giving-out
 *
 * What would go the other way (a sequence that can go on, lanes to begin) is put on the agenda instead.
 */
export class Run {
  readonly compiled: CompiledFlow;
  readonly start: Start;
  readonly root: Sequence;
  /** Last in, first out: so pure work is done depth first, in the order of the definition. */
  readonly agenda: (Sequence | Activation)[] = [];
  readonly inbox = new Fifo<Entry>();
  /** Steps that an entry may come for, by path; those that were given up too, until it has come. */
  readonly open = new Map<string, Activation>();
  readonly due = new DueQueue<Moment>();
  /** In order of completion. */
  readonly done: Done[] = [];
  pins: Map<string, Pin> | undefined;
  /** Those that came to want something since commands were last given out. */
  wanting: Activation[] = [];
  /** Those given up since then that were under way. */
  unwanted: Activation[] = [];

  part: Part = "main";
  verdict: Verdict | undefined = undefined;
  /** The run's `on_failure`, or the compensation under way. */
  after: Sequence | undefined = undefined;
  ending: Ending | undefined = undefined;

  /** Of the last entry, ms since 1970. */
  clockMs: number;
  entries = 0;
  stepsBegun = 0;
  /** Bytes of all outputs that are kept. */
  keptBytes = 0;
  /** What evaluations have taken so far. */
  cost = 0;

  constructor(compiled: CompiledFlow, start: Start) {
    this.compiled = compiled;
    this.start = start;
    this.clockMs = start.startedAtMs;
    this.pins =
      start.pinned === undefined
        ? undefined
        : new Map(Array.from(start.pinned, ([path, output]) => [path, { output }] as const));
    this.root = new Sequence(compiled.steps, "", Scope.of(factsOf(compiled, start)), { kind: "run" }, "main");
    this.agenda.push(this.root);
    this.due.add(new Moment(start.startedAtMs + compiled.timeoutMs, undefined, this));
  }

  /** Whether something is left to be worked off. */
  get busy(): boolean {
    return this.ending === undefined && !(this.agenda.length === 0 && this.inbox.empty);
  }
}
