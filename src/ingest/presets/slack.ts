import { isForm, isObject, jsonObject, jsonObjectOfForm, textAt } from "./body.ts";
import { anyHmacMatches } from "./digest.ts";
import { toEventType } from "./event-type.ts";
import { OptionReader } from "./options.ts";
import type { Incoming, Key, Preset, Verdict, Verified } from "./preset.ts";
import { textSecret } from "./secret.ts";
import { checkTimestamp, TOLERANCE_S } from "./timestamp.ts";

const SIGNATURE = "X-Slack-Signature";
const TIMESTAMP = "X-Slack-Request-Timestamp";

/**
 * Slack: `X-Slack-Signature: v0=<hex>`, HMAC-SHA256 over `v0:<timestamp>:<body>` with the app's signing secret.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 *
 * When the URL is entered Slack posts `url_verification` and wants its `challenge` back; it is signed like all else, so
 * only somebody with the secret is told. https://docs.slack.dev/reference/events/url_verification
 *
 * Any 2xx within three seconds is success; else it is retried three times (at once, after 1 and after 5 minutes), the
 * `event_id` being the same; `X-Slack-No-Retry: 1` asks not to. https://docs.slack.dev/apis/events-api/#responding
 * Success has no body, because Slack shows the body that answers a slash command to its user.
 */
export const slack: Preset = {
  name: "slack",
  secretFrom: "provider",
  answers: {
    successStatus: 200,
    successBody: "empty",
    disbelievedStatus: 401,
    sameIdOtherBody: "conflict",
    refusalHeaders: { "X-Slack-No-Retry": "1" },
  },
  parseSecret: textSecret,
  configure(raw) {
    const options = new OptionReader(raw);
    const toleranceS = options.integer("toleranceSeconds", 1, 86_400, TOLERANCE_S);
    options.unknownNames("slack");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return { ok: true, options: options.given, verify: (incoming, keys) => verify(incoming, keys, toleranceS) };
  },
};

function verify({ headers, body, nowMs }: Incoming, keys: readonly Key[], toleranceS: number): Verdict {
  const signature = headers.get(SIGNATURE);
  if (signature === null) {
    return { kind: "rejected", reason: "signature_missing", detail: `The request has no ${SIGNATURE} header.` };
  }
  if (!/^v0=[0-9a-f]{64}$/.test(signature)) {
    return { kind: "rejected", reason: "signature_malformed", detail: `${SIGNATURE} is not v0= and 64 hex digits.` };
  }
  const timestamp = headers.get(TIMESTAMP);
  const stale = checkTimestamp(timestamp, nowMs, toleranceS, TIMESTAMP);
  if (stale !== undefined) return stale;
  if (!anyHmacMatches([signature], keys, "sha256", [`v0:${timestamp}:`, body], (digest) => `v0=${digest}`)) {
    return {
      kind: "rejected",
      reason: "signature_mismatch",
      detail: "The signature does not fit the body under a secret of this source. Is it the app's Signing Secret?",
    };
  }
  return isForm(headers.get("Content-Type")) ? ofForm(body) : ofEvent(body);
}

/** The Events API. https://docs.slack.dev/apis/events-api/#events-JSON */
function ofEvent(body: Uint8Array): Verdict {
  const outer = jsonObject(body);
  const outerType = toEventType(outer?.["type"]);
  if (outer === undefined || outerType === undefined) {
    return {
      kind: "rejected",
      reason: "body_malformed",
      detail: "The body is signed but is no Slack event: it should be a JSON object with the text `type`.",
    };
  }
  if (outerType === "url_verification") {
    const challenge = outer["challenge"];
    return typeof challenge === "string" && challenge !== ""
      ? { kind: "handshake", body: challenge }
      : { kind: "rejected", reason: "body_malformed", detail: "The url_verification has no `challenge`." };
  }
  // `app_rate_limited` has no inner event: its own type says what happened.
  const inner = outer["event"];
  const eventType = (isObject(inner) ? toEventType(inner["type"]) : undefined) ?? outerType;
  return verified(eventType, textAt(outer, ["event_id"]));
}

/** Interactions carry JSON in `payload`, slash commands are plain forms; both have a `trigger_id` of their own. */
function ofForm(body: Uint8Array): Verdict {
  const interaction = jsonObjectOfForm(body, "payload");
  if (interaction !== undefined) {
    return verified(toEventType(interaction["type"]) ?? "interaction", textAt(interaction, ["trigger_id"]));
  }
  const form = new URLSearchParams(new TextDecoder().decode(body));
  if (!form.has("command")) {
    return { kind: "rejected", reason: "body_malformed", detail: "The form has neither `payload` nor `command`." };
  }
  return verified("slash_command", form.get("trigger_id") ?? undefined);
}

function verified(eventType: string, dedupeKey: string | undefined): Verified {
  return dedupeKey === undefined ? { kind: "verified", eventType } : { kind: "verified", eventType, dedupeKey };
}
