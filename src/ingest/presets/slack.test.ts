import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { verifySlackRequest } from "@slack/bolt";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { signSlack } from "./sign.ts";
import { slack } from "./slack.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const BODY = JSON.stringify({
  type: "event_callback",
  event_id: "Ev9UQ52YNA",
  event: { type: "app_mention", text: "¿qué?" },
});
const verify = verifier(slack);
const sign = (secret: string, body: Uint8Array, nowMs = NOW_MS) => signSlack({ secret, body, nowMs, id: "", type: "" });
const FORM = "application/x-www-form-urlencoded";

describe("slack", () => {
  test("believes and signs what the official library believes", () => {
    const signed = sign(SECRET, bytes(BODY));
    const accept = (signature: string) =>
      verifySlackRequest({
        signingSecret: SECRET,
        body: BODY,
        nowMilliseconds: NOW_MS,
        headers: {
          "x-slack-signature": signature,
          "x-slack-request-timestamp": Number(signed.headers["x-slack-request-timestamp"]),
        },
      });
    expect(() => accept(signed.headers["x-slack-signature"] ?? "")).not.toThrow();
    expect(() => accept(sign("other", bytes(BODY)).headers["x-slack-signature"] ?? "")).toThrow();
    expect(verify(signed, [SECRET])).toEqual({ kind: "verified", eventType: "app_mention", dedupeKey: "Ev9UQ52YNA" });
  });

  test("verifies the example of Slack's documentation", () => {
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const headers = {
      "content-type": FORM,
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    expect(verify({ headers, body: bytes(body) }, [SECRET], 1_531_420_618_000)).toEqual({
      kind: "verified",
      eventType: "slash_command",
      dedupeKey: "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    });
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(verify, sign, "x-slack-signature", [SECRET, "previous", "stranger"], bytes(BODY));
  });

  test("answers a signed url_verification with its challenge, and tells strangers nothing", () => {
    const challenge = bytes(JSON.stringify({ token: "x", challenge: "3eZbrw1aB10FEMA", type: "url_verification" }));
    expect(verify(sign(SECRET, challenge), [SECRET])).toEqual({ kind: "handshake", body: "3eZbrw1aB10FEMA" });
    expectRejected(verify(sign("stranger", challenge), [SECRET]), "signature_mismatch");
    expectRejected(verify(sign(SECRET, bytes('{"type":"url_verification"}')), [SECRET]), "body_malformed");
  });

  test("refuses old, early, absent and malformed timestamps", () => {
    const signed = sign(SECRET, bytes(BODY));
    expectRejected(verify(signed, [SECRET], NOW_MS + 301_000), "timestamp_too_old");
    expectRejected(verify(signed, [SECRET], NOW_MS - 301_000), "timestamp_too_new");
    expectRejected(verify(withHeader(signed, "x-slack-request-timestamp", undefined), [SECRET]), "timestamp_missing");
    expectRejected(verify(withHeader(signed, "x-slack-request-timestamp", "soon"), [SECRET]), "timestamp_malformed");
    const shifted = String(Math.floor(NOW_MS / 1000) + 1);
    expectRejected(verify(withHeader(signed, "x-slack-request-timestamp", shifted), [SECRET]), "signature_mismatch");
  });

  test("names interactions and rate limits by their own types", () => {
    const payload = JSON.stringify({ type: "block_actions", trigger_id: "t-1" });
    const form = withHeader(sign(SECRET, bytes(`payload=${encodeURIComponent(payload)}`)), "content-type", FORM);
    expect(verify(form, [SECRET])).toEqual({ kind: "verified", eventType: "block_actions", dedupeKey: "t-1" });
    expect(verify(sign(SECRET, bytes('{"type":"app_rate_limited"}')), [SECRET])).toEqual({
      kind: "verified",
      eventType: "app_rate_limited",
    });
  });

  test("refuses signed bodies that are no event", () => {
    for (const body of [NOT_UTF8, bytes(""), bytes("{}"), bytes("7")]) {
      expectRejected(verify(sign(SECRET, body), [SECRET]), "body_malformed");
    }
    // Bytes that are no UTF-8 inside a text do no harm: the signature is over the bytes.
    const body = new Uint8Array([
      ...bytes('{"type":"event_callback","event":{"type":"message","text":"'),
      0xff,
      ...bytes('"}}'),
    ]);
    const t = String(NOW_MS / 1000);
    const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${t}:`).update(body).digest("hex")}`;
    const headers = { "x-slack-request-timestamp": t, "x-slack-signature": signature };
    expect(verify({ headers, body }, [SECRET])).toMatchObject({ eventType: "message" });
  });
});
