import { nearest } from "#kernel/plain";
import { bytesOfCanonical } from "../canonical.ts";
import type { Scope } from "../cel/check.ts";
import { DYN, listOf, type Type, typeOfSchema, unionOf } from "../cel/types.ts";
import { RUN_TIMEOUT_MS } from "../compile.ts";
import type { Definition, Json } from "../definition.ts";
import { readSchema } from "../json-schema/read.ts";
import { parseSpan } from "../span.ts";
import { dataOf, knownFlow } from "./around.ts";
import { Expressions } from "./expressions.ts";
import { type DefinitionFault, type Found, type Keys, WARNING_CODES, type WarningCode } from "./fault.ts";
import { collectIds } from "./ids.ts";
import { jsonFault } from "./json-value.ts";
import { scheduleFaults } from "./schedule.ts";
import { type Place, type StepCheck, type Surroundings, scopeOf } from "./scope.ts";
import { isObject } from "./shape.ts";
import { DEFINITION_SHAPE, STEP_SHAPES } from "./shapes.ts";
import { DEFINITION_BYTES_MAX, plain, readSource, type Source } from "./source.ts";
import { checkSteps } from "./steps.ts";
import { checkShape } from "./structure.ts";
import { ERROR, eventOf, RUN, triggerOf } from "./types.ts";
import type { RunTimeout } from "./unheeded.ts";

export interface CheckedDefinition {
  readonly valid: boolean;
  /** Null when it is not valid. What it leaves out stays left out: defaults are filled in by `compile`. */
  readonly definition: Definition | null;
  /** Everything that is wrong, in the order of the text. */
  readonly faults: readonly DefinitionFault[];
  readonly warnings: readonly DefinitionFault[];
}

/** Deeper than steps and templates can sensibly be. */
const JSON_DEPTH_MAX = 100;
/** More than this many faults say nothing more. */
const FAULTS_MAX = 200;

/**
 * Whether this is a definition, and everything that is wrong with it: its structure, its references and the types of its expressions as
 * far as the surroundings tell. Never throws, whatever it is given.
 */
export function checkDefinition(input: unknown, surroundings: Surroundings = {}): CheckedDefinition {
  if (isSource(input)) {
    const read = readSource(input);
    return read.ok ? checked(read.value, surroundings, read.locate) : invalid(read.faults);
  }
  return checked(input, surroundings, plain);
}

function isSource(input: unknown): input is Source {
  return (
    isObject(input) && typeof input["source"] === "string" && (input["format"] === "yaml" || input["format"] === "json")
  );
}

function invalid(faults: readonly DefinitionFault[]): CheckedDefinition {
  return { valid: false, definition: null, faults, warnings: [] };
}

function checked(
  value: unknown,
  surroundings: Surroundings,
  locate: (found: Found) => DefinitionFault,
): CheckedDefinition {
  const notJson = jsonFault(value, JSON_DEPTH_MAX);
  if (notJson !== undefined) {
    return invalid([locate(notJson)]);
  }
  const bytes = bytesOfCanonical(value as Json);
  if (bytes > DEFINITION_BYTES_MAX) {
    return invalid([
      locate({
        keys: [],
        code: "too_large",
        message: `The definition has ${bytes} bytes; ${DEFINITION_BYTES_MAX} are the most.`,
      }),
    ]);
  }
  const found: Found[] = [...checkShape(value, DEFINITION_SHAPE, STEP_SHAPES)];
  if (isObject(value)) {
    meaning(value, found, surroundings);
  }
  const all = distinct(found)
    .map(locate)
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const faults = all.filter(({ code }) => !isWarning(code)).slice(0, FAULTS_MAX);
  const warnings = all.filter(({ code }) => isWarning(code)).slice(0, FAULTS_MAX);
  return faults.length === 0
    ? { valid: true, definition: withoutSchema(value as { readonly [name: string]: unknown }), faults, warnings }
    : { valid: false, definition: null, faults, warnings };
}

function isWarning(code: DefinitionFault["code"]): code is WarningCode {
  return (WARNING_CODES as readonly string[]).includes(code);
}

