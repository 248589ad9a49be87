/**
 * What a flow is, as it is stored, pushed from a folder, made by the builder and drawn by the console: one representation.
 * A stored definition has passed `checkDefinition`; nothing else makes a value of type `Definition` from text.
 *
 * Expressions are CEL (github.com/google/cel-spec). Where only an expression makes sense its text stands by itself (`Cel`);
 * where a value is wanted it is a `Template`: JSON in which an object with the single member `$` is an expression. So a
 * quote in somebody's text is never part of a program.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The text of a CEL expression. */
export type Cel = string;
/** JSON with expressions in it: `{ "total": { "$": "event.data.net * 1.19" } }`. A lone member `$` is always one. */
export type Template = Json;
/** `250ms`, `30s`, `15m`, `2h`, `3d`, `1w`; whole numbers only. */
export type Span = string;
/** `[a-z][a-z0-9_]*`, at most 64: a name that stands in expressions. */
export type StepId = string;

export interface Definition {
  /** The version of this language. */
  readonly posthorn: 1;
  /** Its name among the flows of the application: `[a-z0-9][a-z0-9-]*`, at most 64. */
  readonly flow: string;
  readonly title?: string;
  readonly description?: string;
  /** What starts it; every flow can be started by hand and through the API besides. */
  readonly on?: readonly Trigger[];
  /** JSON Schema of `input`: of the event's data when an event starts it. Checked at the start; expressions are typed by it. */
  readonly input?: Json;
  readonly control?: Control;
  /** The whole run, waits included. Default 30d, at most 366d. */
  readonly timeout?: Span;
  /** Host names that `http` steps may reach (`api.example.com`, `*.example.com`); absent: all public ones. */
  readonly hosts?: readonly string[];
  /** Secrets of the application that this flow may use, by name; each must be granted to it. */
  readonly secrets?: readonly string[];
  readonly steps: readonly Step[];
  /** Done when the run fails, before what was done is compensated; sees `error`. Its own failure is recorded and changes nothing. */
  readonly on_failure?: readonly Step[];
  /** What the run returns. Default: null. */
  readonly output?: Template;
}

// ------------------------------------------------------------------------------------------------------------- triggers

export type Trigger =
  | { readonly event: string | readonly string[]; readonly if?: Cel }
  /** Any event that came in through this source (id or uid). */
  | { readonly source: string; readonly if?: Cel }
  | ScheduleTrigger
  /** What became of deliveries of this application. */
  | { readonly delivery: readonly DeliveryOutcome[]; readonly endpoint?: string; readonly if?: Cel }
  /** Another flow's run ended like this. */
  | { readonly run: string; readonly state: readonly EndState[]; readonly if?: Cel };

export type DeliveryOutcome = "exhausted" | "failing" | "recovered";

export interface ScheduleTrigger {
  /** Five fields, or six with seconds; `@daily` and its like. */
  readonly schedule: string;
  /** IANA time zone. Default UTC. */
  readonly zone?: string;
  /** Each run starts up to so much later, evenly spread. */
  readonly jitter?: Span;
  /** What to do about moments that passed while nothing ran: nothing; one run for all; a run each if not older than `within`. Default skip. */
  readonly missed?: "skip" | "one" | "all";
  /** Default 1h. */
  readonly within?: Span;
  /** When the run of the moment before still goes on. Default skip. */
  readonly overlap?: "skip" | "queue" | "cancel";
  /** Given as `input`. */
  readonly input?: Json;
}

// --------------------------------------------------------------------------------------------------------- flow control

