// The process in which programs run: started by the engine (`sandbox-process.ts`) with an empty environment, it knows nothing but
// the programs and inputs that it is given, and ends when the engine does.

import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import type { ProgramMessage, SandboxMessage } from "./messages.ts";
import { runProgram } from "./program.ts";

const tell = (message: SandboxMessage): void => {
  process.send?.(message);
};

process.on("disconnect", () => process.exit(0));

const cell = new BigInt64Array(new SharedArrayBuffer(8));

async function postGuard(): Promise<void> {
  const guard = new Worker(new URL("./guard.ts", import.meta.url));
  const onGuard = Promise.withResolvers<void>();
  guard.onmessage = () => onGuard.resolve();
  guard.onerror = ({ message }) => onGuard.reject(new Error(message));
  guard.postMessage(cell.buffer);
  await onGuard.promise;
}

/** Of this thread: what the compiler's threads and the guard use is not the program's. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

try {
  const [machine] = await Promise.all([newQuickJSWASMModuleFromVariant(variant), postGuard()]);
  process.on("message", ({ program, wallMs }: ProgramMessage) => {
    Atomics.store(cell, 0, process.hrtime.bigint() + BigInt(wallMs) * 1_000_000n);
    Atomics.notify(cell, 0);
    const { outcome, broken } = runProgram(machine, program, cpuMs);
    Atomics.store(cell, 0, 0n);
    tell({ kind: "done", outcome, last: broken });
  });
  tell({ kind: "ready" });
} catch (error) {
  tell({ kind: "unfit", message: error instanceof Error ? error.message : String(error) });
}
