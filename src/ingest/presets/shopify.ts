import { anyHmacMatches } from "./digest.ts";
import { toEventType } from "./event-type.ts";
import { OptionReader } from "./options.ts";
import type { Incoming, Key, Preset, Verdict } from "./preset.ts";
import { textSecret } from "./secret.ts";

/**
 * Shopify: `X-Shopify-Hmac-SHA256: <base64>`, HMAC-SHA256 over the raw body with the app's client secret. A bad one must
 * be answered 401. https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify
 *
 * Success is 200 within five seconds; else it is retried eight times over four hours, and a subscription made through
 * the API that keeps failing is removed. https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks
 *
 * The type is the topic with a dot for the slash: `orders/create` is `orders.create`.
 *
 * Duplicates are told by `X-Shopify-Event-Id`: the same value on more than one webhook is a duplicate, whatever its
 * bytes. https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates
 * One thing that happens may notify several topics (and, with `X-Shopify-Name`, several subscriptions) on purpose, so
 * topic and name belong to the key: dropping one of those would lose an event that somebody asked for. Where there is no
 * event id, `X-Shopify-Webhook-Id` is it.
 *
 * The newer Events deliveries use the same scheme under `Shopify-…` names, and say to deduplicate by
 * `Shopify-Webhook-Id`. https://shopify.dev/docs/apps/build/events/verify-deliveries
 */
export const shopify: Preset = {
  name: "shopify",
  secretFrom: "provider",
  answers: { successStatus: 200, successBody: "json", disbelievedStatus: 401, sameIdOtherBody: "repeat" },
  parseSecret: textSecret,
  configure(raw) {
    const options = new OptionReader(raw);
    options.unknownNames("shopify");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return { ok: true, options: options.given, verify };
  },
};

function verify({ headers, body }: Incoming, keys: readonly Key[]): Verdict {
  const ofEvents = headers.get("Shopify-Hmac-Sha256");
  const signature = ofEvents ?? headers.get("X-Shopify-Hmac-Sha256");
  if (signature === null) {
    return {
      kind: "rejected",
      reason: "signature_missing",
      detail: "The request has no X-Shopify-Hmac-SHA256 header.",
    };
  }
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) {
    return {
      kind: "rejected",
      reason: "signature_malformed",
      detail: "X-Shopify-Hmac-SHA256 is not the base64 of 32 bytes.",
    };
  }
  if (!anyHmacMatches([signature], keys, "sha256", [body], (digest) => digest, "base64")) {
    return {
      kind: "rejected",
      reason: "signature_mismatch",
      detail:
        "The signature does not fit the body under a secret of this source. Webhooks made in the shop's admin are signed with the secret shown there, those of an app with the app's client secret.",
    };
  }
  const prefix = ofEvents === null ? "X-Shopify-" : "Shopify-";
  const topic = headers.get(`${prefix}Topic`);
  const action = ofEvents === null ? null : headers.get("Shopify-Action");
  const name = action === null ? topic : `${topic ?? ""}/${action}`;
  const eventType = topic === null || topic === "" ? undefined : toEventType(name?.replaceAll("/", "."));
  if (eventType === undefined) {
    return { kind: "rejected", reason: "event_type_missing", detail: `The request has no ${prefix}Topic header.` };
  }
  const dedupeKey = ofEvents === null ? webhookKey(headers, eventType) : nonEmpty(headers.get("Shopify-Webhook-Id"));
  return dedupeKey === undefined ? { kind: "verified", eventType } : { kind: "verified", eventType, dedupeKey };
}

function webhookKey(headers: Incoming["headers"], eventType: string): string | undefined {
  const eventId = nonEmpty(headers.get("X-Shopify-Event-Id"));
  if (eventId === undefined) return nonEmpty(headers.get("X-Shopify-Webhook-Id"));
  return `${eventType} ${headers.get("X-Shopify-Name") ?? ""} ${eventId}`;
}

function nonEmpty(text: string | null): string | undefined {
  return text === null || text === "" ? undefined : text;
}
