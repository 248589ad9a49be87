import { describe, expect, test } from "bun:test";
import { diagnose, keptMessage } from "./diagnosis.ts";
import type { Rejection } from "./source.ts";

function rejection(reason: string, headers: readonly (readonly [string, string])[] = [], detail = ""): Rejection {
  return {
    id: "rej_1",
    timestamp: "2026-02-01T12:00:00Z",
    reason,
    detail,
    remoteAddress: null,
    headers: headers.map((pair) => [...pair]),
    bodyExcerpt: "",
    bodyBytes: 2_000_000,
  };
}

const github = { preset: "github", options: {} } as const;
const stripe = { preset: "stripe", options: {} } as const;

/** Every reason there is: src/ingest says so with a closed union, and the guide explains the commonest. */
const REASONS = [
  "secret_missing",
  "signature_missing",
  "signature_malformed",
  "signature_mismatch",
  "timestamp_missing",
  "timestamp_malformed",
  "timestamp_too_old",
  "timestamp_too_new",
  "id_missing",
  "id_malformed",
  "event_type_missing",
  "body_malformed",
  "body_too_large",
  "encoding_not_supported",
  "source_disabled",
  "loop",
  "conflict",
];

describe("what a rejection tells", () => {
  test("each reason says what is wrong and what to do, for every preset", () => {
    for (const reason of REASONS)
      for (const preset of ["stripe", "github", "shopify", "slack", "standard-webhooks", "hmac", "none"] as const) {
        const { title, likely, remedy } = diagnose(rejection(reason), { preset, options: {} });
        expect([reason, preset, title.length > 5, likely.length > 20, remedy.length > 0]).toEqual([
          reason,
          preset,
          true,
          true,
          true,
        ]);
      }
  });

  test("a reason of a newer engine is told in the engine's own words", () => {
    expect(diagnose(rejection("moon_phase", [], "The moon is wrong."), github)).toEqual({
      title: "moon phase",
      likely: "The moon is wrong.",
      remedy: [],
    });
  });

  test("a webhook of another provider is recognised by its header", () => {
    const found = diagnose(rejection("signature_missing", [["Stripe-Signature", "[masked]"]]), github);
    expect(found.title).toBe("It looks like a webhook of Stripe");
  });

  test("a wrong signature of the provider itself is another secret; of somebody else it is a stranger", () => {
    const theirs = diagnose(rejection("signature_mismatch", [["user-agent", "GitHub-Hookshot/044aadd"]]), github);
    expect(theirs.likely).toContain("another secret");
    const stranger = diagnose(rejection("signature_mismatch", [["user-agent", "curl/8.5.0"]]), github);
    expect(stranger.title).toBe("Somebody else may have sent it");
  });

  test("what came through a proxy may have been changed there", () => {
    const found = diagnose(rejection("signature_mismatch", [["cf-ray", "8f"]]), stripe);
    expect(found.likely).toContain("Cloudflare");
    expect(found.remedy.join(" ")).toContain("byte for byte");
  });

  test("a difference of whole hours is a time zone, any other a clock or a delay", () => {
    const late = (seconds: number) =>
      diagnose(
        rejection("timestamp_too_old", [], `The timestamp in X is ${seconds} s behind our clock; at most 300 s`),
        stripe,
      );
    expect(late(3_601).likely).toContain("local time");
    expect(late(700).likely).not.toContain("local time");
  });

  test("a conflict names the message that is kept", () => {
    expect(keptMessage("… as msg_01h455vb4pex5vsknk084sn02q. That one")).toBe("msg_01h455vb4pex5vsknk084sn02q");
    expect(keptMessage("nothing")).toBeUndefined();
  });
});
