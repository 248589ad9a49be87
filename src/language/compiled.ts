import type {
  Definition,
  DeliveryOutcome,
  Effect,
  EndState,
  ErrorClass,
  Json,
  ScheduleTrigger,
  StepId,
  StepKind,
} from "./definition.ts";

/**
 * A definition made ready to run: expressions parsed, spans in ms, defaults filled in. Nothing of it is stored; it follows from the
 * definition alone, and costs some microseconds per expression to make.
 */
export interface CompiledFlow {
  readonly definition: Definition;
  /** The whole run. */
  readonly timeoutMs: number;
  readonly triggers: readonly CompiledTrigger[];
  readonly control: CompiledControl;
  readonly hosts: readonly string[] | undefined;
  readonly secrets: readonly string[];
  readonly steps: readonly CompiledStep[];
  readonly onFailure: readonly CompiledStep[];
  /** Null when the definition has none. */
  readonly output: CompiledTemplate;
  /** Every step by id, those of branches, of `on_failure` and of `compensate` among them: ids are unique in a definition. */
  readonly byId: ReadonlyMap<StepId, CompiledStep>;
}

// ----------------------------------------------------------------------------------------------------------- expressions

/** What an expression may read; a root that is absent reads as null. Values are used where they are, never copied or changed. */
export interface Context {
  /** `{ id, type, channels, data, received_at: Timestamp }`, or null. `eventContext` makes it. */
  readonly event?: Value;
  readonly trigger?: Value;
  readonly input?: Json;
  /** By id; whatever it answers undefined for did not complete. A Map will do. */
  readonly steps?: { get(id: StepId): Json | undefined };
  readonly item?: Json;
  readonly index?: number;
  readonly error?: Value;
  readonly run?: Value;
}

/** JSON, with instants and spans of time in it. */
export type Value = Json | Timestamp | Duration | Uint8Array | readonly Value[] | { readonly [name: string]: Value };

/** An instant, by ms since 1970. JSON: RFC 3339. */
export class Timestamp {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A span of time in ms. JSON: `90s`. */
export class Duration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Failures are values. `offset`: where in the expression's text, in UTF-16 units. */
export type Evaluated =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: EvaluationError };

export interface EvaluationError {
  readonly code: "expression_failed" | "expression_too_expensive";
  /** A sentence, with the value quoted. */
  readonly message: string;
  /** Where in the definition: `steps[2].http.url`. */
  readonly at: string;
  readonly offset: number;
}

/** What is left to an evaluation; several may share one. `createBudget` makes a whole one. */
export interface Budget {
  /** About one for each operation. */
  steps: number;
  /** Of values made, and of the result as JSON. */
  bytes: number;
}

export interface CompiledExpression {
  readonly text: string;
  readonly at: string;
  readonly reads: Reads;
  /** Never throws. Without a budget it has one of its own. */
  evaluate(context: Context, budget?: Budget): Evaluated;
}

/** JSON in which the expressions were found beforehand; one without any is returned as it is. */
export interface CompiledTemplate {
  readonly at: string;
  readonly reads: Reads;
  /** Present when it holds no expression: its value. */
  readonly constant: Json | undefined;
  evaluate(context: Context, budget?: Budget): Evaluated;
}

/** The value of a header: text, and names of secrets where their values belong. */
export interface CompiledHeader {
  readonly name: string;
  readonly at: string;
  readonly reads: Reads;
  evaluate(
    context: Context,
    budget?: Budget,
  ):
    | { readonly ok: true; readonly value: readonly (string | { readonly secret: string })[] }
    | { readonly ok: false; readonly error: EvaluationError };
}

/** What is read, as paths: `event.data.customer.id`, `steps.quote.body.total`, `input`; `[]` stands for some element. Sorted. */
export interface Reads {
  readonly paths: readonly string[];
  /** The steps among them. */
  readonly steps: readonly StepId[];
  readonly secrets: readonly string[];
}

// ----------------------------------------------------------------------------------------------------- triggers, control

export type CompiledTrigger =
  | { readonly kind: "event"; readonly types: readonly string[]; readonly if: CompiledExpression | undefined }
  | { readonly kind: "source"; readonly source: string; readonly if: CompiledExpression | undefined }
  | {
      readonly kind: "schedule";
      readonly schedule: string;
      readonly zone: string;
      readonly jitterMs: number;
      readonly missed: NonNullable<ScheduleTrigger["missed"]>;
      readonly withinMs: number;
      readonly overlap: NonNullable<ScheduleTrigger["overlap"]>;
      readonly input: Json;
    }
  | {
      readonly kind: "delivery";
      readonly outcomes: readonly DeliveryOutcome[];
      readonly endpoint: string | undefined;
      readonly if: CompiledExpression | undefined;
    }
  | {
      readonly kind: "run";
      readonly flow: string;
      readonly states: readonly EndState[];
      readonly if: CompiledExpression | undefined;
    };

