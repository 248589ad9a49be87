/**
 * Header fields of outbound requests: what is well-formed, what belongs to the connection, what belongs to the engine.
 */

/** RFC 9110 §5.6.2 (token). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 (field-value): visible characters and obs-text, with spaces and tabs only inside. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Host, framing and hop-by-hop fields (RFC 9110 §7.2, §7.6.1, §10.1.1; RFC 9112 §6): only the client itself sets them. */
const CONNECTION_FIELDS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "http2-settings",
]);

/** What the engine says about a delivery; a customer who could set it could forge it. */
const ENGINE_FIELDS = new Set([
  "content-type",
  "content-encoding",
  "accept-encoding",
  "x-event-id",
  "x-delivery-id",
  "x-delivery-attempt",
  "x-attempt",
  "x-signature",
  "x-timestamp",
]);
const ENGINE_PREFIXES = ["webhook-", "svix-", "x-posthorn-"];

export function isHeaderName(name: string): boolean {
  return NAME.test(name);
}

/** True for what can be sent as it is: Latin-1 without control characters, without white space at the ends. */
export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** True for fields that only the client itself may set; `send` refuses them from anybody. */
export function isConnectionHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return CONNECTION_FIELDS.has(lower) || lower.startsWith("proxy-");
}

/** True for fields that customers may not set on their endpoints (P8): connection fields, signatures, ids, content type. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    isConnectionHeader(lower) || ENGINE_FIELDS.has(lower) || ENGINE_PREFIXES.some((prefix) => lower.startsWith(prefix))
  );
}

/** Names seen valid, lower-cased: the same few come with every request. Bounded, since customers choose some of them. */
const knownNames = new Map<string, string>();
const KNOWN_NAMES_MAX = 10_000;

export type HeaderLines =
  | { readonly ok: true; readonly lines: string }
  | { readonly ok: false; readonly detail: string };

/**
 * The fields as they go on the wire: the given ones in their order and case, before them `User-Agent`, `Accept` and
 * `Accept-Encoding` where they are not among them. `detail` is a sentence about a field that cannot be sent.
 */
export function headerLines(headers: readonly (readonly [string, string])[], userAgent: string): HeaderLines {
  let lines = "";
  let agent = `User-Agent: ${userAgent}\r\n`;
  let accept = "Accept: */*\r\n";
  let encoding = "Accept-Encoding: identity\r\n";
  for (const [name, value] of headers) {
    const lower = knownNames.get(name) ?? admitted(name);
    if (lower === undefined) {
      const why = isHeaderName(name) ? "belongs to the connection and cannot be set" : "is not a token";
      return { ok: false, detail: `The header name ${JSON.stringify(name)} ${why}.` };
    }
    // The value may be a credential, so it is not quoted.
    if (!VALUE.test(value)) {
      return {
        ok: false,
        detail: `The value of the header ${JSON.stringify(name)} has characters that a header cannot carry.`,
      };
    }
    if (lower === "user-agent") agent = "";
    else if (lower === "accept") accept = "";
    else if (lower === "accept-encoding") encoding = "";
    lines += `${name}: ${value}\r\n`;
  }
  return { ok: true, lines: agent + accept + encoding + lines };
}

function admitted(name: string): string | undefined {
  if (!isHeaderName(name) || isConnectionHeader(name)) return undefined;
  if (knownNames.size >= KNOWN_NAMES_MAX) knownNames.clear();
  const lower = name.toLowerCase();
  knownNames.set(name, lower);
  return lower;
}
