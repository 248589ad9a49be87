import type { NetworkFault } from "./outcome.ts";

/** The fault, and whether any byte of the request may have left. */
export interface FaultKind {
  readonly fault: NetworkFault;
  /** False only where it is certain: the connection or its TLS handshake, which comes before the request, failed. */
  readonly sent: boolean;
}

const UNREACHABLE = new Set(["ENETUNREACH", "EHOSTUNREACH", "EHOSTDOWN", "ENETDOWN"]);
/** Our side ran out of ports or descriptors, or may not use the network; a connect fails with these before anything is sent. */
const NOT_CONNECTED = new Set([
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
  "EACCES",
  "EPERM",
  "ENOBUFS",
  "FailedToOpenSocket",
  "ConnectionFailed",
]);
const INVALID_RESPONSE = new Set([
  "Malformed_HTTP_Response",
  "InvalidHTTPResponse",
  "ResponseHeadersTooLarge",
  "InvalidContentLength",
  "UnrequestedUpgrade",
  "InvalidStatusCode",
]);
/** Codes of X509_verify_cert_error_string as Node and Bun name them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE = new Set([
  "UNSPECIFIED",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "HOSTNAME_MISMATCH",
]);

/** Sorts what `fetch` rejects with, by its `code`. What is unknown counts as sent. */
export function faultOf(code: string): FaultKind {
  if (code === "ECONNREFUSED") return { fault: "connection_refused", sent: false };
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ConnectionClosed")
    return { fault: "connection_reset", sent: true };
  if (UNREACHABLE.has(code)) return { fault: "unreachable", sent: false };
  if (NOT_CONNECTED.has(code)) return { fault: "other", sent: false };
  if (INVALID_RESPONSE.has(code)) return { fault: "invalid_response", sent: true };
  if (CERTIFICATE.has(code) || code.startsWith("CERT_") || code.startsWith("CRL_") || code.startsWith("ERR_TLS_CERT")) {
    return { fault: "tls_certificate", sent: false };
  }
  // Bun gives EPROTO when the handshake fails and nothing else of TLS has a code of its own.
  if (code === "EPROTO") return { fault: "tls_protocol", sent: false };
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS")) return { fault: "tls_protocol", sent: true };
  return { fault: "other", sent: true };
}

/** The `code` of an error, or the best that there is. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
