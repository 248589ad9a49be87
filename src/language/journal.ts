import type { ErrorClass, Json, StepId } from "./definition.ts";

/**
 * What is recorded of a run. The machine's state follows from the definition, the start and these, in order, and from
 * nothing else: whoever reads them goes on where the last process stopped.
 *
 * `path` names a step within its run: `charge`, `orders[12].charge` (an item), `fan.left.charge` (a branch), `~charge.refund` (its
 * compensation), `!charge.tell` (its on_failure), `!.tell` (the run's). Paths contain ids, digits and `[].~!` only.
 * `attempt` counts from 1. 0 stands for what was given beforehand: what another run did there (or failed to do, for good), before
 * anything else in the journal; this run does not do it again, and does not compensate it.
 * Times are ms since 1970, by the clock of the process that made the entry; those of one run never decrease.
 */
export type Entry =
  | {
      readonly kind: "completed";
      readonly path: string;
      readonly attempt: number;
      readonly atMs: number;
      readonly output: Json;
      readonly logs?: StepLogs;
    }
  /** `retryAtMs` absent: failed for good. */
  | {
      readonly kind: "failed";
      readonly path: string;
      readonly attempt: number;
      readonly atMs: number;
      readonly error: StepError;
      readonly retryAtMs?: number;
      readonly logs?: StepLogs;
    }
  /** A step of effect `write` is about to begin: committed before it does. Found without its end after a loss, it is `ambiguous`. */
  | { readonly kind: "began"; readonly path: string; readonly attempt: number; readonly atMs: number }
  /** It waits for something outside: time, an event, a person, a worker, another run. `untilMs`: at most until then. */
  | {
      readonly kind: "waiting";
      readonly path: string;
      readonly attempt: number;
      readonly atMs: number;
      readonly untilMs?: number;
    }
  /** The run is to end: what is under way is given up, what was done is compensated. */
  | { readonly kind: "cancelled"; readonly path: ""; readonly atMs: number; readonly reason: string };

/** Lines that a program wrote while this attempt was made: for people, bounded by whoever ran it, and nothing follows from them. */
export type StepLogs = readonly string[];

export interface StepError {
  readonly class: ErrorClass;
  /** Stable, snake_case: `http_503`, `expression_failed`, `result_too_large`, … */
  readonly code: string;
  /** A sentence, with the value quoted. */
  readonly message: string;
  /** The step, and where in its definition: `steps[2].http.url`. */
  readonly path?: string;
  readonly at?: string;
  /** What came with it: the answer of an `http` step (status, cut body), the stack of a task. */
  readonly detail?: Json;
}

/** With what a run begins. */
export interface Start {
  readonly runId: string;
  /** Of the flow: `run.version` in expressions. */
  readonly version: number;
  readonly startedAtMs: number;
  readonly trigger: TriggerFacts;
  /** The event's data, the input of an API start, the list of a batch. */
  readonly input: Json;
  /**
   * Outputs given beforehand, by path: steps before the one a rerun begins from. They count as completed; this run does not compensate
   * what it did not do.
   */
  readonly pinned?: ReadonlyMap<string, Json>;
  /** `run.approve_url` in expressions: the public link of each `approve` step, by its id. */
  readonly approveUrls?: { readonly [id: StepId]: string };
}

/** What `trigger` and `event` are in expressions. */
export type TriggerFacts =
  | { readonly kind: "event" | "source" | "delivery"; readonly event: EventFactsOfRun }
  | { readonly kind: "schedule"; readonly scheduledAtMs: number }
  | { readonly kind: "api" | "manual" }
  /** With the event that started the run it repeats, when one did. */
  | { readonly kind: "rerun"; readonly event?: EventFactsOfRun }
  | { readonly kind: "call"; readonly runId: string; readonly flow: string }
  | { readonly kind: "run"; readonly runId: string; readonly flow: string; readonly state: string }
  | { readonly kind: "batch"; readonly count: number };

export interface EventFactsOfRun {
  /** As clients see it: `msg_…`. */
  readonly id: string;
  readonly type: string;
  readonly channels: readonly string[];
  /** The payload parsed; null when it is no JSON. */
  readonly data: Json;
  readonly receivedAtMs: number;
}

/**
 * What the machine wants done. Each is given out once; after a loss those without an entry are given out again, with the same
 * `attempt` and `key`.
 */