/** The one place where checked JSON becomes a definition. */
function withoutSchema({ $schema: _, ...definition }: { readonly [name: string]: unknown }): Definition {
  return definition as unknown as Definition;
}

function distinct(found: readonly Found[]): readonly Found[] {
  const seen = new Set<string>();
  return found.filter(({ keys, code, message, offset }) => {
    const twin = JSON.stringify([keys, code, message, offset]);
    return seen.has(twin) ? false : seen.add(twin);
  });
}

type Fields = { readonly [name: string]: unknown };

/** What the shape of each part alone cannot say. */
function meaning(value: Fields, found: Found[], surroundings: Surroundings): void {
  const secrets = strings(value["secrets"]);
  const check: StepCheck = {
    expressions: new Expressions(found, secrets),
    surroundings,
    hosts: Array.isArray(value["hosts"]) ? strings(value["hosts"]) : undefined,
    ids: new Map(),
    reasons: new Map(),
    run: runTimeout(value["timeout"]),
  };
  secretsKnown(secrets, check);
  const input = inputType(value, check);
  const triggers = Array.isArray(value["on"]) ? value["on"] : [];
  const data = eventData(triggers, check);
  control(value, triggers, input, data, check);

  collectIds(value["steps"], ["steps"], check);
  collectIds(value["on_failure"], ["on_failure"], check);
  const batched = isObject(value["control"]) && value["control"]["batch"] !== undefined;
  const start: Place = {
    roots: batched ? batchRoots(input, data) : startRoots(triggers, input, data).set("run", RUN),
    steps: new Map(),
    perhaps: new Map(),
  };
  const done = checkSteps(value["steps"], ["steps"], start, check);
  if (value["on_failure"] !== undefined) {
    const roots = new Map(start.roots).set("error", ERROR);
    checkSteps(value["on_failure"], ["on_failure"], { roots, steps: new Map(), perhaps: done.steps }, check);
  }
  if (value["output"] !== undefined) {
    check.expressions.template(value["output"], ["output"], scopeOf({ ...start, steps: done.steps }, check));
  }
}

function runTimeout(text: unknown): RunTimeout {
  const ms = typeof text === "string" ? parseSpan(text) : undefined;
  return { ms: ms ?? RUN_TIMEOUT_MS, said: ms !== undefined };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function secretsKnown(secrets: readonly string[], check: StepCheck): void {
  const known = check.surroundings.secrets;
  if (known === undefined) {
    return;
  }
  secrets.forEach((name, i) => {
    if (!known.includes(name)) {
      const near = nearest(name, known);
      check.expressions.found.push({
        keys: ["secrets", i],
        code: "secret_unknown",
        message: `There is no secret \`${name}\` that this flow may have yet.`,
        ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
      });
    }
  });
}

function inputType(value: Fields, check: StepCheck): Type {
  const schema = value["input"];
  if (schema === undefined) {
    return DYN;
  }
  if (!isObject(schema) && typeof schema !== "boolean") {
    check.expressions.found.push({
      keys: ["input"],
      code: "schema_invalid",
      message: "`input` is no JSON Schema: that is an object.",
      hint: "input: { type: object, properties: { order_id: { type: string } }, required: [order_id] }",
    });
    return DYN;
  }
  const found = schemaFault(schema, ["input"], 0) ?? unreadSchema(schema as Json);
  if (found !== undefined) {
    check.expressions.found.push(found);
  }
  return typeOfSchema(schema as Json);
}

/** What a run's start could not be held against. */
function unreadSchema(schema: Json): Found | undefined {
  const read = readSchema(schema);
  return read.ok ? undefined : { keys: ["input", ...read.keys], code: "schema_invalid", message: read.message };
}

const SCHEMA_TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];

