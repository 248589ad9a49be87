// JSON Schema (2020-12) for inputs. A schema is somebody's text that is run on the loop of all, so what it can cost is bounded: patterns are
// RE2's, equality is by canonical text instead of each with each, and every step is counted.
import { createBudget, Fail, spendSteps } from "../cel/fail.ts";
import type { Json } from "../definition.ts";
import { ofAny } from "./any.ts";
import { ofLists } from "./lists.ts";
import { ofNumbers } from "./numbers.ts";
import { ofObjects } from "./objects.ts";
import { ofTexts } from "./texts.ts";
import { type Check, isObject, type Reading, type SchemaMismatch, type Trial, tell, Unread } from "./trial.ts";

export interface CompiledSchema {
  /** What does not fit, at most so many. Never throws. */
  mismatches(value: Json, max: number): readonly SchemaMismatch[];
}

export type ReadSchema =
  | { readonly ok: true; readonly schema: CompiledSchema }
  /** It is no schema, or asks for what is not checked here; `keys` say where. */
  | { readonly ok: false; readonly keys: readonly string[]; readonly message: string };

const DEPTH_MAX = 500;

const UNSUPPORTED = ["$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"];

/** Makes a schema ready; it is read whole now, so that nothing of it can surprise later. */
export function readSchema(schema: Json): ReadSchema {
  // By the schema's own object: references may lead in circles.
  const nodes = new Map<Json, Check>();
  const reading: Reading = { root: schema, node: (each, keys) => readNode(each, keys, reading, nodes) };
  try {
    const check = reading.node(schema, []);
    return { ok: true, schema: { mismatches: (value, max) => tried(check, value, max) } };
  } catch (error) {
    if (error instanceof Unread) return { ok: false, keys: error.keys, message: error.message };
    throw error;
  }
}

function tried(check: Check, value: Json, max: number): readonly SchemaMismatch[] {
  const told: SchemaMismatch[] = [];
  const trial: Trial = { budget: createBudget(), path: [], told, max, depth: 0 };
  try {
    check(value, trial);
  } catch (error) {
    if (!(error instanceof Fail)) throw error;
    told.length = 0;
    told.push({ at: "", message: `cannot be checked: ${error.message}` });
  }
  return told;
}

function readNode(schema: Json, keys: readonly string[], reading: Reading, nodes: Map<Json, Check>): Check {
  if (schema === true) return () => true;
  if (schema === false) return (_, trial) => tell(trial, "is not allowed");
  if (!isObject(schema)) throw new Unread(keys, "A schema is an object, true or false.");
  const known = nodes.get(schema);
  if (known !== undefined) return known;
  let checks: readonly Check[] = [];
  const check: Check = (value, trial) => {
    spendSteps(trial.budget, 1 + checks.length);
    if (++trial.depth > DEPTH_MAX) throw new Fail("expression_too_expensive", `it is nested deeper than ${DEPTH_MAX}.`);
    let fits = true;
    for (const one of checks) {
      if (one(value, trial)) continue;
      fits = false;
      if (trial.told === undefined || trial.told.length >= trial.max) break;
    }
    trial.depth--;
    return fits;
  };
  nodes.set(schema, check);
  const odd = UNSUPPORTED.find((keyword) => schema[keyword] !== undefined);
  if (odd !== undefined) throw new Unread([...keys, odd], `\`${odd}\` is not supported in schemas of inputs.`);
  checks = [
    ...ofAny(schema, keys, reading),
    ...ofNumbers(schema),
    ...ofTexts(schema, keys),
    ...ofLists(schema, keys, reading),
    ...ofObjects(schema, keys, reading),
  ];
  return check;
}
