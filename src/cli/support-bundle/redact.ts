/**
 * Makes text fit for strangers' eyes. Three nets, because each alone has holes: the secrets that this installation is known to have,
 * whatever looks like one of ours, and all of a URL but its host, since paths and queries of webhooks are credentials.
 */

const MASK = "[secret]";
/** Shorter ones would blank out ordinary words. */
const KNOWN_LENGTH_MIN = 6;

const SHAPES: readonly RegExp[] = [
  // Ours: signing secrets, API tokens and keys, portal tokens; and what any program shows in an Authorization header.
  /\bwh(?:sec|sk)_[A-Za-z0-9+/=_-]{8,}/g,
  /\bph[a-z]?_[A-Za-z0-9_-]{16,}/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi,
  // JSON Web Tokens.
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
  /(?<=\b(?:password|passwd|secret|token|api[_-]?key)["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi,
];
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi;
const WEB_URL = /(https?:\/\/[^\s/?#"'<>]+)[/?#][^\s"'<>)\]]*/gi;

export type Redact = (text: string) => string;

/** `known`: values that must not leave, wherever they turn up, also percent-encoded. */
export function createRedact(known: readonly string[]): Redact {
  const values = [...new Set(known.flatMap((value) => [value, encodeURIComponent(value)]))]
    .filter((value) => value.length >= KNOWN_LENGTH_MIN)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const value of values) clean = clean.replaceAll(value, MASK);
    clean = clean.replace(WEB_URL, "$1/…").replace(CREDENTIALS, `$1${MASK}@`);
    for (const shape of SHAPES) clean = clean.replace(shape, MASK);
    return clean;
  };
}
