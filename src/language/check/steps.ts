import { nearest } from "#kernel/plain";
import type { Scope } from "../cel/check.ts";
import { DYN, NULL, NUMBER, objectOf, type Type, typeOfSchema, unionOf } from "../cel/types.ts";
import { methodOf } from "../compile.ts";
import type { Json, StepKind, Template } from "../definition.ts";
import { kindOfStep } from "../kinds.ts";
import { parseSpan } from "../span.ts";
import type { Expressions } from "./expressions.ts";
import { type Keys, pathOf, quoted } from "./fault.ts";
import { isObject, NESTING_MAX } from "./shape.ts";
import {
  APPROVE_OUTPUT,
  CALL_OUTPUT,
  EMIT_OUTPUT,
  ERROR,
  eventOf,
  forEachOutput,
  HTTP_OUTPUT,
  jsonOf,
  waitForEventOutput,
} from "./types.ts";
import { type RunTimeout, unheeded } from "./unheeded.ts";

/** Of processor time: one sandbox serves everybody in turn. */
const CODE_TIMEOUT_MAX_MS = 10_000;

type Fields = { readonly [name: string]: unknown };

/** What is around a definition, as far as whoever checks it knows. */
export interface Surroundings {
  /** JSON Schemas of the application's event types, by name; undefined where a type has none. */
  readonly eventTypes?: ReadonlyMap<string, Json | undefined>;
  /** Names of the application's flows. */
  readonly flows?: readonly string[];
  /** Names of its secrets that this flow may have. */
  readonly secrets?: readonly string[];
}

/** What is in scope where a step stands. */
export interface Place {
  /** Of the step that is checked; absent: none, as in the output of the flow. */
  readonly at?: Keys;
  readonly roots: ReadonlyMap<string, Type>;
  readonly steps: ReadonlyMap<string, Type>;
  /** Steps that may or may not have completed: `steps.?x` asks. */
  readonly perhaps: ReadonlyMap<string, Type>;
}

export interface StepCheck {
  readonly expressions: Expressions;
  readonly surroundings: Surroundings;
  readonly hosts: readonly string[] | undefined;
  /** Where each id stands. */
  readonly ids: Map<string, Keys>;
  /** Why an id that exists is not in scope at a place. */
  readonly reasons: Map<string, string>;
  readonly run: RunTimeout;
}

export function scopeOf(place: Place, check: StepCheck): Scope {
  return {
    roots: place.roots,
    steps: place.steps,
    perhaps: place.perhaps,
    explain: (name, isStep) => (isStep ? explainStep(name, place.at, check) : explainRoot(name)),
  };
}

function explainStep(
  id: string,
  at: Keys | undefined,
  check: StepCheck,
): { readonly message: string; readonly hint?: string } | undefined {
  const keys = check.ids.get(id);
  if (keys === undefined) {
    return undefined;
  }
  const step = `The step \`${id}\` (${pathOf(keys)})`;
  const hint = check.reasons.get(id) ?? "Only steps that come before this one, on every way to it, can be read.";
  switch (at === undefined ? "elsewhere" : standing(keys, at)) {
    case "itself":
      return { message: `${step} cannot read its own output.`, hint };
    case "around":
      return { message: `${step} is around this one, and has not completed here.`, hint };
    case "after":
      return { message: `${step} comes after this one.`, hint };
    case "elsewhere":
      return { message: `${step} has not certainly completed here.`, hint };
  }
}

/** Where a step stands, seen from another. */
function standing(keys: Keys, from: Keys): "itself" | "around" | "after" | "elsewhere" {
  const parts = keys.findIndex((key, i) => key !== from[i]);
  if (parts === -1) return keys.length === from.length ? "itself" : "around";
  const [there, here] = [keys[parts], from[parts]];
  return typeof there === "number" && typeof here === "number" && there > here && parts === keys.length - 1
    ? "after"
    : "elsewhere";
}

