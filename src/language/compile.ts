import { compileExpression } from "./cel/expression.ts";
import { joinReads, NO_READS } from "./cel/reads.ts";
import type {
  CompiledControl,
  CompiledExpression,
  CompiledFlow,
  CompiledHeader,
  CompiledRate,
  CompiledRetry,
  CompiledStep,
  CompiledTemplate,
  CompiledTrigger,
  Reads,
} from "./compiled.ts";
import type {
  Cel,
  Definition,
  Effect,
  ErrorClass,
  Retry,
  Span,
  Step,
  StepId,
  StepKind,
  Template,
  Trigger,
} from "./definition.ts";
import { kindOfStep, STEP_KINDS } from "./kinds.ts";
import { place } from "./place.ts";
import { parseSpan } from "./span.ts";
import { compileHeader, compileTemplate } from "./template.ts";

export const RUN_TIMEOUT_MS = 30 * 86_400_000;
const HTTP_TIMEOUT_MS = 30_000;
/** Of its processor time: one sandbox serves everybody in turn. */
const CODE_TIMEOUT_MS = 100;
const RESPONSE_BYTES = 1024 * 1024;

/** The definition must have passed `checkDefinition`: what that refuses is thrown here, as a fault of ours. */
export function compile(definition: Definition): CompiledFlow {
  const byId = new Map<StepId, CompiledStep>();
  return {
    definition,
    timeoutMs: span(definition.timeout, RUN_TIMEOUT_MS),
    triggers: (definition.on ?? []).map((each, i) => trigger(each, place("on", i))),
    control: control(definition),
    hosts: definition.hosts,
    secrets: definition.secrets ?? [],
    steps: steps(definition.steps, "steps", byId),
    onFailure: steps(definition.on_failure ?? [], "on_failure", byId),
    output: template(definition.output ?? null, "output"),
    byId,
  };
}

function expression(text: Cel, at: string): CompiledExpression {
  const result = compileExpression(text, undefined, at);
  if (!result.ok) {
    throw new Error(`${at}: ${result.faults.map(({ message }) => message).join(" ")} The definition was not checked.`);
  }
  return result.expression;
}

function template(value: Template, at: string): CompiledTemplate {
  return compileTemplate(value, at, expression);
}

function optional(text: Cel | undefined, at: string): CompiledExpression | undefined {
  return text === undefined ? undefined : expression(text, at);
}

function span(text: Span | undefined, otherwise: number): number {
  if (text === undefined) {
    return otherwise;
  }
  const ms = parseSpan(text);
  if (ms === undefined) {
    throw new Error(`${JSON.stringify(text)} is no span of time; the definition was not checked.`);
  }
  return ms;
}

// ----------------------------------------------------------------------------------------------------- triggers, control

function trigger(each: Trigger, at: string): CompiledTrigger {
  if ("event" in each) {
    const types = typeof each.event === "string" ? [each.event] : each.event;
    return { kind: "event", types, if: optional(each.if, place(at, "if")) };
  }
  if ("source" in each) {
    return { kind: "source", source: each.source, if: optional(each.if, place(at, "if")) };
  }
  if ("schedule" in each) {
    return {
      kind: "schedule",
      schedule: each.schedule,
      zone: each.zone ?? "UTC",
      jitterMs: span(each.jitter, 0),
      missed: each.missed ?? "skip",
      withinMs: span(each.within, 3_600_000),
      overlap: each.overlap ?? "skip",
      input: each.input ?? null,
    };
  }
  if ("delivery" in each) {
    return {
      kind: "delivery",
      outcomes: each.delivery,
      endpoint: each.endpoint,
      if: optional(each.if, place(at, "if")),
    };
  }
  return { kind: "run", flow: each.run, states: each.state, if: optional(each.if, place(at, "if")) };
}

function control({ control }: Definition): CompiledControl {
  const key = (name: string, text: Cel | undefined): CompiledExpression | undefined =>
    optional(text, `control.${name}.key`);
  const rate = (name: "rate" | "throttle"): CompiledRate | undefined => {
    const limits = control?.[name];
    return limits && { limit: limits.limit, perMs: span(limits.per, 0), key: key(name, limits.key) };
  };
  const { concurrency, debounce, batch, singleton } = control ?? {};
  return {
    concurrency: concurrency && { limit: concurrency.limit, key: key("concurrency", concurrency.key) },
    rate: rate("rate"),
    throttle: rate("throttle"),
    debounce: debounce && {
      waitMs: span(debounce.wait, 0),
      maxMs: debounce.max === undefined ? undefined : span(debounce.max, 0),
      key: key("debounce", debounce.key),
    },
    batch: batch && { size: batch.size, waitMs: span(batch.wait, 0), key: key("batch", batch.key) },
    singleton: singleton && { mode: singleton.mode, key: key("singleton", singleton.key) },
    priority: optional(control?.priority, "control.priority"),
  };
}

