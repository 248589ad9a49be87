// Durable automations and tasks.

export type { CommitPart, RunCommit } from "./commit-part.ts";
export type { Run, RunPhase, WaitingFor } from "./run.ts";
export { type CodeResult, runCode } from "./sandbox/run-code.ts";
export { createSandbox, type Sandbox, type SandboxStats } from "./sandbox/sandbox.ts";
export { maskSecrets } from "./secrets/mask.ts";
export { createFlowSecrets, type FlowSecrets, type Resolved } from "./secrets/secret-cache.ts";
export {
  deleteFlowSecret,
  FLOW_SECRETS_MAX,
  type FlowSecret,
  listFlowSecrets,
  putFlowSecret,
  resealFlowSecrets,
  SECRET_LENGTH_MAX,
  SECRET_LENGTH_MIN,
  SECRET_NAME,
  secretValueFault,
} from "./secrets/secret-store.ts";