function explainRoot(name: string): { readonly message: string; readonly hint?: string } | undefined {
  switch (name) {
    case "event":
      return {
        message: "No trigger of this flow brings an event.",
        hint: "What it is started with is `input`; `on: [{ event: … }]` starts it by events.",
      };
    case "item":
    case "index":
      return { message: `\`${name}\` is there within the \`do\` of a \`for_each\` only.` };
    case "error":
      return { message: "`error` is there within an `on_failure` only." };
    default:
      return undefined;
  }
}

interface Done {
  /** What is in scope after them. */
  readonly steps: ReadonlyMap<string, Type>;
  /** On every way one of them ends the run or fails: nothing comes after them. */
  readonly ends: boolean;
  /** What the last of them outputs; null when there is none. */
  readonly last: Type;
}

/** Ids first, so that a step that is named too early is known to exist. */
export function collectIds(value: unknown, keys: Keys, check: StepCheck, depth = 0): void {
  if (depth > NESTING_MAX * 6) {
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      collectIds(item, [...keys, i], check, depth + 1);
    });
    return;
  }
  if (!isObject(value)) {
    return;
  }
  const { id } = value;
  if (typeof id === "string") {
    const before = check.ids.get(id);
    if (before === undefined) {
      check.ids.set(id, keys);
    } else {
      check.expressions.found.push({
        keys: [...keys, "id"],
        code: "repeated_id",
        message: `The id ${quoted(id)} belongs to the step at ${pathOf(before)} already.`,
        hint: "Ids are unique in a definition, branches included.",
      });
    }
  }
  for (const [key, list] of nestedLists(value)) {
    collectIds(list, [...keys, ...key], check, depth + 1);
  }
}

/** Lists of steps within a step. */
function nestedLists(step: Fields): readonly (readonly [Keys, unknown])[] {
  const lists: (readonly [Keys, unknown])[] = (["then", "else", "do", "on_failure", "compensate"] as const)
    .filter((name) => Array.isArray(step[name]))
    .map((name) => [[name], step[name]]);
  if (Array.isArray(step["switch"])) {
    step["switch"].forEach((one, i) => {
      if (isObject(one)) {
        lists.push([["switch", i, "do"], one["do"]]);
      }
    });
  }
  if (isObject(step["parallel"])) {
    for (const [name, branch] of Object.entries(step["parallel"])) {
      lists.push([["parallel", name], branch]);
    }
  }
  return lists;
}

export function checkSteps(value: unknown, keys: Keys, place: Place, check: StepCheck, depth = 0): Done {
  let steps = place.steps;
  let last: Type = NULL;
  if (!Array.isArray(value) || depth > NESTING_MAX) {
    return { steps, last, ends: false };
  }
  let ended: string | undefined;
  let ends = false;
  value.forEach((step, i) => {
    if (!isObject(step)) {
      return;
    }
    const at = [...keys, i];
    if (ended !== undefined) {
      check.expressions.found.push({
        keys: at,
        code: "unreachable_steps",
        message: `Nothing comes after \`${ended}\`: this step and those behind it are never done.`,
      });
      ended = undefined;
    }
    const kind = kindOfStep(step);
    const here = { ...place, steps, at };
    const own = kind === undefined ? GOES_ON : outputOf(kind, step, at, here, check, depth);
    const done = withFailure(step, at, here, own, check, depth);
    const output = done.last;
    if (kind !== undefined) {
      check.expressions.found.push(...unheeded(kind, step, at, check.run));
    }
    const { id } = step;
    if (typeof id === "string") {
      if (Array.isArray(step["compensate"])) {
        checkSteps(
          step["compensate"],
          [...at, "compensate"],
          { ...here, steps: new Map(steps).set(id, output) },
          check,
          depth + 1,
        );
        reason(step["compensate"], check, "It stands in a `compensate`, which is done only when the run fails.");
      }
      steps = new Map(steps).set(id, output);
    }
    last = output;
    if (done.ends && !ends) {
      ends = true;
      ended = typeof id === "string" ? id : kind;
    }
  });
  return { steps, last, ends };
}