/** The mistakes that make a schema mean nothing; whatever else it says is up to its validator. */
function schemaFault(schema: unknown, keys: Keys, depth: number): Found | undefined {
  if (!isObject(schema) || depth > JSON_DEPTH_MAX) {
    return undefined;
  }
  const types = Array.isArray(schema["type"]) ? schema["type"] : schema["type"] === undefined ? [] : [schema["type"]];
  const wrong = types.find((type) => !SCHEMA_TYPES.includes(type as string));
  if (wrong !== undefined) {
    const near = typeof wrong === "string" ? nearest(wrong, SCHEMA_TYPES) : undefined;
    return {
      keys: [...keys, "type"],
      code: "schema_invalid",
      message: `${JSON.stringify(wrong)} is no type of JSON Schema.`,
      hint: near === undefined ? `${SCHEMA_TYPES.join(", ")} are.` : `Do you mean ${near}?`,
    };
  }
  const { properties, items } = schema;
  if (properties !== undefined && !isObject(properties)) {
    return { keys: [...keys, "properties"], code: "schema_invalid", message: "`properties` is an object of schemas." };
  }
  for (const [name, each] of Object.entries(properties ?? {})) {
    const fault = schemaFault(each, [...keys, "properties", name], depth + 1);
    if (fault !== undefined) {
      return fault;
    }
  }
  return schemaFault(items, [...keys, "items"], depth + 1);
}

function bringsEvent(trigger: unknown): trigger is Fields {
  return isObject(trigger) && ["event", "source", "delivery"].some((name) => Object.hasOwn(trigger, name));
}

/** What is known of the data of events that start it: of their types, if only events of known types do. */
function eventData(triggers: readonly unknown[], check: StepCheck): Type | undefined {
  const bringing = triggers.filter(bringsEvent);
  if (bringing.length === 0) {
    return undefined;
  }
  return unionOf(
    triggers.flatMap((trigger, i) =>
      bringsEvent(trigger)
        ? [Object.hasOwn(trigger, "event") ? dataOf(trigger["event"], ["on", i, "event"], check) : DYN]
        : [],
    ),
  );
}

function startRoots(triggers: readonly unknown[], input: Type, data: Type | undefined): Map<string, Type> {
  const event = data === undefined ? undefined : eventOf(data);
  // Of an event without a schema of its own, `input` is the data.
  const onlyEvents = triggers.every(bringsEvent) && input.kind === "dyn";
  return new Map<string, Type>([
    ...(event === undefined ? [] : ([["event", event]] as const)),
    ["trigger", triggerOf(event ?? DYN)],
    ["input", onlyEvents && data !== undefined ? data : input],
  ]);
}

/** A run of a batch was started by many: none of them is `event`, and `input` is the list of what each brought. */
function batchRoots(input: Type, data: Type | undefined): Map<string, Type> {
  return new Map<string, Type>([
    ["trigger", triggerOf(DYN)],
    ["input", listOf(input.kind === "dyn" ? (data ?? DYN) : input)],
    ["run", RUN],
  ]);
}

function control(
  value: Fields,
  triggers: readonly unknown[],
  input: Type,
  data: Type | undefined,
  check: StepCheck,
): void {
  const { expressions } = check;
  triggers.forEach((trigger, i) => {
    if (!isObject(trigger)) {
      return;
    }
    const keys = ["on", i];
    expressions.found.push(...scheduleFaults(trigger, keys));
    const brought = bringsEvent(trigger)
      ? Object.hasOwn(trigger, "event")
        ? // Its own types only: another trigger's are not what comes here. What is unknown was said.
          dataOf(trigger["event"], [...keys, "event"], { ...check, expressions: new Expressions([], []) })
        : DYN
      : undefined;
    const scope: Scope = scopeOf(
      { roots: startRoots([trigger], input, brought), steps: new Map(), perhaps: new Map() },
      check,
    );
    expressions.cel(trigger["if"], [...keys, "if"], scope, "bool");
    knownFlow(trigger["run"], [...keys, "run"], check);
  });
  const controls = value["control"];
  if (!isObject(controls)) {
    return;
  }
  const batched = isObject(controls["batch"]);
  const scope = scopeOf(
    { roots: startRoots(triggers, batched ? DYN : input, data), steps: new Map(), perhaps: new Map() },
    check,
  );
  for (const name of ["concurrency", "rate", "throttle", "debounce", "batch", "singleton"]) {
    const limits = controls[name];
    if (isObject(limits)) {
      expressions.cel(limits["key"], ["control", name, "key"], scope, "string", "number", "bool", "null");
    }
  }
  expressions.cel(controls["priority"], ["control", "priority"], scope, "number");
}
