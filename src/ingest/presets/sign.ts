import { createHmac, type KeyObject, sign as signEd25519 } from "node:crypto";

/**
 * The other side of the presets: signs as the providers do. For tests, the benchmark and trying a source out; it shares
 * no code with the verifiers, so that one mistake is not made twice.
 */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ToSign {
  readonly secret: string;
  readonly body: Uint8Array;
  readonly nowMs: number;
  readonly id: string;
  readonly type: string;
}

function digest(
  algorithm: string,
  key: string | Uint8Array,
  encoding: "hex" | "base64",
  ...parts: (string | Uint8Array)[]
) {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}

export function signStripe({ secret, body, nowMs }: ToSign): Signed {
  const t = Math.floor(nowMs / 1000);
  const v1 = digest("sha256", secret, "hex", `${t}.`, body);
  return {
    headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": `t=${t},v1=${v1}` },
    body,
  };
}

export function signGithub({ secret, body, id, type }: ToSign): Signed {
  return {
    headers: {
      "content-type": "application/json",
      "x-github-event": type,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${digest("sha256", secret, "hex", body)}`,
    },
    body,
  };
}

export function signShopify({ secret, body, id, type }: ToSign): Signed {
  return {
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": type,
      "x-shopify-shop-domain": "example.myshopify.com",
      "x-shopify-api-version": "2026-07",
      "x-shopify-webhook-id": `w-${id}`,
      "x-shopify-event-id": id,
      "x-shopify-hmac-sha256": digest("sha256", secret, "base64", body),
    },
    body,
  };
}

export function signSlack({ secret, body, nowMs }: ToSign): Signed {
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    headers: {
      "content-type": "application/json",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${digest("sha256", secret, "hex", `v0:${timestamp}:`, body)}`,
    },
    body,
  };
}

export function signStandardWebhooks({ secret, body, nowMs, id }: ToSign): Signed {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${digest("sha256", key, "base64", `${id}.${timestamp}.`, body)}`,
    },
    body,
  };
}

/** The v1a variant: `privateKey` is an ed25519 key. */
export function signStandardWebhooksV1a(privateKey: KeyObject, { body, nowMs, id }: Omit<ToSign, "secret">): Signed {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1a,${signEd25519(null, signed, privateKey).toString("base64")}`,
    },
    body,
  };
}