/** What a step outputs, and whether it never lets the next one begin. */
interface Outcome {
  readonly last: Type;
  readonly ends: boolean;
}
const GOES_ON: Outcome = { last: DYN, ends: false };
const outputs = (last: Type): Outcome => ({ last, ends: false });

function withFailure(step: Fields, at: Keys, here: Place, own: Outcome, check: StepCheck, depth: number): Outcome {
  if (!Array.isArray(step["on_failure"])) {
    return own;
  }
  const roots = new Map(here.roots).set("error", ERROR);
  const done = checkSteps(step["on_failure"], [...at, "on_failure"], { ...here, roots }, check, depth + 1);
  reason(
    step["on_failure"],
    check,
    `It stands in the \`on_failure\` of ${quoted(step["id"])}, whose own output is what it did.`,
  );
  return { last: unionOf([own.last, done.last]), ends: own.ends && done.ends };
}

/** Why steps within cannot be read outside. */
function reason(list: unknown, check: StepCheck, why: string): void {
  if (Array.isArray(list)) {
    for (const step of list) {
      if (isObject(step) && typeof step["id"] === "string" && !check.reasons.has(step["id"])) {
        check.reasons.set(step["id"], why);
      }
    }
  }
}

function outputOf(kind: StepKind, step: Fields, at: Keys, here: Place, check: StepCheck, depth: number): Outcome {
  const { expressions } = check;
  const scope = scopeOf(here, check);
  const within = (list: unknown, keys: Keys, place: Place, outside: string): Done => {
    const done = checkSteps(list, [...at, ...keys], place, check, depth + 1);
    reason(list, check, `It stands in ${outside}; \`steps.${String(step["id"])}\` is what that did.`);
    return done;
  };
  const template = (value: unknown, keys: Keys, ...wants: readonly Type["kind"][]): Type =>
    value === undefined ? NULL : expressions.template(value, [...at, ...keys], scope, ...wants);
  const inner = isObject(step[kind]) ? step[kind] : {};
  if (isObject(step["timeout"])) {
    expressions.cel(step["timeout"]["$"], [...at, "timeout", "$"], scope, "duration", "number", "string");
  }

  switch (kind) {
    case "map":
      return outputs(template(step["map"], ["map"]));
    case "if": {
      expressions.cel(step["if"], [...at, "if"], scope, "bool");
      const then = within(step["then"], ["then"], here, "a branch");
      const otherwise = within(step["else"], ["else"], here, "a branch");
      return { last: unionOf([then.last, otherwise.last]), ends: then.ends && otherwise.ends };
    }
    case "switch": {
      const cases = Array.isArray(step["switch"]) ? step["switch"] : [];
      const branches = cases.filter(isObject).map((one, i) => {
        expressions.cel(one["when"], [...at, "switch", i, "when"], scope, "bool");
        return within(one["do"], ["switch", i, "do"], here, "a branch");
      });
      branches.push(within(step["else"], ["else"], here, "a branch"));
      return { last: unionOf(branches.map(({ last }) => last)), ends: branches.every(({ ends }) => ends) };
    }
    case "for_each":
      return outputs(forEach(step, at, here, check, within));
    case "parallel": {
      const branches = Object.entries(inner).map(
        ([name, branch]) => [name, within(branch, ["parallel", name], here, "a branch of its own")] as const,
      );
      return {
        last: objectOf(Object.fromEntries(branches.map(([name, { last }]) => [name, last]))),
        ends: branches.some(([, { ends }]) => ends),
      };
    }
    case "http":
      http(step, inner, at, scope, check);
      return outputs(HTTP_OUTPUT);
    case "emit":
      template(inner["type"], ["emit", "type"], "string");
      template(inner["data"], ["emit", "data"]);
      if (inner["channels"] !== undefined) {
        template(inner["channels"], ["emit", "channels"], "list");
      }
      return outputs(EMIT_OUTPUT);
    case "task":
      template(inner["input"], ["task", "input"]);
      if (inner["priority"] !== undefined) {
        template(inner["priority"], ["task", "priority"], "number");
      }
      return GOES_ON;
    case "code":
      if (typeof step["timeout"] === "string" && (parseSpan(step["timeout"]) ?? 0) > CODE_TIMEOUT_MAX_MS) {
        expressions.found.push({
          keys: [...at, "timeout"],
          code: "wrong_value",
          message: `${quoted(step["timeout"])} is longer than a program may take: 10s.`,
        });
      }
      template(step["input"], ["input"]);
      return GOES_ON;
    case "wait":
      if (isObject(inner["for"])) {
        expressions.cel(inner["for"]["$"], [...at, "wait", "for", "$"], scope, "duration", "number", "string");
      }
      if (inner["until"] !== undefined) {
        expressions.template(inner["until"], [...at, "wait", "until"], scope, "timestamp", "number", "string");
      }
      return GOES_ON;
    case "wait_for_event":
      return outputs(waitForEvent(inner, at, here, check));
    case "approve":
      template(inner["title"], ["approve", "title"], "string");
      template(inner["details"], ["approve", "details"]);
      return outputs(APPROVE_OUTPUT);
    case "call":
      template(inner["input"], ["call", "input"]);
      knownFlow(inner["flow"], [...at, "call", "flow"], check);
      return outputs(inner["wait"] === false ? CALL_OUTPUT : DYN);
    case "respond":
      template(inner["body"], ["respond", "body"]);
      return GOES_ON;
    case "fail":
      template(inner["message"], ["fail", "message"], "string");
      return { last: DYN, ends: true };
    case "stop":
      template(inner["output"], ["stop", "output"]);
      return { last: DYN, ends: true };
  }
}

