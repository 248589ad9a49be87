import { isForm, jsonObject, jsonObjectOfForm } from "./body.ts";
import { anyHmacMatches } from "./digest.ts";
import { toEventType } from "./event-type.ts";
import { OptionReader } from "./options.ts";
import type { Incoming, Key, Preset, Verdict } from "./preset.ts";
import { textSecret } from "./secret.ts";

const HEADER = "X-Hub-Signature-256";

/**
 * GitHub: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 over the raw body. The SHA-1 header beside it is legacy and
 * is not looked at. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * The type is `X-GitHub-Event`, with the payload's `action` behind a dot where it has one (`pull_request.opened`): the
 * same names that @octokit/webhooks uses. https://docs.github.com/en/webhooks/webhook-events-and-payloads
 *
 * `X-GitHub-Delivery` identifies the delivery and stays the same when it is redelivered. Neither it nor the event's name
 * is covered by the signature: GitHub signs the body only. GitHub never retries by itself; any 2xx within 10 seconds is
 * success. https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
 */
export const github: Preset = {
  name: "github",
  secretFrom: "either",
  formatSecret: (random) => Buffer.from(random).toString("base64url"),
  answers: { successStatus: 202, successBody: "json", disbelievedStatus: 401, sameIdOtherBody: "conflict" },
  parseSecret: textSecret,
  configure(raw) {
    const options = new OptionReader(raw);
    options.unknownNames("github");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return { ok: true, options: options.given, verify };
  },
};

function verify({ headers, body }: Incoming, keys: readonly Key[]): Verdict {
  const signature = headers.get(HEADER);
  if (signature === null) {
    return {
      kind: "rejected",
      reason: "signature_missing",
      detail: `The request has no ${HEADER} header. GitHub sends it only when a secret is set on the webhook.`,
    };
  }
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) {
    return { kind: "rejected", reason: "signature_malformed", detail: `${HEADER} is not sha256= and 64 hex digits.` };
  }
  if (!anyHmacMatches([signature], keys, "sha256", [body], (digest) => `sha256=${digest}`)) {
    return {
      kind: "rejected",
      reason: "signature_mismatch",
      detail: "The signature does not fit the body under a secret of this source.",
    };
  }
  const event = toEventType(headers.get("X-GitHub-Event"));
  if (event === undefined) {
    return { kind: "rejected", reason: "event_type_missing", detail: "The request has no X-GitHub-Event header." };
  }
  const payload = isForm(headers.get("Content-Type")) ? jsonObjectOfForm(body, "payload") : jsonObject(body);
  if (payload === undefined) {
    return { kind: "rejected", reason: "body_malformed", detail: "The body is signed but holds no JSON object." };
  }
  const action = payload["action"];
  const eventType = typeof action === "string" && action !== "" ? (toEventType(`${event}.${action}`) ?? event) : event;
  const delivery = headers.get("X-GitHub-Delivery");
  return delivery === null || delivery === ""
    ? { kind: "verified", eventType }
    : { kind: "verified", eventType, dedupeKey: delivery };
}
