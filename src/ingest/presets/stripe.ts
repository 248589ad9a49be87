import { jsonObject } from "./body.ts";
import { anyHmacMatches, SIGNATURE_HEADER_CHARS_MAX, SIGNATURES_MAX } from "./digest.ts";
import { toEventType } from "./event-type.ts";
import { OptionReader } from "./options.ts";
import type { Disbelieved, Incoming, Key, Preset, Verdict } from "./preset.ts";
import { textSecret } from "./secret.ts";
import { checkTimestamp, TOLERANCE_S } from "./timestamp.ts";

const HEADER = "Stripe-Signature";

/**
 * Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `<t>.<body>`; several `v1` while its
 * own secret rolls. https://docs.stripe.com/webhooks#verify-manually
 *
 * Any 2xx is success and must come before anything slow; everything else is retried for up to three days with backoff.
 * https://docs.stripe.com/webhooks#retries
 *
 * A retry carries the same event `id`; but the body holds `pending_webhooks`, a count that changes between deliveries of
 * one event, so bytes are no identity here. https://docs.stripe.com/api/events/object#event_object-pending_webhooks
 */
export const stripe: Preset = {
  name: "stripe",
  secretFrom: "provider",
  answers: { successStatus: 200, successBody: "json", disbelievedStatus: 400, sameIdOtherBody: "repeat" },
  parseSecret: textSecret,
  configure(raw) {
    const options = new OptionReader(raw);
    const toleranceS = options.integer("toleranceSeconds", 1, 86_400, TOLERANCE_S);
    options.unknownNames("stripe");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return {
      ok: true,
      options: options.given,
      verify: (incoming, keys) => verify(incoming, keys, toleranceS),
    };
  },
};

function verify({ headers, body, nowMs }: Incoming, keys: readonly Key[], toleranceS: number): Verdict {
  const header = headers.get(HEADER);
  if (header === null) {
    return { kind: "rejected", reason: "signature_missing", detail: `The request has no ${HEADER} header.` };
  }
  const parsed = parseHeader(header);
  if ("kind" in parsed) return parsed;
  if (!anyHmacMatches(parsed.signatures, keys, "sha256", [`${parsed.timestamp}.`, body], (digest) => digest)) {
    return {
      kind: "rejected",
      reason: "signature_mismatch",
      detail:
        "No v1 signature fits the body under a secret of this source. Is it the signing secret of this very endpoint (whsec_…)?",
    };
  }
  // Only a timestamp whose signature held says anything about the sender's clock.
  const stale = checkTimestamp(parsed.timestamp, nowMs, toleranceS, HEADER);
  if (stale !== undefined) return stale;

  const event = jsonObject(body);
  const eventType = toEventType(event?.["type"]);
  const id = event?.["id"];
  if (eventType === undefined || typeof id !== "string" || id === "") {
    return {
      kind: "rejected",
      reason: "body_malformed",
      detail: "The body is signed but is no Stripe event: it should be a JSON object with the texts `id` and `type`.",
    };
  }
  return { kind: "verified", eventType, dedupeKey: id };
}

function parseHeader(header: string): { timestamp: string; signatures: string[] } | Disbelieved {
  const malformed = (detail: string): Disbelieved => ({ kind: "rejected", reason: "signature_malformed", detail });
  if (header.length > SIGNATURE_HEADER_CHARS_MAX) {
    return malformed(`${HEADER} has ${header.length} characters; at most ${SIGNATURE_HEADER_CHARS_MAX} are read.`);
  }
  let timestamp: string | undefined;
  const signatures: string[] = [];
  for (const item of header.split(",")) {
    const equals = item.indexOf("=");
    const name = item.slice(0, Math.max(equals, 0)).trim();
    const value = item.slice(equals + 1);
    // Other schemes (`v0` is a fake one on test events) are skipped: taking one would be a downgrade.
    if (name === "t") timestamp ??= value;
    else if (name === "v1") signatures.push(value);
  }
  if (timestamp === undefined) return { kind: "rejected", reason: "timestamp_missing", detail: `${HEADER} has no t=.` };
  if (!/^[0-9]{1,15}$/.test(timestamp)) {
    return {
      kind: "rejected",
      reason: "timestamp_malformed",
      detail: `t= in ${HEADER} is not a whole number of seconds.`,
    };
  }
  if (signatures.length === 0) return malformed(`${HEADER} has no signature of the scheme v1.`);
  if (signatures.length > SIGNATURES_MAX) {
    return malformed(`${HEADER} has ${signatures.length} v1 signatures; at most ${SIGNATURES_MAX} are looked at.`);
  }
  return { timestamp, signatures };
}
