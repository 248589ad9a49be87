// The ground: what every room stands on and that knows no room.

export type { Chore } from "./chores.ts";
export { runChores } from "./chores.ts";
export type {
  Config,
  EffectiveSetting,
  Environment,
  Fault,
  ListenAddress,
  ParsedConfig,
  Role,
  SettingGroup,
  SettingReference,
} from "./config.ts";
export { configReference, effectiveSettings, isLoopback, parseConfig, ROLES } from "./config.ts";
export type { DatabaseFault, Db, DbOptions, Queryable, Statement } from "./db.ts";
export { asOne, bareArray, DatabaseError, isPooled, openDb, packBytes, textArray } from "./db.ts";
export { generateApiToken, generatedSecret } from "./generated-secrets.ts";
export type { GroupCommit, GroupCommitOptions } from "./group-commit.ts";
export { groupCommit } from "./group-commit.ts";
export { HOPS_HEADER, readHops } from "./hops.ts";
export type { IdPrefix } from "./ids.ts";
export { idTimeMs, isUuid, newId, newIdAt, parsePublicId, publicId, uuidLowerBound } from "./ids.ts";
export type { DatabaseInspection, Inspected, TableState } from "./inspect.ts";
export { inspectDatabase } from "./inspect.ts";
export type { Intake, IntakeOptions, IntakeRefusal, ObservedIntake } from "./intake.ts";
export { createIntake } from "./intake.ts";
export { mayBeOutOfRange, numberOutOfRange } from "./json-numbers.ts";
export type { JsonKind, JsonMember, ScannedObject } from "./json-span.ts";
export { JSON_DEPTH_MAX, scanObject, valueEnd } from "./json-span.ts";
export { KeyedBucket } from "./keyed-bucket.ts";
export { changeLevel, nextLevel } from "./log/change-level.ts";
export type { Fields, Log, LogLevel, LogOptions, RootLog } from "./log.ts";
export { createLog, LOG_LEVELS } from "./log.ts";
export { createLooks, LOOK_MS, type Look, type Looks } from "./looks.ts";
export type { Membership, MembershipOptions, TakeOver } from "./membership.ts";
export { createMembership, LEASE_MS, MEMBERSHIP_STATEMENTS, PULSE_MS } from "./membership.ts";
export type { AppliedMigration, SchemaStatus } from "./migrate.ts";
export { migrate, SchemaRefused, schemaHistory, schemaStatus } from "./migrate.ts";
export { nearest } from "./nearest.ts";
export { classify } from "./outbound/classify.ts";
export { type AddressVerdict, createGuard, type Guard, type GuardOptions, parseNetwork } from "./outbound/guard.ts";
export { isConnectionHeader, isHeaderName, isHeaderValue, isReservedHeader } from "./outbound/headers.ts";
export type {
  NetworkFault,
  Outcome,
  OutcomeClass,
  ReceivedResponse,
  Refusal,
  RequestTiming,
  SendResult,
} from "./outbound/outcome.ts";
export type { Answer as DnsAnswer, Lookup } from "./outbound/resolve.ts";
export { parseRetryAfter, RETRY_AFTER_MAX_MS, RETRY_AFTER_MIN_MS } from "./outbound/retry-after.ts";
export {
  createOutbound,
  type Outbound,
  type OutboundMethod,
  type OutboundOptions,
  type OutboundRequest,
} from "./outbound/send.ts";
export { checkUrl, type Target, type UrlCheck, type UrlRules } from "./outbound/url.ts";
export { watchParent } from "./parent-watch.ts";
export type { Partition } from "./partitions.ts";
export { dropPartitions, ensurePartitions, listPartitions } from "./partitions.ts";
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./postgres/embedded.ts";
export { startEmbeddedPostgres, startOnFreePort } from "./postgres/embedded.ts";
export { EmbeddedPostgresError, type EmbeddedPostgresFault } from "./postgres/errors.ts";
export { type ServerFacts, serverFacts } from "./postgres/facts.ts";
export { lockFolder } from "./postgres/lock.ts";
export { openCluster } from "./postgres/open.ts";
export { endOrphan, processesIn, signal, until } from "./postgres/orphans.ts";
export { type FoundEmbedded, findEmbedded } from "./postgres/visit.ts";
export type { MasterKeys, ParsedMasterKey, ParsedMasterKeys, SealErrorCode, Sealer } from "./seal.ts";
export {
  createSealer,
  generateMasterKey,
  parseMasterKey,
  parseMasterKeys,
  SEAL_HEADER_BYTES,
  SealError,
} from "./seal.ts";
export { Secret } from "./secret.ts";
export type { ExitCode, RunOptions, Service, SignalSource, StopSignal } from "./service.ts";
export { runServices } from "./service.ts";
export { createStallWatch, type StallState, type StallWatch } from "./stall-watch.ts";
export type { Percentiles } from "./telemetry/histogram.ts";
export { addEncoded, BUCKETS, encode, Histogram, percentiles } from "./telemetry/histogram.ts";
export { createMinutes, type Minute, type Minutes, OTHERS } from "./telemetry/minutes.ts";
export { metricsReference } from "./telemetry/reference.ts";
export { Counter } from "./telemetry/registry.ts";
export { createSampler, type Sampler } from "./telemetry/sampler.ts";
export { deadOfDay, listProcesses, type ProcessRow, readSamples, type SpanSeconds } from "./telemetry/samples.ts";
export { type Point, percentilesMs, seriesOf } from "./telemetry/series.ts";
export type { Owed, Span as Sample } from "./telemetry/span.ts";
export type { Batch, Happening, HappeningKind, Tail, TailFilter, TailReader } from "./telemetry/tail.ts";
export { createTailRelay, type TailRelay } from "./telemetry/tail-relay.ts";
export {
  type CommitMeter,
  createTelemetry,
  type DatabaseMeter,
  type HttpMeter,
  RECENT_SECONDS,
  type Telemetry,
} from "./telemetry/telemetry.ts";
export type { SamplerName, Span, SpanStats, TraceContext, Tracing, TracingConfig } from "./trace/index.ts";
export { createTracing, parseTraceparent, readStoredTrace, spanIdOf, storedTrace, traceparent } from "./trace/index.ts";
export { unreachable } from "./unreachable.ts";
