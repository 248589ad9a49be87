import { timingSafeEqual } from "node:crypto";
import type { Key } from "./preset.ts";

export type DigestAlgorithm = "sha256" | "sha1" | "sha512";
export type DigestEncoding = "hex" | "base64" | "base64url";

/**
 * HMAC over `parts` in order, as text. The parts stay apart so that a large body is never copied behind its prefix.
 * `Bun.CryptoHasher` does 2 kB in 2.2 µs where `node:crypto` takes 4.2 µs on the same machine.
 */
export function hmacText(
  algorithm: DigestAlgorithm,
  key: Uint8Array,
  parts: readonly (string | Uint8Array)[],
  encoding: DigestEncoding,
): string {
  const hasher = new Bun.CryptoHasher(algorithm, key);
  for (const part of parts) hasher.update(part);
  return hasher.digest(encoding);
}

/**
 * Compares in a time that does not depend on where the texts differ. Text, not decoded bytes, is compared, because
 * decoders take several spellings of one signature (stray bits of base64, garbage behind hex) for the same.
 */
export function sameText(expected: string, presented: string): boolean {
  // A header is Latin-1 on the wire, so one character is one byte; a longer character cannot match anyway.
  if (presented.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(expected, "latin1"), Buffer.from(presented, "latin1"));
}

/**
 * Whether any candidate is the HMAC of `parts` under any live key. All of them are always computed and compared: the
 * time taken tells neither which key of a rotation matched nor at which candidate.
 */
export function anyHmacMatches(
  candidates: readonly string[],
  keys: readonly Key[],
  algorithm: DigestAlgorithm,
  parts: readonly (string | Uint8Array)[],
  spell: (digest: string) => string,
  encoding: DigestEncoding = "hex",
): boolean {
  let matched = false;
  for (const key of keys) {
    if (key.kind !== "hmac") continue;
    const expected = spell(hmacText(algorithm, key.bytes, parts, encoding));
    for (const candidate of candidates) matched = sameText(expected, candidate) || matched;
  }
  return matched;
}

/** Header values longer than this are refused unread: the longest honest one (ten signatures of a rotation) is far below. */
export const SIGNATURE_HEADER_CHARS_MAX = 4096;
/** Signatures looked at in one header. */
export const SIGNATURES_MAX = 16;
