// The tenants: applications, who may ask, and what was already answered.

export type { Access, KeyRole, Permission } from "./access.ts";
export { isWithinApplication, KEY_ROLES, PERMISSIONS, PORTAL_READ_ONLY, permits, ROLE_PERMISSIONS } from "./access.ts";
export type { ApiKey, ApiKeyFields, IssuedKey } from "./api-key.ts";
export {
  createApiKey,
  deleteApiKey,
  findApiKey,
  listApiKeys,
  rotateApiKey,
  TOKENS_MAX,
  tooStrong,
  updateApiKey,
} from "./api-key.ts";
export type { Application, ApplicationFields, LiveApplication, Quotas, UidTaken } from "./application.ts";
export {
  createApplication,
  deleteApplication,
  findApplication,
  listApplications,
  liveApplications,
  updateApplication,
} from "./application.ts";
export type { Actor, AuditEntry, AuditFilter, AuditRecord } from "./audit.ts";
export { auditId, listAudit, recordAudit, retireAudit, STRANGER } from "./audit.ts";
export { type ConsoleSessions, createConsoleSessions } from "./console-session.ts";
export type { Claim, IdempotentRequest, StoredAnswer } from "./idempotency.ts";
export {
  claimKey,
  EXPIRED_ANSWERS,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  IDEMPOTENCY_WINDOW_HOURS,
  isIdempotencyKey,
  removeExpiredAnswers,
  storeAnswer,
  TWIN_WAIT_MS,
} from "./idempotency.ts";
export { type Keyset, keysetSql } from "./keyset.ts";
export { applicationNames } from "./names.ts";
export { OPERATIONAL_APP_ID } from "./operational.ts";
export {
  createPortalSession,
  deletePortalSession,
  expirePortalSessions,
  findPortalSession,
  PORTAL_SESSION_SECONDS_DEFAULT,
  type PortalSession,
} from "./portal-session.ts";
export { findTheme, saveTheme, type Theme } from "./portal-theme.ts";
export type { Authenticate, Authentication, Principal, Unauthenticated } from "./principal.ts";
export { createAuthenticate, ROOT } from "./principal.ts";
export { createQuota, type QuotaOptions, type TakeQuota } from "./quota.ts";
export type { ApplicationResolver, ResolverOptions } from "./resolve.ts";
export { createApplicationResolver } from "./resolve.ts";
export { createTokenCache, type TokenCache } from "./token-cache.ts";
export { isReservedUid, UID_LENGTH_MAX, UID_PATTERN } from "./uid.ts";
export { tenancyChores } from "./upkeep.ts";
