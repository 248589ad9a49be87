import { createPublicKey, type KeyObject, verify as verifyEd25519 } from "node:crypto";
import { anyHmacMatches, SIGNATURE_HEADER_CHARS_MAX, SIGNATURES_MAX } from "./digest.ts";
import { checkSignedId, type Naming, nameOf, readNaming } from "./naming.ts";
import { OptionReader } from "./options.ts";
import type { Incoming, Key, ParsedSecret, Preset, Verdict } from "./preset.ts";
import { base64Bytes, SECRET_CHARS_MAX } from "./secret.ts";
import { checkTimestamp, TOLERANCE_S } from "./timestamp.ts";

/**
 * Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`, the last a list, parted by spaces, of
 * `v1,<base64 HMAC-SHA256>` and `v1a,<base64 ed25519>`, over `<id>.<timestamp>.<body>`. Secrets are `whsec_` + base64,
 * public keys `whpk_` + base64. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * Svix sends the same under `svix-…` names, which are taken when the plain ones are absent.
 * https://docs.svix.com/receiving/verifying-payloads/how-manual
 *
 * Any 2xx is success. `webhook-id` is the idempotency key and the same on each retry.
 */
export const standardWebhooks: Preset = {
  name: "standard-webhooks",
  secretFrom: "either",
  formatSecret: (random) => `whsec_${Buffer.from(random).toString("base64")}`,
  answers: { successStatus: 202, successBody: "json", disbelievedStatus: 401, sameIdOtherBody: "conflict" },
  parseSecret,
  configure(raw) {
    const options = new OptionReader(raw);
    const toleranceS = options.integer("toleranceSeconds", 1, 86_400, TOLERANCE_S);
    const naming = readNaming(options, "no_ids");
    options.unknownNames("standard-webhooks");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return { ok: true, options: options.given, verify: (incoming, keys) => verify(incoming, keys, toleranceS, naming) };
  },
};

function verify({ headers, body, nowMs }: Incoming, keys: readonly Key[], toleranceS: number, naming: Naming): Verdict {
  const prefix =
    headers.get("webhook-signature") === null && headers.get("svix-signature") !== null ? "svix" : "webhook";
  const header = headers.get(`${prefix}-signature`);
  if (header === null) {
    return { kind: "rejected", reason: "signature_missing", detail: "The request has no webhook-signature header." };
  }
  const id = headers.get(`${prefix}-id`);
  const badId = checkSignedId(id, `${prefix}-id`);
  if (badId !== undefined) return badId;
  const timestamp = headers.get(`${prefix}-timestamp`);
  const stale = checkTimestamp(timestamp, nowMs, toleranceS, `${prefix}-timestamp`);
  if (stale !== undefined) return stale;

  const listed = parseList(header);
  if (listed === undefined) {
    return {
      kind: "rejected",
      reason: "signature_malformed",
      detail: `${prefix}-signature holds no v1 or v1a signature, or more than ${SIGNATURES_MAX} of them.`,
    };
  }
  const head = `${id}.${timestamp}.`;
  const symmetric = anyHmacMatches(listed.v1, keys, "sha256", [head, body], (digest) => digest, "base64");
  if (!symmetric && !anyEd25519Matches(listed.v1a, keys, head, body)) {
    return {
      kind: "rejected",
      reason: "signature_mismatch",
      detail: "No signature fits the id, the timestamp and the body under a secret of this source.",
    };
  }
  return { kind: "verified", eventType: nameOf(naming, headers, body).eventType, dedupeKey: id ?? "" };
}

function parseList(header: string): { v1: string[]; v1a: string[] } | undefined {
  if (header.length > SIGNATURE_HEADER_CHARS_MAX) return undefined;
  const v1: string[] = [];
  const v1a: string[] = [];
  for (const item of header.split(" ")) {
    if (item.startsWith("v1,")) v1.push(item.slice(3));
    else if (item.startsWith("v1a,")) v1a.push(item.slice(4));
  }
  const count = v1.length + v1a.length;
  return count === 0 || count > SIGNATURES_MAX ? undefined : { v1, v1a };
}

function anyEd25519Matches(
  candidates: readonly string[],
  keys: readonly Key[],
  head: string,
  body: Uint8Array,
): boolean {
  const publicKeys = keys.flatMap((key) => (key.kind === "ed25519" ? [key.publicKey] : []));
  if (candidates.length === 0 || publicKeys.length === 0) return false;
  // ed25519 reads its message twice, so it wants it in one piece.
  const signed = Buffer.concat([Buffer.from(head, "latin1"), body]);
  // What is compared here is public, so stopping at the first match gives nothing away.
  return candidates.some((candidate) => {
    if (!/^[A-Za-z0-9+/]{86}==$/.test(candidate)) return false;
    const signature = Buffer.from(candidate, "base64");
    // The last of 86 digits carries four bits that no byte needs; only their one true spelling is taken.
    if (signature.toString("base64") !== candidate) return false;
    return publicKeys.some((publicKey) => verifyEd25519(null, signed, publicKey, signature));
  });
}

function parseSecret(text: string): ParsedSecret {
  if (text.startsWith("whsk_")) {
    return { ok: false, message: "whsk_ is the sender's private key; a source needs the public one, whpk_…" };
  }
  if (text.length > SECRET_CHARS_MAX) {
    return {
      ok: false,
      message: `The secret has ${text.length} characters; it should have at most ${SECRET_CHARS_MAX}.`,
    };
  }
  const asymmetric = text.startsWith("whpk_");
  const bytes = base64Bytes(asymmetric ? text.slice(5) : text.startsWith("whsec_") ? text.slice(6) : text);
  if (asymmetric) {
    if (bytes?.length !== 32) return { ok: false, message: "whpk_ should be followed by the base64 of 32 bytes." };
    return { ok: true, key: { kind: "ed25519", publicKey: ed25519PublicKey(bytes) } };
  }
  if (bytes === undefined || bytes.length === 0) {
    return { ok: false, message: "The secret should be base64, with or without whsec_ in front." };
  }
  return { ok: true, key: { kind: "hmac", bytes } };
}

/** RFC 8410: a raw key becomes a SubjectPublicKeyInfo by twelve fixed bytes in front. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}
