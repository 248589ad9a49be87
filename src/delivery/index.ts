// Where webhooks go out: endpoints, what is owed to them, and the truth about each attempt.

export type { Attempt, AttemptFilter, AttemptScan } from "./attempt-read.ts";
export { findAttempt, listAttemptsOfEndpoint, listAttemptsOfEvent, requestHeadersOf } from "./attempt-read.ts";
export type { AttemptedEndpoint, AttemptedEvent, Standing } from "./attempted.ts";
export { eraseResponse, listAttemptedEndpoints, listAttemptedEvents } from "./attempted.ts";
export type { Backlog, TopEndpoint, Trouble } from "./backlog.ts";
export { createBacklogMeter, endpointsInTrouble, mostOwed } from "./backlog.ts";
export type { DeadAct, DeadChange, DeadFilter, DeadLetter, DeadScan, DeadSelection } from "./dead-letters.ts";
export { changeDead, isDeadKey, listDead } from "./dead-letters.ts";
export type {
  EndpointConfig,
  EndpointMode,
  EndpointModeReason,
  ExtraHeaders,
  SecretKind,
  SigningKey,
} from "./endpoint.ts";
export type { HeaderFault, Headers } from "./endpoint-headers.ts";
export { headerFaults, patchHeaders, resealHeaders, showHeaders } from "./endpoint-headers.ts";
export { loadEndpoints } from "./endpoint-load.ts";
export type { NewSecret, Resealed } from "./endpoint-secret.ts";
export { currentSecret, resealSecrets, SECRETS_MAX } from "./endpoint-secret.ts";
export type { Endpoint, EndpointFields, EndpointRefusal, HeldEndpoint, OwedStopped } from "./endpoint-store.ts";
export {
  changeHeaders,
  createEndpoint,
  deleteEndpoint,
  deleteEndpointsOf,
  findEndpoint,
  holdEndpoint,
  listEndpoints,
  OWED_COUNT_MAX,
  readHeaders,
  rotateSecret,
  stopEndpoint,
  updateEndpoint,
} from "./endpoint-store.ts";
export type { AttemptWindow, Counted, EndpointStats, EndpointSummary } from "./endpoint-summary.ts";
export { countDeliveries, summariseEndpoint } from "./endpoint-summary.ts";
export type { Place } from "./locate.ts";
export { appOfEvent, locateAttempt, locateDelivery, locateEndpoint } from "./locate.ts";
export type { BacklogNoticeOptions } from "./notice-backlog.ts";
export { backlogChores, lookAtBacklog } from "./notice-backlog.ts";
export type { OwedAct, OwedChange, OwedSelection } from "./owed-acts.ts";
export { changeOwed, endOwedOfErased } from "./owed-acts.ts";
export type { OpenDelivery } from "./owed-read.ts";
export { isWaitingKey, listOpen } from "./owed-read.ts";
export type { ProbeRefusal } from "./probe.ts";
export { requestProbe } from "./probe.ts";
export type { ReplayCount } from "./replay/count.ts";
export { countReplay } from "./replay/count.ts";
export type { JobCommand, JobState, JobStatus, JobTask } from "./replay/job.ts";
export { JOB_STATUSES, JOB_TASKS } from "./replay/job.ts";
export type { Jobs, JobsOptions } from "./replay/runner.ts";
export { createJobs } from "./replay/runner.ts";
export type { Selection, What } from "./replay/selection.ts";
export { WHATS } from "./replay/selection.ts";
export type { Job, JobFilter, JobPart, ReplaySpec } from "./replay/store.ts";
export { commandJob, findJob, listJobs, OPEN_JOBS_MAX, openJobs, startReplay, stillOwedBy } from "./replay/store.ts";
export { resendEvent } from "./resend.ts";
export type { Delivery as DeliveryRole, DeliveryOptions, DeliveryStats } from "./service.ts";
export { createDelivery } from "./service.ts";
export type { ParsedSecret } from "./signing.ts";
export { formatPublicKey, formatSecret, generateSecret, parseSecret } from "./signing.ts";
export type { TallyPoint, TallySeries } from "./tally.ts";
export { endpointSeries, forgetEndpointTallies, mostFailing, TALLIES_KEPT_MS } from "./tally.ts";
export type { Timeline, TimelineDelivery } from "./timeline.ts";
export { timelineOf } from "./timeline.ts";
export type { DeliveryUpkeepOptions } from "./upkeep.ts";
export { deletedEndpointsLook, deliveryChores, ensureDeliveryPartitions, isOwed } from "./upkeep.ts";
