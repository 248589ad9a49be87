import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

const TOLERANCE_SECONDS = 300;

/**
 * Believes a request or throws. `body` is what came over the wire, before any parser. `keys` are the secrets (whsec_…) and
 * public keys (whpk_…) of the endpoint: during a rotation the old and the new one. `prefix` is "svix" for the svix-* triple.
 */
export function verifyWebhook(
  headers: Headers,
  body: Uint8Array,
  keys: string[],
  prefix: "webhook" | "svix" = "webhook",
  now: Date = new Date(),
): void {
  const id = required(headers, `${prefix}-id`);
  const timestamp = freshTimestamp(headers, `${prefix}-timestamp`, now);
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  for (const signature of required(headers, `${prefix}-signature`).split(" ")) {
    const [version, base64 = ""] = signature.split(",");
    for (const key of keys) {
      if (version === "v1" && key.startsWith("whsec_") && isMac(key, content, base64)) return;
      if (version === "v1a" && key.startsWith("whpk_") && isSigned(key, content, base64)) return;
    }
  }
  throw new Error("no signature of this webhook fits");
}

/** The same for the plain pair, X-Signature and X-Timestamp. */
export function verifyPlain(headers: Headers, body: Uint8Array, secrets: string[], now: Date = new Date()): void {
  const timestamp = freshTimestamp(headers, "x-timestamp", now);
  const content = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
  const given = Buffer.from(required(headers, "x-signature"));
  for (const secret of secrets) {
    const expected = Buffer.from(hmac(secret, content).toString("hex"));
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  }
  throw new Error("the signature of this webhook does not fit");
}

function required(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === null || value === "") throw new Error(`the header ${name} is missing`);
  return value;
}

function freshTimestamp(headers: Headers, name: string, now: Date): string {
  const text = required(headers, name);
  const ageSeconds = Math.floor(now.getTime() / 1000) - Number(text);
  if (!/^\d+$/.test(text) || Math.abs(ageSeconds) > TOLERANCE_SECONDS) throw new Error(`${name} is too old or too new`);
  return text;
}

function hmac(secret: string, content: Uint8Array): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (key.length < 24) throw new Error("this is not a secret of an endpoint");
  return createHmac("sha256", key).update(content).digest();
}

function isMac(secret: string, content: Uint8Array, base64: string): boolean {
  const expected = Buffer.from(hmac(secret, content).toString("base64"));
  const given = Buffer.from(base64);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isSigned(publicKey: string, content: Uint8Array, base64: string): boolean {
  const x = Buffer.from(publicKey.replace(/^whpk_/, ""), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, content, key, Buffer.from(base64, "base64"));
}
