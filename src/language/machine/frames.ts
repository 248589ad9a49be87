import type { CompiledStep } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { CommandKind, StepError } from "../journal.ts";
import type { Draft } from "./draft.ts";
import type { Scope } from "./scope.ts";

/** `main`: the steps of the run and their `on_failure`. `after`: the run's `on_failure` and compensations, which nothing compensates. */
export type Part = "main" | "after";

/** Who is told when a sequence is done or has failed. */
export type Owner =
  | { readonly kind: "run" }
  | { readonly kind: "run_on_failure" }
  | { readonly kind: "compensation" }
  /** The branch that an `if` or a `switch` took. */
  | { readonly kind: "branch"; readonly of: Activation }
  | { readonly kind: "on_failure"; readonly of: Activation }
  /** One item of a `for_each`, or one branch of a `parallel`. */
  | { readonly kind: "lane"; readonly of: Activation; readonly fan: Fan; readonly index: number };

/** A list of steps under way: one after the other. */
export class Sequence {
  readonly steps: readonly CompiledStep[];
  /** What stands before the ids of its steps in their paths. */
  readonly prefix: string;
  readonly owner: Owner;
  readonly part: Part;
  /** What its next step sees. */
  scope: Scope;
  position = 0;
  /** The step that it waits for. */
  current: Activation | undefined = undefined;
  /** What the last step did, and about how many bytes that is. */
  last: Json = null;
  lastBytes = 4;
  /** Bytes of all that its steps output; the run counts them until it is over. */
  keptBytes = 0;
  /** Nothing of it goes on: it is done, it failed, or what is around it did. */
  over = false;

  constructor(steps: readonly CompiledStep[], prefix: string, scope: Scope, owner: Owner, part: Part) {
    this.steps = steps;
    this.prefix = prefix;
    this.scope = scope;
    this.owner = owner;
    this.part = part;
  }
}

/**
 * Where a step is, as its entries say. `within`: in the sequences of it. A step without any need of entries or sequences is done
 * where it stands and has no activation.
 *
 *             began          completed, failed for good
 *     open ─────────▶ began ─────────────────────────▶ settled
 *      │ ▲              │                                ▲
 *      │ └──────────────┤ failed, to be retried          │
 *      │   (retrying)   │                                │
 *      └──▶ waiting ────┴────────────────────────────────┘
 */
export type ActivationPhase = "open" | "began" | "waiting" | "retrying" | "within" | "settled";

export class Activation {
  readonly step: CompiledStep;
  readonly path: string;
  readonly sequence: Sequence;
  /** What it is to the world; undefined for a step of structure. */
  readonly kind: CommandKind | undefined;
  phase: ActivationPhase;
  attempt = 1;
  /** The values of its command; undefined once they are not needed any more. */
  draft: Draft | undefined;
  /** Whether this process was given the command of this attempt: the one thing here that does not follow from entries. */
  given = false;
  givenUp = false;
  /** Grows with each change of phase: what was to fall due before is stale. */
  stamp = 0;
  child: Sequence | undefined = undefined;
  fan: Fan | undefined = undefined;

  constructor(
    step: CompiledStep,
    path: string,
    sequence: Sequence,
    kind: CommandKind | undefined,
    draft: Draft | undefined,
  ) {
    this.step = step;
    this.path = path;
    this.sequence = sequence;
    this.kind = kind;
    this.draft = draft;
    this.phase = kind === undefined ? "within" : "open";
  }
}

/** Sequences at once, and what became of them, in the order of the items or branches. */
export class Fan {
  readonly live = new Set<Sequence>();
  readonly results: Json[];
  readonly failures: { readonly index: number; readonly error: StepError }[] = [];
  /** The items of a `for_each`; undefined for a `parallel`. */
  readonly items: readonly Json[] | undefined;
  /** So many at once. */
  readonly limit: number;
  /** The first that has not been begun. */
  next = 0;
  keptBytes = 0;
  /** All are done, or the others are given up. */
  over = false;

  constructor(size: number, limit: number, items: readonly Json[] | undefined) {
    this.limit = limit;
    this.results = new Array<Json>(size).fill(null);
    this.items = items;
  }
}