function forEach(
  step: Fields,
  at: Keys,
  here: Place,
  check: StepCheck,
  within: (list: unknown, keys: Keys, place: Place, outside: string) => Done,
): Type {
  const { expressions } = check;
  const over = expressions.cel(step["for_each"], [...at, "for_each"], scopeOf(here, check), "list");
  const item = over.kind === "list" ? over.of : DYN;
  const roots = new Map(here.roots).set("item", jsonOf(item)).set("index", NUMBER);
  const done = within(
    step["do"],
    ["do"],
    { ...here, roots },
    "the `do` of a `for_each`, which is done once for each item",
  );
  const inside = scopeOf({ ...here, roots, steps: done.steps }, check);
  const output =
    step["output"] === undefined ? done.last : expressions.template(step["output"], [...at, "output"], inside);
  const [only, ...others]: readonly unknown[] = Array.isArray(step["do"]) ? step["do"] : [];
  if (step["parallel"] === undefined && others.length === 0 && isObject(only) && isObject(only["http"])) {
    expressions.found.push({
      keys: at,
      code: "for_each_one_by_one",
      message: "Each request waits for the one before.",
      hint: "`parallel: 5` makes five at once.",
    });
  }
  return forEachOutput(output, step["on_item_failure"] !== undefined && step["on_item_failure"] !== "fail");
}

function http(step: Fields, http: Fields, at: Keys, scope: Scope, check: StepCheck): void {
  const { expressions } = check;
  expressions.template(http["url"], [...at, "http", "url"], scope, "string");
  const method = methodOf(
    typeof http["method"] === "string" ? http["method"] : undefined,
    http["body"] as Template | undefined,
  );
  if (typeof http["url"] === "string") {
    checkUrl(http["url"], [...at, "http", "url"], check);
  }
  if (isObject(http["headers"])) {
    for (const [name, value] of Object.entries(http["headers"])) {
      expressions.header(value, [...at, "http", "headers", name], scope);
      if (RESERVED.has(name.toLowerCase())) {
        expressions.found.push({
          keys: [...at, "http", "headers", name],
          code: "header_invalid",
          message: `The header ${quoted(name)} is set by the engine.`,
          atKey: true,
        });
      }
    }
  }
  if (http["body"] !== undefined) {
    expressions.template(http["body"], [...at, "http", "body"], scope);
    if (method === "GET" || method === "HEAD") {
      expressions.found.push({
        keys: [...at, "http", "body"],
        code: "wrong_value",
        message: `A ${method} has no body.`,
        hint: "Leave `method` away to make it a POST.",
      });
    }
  }
  const on = isObject(step["retry"]) ? step["retry"]["on"] : undefined;
  if (step["effect"] === "write" && Array.isArray(on) && on.includes("ambiguous")) {
    expressions.found.push({
      keys: [...at, "retry", "on"],
      code: "write_retries_ambiguous",
      message:
        "The effect is `write` and yet it is tried again when nobody knows whether it happened: it may happen twice.",
      hint: "`effect: idempotent_write` says that repeating it is harmless.",
    });
  }
}