/** Decided for each run before it begins, in this order: singleton, debounce, batch, rate, throttle, concurrency. */
export interface Control {
  /** So many runs of one key at once; the others wait, by priority. */
  readonly concurrency?: { readonly limit: number; readonly key?: Cel };
  /** So many starts per period; what is more is skipped, and recorded as skipped. */
  readonly rate?: { readonly limit: number; readonly per: Span; readonly key?: Cel };
  /** So many starts per period; what is more waits. */
  readonly throttle?: { readonly limit: number; readonly per: Span; readonly key?: Cel };
  /** Starts once nothing of its key came for `wait` (at the latest `max` after the first); the last one's input counts. */
  readonly debounce?: { readonly wait: Span; readonly max?: Span; readonly key?: Cel };
  /** One run for up to `size` of a key, at the latest `wait` after the first; `input` is the list of their inputs. */
  readonly batch?: { readonly size: number; readonly wait: Span; readonly key?: Cel };
  /** At most one run of a key, waiting ones included: a further one is skipped, or replaces (cancels) the one before. */
  readonly singleton?: { readonly mode: "skip" | "replace"; readonly key?: Cel };
  /** An integer, -100 to 100: which of those that wait goes first. Each minute of waiting counts like one more. */
  readonly priority?: Cel;
}

// ---------------------------------------------------------------------------------------------------------------- steps

/**
 * What a step does to the world, by which the engine knows what is safe. `pure`: nothing; computed again rather than kept.
 * `read`: may be repeated freely. `idempotent_write`: repeating it with the same idempotency key is harmless.
 * `write`: nobody knows; that it begins is committed first, and when its process is lost its outcome is `ambiguous`.
 */
export type Effect = "pure" | "read" | "idempotent_write" | "write";

