import type { CompiledFlow } from "./compiled.ts";
import type { Json } from "./definition.ts";
import type { Start, StepError } from "./journal.ts";
import { type ReadSchema, readSchema } from "./json-schema/read.ts";
import type { SchemaMismatch } from "./json-schema/trial.ts";

/** What is wrong with an input, in the words of the schema; at most so many are told. */
const FAULTS_MAX = 20;

export type InputFault = SchemaMismatch;

/** Of versions that are in memory: each schema is read once. */
const schemas = new WeakMap<CompiledFlow, ReadSchema>();

/** Holds what a run is to begin with against the `input` schema of its flow; nothing is wrong where there is no schema. */
export function inputFaults(flow: CompiledFlow, input: Json): readonly InputFault[] {
  const { input: schema } = flow.definition;
  if (schema === undefined || schema === null) return [];
  let read = schemas.get(flow);
  if (read === undefined) {
    read = readSchema(schema);
    schemas.set(flow, read);
  }
  if (!read.ok)
    return [{ at: "", message: `cannot be checked: ${["input", ...read.keys].join(".")}: ${read.message}` }];
  return read.schema.mismatches(input, FAULTS_MAX);
}

/**
 * Whether what a run begins with is the list of a batch, each member of which is an input. A run that repeats one has its list, and another
 * trigger.
 */
export function isBatchInput({ control }: CompiledFlow, trigger: Start["trigger"]["kind"], input: Json): boolean {
  return trigger === "batch" || (trigger === "rerun" && control.batch !== undefined && Array.isArray(input));
}

/**
 * Why a run cannot begin with this (class `invalid`, code `input_invalid`); undefined: it can. Of a batch each member is held against the schema, as
 * expressions see it: `input` is the list of them.
 */
export function inputError(flow: CompiledFlow, input: Json, isBatch: boolean): StepError | undefined {
  const faults =
    isBatch && Array.isArray(input)
      ? input.flatMap((each, i) => inputFaults(flow, each).map(({ at, message }) => ({ at: `/${i}${at}`, message })))
      : inputFaults(flow, input);
  const [first] = faults;
  if (first === undefined) return undefined;
  const where = first.at === "" ? "" : ` at ${first.at}`;
  return {
    class: "invalid",
    code: "input_invalid",
    message: `The input does not fit${where}: it ${first.message}.`,
    at: "input",
    detail: { faults: faults.slice(0, FAULTS_MAX).map(({ at, message }) => ({ at, message })) },
  };
}
