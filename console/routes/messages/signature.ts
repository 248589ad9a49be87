import type { Attempt } from "./waterfall.ts";

/** What a receiver needs to verify a request by Standard Webhooks, as it was sent. */
export interface Signed {
  readonly id: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  /** One or more, each `v1,…` or `v1a,…`. */
  readonly signatures: readonly string[];
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function signedOf(attempt: Attempt): Signed | undefined {
  const header = (name: string) => attempt.requestHeaders?.find(([known]) => known?.toLowerCase() === name)?.[1];
  const id = header("webhook-id");
  const timestamp = header("webhook-timestamp");
  const signature = header("webhook-signature");
  if (id === undefined || timestamp === undefined || signature === undefined) return undefined;
  return { id, timestamp, signatures: signature.split(" ") };
}

/** What is signed: the id, the timestamp and the body, joined by full stops. */
export const contentOf = (signed: Signed, body: string): string => `${signed.id}.${signed.timestamp}.${body}`;

export type Verdict = "matches" | "differs" | "not_symmetric" | "no_crypto";

/** Whether one of the signatures is the HMAC-SHA256 of the content under a `whsec_…` secret. Computed in the browser; nothing is sent. */
export async function verify(signed: Signed, body: string, secret: string): Promise<Verdict> {
  if (!secret.startsWith("whsec_")) return "not_symmetric";
  // Browsers compute only on https and localhost.
  if (globalThis.crypto?.subtle === undefined) return "no_crypto";
  const raw = Uint8Array.from(atob(secret.slice("whsec_".length)), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(contentOf(signed, body)));
  const computed = `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
  return signed.signatures.includes(computed) ? "matches" : "differs";
}
