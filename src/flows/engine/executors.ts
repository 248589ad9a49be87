import type { CommandOf, CompiledFlow, Json, StepError, StepLogs } from "#language";
import type { Run } from "../run.ts";

export type StepResult =
  | { readonly ok: true; readonly output: Json; readonly logs?: StepLogs }
  /** `notBeforeMs`: the other side asked for quiet until then (wall clock). */
  | { readonly ok: false; readonly error: StepError; readonly notBeforeMs?: number; readonly logs?: StepLogs };

/** Does one attempt of a step outside the database. Never rejects; ends soon after `signal` aborts. */
export type Executor<K extends "http" | "code"> = (
  command: CommandOf<K>,
  run: Run,
  flow: CompiledFlow,
  signal: AbortSignal,
) => Promise<StepResult>;

/** Absent: steps of this kind fail as `not_available`. */
export interface Executors {
  readonly http?: Executor<"http"> | undefined;
  readonly code?: Executor<"code"> | undefined;
}

export function failedAs(
  errorClass: StepError["class"],
  code: string,
  message: string,
  detail?: Json,
): Extract<StepResult, { ok: false }> {
  return { ok: false, error: { class: errorClass, code, message, ...(detail !== undefined && { detail }) } };
}
