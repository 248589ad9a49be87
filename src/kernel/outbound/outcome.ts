/** Microseconds of one request; absent where it was not reached or cannot be known. */
export interface RequestTiming {
  readonly dnsUs?: number;
  /** TCP and TLS. Absent on a reused connection. */
  readonly connectUs?: number;
  readonly firstByteUs?: number;
  readonly totalUs: number;
}

/** What came back of a response, as far as it was read. `body` is cut at the cap; `truncated` says so. */
export interface ReceivedResponse {
  readonly status: number;
  /** Names as received, in order; repeated names stay apart. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** Why no complete response came: closed, because the retry policy, the metrics and the operator's page all switch on it. */
export type NetworkFault =
  | "dns_not_found"
  | "dns_failed"
  | "connection_refused"
  | "connection_reset"
  | "unreachable"
  | "tls_certificate"
  | "tls_protocol"
  | "invalid_response"
  /** Cut off by our own shutdown; once sent, the receiver may or may not have acted (P12). */
  | "interrupted"
  | "other";

/** Why the guard or the client did not even try. */
export type Refusal =
  | "address_not_allowed"
  | "url_invalid"
  | "scheme_not_allowed"
  | "userinfo_not_allowed"
  | "port_not_allowed"
  | "header_invalid";

/**
 * What happened to one request on the wire, and nothing of what follows from it.
 * - `response`: the body was read to its end or to its cap inside the deadline (P5).
 * - `broken_body`: status and headers came, the body did not end as announced.
 * - `timeout`: the one deadline passed; the receiver may or may not have acted.
 * - `fault`: the network failed before a status came. `sent` is false when it is certain that no byte of the request left.
 * - `refused`: nothing was sent, by our own decision (P8).
 */
export type SendResult = { readonly timing: RequestTiming; readonly remoteAddress?: string } & (
  | { readonly kind: "response"; readonly response: ReceivedResponse }
  | { readonly kind: "broken_body"; readonly response: ReceivedResponse; readonly detail: string }
  | {
      readonly kind: "timeout";
      readonly phase: "dns" | "connect_or_headers" | "body";
      readonly response?: ReceivedResponse;
    }
  | { readonly kind: "fault"; readonly fault: NetworkFault; readonly sent: boolean; readonly detail: string }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly detail: string }
);

/**
 * The outcome of an attempt (P6). `reason` is stable and machine-readable: `http_503`, `connection_refused`,
 * `timeout_body`, `address_not_allowed`, …; the operator's page explains it, filters use it.
 */
export type Outcome =
  | { readonly class: "delivered"; readonly reason: string }
  | { readonly class: "retryable"; readonly reason: string; readonly retryAfterMs?: number }
  /** Refused for good: a 3xx or a 4xx that is none of 408, 410, 425, 429. */
  | { readonly class: "permanent"; readonly reason: string }
  /** 410: the receiver says that the endpoint is gone. */
  | { readonly class: "gone"; readonly reason: "http_410" }
  | { readonly class: "timeout"; readonly reason: string }
  /** A 2xx whose body broke, or a request that our own shutdown cut off after it may have been sent. */
  | { readonly class: "ambiguous"; readonly reason: string }
  | { readonly class: "signature_error"; readonly reason: string }
  | { readonly class: "endpoint_config_error"; readonly reason: string }
  | { readonly class: "internal_error"; readonly reason: string };
export type OutcomeClass = Outcome["class"];
