import type { DisbeliefReason } from "./presets/preset.ts";

/** Why a request was not taken, over and above what a preset says. Stable codes. */
export type RejectionReason =
  | DisbeliefReason
  | "body_too_large"
  | "encoding_not_supported"
  | "source_disabled"
  | "loop"
  | "conflict";

/** What is kept of a refused request, for the operator. Strangers wrote it: it is cut, and what may be secret is masked. */
export interface Rejection {
  readonly id: string;
  readonly sourceId: string;
  readonly reason: RejectionReason;
  readonly detail: string;
  readonly remoteAddress: string | undefined;
  /** `[[name, value], …]`. */
  readonly headers: readonly (readonly [string, string])[];
  /** The first bytes of the body. */
  readonly bodyExcerpt: Uint8Array;
  readonly bodyBytes: number;
}

export const EXCERPT_BYTES_MAX = 256;
const HEADERS_MAX = 40;
const HEADER_CHARS_MAX = 256;
const MASK = "[masked]";

/** Names that carry credentials or signatures, of the providers we know and of those we do not. */
const SENSITIVE_HEADER = /auth|cookie|signature|hmac|token|secret|passw|credential|api-?key|access-?key|session/i;

/** Headers as they may be shown: signatures and credentials masked, the rest cut. */
export function maskedHeaders(headers: Headers, signatureHeader: string | undefined): [string, string][] {
  const shown: [string, string][] = [];
  for (const [name, value] of headers) {
    if (shown.length === HEADERS_MAX) break;
    const sensitive = name === signatureHeader || SENSITIVE_HEADER.test(name);
    shown.push([name.slice(0, HEADER_CHARS_MAX), sensitive ? MASK : cut(value)]);
  }
  return shown;
}

// Slack's bodies carry its old verification token, and people post passwords to wrong URLs. Over Latin-1, so that each
// byte is a character and the mask cannot split one.
const SENSITIVE_FIELD =
  /((?:token|secret|passw(?:or)?d|api_?key|authorization|client_secret)"?\s*[:=]\s*"?)([^"&,}\s]+)/gi;

/** The first bytes of a body, with what looks like a credential masked. */
export function excerptOf(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, EXCERPT_BYTES_MAX)).toString(
    "latin1",
  );
  const masked = text.replace(SENSITIVE_FIELD, `$1${MASK}`);
  return Buffer.from(masked.slice(0, EXCERPT_BYTES_MAX), "latin1");
}

function cut(text: string): string {
  return text.length > HEADER_CHARS_MAX ? `${text.slice(0, HEADER_CHARS_MAX)}…` : text;
}