export type Command =
  /** Keep this output: nothing else is to be done (`map` with `durable`, `respond`, a wait that is over). */
  | (Of<"record"> & { readonly output: Json; readonly respond?: { readonly status: number } })
  /**
   * Keep this failure: apply what `failure(path, attempt, error, …)` makes of it. A write that was begun by a process that was lost; a
   * task or a call that was waited for too long; the run's own timeout (`path` is empty).
   */
  | (Of<"record_failure"> & { readonly error: StepError })
  /**
   * What was given out here is no longer wanted: stop it if it runs, withdraw the rows that stand for it. No entry answers it; an
   * outcome that arrives all the same is recorded, and compensated where the step says how. Given out again after a loss.
   */
  | (Of<"give_up"> & { readonly of: CommandKind })
  | (Of<"http"> & {
      readonly effect: "read" | "idempotent_write" | "write";
      readonly timeoutMs: number;
      readonly request: HttpRequest;
    })
  | (Of<"code"> & { readonly timeoutMs: number; readonly code: string; readonly input: Json })
  /** From here on the effect is rows of our own: written in the commit that records the entry. */
  | (Of<"emit"> & { readonly type: string; readonly data: Json; readonly channels: readonly string[] })
  | (Of<"task"> & {
      readonly timeoutMs: number | undefined;
      readonly name: string;
      readonly queue: string;
      readonly priority: number;
      readonly input: Json;
    })
  | (Of<"wait"> & { readonly untilMs: number })
  | (Of<"wait_for_event"> & {
      readonly types: readonly string[];
      readonly untilMs: number | undefined;
      /** The value that `match.equals` gave, as text. */
      readonly equals: string | undefined;
      /** What `if` reads of the run, as `holdsFor` takes it; absent: there is no `if`, or only the run can say it. */
      readonly seen?: Json;
    })
  | (Of<"approve"> & { readonly title: string; readonly details: Json; readonly untilMs: number | undefined })
  | (Of<"call"> & {
      readonly flow: string;
      readonly input: Json;
      readonly wait: boolean;
      readonly untilMs: number | undefined;
    });

interface Of<K extends string> {
  readonly kind: K;
  readonly path: string;
  readonly attempt: number;
  /** The same on every attempt of this step in this run: `<run id>/<path>`. */
  readonly key: string;
}
export type CommandKind = Command["kind"];
export type CommandOf<K extends CommandKind> = Extract<Command, { readonly kind: K }>;

/** Secrets are named, never spelled: the engine puts their values in place just before the request leaves. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: readonly (string | { readonly secret: string })[]])[];
  /** Undefined: none. */
  readonly body: Json | undefined;
  readonly expect: readonly number[] | undefined;
  readonly responseBytesMax: number;
  /** As `hosts` of the definition; undefined: all public ones. */
  readonly hosts: readonly string[] | undefined;
}

/** How a run ended. */
export type Ending =
  | { readonly state: "completed"; readonly output: Json }
  | { readonly state: "failed"; readonly error: StepError }
  | { readonly state: "cancelled"; readonly reason: string };

/**
 * A run as a value: given the same start and entries it wants the same. It knows no clock, no network and no database.
 *
 * The engine's round: `next(now)`; do what it wants; make entries; `apply` them, which is free of effects; ask `next` again, and
 * commit all entries, effects of rows and the ending together before anything that is wanted is begun outside.
 */
export interface Machine {
  /**
   * Takes an entry. An entry that this run cannot have (our own fault, or a journal of another definition) throws `JournalMismatch`,
   * here or from the `next` that gets to it. Whoever takes up a run applies its whole journal before the first `next`.
   */
  apply(entry: Entry): void;
  /**
   * What is to be done that was not given out yet, and what falls due. Entries are taken and pure work is done here, a bounded amount
   * per call: while `busy`, ask again (after letting others have their turn). Gives nothing out before that is done, so that what is
   * given out follows from the entries and not from when one asked.
   */
  next(nowMs: number): readonly Command[];
  readonly busy: boolean;
  /** When something falls due by itself: a retry, a wait, a timeout. Undefined: nothing. */
  readonly dueAtMs: number | undefined;
  /** Present once nothing is left to be done. */
  readonly ending: Ending | undefined;
  /** What an attempt's failure leads to: retried at a time, or final. Pure; `random` in [0, 1) spreads the wait. `notBeforeMs`: Retry-After. */
  failure(path: string, attempt: number, error: StepError, nowMs: number, random: number, notBeforeMs?: number): Entry;
  /**
   * What the step at `path` is waiting for or doing; undefined when nothing is wanted there (any more, or yet). For whoever has an answer
   * from outside and wonders whether it is still one.
   */
  awaits(path: string): { readonly kind: CommandKind; readonly attempt: number } | undefined;
  /** Whether the event that came is the one that the step at `path` waits for. */
  wants(path: string, event: EventFactsOfRun): boolean;
  /** Bytes of what it keeps, about. */
  readonly bytes: number;
}