/** Framing and the name of the host are the client's, as for deliveries. */
const RESERVED = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "keep-alive",
  "proxy-connection",
]);

function checkUrl(url: string, keys: Keys, check: StepCheck): void {
  const parsed = URL.parse(url);
  const { found } = check.expressions;
  const templated = url.includes("{{") || url.includes("${");
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:") || templated) {
    found.push({
      keys,
      code: "url_invalid",
      message: `${quoted(url)} is no address.`,
      hint: templated
        ? 'What varies is an expression: url: { "$": "\\"https://api.example.com/orders/\\" + event.data.id" }.'
        : 'It begins with "https://".',
    });
    return;
  }
  const { hosts } = check;
  const host = parsed.hostname.toLowerCase();
  if (hosts !== undefined && !hosts.some((each) => hostFits(host, each.toLowerCase()))) {
    found.push({
      keys,
      code: "host_not_allowed",
      message: `The host ${quoted(host)} is not among \`hosts\` of this flow.`,
      hint: `${hosts.length === 0 ? "None" : hosts.slice(0, 5).join(", ")} may be reached.`,
    });
  }
}

/** `*.example.com` stands for every name below it, and not for itself. */
export function hostFits(host: string, pattern: string): boolean {
  return pattern.startsWith("*.")
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : host === pattern;
}

function waitForEvent(inner: Fields, at: Keys, here: Place, check: StepCheck): Type {
  const { expressions } = check;
  const data = dataOf(inner["type"], [...at, "wait_for_event", "type"], check);
  const coming = eventOf(data);
  if (isObject(inner["match"])) {
    const match = inner["match"];
    const onlyEvent: Scope = { roots: new Map([["event", coming]]), steps: new Map(), perhaps: new Map() };
    const keys = [...at, "wait_for_event", "match"];
    expressions.cel(match["key"], [...keys, "key"], onlyEvent, "string", "number", "bool", "null");
    expressions.cel(match["equals"], [...keys, "equals"], scopeOf(here, check), "string", "number", "bool", "null");
  }
  if (inner["if"] !== undefined) {
    const roots = new Map(here.roots).set("event", coming);
    expressions.cel(inner["if"], [...at, "wait_for_event", "if"], scopeOf({ ...here, roots }, check), "bool");
  }
  return waitForEventOutput(data);
}

/** The type of the data of events of these types. */
export function dataOf(types: unknown, keys: Keys, check: StepCheck): Type {
  const names = (Array.isArray(types) ? types : [types]).filter((name) => typeof name === "string");
  const { eventTypes } = check.surroundings;
  if (eventTypes === undefined || names.length === 0) {
    return DYN;
  }
  return unionOf(
    names.map((name) => {
      if (!eventTypes.has(name)) {
        const near = nearest(name, eventTypes.keys());
        check.expressions.found.push({
          keys: Array.isArray(types) ? [...keys, types.indexOf(name)] : keys,
          code: "event_type_unknown",
          message: `There is no event type ${quoted(name)} yet.`,
          ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
        });
      }
      return typeOfSchema(eventTypes.get(name));
    }),
  );
}

export function knownFlow(name: unknown, keys: Keys, check: StepCheck): void {
  const { flows } = check.surroundings;
  if (typeof name === "string" && flows !== undefined && !flows.includes(name)) {
    const near = nearest(name, flows);
    check.expressions.found.push({
      keys,
      code: "flow_unknown",
      message: `There is no flow ${quoted(name)} yet.`,
      ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
    });
  }
}
