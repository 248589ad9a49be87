import { createHmac } from "node:crypto";

/** A webhook as a provider would send it to a source. */
export interface Webhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const hmac = (secret: string, text: string): string => createHmac("sha256", secret).update(text).digest("hex");

/** Of GitHub: `X-Hub-Signature-256` over the body. */
export function githubWebhook(secret: string, delivery: string, n: number): Webhook {
  const body = JSON.stringify({
    action: "opened",
    number: n,
    pull_request: { title: `Fix the totals of order ${n}`, user: { login: "octocat" } },
    repository: { full_name: "northwind/shop" },
  });
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-event": "pull_request",
      "x-github-delivery": delivery,
      "x-hub-signature-256": `sha256=${hmac(secret, body)}`,
    },
  };
}

/** Of Stripe: `Stripe-Signature` over the time and the body. */
export function stripeWebhook(secret: string, id: string, nowMs: number, amount: number): Webhook {
  const body = JSON.stringify({
    id,
    object: "event",
    type: "charge.succeeded",
    data: { object: { amount, currency: "eur" } },
  });
  const seconds = Math.floor(nowMs / 1_000);
  const signature = `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`)}`;
  return { body, headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature } };
}

/** Of a device that knows neither JSON nor signatures. */
export function scannerWebhook(n: number): Webhook {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<scan station="Köln-7"><parcel>PX${String(n).padStart(9, "0")}</parcel><weight unit="g">${400 + n}</weight></scan>\n`;
  return { body, headers: { "content-type": "application/xml; charset=utf-8" } };
}

/** Posts it; the status. A webhook `forged` by somebody who does not know the secret, or one that came too late, is refused. */
export async function post(url: string, { headers, body }: Webhook): Promise<number> {
  const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
}
