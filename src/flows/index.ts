// Durable automations and tasks.

export type { CommitPart, RunCommit } from "./commit-part.ts";
export type { Run, RunPhase, WaitingFor } from "./run.ts";
export { type CodeResult, runCode } from "./sandbox/run-code.ts";
export { createSandbox, type Sandbox, type SandboxStats } from "./sandbox/sandbox.ts";
