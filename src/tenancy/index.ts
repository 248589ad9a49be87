// The tenants: applications, who may ask, and what was already answered.

export type { Access, KeyRole, Permission } from "./access.ts";
export { isWithinApplication, KEY_ROLES, PERMISSIONS, PORTAL_READ_ONLY, permits, ROLE_PERMISSIONS } from "./access.ts";
export type { Application, ApplicationFields, LiveApplication, Quotas, UidTaken } from "./application.ts";
export {
  createApplication,
  deleteApplication,
  findApplication,
  listApplications,
  liveApplications,
  updateApplication,
} from "./application.ts";
export type { Claim, IdempotentRequest, StoredAnswer } from "./idempotency.ts";
export {
  claimKey,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  IDEMPOTENCY_WINDOW_HOURS,
  isIdempotencyKey,
  removeExpiredAnswers,
  storeAnswer,
  TWIN_WAIT_MS,
} from "./idempotency.ts";
export { type Keyset, keysetSql } from "./keyset.ts";
export type { Authenticate, Authentication, Principal } from "./principal.ts";
export { createAuthenticate } from "./principal.ts";
export { createQuota, type QuotaOptions, type TakeQuota } from "./quota.ts";
export type { ApplicationResolver, ResolverOptions } from "./resolve.ts";
export { createApplicationResolver } from "./resolve.ts";
export { isReservedUid, UID_LENGTH_MAX, UID_PATTERN } from "./uid.ts";
