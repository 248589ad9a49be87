// Where webhooks go out: endpoints, what is owed to them, and the truth about each attempt.

export type { Attempt, AttemptFilter } from "./attempt-read.ts";
export { findAttempt, listAttemptsOfEndpoint, listAttemptsOfEvent, requestHeadersOf } from "./attempt-read.ts";
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
export { resendEvent } from "./resend.ts";
export type { Delivery as DeliveryRole, DeliveryOptions, DeliveryStats } from "./service.ts";
export { createDelivery } from "./service.ts";
export type { ParsedSecret } from "./signing.ts";
export { formatPublicKey, formatSecret, generateSecret, parseSecret } from "./signing.ts";
export type { DeliveryUpkeepOptions } from "./upkeep.ts";
export { deliveryChores, ensureDeliveryPartitions, isOwed } from "./upkeep.ts";
