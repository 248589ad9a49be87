import { unreachable } from "#kernel/plain";
import type {
  CompiledExpression,
  CompiledStep,
  CompiledStepOf,
  CompiledTemplate,
  EvaluationError,
} from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { Command, CommandKind, StepError } from "../journal.ts";
import { seenBy } from "../seen.ts";
import { instantOf, matchText, spanOf } from "../span.ts";
import { type Cost, costed } from "./cost.ts";
import type { Scope } from "./scope.ts";

/** A step that does something: not one of structure, and not pure. */
export type Doing = Exclude<
  CompiledStep,
  { readonly kind: "if" | "switch" | "for_each" | "parallel" | "fail" | "stop" }
>;

type Without<C, K extends PropertyKey> = C extends unknown ? Omit<C, K> : never;

/** A command whose values are known, before it has a time. */
export interface Draft {
  readonly command: Without<Command, "path" | "attempt" | "key">;
  /** It lasts so long from when it is given out; undefined: `command` says until when, or nothing does. */
  readonly lastsMs: number | undefined;
}

export type Drafted = { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly error: StepError };

/** The command that a step leads to, known without evaluating anything. */
export function commandKindOf(step: Doing): CommandKind {
  switch (step.kind) {
    case "map":
    case "respond":
      return "record";
    default:
      return step.kind;
  }
}

/** Evaluates everything that a step says: it fails here, purely, or not at all. */
export function draftOf(step: Doing, scope: Scope, hosts: readonly string[] | undefined, cost: Cost): Drafted {
  const values = new Values(scope, cost);
  const draft = drafted(step, values, hosts);
  return values.fault === undefined ? { ok: true, draft } : { ok: false, error: values.fault };
}

/** The values of one step; the first fault is kept, and what comes after it is of no interest. */
class Values {
  readonly #scope: Scope;
  readonly #cost: Cost;
  fault: StepError | undefined;

  constructor(scope: Scope, cost: Cost) {
    this.#scope = scope;
    this.#cost = cost;
  }

