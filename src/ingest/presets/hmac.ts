import { anyHmacMatches, SIGNATURE_HEADER_CHARS_MAX, SIGNATURES_MAX } from "./digest.ts";
import { checkSignedId, nameOf, readNaming } from "./naming.ts";
import { OptionReader } from "./options.ts";
import type { Configured, Incoming, Key, ParsedSecret, Preset, Verdict } from "./preset.ts";
import { base64Bytes, textSecret } from "./secret.ts";
import { checkTimestamp, TOLERANCE_S } from "./timestamp.ts";

/**
 * Any sender that signs with an HMAC over a template. Options:
 * - `signatureHeader` (required), `signaturePrefix` (before the signature, e.g. `sha256=`), `encoding` (hex, base64,
 *   base64url; default hex), `algorithm` (sha256, sha512, sha1; default sha256);
 * - `template`: what is signed, made of `{body}` (once, the raw bytes), `{timestamp}`, `{id}` and literal text; default
 *   `{body}`;
 * - `timestampHeader`, `timestampUnit` (s, ms), `toleranceSeconds`; `idHeader` or `idField`;
 * - `secretEncoding`: how the secret's text becomes the key (text, hex, base64; default text);
 * - the event type's options, see `readNaming`.
 *
 * A header with several signatures (parted by comma or space, as senders do while they rotate) is taken when one fits.
 */
export const hmac: Preset = {
  name: "hmac",
  secretFrom: "either",
  formatSecret: (random) => Buffer.from(random).toString("hex"),
  answers: { successStatus: 202, successBody: "json", disbelievedStatus: 401, sameIdOtherBody: "conflict" },
  parseSecret,
  configure,
};

type Piece = { readonly literal: string } | { readonly placeholder: "body" | "timestamp" | "id" };

function configure(raw: unknown): Configured {
  const options = new OptionReader(raw);
  const signatureHeader = options.headerName("signatureHeader");
  const signaturePrefix = options.text("signaturePrefix", 64) ?? "";
  const encoding = options.oneOf("encoding", ["hex", "base64", "base64url"], "hex");
  const algorithm = options.oneOf("algorithm", ["sha256", "sha512", "sha1"], "sha256");
  const template = options.text("template", 512) ?? "{body}";
  const timestampHeader = options.headerName("timestampHeader");
  const timestampUnit = options.oneOf("timestampUnit", ["s", "ms"], "s");
  const toleranceS = options.integer("toleranceSeconds", 1, 86_400, TOLERANCE_S);
  options.oneOf("secretEncoding", ["text", "hex", "base64"], "text");
  const naming = readNaming(options, "ids");
  options.unknownNames("hmac");

  if (signatureHeader === undefined && !options.faults.some(({ loc }) => loc[1] === "signatureHeader")) {
    options.fault("signatureHeader", "signatureHeader is missing; it should name the header with the signature.");
  }
  const pieces = parseTemplate(template, options);
  const signs = (placeholder: "timestamp" | "id") =>
    pieces.some((piece) => "placeholder" in piece && piece.placeholder === placeholder);
  if (signs("timestamp") !== (timestampHeader !== undefined)) {
    options.fault(
      "timestampHeader",
      timestampHeader === undefined
        ? "The template has {timestamp}; timestampHeader should say where it comes from."
        : "timestampHeader is set but the template has no {timestamp}: a time that is not signed proves nothing.",
    );
  }
  if (signs("id") && naming.idHeader === undefined) {
    options.fault("idHeader", "The template has {id}; idHeader should say where it comes from.");
  }
  if (options.faults.length > 0 || signatureHeader === undefined) return { ok: false, faults: options.faults };

  const strip = (text: string) => (encoding === "hex" ? text.toLowerCase() : text.replace(/=+$/, ""));
  const signedId = signs("id") ? naming.idHeader : undefined;

  const verify = ({ headers, body, nowMs }: Incoming, keys: readonly Key[]): Verdict => {
    const header = headers.get(signatureHeader);
    if (header === null || header === "") {
      return { kind: "rejected", reason: "signature_missing", detail: `The request has no ${signatureHeader} header.` };
    }
    const candidates = parseSignatures(header, signaturePrefix);
    if (candidates === undefined) {
      return {
        kind: "rejected",
        reason: "signature_malformed",
        detail: `${signatureHeader} holds no signature${signaturePrefix === "" ? "" : ` that begins with ${JSON.stringify(signaturePrefix)}`}, or too many.`,
      };
    }
    const timestamp = timestampHeader === undefined ? null : headers.get(timestampHeader);
    if (timestampHeader !== undefined) {
      const stale = checkTimestamp(timestamp, nowMs, toleranceS, timestampHeader, timestampUnit);
      if (stale !== undefined) return stale;
    }
    const id = signedId === undefined ? null : headers.get(signedId);
    if (signedId !== undefined) {
      const badId = checkSignedId(id, signedId);
      if (badId !== undefined) return badId;
    }
    const parts = pieces.map((piece) => {
      if ("literal" in piece) return piece.literal;
      if (piece.placeholder === "body") return body;
      return (piece.placeholder === "timestamp" ? timestamp : id) ?? "";
    });
    if (!anyHmacMatches(candidates.map(strip), keys, algorithm, parts, strip, encoding)) {
      return {
        kind: "rejected",
        reason: "signature_mismatch",
        detail: `No signature in ${signatureHeader} is the ${algorithm} HMAC (${encoding}) of ${template} under a secret of this source.`,
      };
    }
    const name = nameOf(naming, headers, body);
    return name.id === undefined || name.id === ""
      ? { kind: "verified", eventType: name.eventType }
      : { kind: "verified", eventType: name.eventType, dedupeKey: name.id };
  };
  return { ok: true, options: options.given, verify };
}

