import type { NetworkFault } from "./outcome.ts";

const UNREACHABLE = new Set(["ENETUNREACH", "EHOSTUNREACH", "EHOSTDOWN", "ENETDOWN", "ETIMEDOUT"]);
const RESET = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);
/** Codes of certificate verification as Node and Bun name them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE = new Set([
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

/**
 * Sorts the code of a socket's error: `fault` when the request may be on its way, `handshake` when the connection was not
 * there yet. They differ in one thing: what resets a connection that was being made is a failed TLS handshake, because
 * without TLS there is nothing between connected and written.
 */
export function faultOf(code: string): { fault: NetworkFault; handshake: NetworkFault } {
  if (RESET.has(code)) return { fault: "connection_reset", handshake: "tls_protocol" };
  const fault = sorted(code);
  return { fault, handshake: fault };
}

function sorted(code: string): NetworkFault {
  if (code === "ECONNREFUSED") return "connection_refused";
  if (UNREACHABLE.has(code)) return "unreachable";
  if (CERTIFICATE.has(code) || code.startsWith("CERT_") || code.startsWith("CRL_") || code.startsWith("ERR_TLS_CERT")) {
    return "tls_certificate";
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS")) return "tls_protocol";
  return "other";
}
