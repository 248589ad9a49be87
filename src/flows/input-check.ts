import {
  type CompiledFlow,
  type Json,
  type ReadSchema,
  readSchema,
  type SchemaMismatch,
  type StepError,
} from "#language";

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
 * Why a run cannot begin with this; undefined: it can. Of a batch each member is held against the schema, as expressions see it: `input` is the
 * list of them.
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
