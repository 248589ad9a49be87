/**
 * Signatures of what goes out: Standard Webhooks 1.0.0 (spec/standard-webhooks.md), the same under the names of Svix, and a
 * plain pair for receivers that know neither. What receivers have to do is in docs/reference/verify-webhooks.md; the exact
 * bytes are in golden/signing.json and must never change.
 *
 *     content   = id "." timestamp "." body          timestamp: seconds since 1970, decimal; body: the payload's bytes
 *     v1        = "v1,"  base64(HMAC-SHA256(key, content))
 *     v1a       = "v1a," base64(Ed25519(private key, content))
 *     plain     = hex(HMAC-SHA256(key, timestamp "." body))
 *
 * An id never contains a full stop (ours are TypeIDs), so that two different messages cannot have the same content.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { unreachable } from "#kernel";
import type { ExtraHeaders, SecretKind, SigningKey } from "./endpoint.ts";

/** As many as HMAC-SHA256 gives: RFC 2104 advises against fewer, and more gain nothing. */
const GENERATED_BYTES = 32;
/** The specification's least; and the most that Svix's pattern (100 characters of base64) lets through. */
const V1_BYTES_MIN = 24;
const V1_BYTES_MAX = 75;
const SEED_BYTES = 32;
/** A v1a key is the seed and the public key behind each other, as libsodium and Svix write an ed25519 key pair. */
const PAIR_BYTES = 64;
/** PKCS #8 around a bare ed25519 seed (RFC 8410, section 7): 16 bytes that never differ. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** One of our own making: the endpoint has nothing to sign with as it is configured. Never quotes a key. */
export class SigningError extends Error {
  override readonly name = "SigningError";
}

export interface WebhookToSign {
  /** Newest first. Those whose `expiresAtMs` is not after `nowMs` no longer sign. */
  readonly secrets: readonly SigningKey[];
  /** `msg_…`: the same for every request that carries this event, to whichever endpoint. */
  readonly messageId: string;
  /** `dlv_…`: the same for every request of one delivery. */
  readonly deliveryId: string;
  /** 1 for the first request of the delivery. */
  readonly attempt: number;
  /** When this request is made; part of what is signed. */
  readonly timestampSeconds: number;
  readonly nowMs: number;
  /** The exact bytes that will be sent. */
  readonly body: Uint8Array;
  readonly extra: ReadonlySet<ExtraHeaders>;
}

export interface SignatureHeaders {
  /** What `webhook-signature` says. */
  readonly signature: string;
  /** In the order to send. */
  readonly headers: (readonly [name: string, value: string])[];
}

/**
 * The headers that tell a receiver who sent a body and which event it is. `webhook-signature` has one signature per living
 * secret, newest first. X-Signature can hold one only and is made with the *oldest* living v1 secret: its receivers compare
 * with `==`, and so a rotation's overlap is time to add the new secret, and no request fails on the day it begins. Throws
 * SigningError when no secret is alive, or the plain pair is asked for and none of them is v1.
 */
export function signatureHeaders(webhook: WebhookToSign): SignatureHeaders {
  const { messageId, body, extra } = webhook;
  const timestamp = String(webhook.timestampSeconds);
  const prefix = `${messageId}.${timestamp}.`;
  let signature = "";
  let oldestV1: Bun.CryptoHasher | undefined;
  for (const secret of webhook.secrets) {
    if (secret.expiresAtMs !== undefined && secret.expiresAtMs <= webhook.nowMs) continue;
    const signer = prepareSecret(secret);
    if (signer.kind === "v1") oldestV1 = signer.mac;
    const one = signer.kind === "v1" ? v1(signer.mac, prefix, body) : v1a(signer.privateKey, prefix, body);
    signature = signature === "" ? one : `${signature} ${one}`;
  }
  if (signature === "") throw new SigningError(`Cannot sign ${messageId}: the endpoint has no secret that can be used`);

  const headers: (readonly [string, string])[] = [
    ["webhook-id", messageId],
    ["webhook-timestamp", timestamp],
    ["webhook-signature", signature],
  ];
  if (extra.has("svix")) {
    headers.push(["svix-id", messageId], ["svix-timestamp", timestamp], ["svix-signature", signature]);
  }
  if (extra.has("plain")) {
    if (oldestV1 === undefined) {
      throw new SigningError(`Cannot sign ${messageId}: X-Signature needs a v1 secret, and the endpoint has none`);
    }
    headers.push(["X-Signature", hmac(oldestV1, `${timestamp}.`, body, "hex")], ["X-Timestamp", timestamp]);
  }
  headers.push(
    ["X-Event-Id", messageId],
    ["X-Delivery-Id", webhook.deliveryId],
    ["X-Attempt", String(webhook.attempt)],
  );
  return { signature, headers };
}

type Signer =
  | { readonly kind: "v1"; readonly mac: Bun.CryptoHasher }
  | { readonly kind: "v1a"; readonly privateKey: KeyObject };

const prepared = new WeakMap<SigningKey, Signer>();

/**
 * A secret made ready to sign; done once for each object, and forgotten with it. A keyed hasher is copied for each body: it
 * saves hashing the key's two blocks, 1.13 us against 1.45 (a new Bun.CryptoHasher) and 1.52 (createHmac with a cached
 * KeyObject) for 1.2 kB. Ed25519 takes 23 us.
 */
