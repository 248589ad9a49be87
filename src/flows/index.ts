// Durable automations and tasks.

export type { CommitPart, RunCommit } from "./commit-part.ts";
export type { Run, RunPhase, WaitingFor } from "./run.ts";