/** Each `key` undefined: one for all runs of the flow. Expressions see `event`, `trigger` and `input`. */
export interface CompiledControl {
  readonly concurrency: { readonly limit: number; readonly key: CompiledExpression | undefined } | undefined;
  readonly rate: CompiledRate | undefined;
  readonly throttle: CompiledRate | undefined;
  readonly debounce:
    | { readonly waitMs: number; readonly maxMs: number | undefined; readonly key: CompiledExpression | undefined }
    | undefined;
  readonly batch:
    | { readonly size: number; readonly waitMs: number; readonly key: CompiledExpression | undefined }
    | undefined;
  readonly singleton: { readonly mode: "skip" | "replace"; readonly key: CompiledExpression | undefined } | undefined;
  readonly priority: CompiledExpression | undefined;
}
export interface CompiledRate {
  readonly limit: number;
  readonly perMs: number;
  readonly key: CompiledExpression | undefined;
}

// ----------------------------------------------------------------------------------------------------------------- steps

export interface CompiledRetry {
  readonly attempts: number;
  readonly waitMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly on: ReadonlySet<ErrorClass>;
}

interface CompiledCommon<K extends StepKind> {
  readonly kind: K;
  readonly id: StepId;
  /** Where in the definition: `steps[2].then[0]`. */
  readonly at: string;
  readonly effect: Effect;
  readonly retry: CompiledRetry;
  /**
   * Of one attempt, for `http` (default 30 s), `code` (default 100 ms, of processor time), `task`; of the whole step for those that wait.
   * Undefined also where `timeout` says it.
   */
  readonly timeoutMs: number | undefined;
  readonly onFailure: readonly CompiledStep[] | undefined;
  readonly compensate: readonly CompiledStep[] | undefined;
  /** What its own expressions read; not those of steps within it. */
  readonly reads: Reads;
}

export type CompiledStep =
  | (CompiledCommon<"map"> & { readonly map: CompiledTemplate; readonly durable: boolean })
  | (CompiledCommon<"if"> & {
      readonly if: CompiledExpression;
      readonly then: readonly CompiledStep[];
      readonly else: readonly CompiledStep[];
    })
  | (CompiledCommon<"switch"> & {
      readonly cases: readonly { readonly when: CompiledExpression; readonly do: readonly CompiledStep[] }[];
      readonly else: readonly CompiledStep[];
    })
  | (CompiledCommon<"for_each"> & {
      readonly list: CompiledExpression;
      readonly do: readonly CompiledStep[];
      readonly parallel: number;
      /** Failed items that the step bears: 0 for `fail`, Infinity for `continue`. */
      readonly tolerate: number;
      /** Whether it outputs `{ results, failures }` rather than the bare list. */
      readonly reportsFailures: boolean;
      readonly output: CompiledTemplate | undefined;
    })
  | (CompiledCommon<"parallel"> & {
      readonly branches: readonly { readonly name: string; readonly steps: readonly CompiledStep[] }[];
    })
  | (CompiledCommon<"http"> & {
      readonly method: string;
      readonly url: CompiledTemplate;
      readonly headers: readonly CompiledHeader[];
      readonly body: CompiledTemplate | undefined;
      /** Undefined: 200 to 299. */
      readonly expect: readonly number[] | undefined;
      readonly responseBytesMax: number;
    })
  | (CompiledCommon<"emit"> & {
      readonly type: CompiledTemplate;
      readonly data: CompiledTemplate;
      readonly channels: CompiledTemplate | undefined;
    })
  | (CompiledCommon<"task"> &
      Awaiting & {
        readonly name: string;
        readonly queue: string;
        readonly input: CompiledTemplate;
        readonly priority: CompiledTemplate | undefined;
      })
  | (CompiledCommon<"code"> & { readonly code: string; readonly input: CompiledTemplate })
  | (CompiledCommon<"wait"> & {
      readonly wait:
        | { readonly kind: "span"; readonly ms: number }
        /** Gives a span as text (`30s`), a duration (JSON: `30s`), or seconds as a number; `spanOf` reads it. */
        | { readonly kind: "for"; readonly for: CompiledExpression }
        /** Gives an instant: RFC 3339, or seconds since 1970; `instantOf` reads it. */
        | { readonly kind: "until"; readonly until: CompiledTemplate };
    })
  | (CompiledCommon<"wait_for_event"> &
      Awaiting & {
        readonly types: readonly string[];
        /** `key` sees only `event`, the one that comes; `equals` what every step sees. `matchText` makes both comparable. */
        readonly match: { readonly key: CompiledExpression; readonly equals: CompiledExpression } | undefined;
        readonly if: CompiledExpression | undefined;
      })
  | (CompiledCommon<"approve"> &
      Awaiting & {
        readonly title: CompiledTemplate;
        readonly details: CompiledTemplate;
      })
  | (CompiledCommon<"call"> &
      Awaiting & { readonly flow: string; readonly input: CompiledTemplate; readonly wait: boolean })
  | (CompiledCommon<"respond"> & { readonly status: number; readonly body: CompiledTemplate })
  | (CompiledCommon<"fail"> & { readonly message: CompiledTemplate; readonly code: string })
  | (CompiledCommon<"stop"> & { readonly output: CompiledTemplate });

/** Steps that wait for somebody outside. */
interface Awaiting {
  /** Gives a span as text, a duration, or seconds; `spanOf` reads it. Undefined: `timeoutMs` says it, or nothing does. */
  readonly timeout: CompiledExpression | undefined;
}

export type CompiledStepOf<K extends StepKind> = Extract<CompiledStep, { readonly kind: K }>;