function parseTemplate(template: string, options: OptionReader): readonly Piece[] {
  const pieces: Piece[] = [];
  let bodies = 0;
  for (const part of template.split(/(\{[^{}]*\})/)) {
    if (part === "") continue;
    if (part === "{body}" || part === "{timestamp}" || part === "{id}") {
      if (part === "{body}") bodies += 1;
      pieces.push({ placeholder: part === "{body}" ? "body" : part === "{id}" ? "id" : "timestamp" });
    } else if (part.startsWith("{")) {
      options.fault("template", `template has ${part}; it knows {body}, {timestamp} and {id}.`);
    } else {
      pieces.push({ literal: part });
    }
  }
  if (bodies !== 1) options.fault("template", `template has {body} ${bodies} times; it should have it once.`);
  return pieces;
}

function parseSignatures(header: string, prefix: string): string[] | undefined {
  if (header.length > SIGNATURE_HEADER_CHARS_MAX) return undefined;
  // A prefix may hold a comma or a space itself (`v1,`), so the whole header is tried before its parts.
  const whole = header.startsWith(prefix) ? [header.slice(prefix.length)] : [];
  const parts = header
    .split(/[\s,]+/)
    .filter((part) => part.startsWith(prefix) && part.length > prefix.length)
    .map((part) => part.slice(prefix.length));
  const candidates = [...new Set([...whole, ...parts])];
  return candidates.length === 0 || candidates.length > SIGNATURES_MAX ? undefined : candidates;
}

function parseSecret(text: string, options: Readonly<Record<string, unknown>>): ParsedSecret {
  const secret = textSecret(text);
  if (!secret.ok || options["secretEncoding"] === undefined || options["secretEncoding"] === "text") return secret;
  const isHex = options["secretEncoding"] === "hex";
  if (isHex && !/^([0-9a-fA-F]{2})+$/.test(text)) return { ok: false, message: "The secret should be hex digits." };
  const bytes = isHex ? new Uint8Array(Buffer.from(text, "hex")) : base64Bytes(text);
  if (bytes === undefined || bytes.length === 0) return { ok: false, message: "The secret should be base64." };
  return { ok: true, key: { kind: "hmac", bytes } };
}
