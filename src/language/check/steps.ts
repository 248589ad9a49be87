import type { Scope } from "../cel/check.ts";
import { DYN, NULL, NUMBER, objectOf, type Type, unionOf } from "../cel/types.ts";
import type { StepKind } from "../definition.ts";
import { kindOfStep } from "../kinds.ts";
import { parseSpan } from "../span.ts";
import { dataOf, knownFlow } from "./around.ts";
import { type Keys, quoted } from "./fault.ts";
import { http } from "./http-step.ts";
import { type Place, type StepCheck, scopeOf } from "./scope.ts";
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
import { unheeded } from "./unheeded.ts";

/** Of processor time: one sandbox serves everybody in turn. */
const CODE_TIMEOUT_MAX_MS = 10_000;

type Fields = { readonly [name: string]: unknown };

interface Done {
  /** What is in scope after them. */
  readonly steps: ReadonlyMap<string, Type>;
  /** On every way one of them ends the run or fails: nothing comes after them. */
  readonly ends: boolean;
  /** What the last of them outputs; null when there is none. */
  readonly last: Type;
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
