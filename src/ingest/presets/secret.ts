import type { ParsedSecret } from "./preset.ts";

export const SECRET_CHARS_MAX = 512;

/** A secret whose characters, as UTF-8, are the key: Stripe, GitHub, Shopify and Slack all mean it so. */
export function textSecret(text: string): ParsedSecret {
  if (text === "" || text.length > SECRET_CHARS_MAX) {
    return { ok: false, message: `The secret has ${text.length} characters; it should have 1 to ${SECRET_CHARS_MAX}.` };
  }
  // Copied from a web page, a secret easily brings a space along, and then every signature fails without a visible reason.
  if (text !== text.trim()) {
    return { ok: false, message: "The secret begins or ends with white space; it should be pasted without." };
  }
  return { ok: true, key: { kind: "hmac", bytes: new TextEncoder().encode(text) } };
}

/** Strict base64 of either alphabet, padded or not; nothing when it is none. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const plain = text.replace(/=+$/, "").replace(/-/g, "+").replace(/_/g, "/");
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return undefined;
  return new Uint8Array(Buffer.from(plain, "base64"));
}
