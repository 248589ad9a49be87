import { type Schema, Validator } from "@cfworker/json-schema";
import type { CompiledFlow, Json, StepError } from "#language";

/** What is wrong with an input, in the words of the schema; at most so many are told. */
const FAULTS_MAX = 20;

export interface InputFault {
  /** A JSON pointer into the input. */
  readonly at: string;
  readonly message: string;
}

const validators = new WeakMap<CompiledFlow, Validator>();

/** Holds what a run is to begin with against the `input` schema of its flow; nothing is wrong where there is no schema. */
export function inputFaults(flow: CompiledFlow, input: Json): readonly InputFault[] {
  const schema = flow.definition.input;
  if (schema === undefined || schema === null) return [];
  let validator = validators.get(flow);
  if (validator === undefined) {
    // A schema may be `true` or `false`; the definition check has refused all else that is no object.
    validator = new Validator(schema as Schema | boolean as Schema, "2020-12", false);
    validators.set(flow, validator);
  }
  const { valid, errors } = validator.validate(input);
  if (valid) return [];
  // What encloses a fault says no more than that there is one within.
  const inner = errors.filter(
    ({ instanceLocation }, i) =>
      !errors.some((other, j) => j !== i && other.instanceLocation.startsWith(`${instanceLocation}/`)),
  );
  return inner
    .slice(0, FAULTS_MAX)
    .map(({ instanceLocation, error }) => ({ at: instanceLocation.replace(/^#/, ""), message: error }));
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
    message: `The input does not fit${where}: ${first.message}`,
    at: "input",
    detail: { faults: faults.slice(0, FAULTS_MAX).map(({ at, message }) => ({ at, message })) },
  };
}
