import { join } from "node:path";
import { wallMsOf } from "./limits.ts";
import type { ProgramMessage, SandboxMessage } from "./messages.ts";
import type { Program } from "./program.ts";

/** A process that runs one program at a time. */
export interface SandboxProcess {
  run(program: Program): void;
  /** Ends it at once, whatever it does; `onGone` follows. */
  kill(): void;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

export interface SandboxProcessEvents {
  onMessage(message: SandboxMessage): void;
  /** Once, after the last message. */
  onGone(how: string): void;
}

export type StartSandboxProcess = (events: SandboxProcessEvents) => SandboxProcess;

const CHILD = join(import.meta.dir, "child.ts");

/**
 * Another process rather than a thread: a builtin of the virtual machine that loops over 2^53 items cannot be interrupted, and
 * `Worker.terminate` does not end a thread that is inside WebAssembly; a process can be killed. Its environment is empty, so that
 * even a way out of the virtual machine would find no secret, and its zone is UTC wherever the engine runs.
 */
export const startSandboxProcess: StartSandboxProcess = ({ onMessage, onGone }) => {
  const child = Bun.spawn([process.execPath, "--smol", "--no-env-file", "--no-install", CHILD], {
    cwd: import.meta.dir,
    env: { TZ: "UTC" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    serialization: "advanced",
    ipc: (message) => onMessage(message as SandboxMessage),
    onExit: (_, exitCode, signal) => onGone(signal === null ? `exit code ${exitCode}` : `signal ${signal}`),
  });
  // It is not what keeps the engine alive.
  child.unref();
  return {
    run(program) {
      child.send({ program, wallMs: wallMsOf(program.timeoutMs) } satisfies ProgramMessage);
    },
    kill: () => child.kill("SIGKILL"),
    gone: child.exited.then(() => undefined),
  };
};
