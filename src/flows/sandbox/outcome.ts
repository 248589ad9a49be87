import type { Json } from "#language";

/** Why a program did not give a value. */
export type CodeErrorCode =
  /** It threw, or its promise was rejected. */
  | "code_threw"
  | "code_syntax"
  /** It used up its CPU time, or a builtin would not end. */
  | "code_timeout"
  | "code_memory"
  /** It called itself too deep. */
  | "code_stack"
  /** It awaits something that never happens: there are no timers and no network. */
  | "code_unsettled"
  /** It returned what JSON cannot say. */
  | "code_output"
  | "result_too_large"
  /** Not the program's fault: too many wait for a sandbox, its process died, or the engine is stopping. */
  | "sandbox_busy"
  | "sandbox_lost"
  | "sandbox_closed";

export interface CodeError {
  readonly code: CodeErrorCode;
  /** A sentence. */
  readonly message: string;
  /** `at total (code:3:14)`, innermost first; lines are those of the step's `code`. */
  readonly stack?: string;
}

/** What `console.log` and its siblings wrote; the last line tells when more was left out. */
export type Logs = readonly string[];

/** As the process of the sandbox tells it: the output still text, so that it crosses as one string. */
export type ProgramOutcome =
  | { readonly ok: true; readonly output: string; readonly logs: Logs }
  | { readonly ok: false; readonly error: CodeError; readonly logs: Logs };

export type CodeOutcome =
  | { readonly ok: true; readonly output: Json; readonly logs: Logs }
  | { readonly ok: false; readonly error: CodeError; readonly logs: Logs };