  json(template: CompiledTemplate | CompiledExpression): Json {
    const evaluated = costed(this.#cost, template, this.#scope);
    if (evaluated.ok) {
      return evaluated.value;
    }
    this.fault ??= invalid(evaluated.error);
    return null;
  }

  text(template: CompiledTemplate, what: string): string {
    const value = this.json(template);
    return typeof value === "string" ? value : this.wrong(template.at, `${what} must be a text`, value, "");
  }

  /** Whole ms, one at least; undefined: none. */
  timeoutMs(step: CompiledStepOf<"task" | "wait_for_event" | "approve" | "call">): number | undefined {
    const { timeout } = step;
    if (timeout === undefined) {
      return step.timeoutMs;
    }
    const value = this.json(timeout);
    const ms = spanOf(value);
    return ms !== undefined && ms > 0
      ? Math.ceil(ms)
      : this.wrong(timeout.at, "A timeout must be a span of time like 30s, and not none", value, undefined);
  }

  header(header: CompiledStepOf<"http">["headers"][number]): readonly (string | { readonly secret: string })[] {
    const evaluated = costed(this.#cost, header, this.#scope);
    if (evaluated.ok) {
      return evaluated.value;
    }
    this.fault ??= invalid(evaluated.error);
    return [];
  }

  seen(expression: CompiledExpression): Json | undefined {
    return seenBy(expression, this.#scope);
  }

  wrong<T>(at: string, what: string, value: Json, instead: T): T {
    this.fault ??= wrongType(at, what, value);
    return instead;
  }
}

export function invalid(error: EvaluationError): StepError {
  return { class: "invalid", code: error.code, message: error.message, at: error.at };
}

export function wrongType(at: string, what: string, value: Json): StepError {
  const shown = JSON.stringify(value);
  return {
    class: "invalid",
    code: "wrong_type",
    message: `${what}, but this is ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}.`,
    at,
  };
}

function drafted(step: Doing, values: Values, hosts: readonly string[] | undefined): Draft {
  switch (step.kind) {
    case "map":
      return { command: { kind: "record", output: values.json(step.map) }, lastsMs: undefined };
    case "respond":
      return {
        command: { kind: "record", output: values.json(step.body), respond: { status: step.status } },
        lastsMs: undefined,
      };
    case "http":
      return httpDraft(step, values, hosts);
    case "code":
      return {
        command: {
          kind: "code",
          timeoutMs: step.timeoutMs ?? CODE_TIMEOUT_MS,
          code: step.code,
          input: values.json(step.input),
        },
        lastsMs: undefined,
      };
    case "emit":
      return emitDraft(step, values);
    case "task":
      return {
        command: {
          kind: "task",
          name: step.name,
          queue: step.queue,
          priority: priorityOf(step, values),
          input: values.json(step.input),
          timeoutMs: values.timeoutMs(step),
        },
        lastsMs: undefined,
      };
    case "wait":
      return waitDraft(step, values);
    case "wait_for_event": {
      const seen = step.if && values.seen(step.if);
      return {
        command: {
          kind: "wait_for_event",
          types: step.types,
          untilMs: undefined,
          equals: step.match && equalsOf(step.match.equals, values),
          ...(seen !== undefined && { seen }),
        },
        lastsMs: values.timeoutMs(step),
      };
    }
    case "approve":
      return {
        command: {
          kind: "approve",
          title: values.text(step.title, "The title of an approval"),
          details: values.json(step.details),
          untilMs: undefined,
        },
        lastsMs: values.timeoutMs(step),
      };
    case "call":
      return {
        command: { kind: "call", flow: step.flow, input: values.json(step.input), wait: step.wait, untilMs: undefined },
        lastsMs: step.wait ? values.timeoutMs(step) : undefined,
      };
    default:
      return unreachable(step);
  }
}

/** `compile` fills them in; these hold for whoever makes a compiled flow otherwise. */
const HTTP_TIMEOUT_MS = 30_000;
const CODE_TIMEOUT_MS = 5_000;

function httpDraft(step: CompiledStepOf<"http">, values: Values, hosts: readonly string[] | undefined): Draft {
  return {
    command: {
      kind: "http",
      effect: step.effect === "pure" ? "idempotent_write" : step.effect,
      timeoutMs: step.timeoutMs ?? HTTP_TIMEOUT_MS,
      request: {
        method: step.method,
        url: values.text(step.url, "The URL of a request"),
        headers: step.headers.map((header) => [header.name, values.header(header)] as const),
        body: step.body && values.json(step.body),
        expect: step.expect,
        responseBytesMax: step.responseBytesMax,
        hosts,
      },
    },
    lastsMs: undefined,
  };
}

function emitDraft(step: CompiledStepOf<"emit">, values: Values): Draft {
  const channels = step.channels === undefined ? [] : values.json(step.channels);
  return {
    command: {
      kind: "emit",
      type: values.text(step.type, "The type of an event"),
      data: values.json(step.data),
      channels: isTexts(channels)
        ? channels
        : values.wrong<readonly string[]>(
            step.channels?.at ?? step.at,
            "Channels must be a list of texts",
            channels,
            [],
          ),
    },
    lastsMs: undefined,
  };
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function priorityOf(step: CompiledStepOf<"task">, values: Values): number {
  if (step.priority === undefined) {
    return 0;
  }
  const value = values.json(step.priority);
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 100
    ? value
    : values.wrong(step.priority.at, "A priority must be a whole number from -100 to 100", value, 0);
}

function waitDraft(step: CompiledStepOf<"wait">, values: Values): Draft {
  const wait = step.wait;
  const command = { kind: "wait", untilMs: 0 } as const;
  switch (wait.kind) {
    case "span":
      return { command, lastsMs: wait.ms };
    case "for": {
      const value = values.json(wait.for);
      const ms = spanOf(value);
      return { command, lastsMs: ms ?? values.wrong(wait.for.at, "A span of time must be like 30s", value, 0) };
    }
    case "until": {
      const value = values.json(wait.until);
      const ms = instantOf(value);
      return {
        command: {
          kind: "wait",
          untilMs: ms ?? values.wrong(wait.until.at, "An instant must be like 2030-01-31T12:00:00Z", value, 0),
        },
        lastsMs: undefined,
      };
    }
    default:
      return unreachable(wait);
  }
}

function equalsOf(equals: CompiledExpression, values: Values): string {
  const value = values.json(equals);
  return (
    matchText(value) ??
    values.wrong(equals.at, "What an event is matched by must be a text, a number or a bool", value, "")
  );
}
