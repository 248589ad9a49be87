import { isIP } from "node:net";
import type { Guard } from "./guard.ts";
import type { Refusal } from "./outcome.ts";

/** What a request needs of its URL, taken apart once. */
export interface Target {
  readonly secure: boolean;
  /** A name in its ASCII form without a trailing dot, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The value of the Host header: the authority as written, without a default port. */
  readonly authority: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
}

export type UrlCheck =
  | { readonly ok: true; readonly url: URL; readonly target: Target }
  | { readonly ok: false; readonly refusal: Refusal; readonly detail: string };

export interface UrlRules {
  /** Judges literal addresses and `localhost` at once. Names are judged when they are resolved, for each request. */
  readonly guard?: Guard;
  /** When present, only these ports. */
  readonly ports?: readonly number[];
  readonly charsMax?: number;
}

const CHARS_MAX = 2048;

/**
 * "Port blocking" of the Fetch standard (https://fetch.spec.whatwg.org/#port-blocking): services of other protocols that
 * would take the lines of a request for commands. Redis and memcached are not on that list; on public addresses nobody
 * receives webhooks there either, so they are added.
 */
const PORTS_BLOCKED = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
]);

/** Values come from strangers and go into error messages: shown short and with control characters escaped. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/**
 * Checks the URL of an endpoint: at its creation, so that a fault is told to whoever typed it, and again before each
 * request, so that rules that became stricter hold for old endpoints too.
 */
export function checkUrl(text: string, rules: UrlRules = {}): UrlCheck {
  const refuse = (refusal: Refusal, detail: string): UrlCheck => ({ ok: false, refusal, detail });
  const charsMax = rules.charsMax ?? CHARS_MAX;
  if (text.length > charsMax) {
    return refuse(
      "url_invalid",
      `The URL ${quoted(text)} has ${text.length} characters; at most ${charsMax} are allowed.`,
    );
  }
  // The WHATWG parser drops tabs and line ends and trims; what is stored must be what was meant.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
  if (/[\u0000-\u0020\u007f-\u009f\\]/.test(text)) {
    return refuse("url_invalid", `The URL ${quoted(text)} contains a space, a control character or a backslash.`);
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined)
    return refuse("url_invalid", `The URL ${quoted(text)} has no scheme; it must start with https:// or http://.`);
  if (scheme !== "http" && scheme !== "https") {
    return refuse(
      "scheme_not_allowed",
      `The URL ${quoted(text)} has the scheme ${quoted(scheme)}; it must be https or http.`,
    );
  }
  // The parser also accepts "http:host" and "http:///host"; both are slips.
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined)
    return refuse("url_invalid", `The URL ${quoted(text)} has no host after "${scheme}://".`);
  if (authority.includes("@")) {
    return refuse(
      "userinfo_not_allowed",
      `The URL ${quoted(hideUserinfo(text))} carries a user name or password; put credentials into a header.`,
    );
  }
  const url = URL.parse(text);
  if (url === null || url.hostname === "")
    return refuse("url_invalid", `The URL ${quoted(text)} does not parse: its host or port is malformed.`);

  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (PORTS_BLOCKED.has(port) || rules.ports?.includes(port) === false) {
    return refuse(
      "port_not_allowed",
      `The URL ${quoted(text)} names port ${port}, which outbound requests may not use.`,
    );
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(hostname) === 0 && !isHostname(hostname)) {
    return refuse(
      "url_invalid",
      `The URL ${quoted(text)} has the host ${quoted(hostname)}, which is no valid host name.`,
    );
  }
  const refused = rules.guard === undefined ? undefined : refusedAddress(hostname, rules.guard);
  if (refused !== undefined) {
    return refuse(
      "address_not_allowed",
      `The URL ${quoted(text)} leads to ${refused}; outbound requests reach public addresses only.`,
    );
  }
  return { ok: true, url, target: { secure, hostname, port, authority: url.host, path: url.pathname + url.search } };
}

function hideUserinfo(text: string): string {
  return text.replace(/\/\/[^/?#]*@/, "//…@");
}

/** RFC 1123 §2.1 with the underscore that names in use have; lengths of RFC 1035 §2.3.4. */
function isHostname(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
}

function refusedAddress(hostname: string, guard: Guard): string | undefined {
  // RFC 6761 §6.3: localhost and all names below it are loopback, whatever a resolver says.
  const isLocalhost = hostname === "localhost" || hostname.endsWith(".localhost");
  const addresses = isLocalhost ? ["127.0.0.1", "::1"] : isIP(hostname) === 0 ? [] : [hostname];
  const verdicts = addresses.map((address) => guard.check(address));
  for (const verdict of verdicts) {
    if (!verdict.allowed && verdicts.every((other) => !other.allowed))
      return `${isLocalhost ? "localhost" : hostname} (${verdict.why})`;
  }
  return undefined;
}
