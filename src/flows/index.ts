// Durable automations and tasks.

export { type ApprovalLinks, createApprovalLinks } from "./acts/approval-links.ts";
export { createApprovalPart } from "./acts/approval-part.ts";
export {
  type Approval,
  type ApprovalKey,
  approvalByToken,
  type Decided,
  decideApproval,
  findApproval,
  listApprovals,
} from "./acts/approvals.ts";
export { CANCELLED_AT_ONCE, cancelRun, cancelRunsOf } from "./acts/cancel-runs.ts";
export { type EntryRow, entryOf, jsonOf } from "./acts/entry-row.ts";
export { type Failure, listFailures } from "./acts/failures.ts";
export { type FlowFacts, flowFacts, liveByVersion } from "./acts/flow-facts.ts";
export { type AttemptRecord, foldJournal, type StepRecord } from "./acts/fold.ts";
export { stepAt } from "./acts/locate.ts";
export {
  childrenOf,
  findRunSummary,
  findRuns,
  listRuns,
  type RunFilter,
  type RunStanding,
  type RunSummary,
  type RunValues,
  readEntries,
  readEntryRows,
  runValues,
} from "./acts/run-read.ts";
export { createRunWatch, type RunWatch, type Watcher } from "./acts/run-watch.ts";
export { type FlowStats, flowStats } from "./acts/stats.ts";
export type { CommitPart, RunCommit } from "./commit-part.ts";
export type { Flow, FlowMode, FlowVersion } from "./flow.ts";
export {
  deleteFlow,
  deployFlow,
  FLOWS_MAX,
  findFlow,
  findVersion,
  listFlows,
  listVersions,
  type Put,
  putFlow,
  setFlowMode,
} from "./flow-store.ts";
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
export type { Started, StartRequest, Starts } from "./start.ts";
export type { CancelTask, RetriedMany, RetryFilter, RetryTask } from "./tasks/acts.ts";
export { cancelTask, RETRIED_AT_ONCE_MAX, retryTask, retryTasks } from "./tasks/acts.ts";
export type { Enqueued } from "./tasks/enqueue.ts";
export { enqueueWithin } from "./tasks/enqueue.ts";
export type { QueueChange, TaskQueue } from "./tasks/queues.ts";
export { COUNTED_MAX, changeQueue, listQueues } from "./tasks/queues.ts";
export type { TaskAttempt, TaskDetail, TaskFilter, TaskSummary } from "./tasks/read.ts";
export { findTask, findTasks, listTasks } from "./tasks/read.ts";
export type { Beat, Leased, ProgressOf, Tasks, TasksOptions, WorkerClaim } from "./tasks/service.ts";
export { createTasks } from "./tasks/service.ts";
export type { LeasedTask, NewTask, ResultState, TaskError, TaskOptions, TaskResult, TaskState } from "./tasks/task.ts";
export {
  DELAY_MS_MAX,
  PRIORITY_MAX,
  PROGRESS_BYTES_MAX,
  TASK_BATCH_MAX,
  TASK_NAME,
  TASK_STATES,
  TASK_VALUE_BYTES_MAX,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
  UNIQUE_KEY_MAX,
} from "./tasks/task.ts";
export { ensureTaskPartitions, taskChores } from "./tasks/upkeep.ts";
export type { Cancellation, SeenWorker, WorkerProfile, WorkerRow } from "./tasks/worker-store.ts";
export { listWorkers } from "./tasks/worker-store.ts";
