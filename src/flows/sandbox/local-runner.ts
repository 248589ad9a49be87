import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import type { Json, PinnedResult } from "#language";
import { memoryBytesOf } from "./limits.ts";
import { runProgram } from "./program.ts";

/** As `Rehearsal.codeRunner` wants it. */
export type CodeRunner = (code: string, input: Json, timeoutMs: number) => PinnedResult;

/**
 * Runs programs of one's own in this very process, for rehearsals: at once and one after the other. They are held by the same limits as
 * in the engine, except inside a builtin that nothing can interrupt, which here ends with whoever waits for it.
 */
export async function createLocalRunner(): Promise<CodeRunner> {
  let machine = await newQuickJSWASMModuleFromVariant(variant);
  // Ready before it is needed: making one takes a turn of the event loop, and a rehearsal waits for nothing.
  let spare = await newQuickJSWASMModuleFromVariant(variant);
  return (code, input, timeoutMs) => {
    const text = JSON.stringify(input);
    const program = { code, input: text, timeoutMs, memoryBytesMax: memoryBytesOf(Buffer.byteLength(text)) };
    const { outcome, broken } = runProgram(machine, program, cpuMs);
    if (broken) {
      machine = spare;
      void newQuickJSWASMModuleFromVariant(variant).then((made) => {
        spare = made;
      });
    }
    const logs = outcome.logs.length > 0 && { logs: outcome.logs };
    if (outcome.ok) return { output: JSON.parse(outcome.output) as Json, ...logs };
    const { code: errorCode, message, stack } = outcome.error;
    const errorClass = errorCode === "result_too_large" ? "invalid" : "code";
    return {
      error: { class: errorClass, code: errorCode, message, ...(stack !== undefined && { detail: { stack } }) },
      ...logs,
    };
  };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
