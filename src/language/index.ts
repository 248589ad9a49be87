// The language of flows: definitions, expressions, and the machine that advances a run. Pure.

export { canonical, digest, toYaml } from "./canonical.ts";
export { compileExpression } from "./cel/expression.ts";
export { createBudget } from "./cel/fail.ts";
export { type CheckedDefinition, checkDefinition } from "./check/definition.ts";
export { type DefinitionFault, FAULT_CODES, WARNING_CODES } from "./check/fault.ts";
export { hostFits } from "./check/http-step.ts";
export type { Surroundings } from "./check/scope.ts";
export type { Source as DefinitionSource } from "./check/source.ts";
export { compile } from "./compile.ts";
export type * from "./compiled.ts";
export { Duration, Timestamp } from "./compiled.ts";
export { errorContext, eventContext, startContext, triggerContext } from "./context.ts";
export type * from "./definition.ts";
export { ERROR_CLASSES } from "./definition.ts";
export { type InputFault, inputError, inputFaults, isBatchInput } from "./input.ts";
export type * from "./journal.ts";
export { type CompiledSchema, type ReadSchema, readSchema } from "./json-schema/read.ts";
export type { SchemaMismatch } from "./json-schema/trial.ts";
export { kindOfStep, STEP_KINDS } from "./kinds.ts";
export { JournalMismatch } from "./machine/journal-mismatch.ts";
export { createMachine } from "./machine/machine.ts";
export { readsOf } from "./reads.ts";
export { type CaseFile, type Expected, type FlowCase, type ReadCases, readCaseFile } from "./rehearsal/case-file.ts";
export { caseFromRun, type RecordedRun } from "./rehearsal/case-from-run.ts";
export { type Mismatch, mismatches, mismatchText } from "./rehearsal/expectation.ts";
export type { Pin, PinnedError, PinnedResult, Pins } from "./rehearsal/pins.ts";
export { type Difference, type Recorded, rehearseRecorded } from "./rehearsal/recorded.ts";
export {
  type Rehearsal,
  type RehearsalProblem,
  type Rehearsed,
  type RehearsedApproval,
  type RehearsedEvent,
  type RehearsedStep,
  rehearse,
} from "./rehearsal/rehearse.ts";
export { definitionSchema, definitionSchemaFile } from "./schema.ts";
export { holdsFor, SEEN_BYTES_MAX } from "./seen.ts";
export { instantOf, matchText, parseSpan, spanOf } from "./span.ts";