export function prepareSecret(secret: SigningKey): Signer {
  const known = prepared.get(secret);
  if (known !== undefined) return known;
  const signer = signerOf(secret);
  prepared.set(secret, signer);
  return signer;
}

function signerOf({ kind, key }: Pick<SigningKey, "kind" | "key">): Signer {
  switch (kind) {
    case "v1":
      return { kind, mac: new Bun.CryptoHasher("sha256", key) };
    case "v1a":
      return { kind, privateKey: privateKeyOf(key) };
    default:
      return unreachable(kind);
  }
}

/** `v1,…`: one signature of the symmetric scheme with the secret's bytes. */
export function signV1(key: Uint8Array, id: string, timestampSeconds: number, body: Uint8Array): string {
  return v1(new Bun.CryptoHasher("sha256", key), `${id}.${timestampSeconds}.`, body);
}

/** `v1a,…`: one signature of the asymmetric scheme with the bytes of an ed25519 key pair (or its seed). */
export function signV1a(key: Uint8Array, id: string, timestampSeconds: number, body: Uint8Array): string {
  return v1a(privateKeyOf(key), `${id}.${timestampSeconds}.`, body);
}

function v1(mac: Bun.CryptoHasher, prefix: string, body: Uint8Array): string {
  return `v1,${hmac(mac, prefix, body, "base64")}`;
}

function v1a(privateKey: KeyObject, prefix: string, body: Uint8Array): string {
  return `v1a,${sign(null, Buffer.concat([Buffer.from(prefix), body]), privateKey).toString("base64")}`;
}

function hmac(mac: Bun.CryptoHasher, prefix: string, body: Uint8Array, encoding: "hex" | "base64"): string {
  return mac.copy().update(prefix).update(body).digest(encoding);
}

function privateKeyOf(key: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, key.subarray(0, SEED_BYTES)]),
    format: "der",
    type: "pkcs8",
  });
}

function publicBytesOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-SEED_BYTES);
}

export type ParsedSecret =
  | { readonly ok: true; readonly kind: SecretKind; readonly key: Buffer }
  | { readonly ok: false; readonly message: string };

/** The bytes of a new secret: random for v1, an ed25519 key pair for v1a. */
export function generateSecret(kind: SecretKind): Buffer {
  return kind === "v1" ? randomBytes(GENERATED_BYTES) : pairOf(randomBytes(SEED_BYTES));
}

function pairOf(seed: Buffer): Buffer {
  return Buffer.concat([seed, publicBytesOf(privateKeyOf(seed))]);
}

/**
 * Reads a secret as customers give it: `whsec_` and base64 of 24 to 75 bytes for v1, where the prefix and the padding may be
 * missing (Svix takes `^(whsec_)?[a-zA-Z0-9+/=]{32,100}$`); `whsk_` and base64 of an ed25519 key pair (64 bytes) or its seed
 * (32) for v1a. A message never quotes the secret.
 */
export function parseSecret(text: string): ParsedSecret {
  if (text.startsWith("whpk_")) {
    return { ok: false, message: "A public key (whpk_) cannot sign; give the private key that belongs to it (whsk_)" };
  }
  if (text.startsWith("whsk_")) return parsePair(text.slice("whsk_".length));
  const key = bytesOfBase64(text.startsWith("whsec_") ? text.slice("whsec_".length) : text);
  if (key === undefined) {
    return { ok: false, message: "A secret should be whsec_ (or nothing) and base64 behind it; this is not base64" };
  }
  if (key.length < V1_BYTES_MIN || key.length > V1_BYTES_MAX) {
    const message = `A secret should have ${V1_BYTES_MIN} to ${V1_BYTES_MAX} bytes in base64; this has ${key.length}`;
    return { ok: false, message };
  }
  return { ok: true, kind: "v1", key };
}

function parsePair(base64: string): ParsedSecret {
  const key = bytesOfBase64(base64);
  if (key?.length !== SEED_BYTES && key?.length !== PAIR_BYTES) {
    const found = key === undefined ? "this is not base64" : `this has ${key.length}`;
    return {
      ok: false,
      message: `A private key should be whsk_ and base64 of ${PAIR_BYTES} or ${SEED_BYTES} bytes; ${found}`,
    };
  }
  const pair = pairOf(key.subarray(0, SEED_BYTES));
  if (key.length === PAIR_BYTES && !key.equals(pair)) {
    return { ok: false, message: "The two halves of this private key (whsk_) do not belong together" };
  }
  return { ok: true, kind: "v1a", key: pair };
}

/** Strict but for padding, which may be left out. Node itself skips over what it does not know. */
function bytesOfBase64(text: string): Buffer | undefined {
  const digits = text.replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined;
  if (digits.length !== text.length && text.length % 4 !== 0) return undefined;
  return Buffer.from(digits, "base64");
}

/** A secret as customers see it: `whsec_…` or `whsk_…`. */
export function formatSecret({ kind, key }: Pick<SigningKey, "kind" | "key">): string {
  switch (kind) {
    case "v1":
      return `whsec_${Buffer.from(key).toString("base64")}`;
    case "v1a":
      return `whsk_${Buffer.from(key).toString("base64")}`;
    default:
      return unreachable(kind);
  }
}

/** `whpk_…`: what receivers verify v1a signatures with; no secret. */
export function formatPublicKey(key: Uint8Array): string {
  return `whpk_${publicBytesOf(privateKeyOf(key)).toString("base64")}`;
}
