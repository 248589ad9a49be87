import type { RetryPolicy } from "./policy.ts";

/** Whether an endpoint takes new events. Paused: what comes is owed and held. Disabled: what comes is not owed. */
export type EndpointMode = "enabled" | "paused" | "disabled";
/** Who stopped it: an operator, its receiver's 410 (again), or days of nothing but failure. */
export type EndpointModeReason = "operator" | "gone" | "gone_again" | "failing";
/** Beside `webhook-*`: the `svix-*` triple, or the pair X-Signature and X-Timestamp. */
export type ExtraHeaders = "svix" | "plain";
export type SecretKind = "v1" | "v1a";

/** A key that signs now: HMAC-SHA256 key bytes for v1, what `signing.ts` calls the private key for v1a. */
export interface SigningKey {
  readonly kind: SecretKind;
  readonly key: Uint8Array;
  /** Absent: the current one. Otherwise it signs beside the current one until then (ms since 1970). */
  readonly expiresAtMs?: number;
}

/** Everything needed to plan and send for one endpoint, secrets opened. Immutable; a newer version replaces it. */
export interface EndpointConfig {
  readonly id: string;
  readonly appId: string;
  /** Grows with every change; attempts name it. */
  readonly version: number;
  readonly url: string;
  /** Undefined: all. */
  readonly eventTypes: ReadonlySet<string> | undefined;
  /** Undefined: all, also events without channels. */
  readonly channels: ReadonlySet<string> | undefined;
  readonly mode: EndpointMode;
  /** When the mode was last changed; absent: it never was. */
  readonly modeSinceMs?: number;
  /** Requests started per second, exact, over all processes. */
  readonly throttleRate?: number;
  /** Requests in flight, over all processes. */
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly retryPolicy: RetryPolicy;
  /** A delivery older than this is not sent any more. */
  readonly expiresAfterMs?: number;
  readonly extraHeaders: ReadonlySet<ExtraHeaders>;
  /** Custom headers in the order and case to send. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * Newest first; the first is the current one. Expired ones may still be listed: compare `expiresAtMs` when signing.
   * Empty when they or the headers cannot be opened (their master key is missing): nothing can be signed then.
   */
  readonly secrets: readonly SigningKey[];
}

/** Whether an endpoint wants an event: its type among the endpoint's, and one of its channels among the endpoint's. */
export function wants(
  endpoint: Pick<EndpointConfig, "eventTypes" | "channels">,
  event: { readonly type: string; readonly channels: readonly string[] | undefined },
): boolean {
  if (endpoint.eventTypes !== undefined && !endpoint.eventTypes.has(event.type)) return false;
  const channels = endpoint.channels;
  if (channels === undefined) return true;
  return event.channels?.some((channel) => channels.has(channel)) ?? false;
}