// ----------------------------------------------------------------------------------------------------------------- steps

/** What a step of each kind does to the world, unless it says so itself. */
const EFFECTS: Readonly<Record<StepKind, Effect>> = {
  map: "pure",
  if: "pure",
  switch: "pure",
  for_each: "pure",
  parallel: "pure",
  http: "idempotent_write",
  emit: "idempotent_write",
  task: "idempotent_write",
  code: "read",
  wait: "read",
  wait_for_event: "read",
  approve: "read",
  call: "idempotent_write",
  respond: "idempotent_write",
  fail: "pure",
  stop: "pure",
};

function steps(list: readonly Step[], at: string, byId: Map<StepId, CompiledStep>): readonly CompiledStep[] {
  return list.map((each, i) => step(each, place(at, i), byId));
}

function step(each: Step, at: string, byId: Map<StepId, CompiledStep>): CompiledStep {
  const kind = kindOfStep(each);
  if (kind === undefined) {
    throw new Error(`${at} is none of ${STEP_KINDS.join(", ")}; the definition was not checked.`);
  }
  const effect =
    each.effect ??
    ("http" in each && ["GET", "HEAD"].includes(methodOf(each.http.method, each.http.body)) ? "read" : EFFECTS[kind]);
  const common = {
    id: each.id,
    at,
    effect,
    retry: retry(each.retry, kind, effect),
    timeoutMs:
      typeof each.timeout === "string"
        ? span(each.timeout, 0)
        : kind === "http"
          ? HTTP_TIMEOUT_MS
          : kind === "code"
            ? CODE_TIMEOUT_MS
            : undefined,
    onFailure: each.on_failure && steps(each.on_failure, place(at, "on_failure"), byId),
    compensate: each.compensate && steps(each.compensate, place(at, "compensate"), byId),
  };
  const compiled = withKind(each, at, common, byId);
  byId.set(each.id, compiled);
  return compiled;
}

type Common = Pick<CompiledStep, "id" | "at" | "effect" | "retry" | "timeoutMs" | "onFailure" | "compensate">;