/** Why a step failed. Retries are chosen by these; `cancelled` and `invalid` are never retried. */
export const ERROR_CLASSES = [
  /** Asking later may help: network faults, 408, 425, 429, 5xx; a task that failed and may be tried again. */
  "retryable",
  /** It took longer than its timeout; whether it happened is not known. */
  "timeout",
  /** Whether it happened is not known: the process was lost, or the answer broke off. */
  "ambiguous",
  /** Refused for good: other statuses, a task that says so, a `fail` step. */
  "permanent",
  /** The definition met a value it cannot take: an expression failed, a result or a list was too large. */
  "invalid",
  /** A sandboxed program threw, or went over its limits. */
  "code",
  "cancelled",
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

export interface Retry {
  /** Attempts in all, the first included. Default 5 for `http` and `task`, 1 for others; at most 100. */
  readonly attempts?: number;
  /** Before the second attempt. Default 1s. */
  readonly wait?: Span;
  /** Each wait is so many times the one before. Default 2. */
  readonly factor?: number;
  /** Default 1h. Each wait varies by ±20 %. */
  readonly max?: Span;
  /** Default: retryable, timeout, ambiguous; without ambiguous for a `write`. */
  readonly on?: readonly ErrorClass[];
}

interface Common {
  readonly id: StepId;
  readonly title?: string;
  readonly effect?: Effect;
  readonly retry?: Retry;
  /** Done instead of failing the run, when the step has failed for good; sees `error`. The step outputs what the last of these did. */
  readonly on_failure?: readonly Step[];
  /** Done in reverse order of completion when the run fails later, or is cancelled after it completed; sees its outputs. */
  readonly compensate?: readonly Step[];
}

export type Step =
  | (Common &
      Limited &
      (
        | MapStep
        | IfStep
        | SwitchStep
        | ForEachStep
        | ParallelStep
        | HttpStep
        | EmitStep
        | CodeStep
        | WaitStep
        | RespondStep
        | FailStep
        | StopStep
      ))
  | (Common & Awaiting & (TaskStep | WaitForEventStep | ApproveStep | CallStep));

interface Limited {
  /** Of one attempt of `http` (default 30s) or `code` (default 100ms, of processor time); others take no notice of it. */
  readonly timeout?: Span;
}
/** Of steps that wait for somebody outside. */
interface Awaiting {
  /** Of one attempt of a `task`, of the whole step otherwise. An expression gives a duration, text like `90s`, or seconds; not none. */
  readonly timeout?: Span | { readonly $: Cel };
}

/** Outputs the value. Pure unless `durable`: then it is committed before the next step begins, and never computed again. */
export interface MapStep {
  readonly map: Template;
  readonly durable?: boolean;
}
/** Outputs what the last step of the branch did; null when there is no branch. */
export interface IfStep {
  readonly if: Cel;
  readonly then: readonly Step[];
  readonly else?: readonly Step[];
}
/** The first case that holds. */
export interface SwitchStep {
  readonly switch: readonly { readonly when: Cel; readonly do: readonly Step[] }[];
  readonly else?: readonly Step[];
}
/**
 * `do` for each item of a list, which sees `item` and `index`. Outputs the list of `output` (default: what the last step of
 * `do` did) in the order of the items.
 */
export interface ForEachStep {
  readonly for_each: Cel;
  readonly do: readonly Step[];
  /** Items under way at once. Default 1. */
  readonly parallel?: number;
  /**
   * `fail`: the first item that fails fails the step (those under way are cancelled). `continue`: failed items output null
   * and the step outputs `{ "results": […], "failures": [{ "index", "error" }] }`. `{ "tolerate": n }`: likewise, up to n. Default fail.
   */
  readonly on_item_failure?: "fail" | "continue" | { readonly tolerate: number };
  readonly output?: Template;
}
/** Branches at once; outputs an object with what each did. The first that fails fails the step. */
export interface ParallelStep {
  readonly parallel: { readonly [branch: string]: readonly Step[] };
}
/** Outputs `{ status, headers, body }`; `body` is parsed when the answer is JSON, else text. */
export interface HttpStep {
  readonly http: {
    /** Default GET, or POST with a body. GET, HEAD: read; others: idempotent_write unless `effect` says otherwise. */
    readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly url: Template;
    readonly headers?: { readonly [name: string]: Template };
    readonly body?: Template;
    /** Statuses that are a success. Default 200 to 299. */
    readonly expect?: readonly number[];
    /** Of the answer's body. Default 1MiB, at most 8MiB; more is `invalid`. */
    readonly response_bytes_max?: number;
  };
}
/** Appends an event to the application's log; its deliveries and what other flows do follow. Outputs `{ id }`. */
export interface EmitStep {
  readonly emit: {
    readonly type: Template;
    readonly data: Template;
    readonly channels?: Template;
  };
}
/** A function of a worker. Outputs what it returns. */
export interface TaskStep {
  readonly task: {
    readonly name: string;
    readonly input?: Template;
    readonly queue?: string;
    /** -100 to 100. */
    readonly priority?: Template;
  };
}
/** JavaScript in a sandbox: the body of `function (input)`. Sees its input and nothing else. */
export interface CodeStep {
  readonly code: string;
  readonly input?: Template;
}
export interface WaitStep {
  readonly wait: { readonly for: Span | { readonly $: Cel } } | { readonly until: Template };
}
/**
 * Waits for an event of the application that comes after this step began. Outputs `{ event }`, or `{ event: null }` when its
 * `timeout` passes first. Without one it waits for as long as the run may last, and the run's own timeout fails the run.
 */
export interface WaitForEventStep {
  readonly wait_for_event: {
    readonly type: string | readonly string[];
    /** What `key` of the event must be equal to, by which it is found among very many; both give a string, number or bool. */
    readonly match?: { readonly key: Cel; readonly equals: Cel };
    /** Sees the one that comes as `event`, the one that started the run as `trigger.event`, and all else that a step sees. */
    readonly if?: Cel;
  };
}
/** Waits for a person. Outputs `{ approved, by, at, reason }`; `{ approved: null }` when its `timeout` passes first. */
export interface ApproveStep {
  readonly approve: { readonly title: Template; readonly details?: Template };
}
/** Outputs what the called run returns, or with `wait: false` `{ run }`. */
export interface CallStep {
  readonly call: { readonly flow: string; readonly input?: Template; readonly wait?: boolean };
}
/** Answers whoever started the run and waits. */
export interface RespondStep {
  readonly respond: { readonly status?: number; readonly body?: Template };
}
export interface FailStep {
  readonly fail: { readonly message: Template; readonly code?: string };
}
/** Ends the run as completed. */
export interface StopStep {
  readonly stop: { readonly output?: Template };
}

export type StepKind =
  | "map"
  | "if"
  | "switch"
  | "for_each"
  | "parallel"
  | "http"
  | "emit"
  | "task"
  | "code"
  | "wait"
  | "wait_for_event"
  | "approve"
  | "call"
  | "respond"
  | "fail"
  | "stop";

/** How a run ends. */
export type EndState = "completed" | "failed" | "cancelled";
