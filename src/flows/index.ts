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
  type Undecidable,
} from "./acts/approvals.ts";
export { CANCELLED_AT_ONCE, cancelRun, cancelRunsOf } from "./acts/cancel-runs.ts";
export { checkFlow } from "./acts/check.ts";
export {
  changeFlowMode,
  deployVersion,
  MOVED_AT_ONCE,
  type RunningPolicy,
  type RunningRuns,
  removeFlow,
  settleRunning,
  storeFlow,
} from "./acts/deploy.ts";
export { type EntryRow, entryOf, jsonOf } from "./acts/entry-row.ts";
export { type Failure, listFailures } from "./acts/failures.ts";
export { type FlowFacts, flowFacts, liveByVersion } from "./acts/flow-facts.ts";
export { type AttemptRecord, foldJournal, type StepRecord } from "./acts/fold.ts";
export { stepAt } from "./acts/locate.ts";
export {
  countRuns,
  nextRuns,
  type RerunFilter,
  type RerunVersion,
  rerunOf,
  rerunOne,
  versionsOf,
} from "./acts/rerun.ts";
export {
  cancelRerunJob,
  findRerunJob,
  forgetReruns,
  listRerunJobs,
  RERUNS_OPEN_MAX,
  type RerunJob,
  rerunLook,
  startRerunJob,
} from "./acts/rerun-jobs.ts";
export { type AttemptInput, inputOfAttempt } from "./acts/run-again.ts";
export { eachRun, hiddenLinks, type LoadedRun, loadRuns } from "./acts/run-load.ts";
export {
  childrenOf,
  findRunSummary,
  findRuns,
  type LogsBySeq,
  listRuns,
  type RunFilter,
  type RunStanding,
  type RunSummary,
  type RunValues,
  readEntries,
  readEntryRows,
  readLogs,
  readValue,
  runValues,
} from "./acts/run-read.ts";
export { createRunWatch, type RunWatch, type Watcher } from "./acts/run-watch.ts";
export { type FlowStats, flowStats, stepFor } from "./acts/stats.ts";
export { locateFlow, locateRun, locateTask, type Whose } from "./acts/whose.ts";
export { createFlowBacklogMeter, type FlowBacklog } from "./backlog.ts";
export type { CommitPart, PartPlan, RunCommit } from "./commit-part.ts";
export { createAdmission } from "./control/admission.ts";
export { controlChores } from "./control/audit.ts";
export { type Held, listHeld } from "./control/held.ts";
export { releasePart } from "./control/release.ts";
export { countSkips, listSkips, type SkipOut, type SkipReason } from "./control/skips.ts";
export { turnsLooks } from "./control/turns.ts";
export type { AdmissionCandidate, AdmissionVerdict, RunAdmission } from "./engine/admission.ts";
export type { EngineStats } from "./engine/engine.ts";
export type { Executor, Executors, StepResult } from "./engine/executors.ts";
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
  type PutFlow,
  putFlow,
  setFlowMode,
} from "./flow-store.ts";
export { type FlowsInspection, inspectFlows, type UnattendedTasks } from "./inspect.ts";
export { createFlowMeter, type FlowMeter, meteredTasks, RUN_TRIGGERS } from "./meter.ts";
export { DEPTH_MAX, type Run, type RunPhase, type WaitingFor } from "./run.ts";
export { type CodeRunner, createLocalRunner } from "./sandbox/local-runner.ts";
export { type CodeResult, createCodeExecutor, runCode } from "./sandbox/run-code.ts";
export { createSandbox, type Sandbox, type SandboxStats } from "./sandbox/sandbox.ts";
export { listSchedules, type ScheduleOut } from "./schedules/ahead.ts";
export { type MomentOut, scheduleChores, schedulesLooks } from "./schedules/schedules.ts";
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
export { createFlows, type FlowLook, type Flows, type FlowsOptions } from "./service.ts";
export { type SentSignal, sendSignals, signalStatement } from "./signal.ts";
export type { JoinedStart, Started, StartRequest, Starts } from "./start.ts";
export { createHttpExecutor, type ResolveSecrets } from "./steps/http.ts";
export {
  type CancelTask,
  cancelTask,
  RETRIED_AT_ONCE_MAX,
  type RetriedMany,
  type RetryFilter,
  type RetryTask,
  retryTask,
  retryTasks,
} from "./tasks/acts.ts";
export { scheduleFault, type TaskSchedule } from "./tasks/clock.ts";
export { type Enqueued, enqueueWithin } from "./tasks/enqueue.ts";
export type { ProgressOf } from "./tasks/progress.ts";
export { COUNTED_MAX, changeQueue, listQueues, type QueueChange, type TaskQueue } from "./tasks/queues.ts";
export {
  findTask,
  findTasks,
  listTasks,
  type TaskAttempt,
  type TaskDetail,
  type TaskFilter,
  type TaskSummary,
} from "./tasks/read.ts";
export {
  type Beat,
  createTasks,
  type Leased,
  type Refused,
  type Tasks,
  type TasksOptions,
  type WorkerClaim,
} from "./tasks/service.ts";
export {
  DELAY_MS_MAX,
  type LeasedTask,
  type NewTask,
  PRIORITY_MAX,
  PROGRESS_BYTES_MAX,
  type ResultState,
  TASK_BATCH_MAX,
  TASK_NAME,
  TASK_STATES,
  TASK_VALUE_BYTES_MAX,
  type TaskError,
  type TaskOptions,
  type TaskResult,
  type TaskState,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
  UNIQUE_KEY_MAX,
} from "./tasks/task.ts";
export { ensureTaskPartitions, taskChores } from "./tasks/upkeep.ts";
export {
  type Cancellation,
  listWorkers,
  type SeenWorker,
  type WorkerProfile,
  type WorkerRow,
} from "./tasks/worker-store.ts";
export { WORKER_LOST_MS, WORKER_PULSE_MS } from "./tasks/worker-watch.ts";
export { createRunTracing, type RunTracing } from "./trace.ts";
export { createRunEnds, type RunEnds } from "./triggers/run-ends.ts";
export { syncFlow } from "./triggers/sync.ts";
export { toldLooks } from "./triggers/told.ts";
export { ensureFlowPartitions, isInputOfRuns } from "./upkeep.ts";
export type { RunRef, Waited } from "./waiters.ts";
export { createWaits, type Waits, waitChores } from "./waits/match.ts";