function withKind(each: Step, at: string, common: Common, byId: Map<StepId, CompiledStep>): CompiledStep {
  const within = (list: readonly Step[] | undefined, ...keys: readonly (string | number)[]): readonly CompiledStep[] =>
    steps(list ?? [], keys.reduce<string>(place, at), byId);
  const value = (of: Template | undefined, ...keys: readonly string[]): CompiledTemplate =>
    template(of ?? null, keys.reduce<string>(place, at));
  const maybe = (of: Template | undefined, ...keys: readonly string[]): CompiledTemplate | undefined =>
    of === undefined ? undefined : value(of, ...keys);
  const cel = (text: Cel, ...keys: readonly (string | number)[]): CompiledExpression =>
    expression(text, keys.reduce<string>(place, at));
  const timeoutOf = ({ timeout }: { readonly timeout?: Span | { readonly $: Cel } }): CompiledExpression | undefined =>
    timeout === undefined || typeof timeout === "string" ? undefined : cel(timeout.$, "timeout");

  if ("map" in each) {
    const map = value(each.map, "map");
    return { ...common, kind: "map", map, durable: each.durable ?? false, reads: readsOfParts(map) };
  }
  if ("if" in each) {
    const condition = cel(each.if, "if");
    return {
      ...common,
      kind: "if",
      if: condition,
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
      then: within(each.then, "then"),
      else: within(each.else, "else"),
      reads: readsOfParts(condition),
    };
  }
  if ("switch" in each) {
    const cases = each.switch.map((one, i) => ({
      when: cel(one.when, "switch", i, "when"),
      do: within(one.do, "switch", i, "do"),
    }));
    return {
      ...common,
      kind: "switch",
      cases,
      else: within(each.else, "else"),
      reads: readsOfParts(...cases.map(({ when }) => when)),
    };
  }
  if ("for_each" in each) {
    const list = cel(each.for_each, "for_each");
    const output = maybe(each.output, "output");
    const { on_item_failure: onFailure = "fail" } = each;
    return {
      ...common,
      kind: "for_each",
      list,
      do: within(each.do, "do"),
      parallel: each.parallel ?? 1,
      tolerate: onFailure === "fail" ? 0 : onFailure === "continue" ? Number.POSITIVE_INFINITY : onFailure.tolerate,
      reportsFailures: onFailure !== "fail",
      output,
      reads: readsOfParts(list, output),
    };
  }
  if ("parallel" in each) {
    return {
      ...common,
      kind: "parallel",
      branches: Object.entries(each.parallel).map(([name, list]) => ({ name, steps: within(list, "parallel", name) })),
      reads: NO_READS,
    };
  }
  if ("http" in each) {
    const { http } = each;
    const url = value(http.url, "http", "url");
    const body = maybe(http.body, "http", "body");
    const headers: readonly CompiledHeader[] = Object.entries(http.headers ?? {}).map(([name, header]) =>
      compileHeader(name, header, place(`${at}.http.headers`, name), expression),
    );
    return {
      ...common,
      kind: "http",
      method: methodOf(http.method, http.body),
      url,
      headers,
      body,
      expect: http.expect,
      responseBytesMax: http.response_bytes_max ?? RESPONSE_BYTES,
      reads: readsOfParts(url, body, ...headers),
    };
  }
  if ("emit" in each) {
    const [type, data] = [value(each.emit.type, "emit", "type"), value(each.emit.data, "emit", "data")];
    const channels = maybe(each.emit.channels, "emit", "channels");
    return { ...common, kind: "emit", type, data, channels, reads: readsOfParts(type, data, channels) };
  }
  if ("task" in each) {
    const input = value(each.task.input, "task", "input");
    const priority = maybe(each.task.priority, "task", "priority");
    const timeout = timeoutOf(each);
    return {
      ...common,
      kind: "task",
      name: each.task.name,
      queue: each.task.queue ?? "default",
      input,
      priority,
      timeout,
      reads: readsOfParts(input, priority, timeout),
    };
  }
  if ("code" in each) {
    const input = value(each.input, "input");
    return { ...common, kind: "code", code: each.code, input, reads: readsOfParts(input) };
  }
  if ("wait" in each) {
    if ("until" in each.wait) {
      const until = value(each.wait.until, "wait", "until");
      return { ...common, kind: "wait", wait: { kind: "until", until }, reads: readsOfParts(until) };
    }
    if (typeof each.wait.for === "string") {
      return { ...common, kind: "wait", wait: { kind: "span", ms: span(each.wait.for, 0) }, reads: NO_READS };
    }
    const wait = cel(each.wait.for.$, "wait", "for");
    return { ...common, kind: "wait", wait: { kind: "for", for: wait }, reads: readsOfParts(wait) };
  }
  if ("wait_for_event" in each) {
    const { type, match, if: condition } = each.wait_for_event;
    const compiledMatch = match && {
      key: cel(match.key, "wait_for_event", "match", "key"),
      equals: cel(match.equals, "wait_for_event", "match", "equals"),
    };
    const wanted = condition === undefined ? undefined : cel(condition, "wait_for_event", "if");
    const timeout = timeoutOf(each);
    return {
      ...common,
      kind: "wait_for_event",
      types: typeof type === "string" ? [type] : type,
      match: compiledMatch,
      if: wanted,
      timeout,
      reads: readsOfParts(compiledMatch?.equals, wanted, timeout),
    };
  }
  if ("approve" in each) {
    const title = value(each.approve.title, "approve", "title");
    const details = value(each.approve.details, "approve", "details");
    const timeout = timeoutOf(each);
    return { ...common, kind: "approve", title, details, timeout, reads: readsOfParts(title, details, timeout) };
  }
  if ("call" in each) {
    const input = value(each.call.input, "call", "input");
    const timeout = timeoutOf(each);
    return {
      ...common,
      kind: "call",
      flow: each.call.flow,
      input,
      wait: each.call.wait ?? true,
      timeout,
      reads: readsOfParts(input, timeout),
    };
  }
  if ("respond" in each) {
    const body = value(each.respond.body, "respond", "body");
    return { ...common, kind: "respond", status: each.respond.status ?? 200, body, reads: readsOfParts(body) };
  }
  if ("fail" in each) {
    const message = value(each.fail.message, "fail", "message");
    return { ...common, kind: "fail", message, code: each.fail.code ?? "failed", reads: readsOfParts(message) };
  }
  const output = value(each.stop.output, "stop", "output");
  return { ...common, kind: "stop", output, reads: readsOfParts(output) };
}

function readsOfParts(...parts: readonly ({ readonly reads: Reads } | undefined)[]): Reads {
  return joinReads(parts.flatMap((part) => (part === undefined ? [] : [part.reads])));
}

export function methodOf(method: string | undefined, body: Template | undefined): string {
  return method ?? (body === undefined ? "GET" : "POST");
}

const RETRIED: readonly ErrorClass[] = ["retryable", "timeout", "ambiguous"];

function retry(given: Retry | undefined, kind: StepKind, effect: Effect): CompiledRetry {
  return {
    attempts: given?.attempts ?? (kind === "http" || kind === "task" ? 5 : 1),
    waitMs: span(given?.wait, 1_000),
    factor: given?.factor ?? 2,
    maxMs: span(given?.max, 3_600_000),
    on: new Set(given?.on ?? (effect === "write" ? RETRIED.filter((each) => each !== "ambiguous") : RETRIED)),
  };
}
