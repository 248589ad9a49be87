import { unreachable } from "#kernel";
import type { CommandOf, ErrorClass, Json, StepError } from "#language";
import type { Executor } from "../engine/executors.ts";
import type { CodeErrorCode, Logs } from "./outcome.ts";
import type { Sandbox } from "./sandbox.ts";

export type CodeResult =
  | { readonly ok: true; readonly output: Json; readonly logs: Logs }
  | { readonly ok: false; readonly error: StepError; readonly logs: Logs };

/** Does what a `code` command wants. `signal`: the run gave it up. Never rejects. */
export async function runCode(
  sandbox: Sandbox,
  appId: string,
  command: CommandOf<"code">,
  signal?: AbortSignal,
): Promise<CodeResult> {
  const outcome = await sandbox.run({
    appId,
    code: command.code,
    input: command.input,
    timeoutMs: command.timeoutMs,
    ...(signal !== undefined && { signal }),
  });
  if (outcome.ok) return outcome;
  const { code, message, stack } = outcome.error;
  return {
    ok: false,
    error: {
      class: classOf(code),
      code,
      message,
      path: command.path,
      ...(stack !== undefined && { detail: { stack } }),
    },
    logs: outcome.logs,
  };
}

/** One attempt of a `code` step. */
export function createCodeExecutor(sandbox: Sandbox): Executor<"code"> {
  return async (command, run, _flow, signal) => {
    const { logs, ...result } = await runCode(sandbox, run.appId, command, signal);
    return logs.length === 0 ? result : { ...result, logs };
  };
}

/** The same program with the same input fails in the same way, unless it was not the program that failed. */
function classOf(code: CodeErrorCode): ErrorClass {
  switch (code) {
    case "code_threw":
    case "code_syntax":
    case "code_timeout":
    case "code_memory":
    case "code_stack":
    case "code_unsettled":
    case "code_output":
      return "code";
    case "result_too_large":
      return "invalid";
    case "sandbox_busy":
    case "sandbox_lost":
    case "sandbox_closed":
      return "retryable";
    default:
      return unreachable(code);
  }
}
