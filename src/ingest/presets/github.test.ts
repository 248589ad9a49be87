import { describe, expect, test } from "bun:test";
import { Webhooks } from "@octokit/webhooks";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { github } from "./github.ts";
import { signGithub } from "./sign.ts";

const SECRET = "It's a Secret to Everybody";
const BODY = JSON.stringify({ action: "opened", number: 2, pull_request: { title: "Grüße" } });
const verify = verifier(github);
const sign = (secret: string, body: Uint8Array, type = "pull_request") =>
  signGithub({ secret, body, nowMs: NOW_MS, id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", type });

describe("github", () => {
  test("believes what the official library signs", async () => {
    const signature = await new Webhooks({ secret: SECRET }).sign(BODY);
    const headers = { "x-hub-signature-256": signature, "x-github-event": "pull_request", "x-github-delivery": "d-1" };
    expect(verify({ headers, body: bytes(BODY) }, [SECRET])).toEqual({
      kind: "verified",
      eventType: "pull_request.opened",
      dedupeKey: "d-1",
    });
  });

  test("signs what the official library believes", async () => {
    const signature = sign(SECRET, bytes(BODY)).headers["x-hub-signature-256"] ?? "";
    expect(await new Webhooks({ secret: SECRET }).verify(BODY, signature)).toBe(true);
  });

  test("verifies the example of GitHub's documentation", () => {
    const headers = {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
      "x-github-event": "ping",
    };
    // The example's body is not JSON: it is believed, and then found malformed.
    expectRejected(verify({ headers, body: bytes("Hello, World!") }, [SECRET]), "body_malformed");
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(verify, sign, "x-hub-signature-256", [SECRET, "previous", "stranger"], bytes(BODY));
  });

  test("names an event without an action by its header alone, the first ping too", () => {
    expect(verify(sign(SECRET, bytes('{"ref":"main"}'), "push"), [SECRET])).toMatchObject({ eventType: "push" });
    expect(verify(sign(SECRET, bytes('{"zen":"Keep it logically awesome."}'), "ping"), [SECRET])).toMatchObject({
      eventType: "ping",
    });
  });

  test("reads the action out of a form too", () => {
    const signed = sign(SECRET, bytes(`payload=${encodeURIComponent(BODY)}`));
    expect(verify(withHeader(signed, "content-type", "application/x-www-form-urlencoded"), [SECRET])).toMatchObject({
      eventType: "pull_request.opened",
    });
  });

  test("refuses the legacy SHA-1 header alone", () => {
    const headers = { "x-hub-signature": `sha1=${"0".repeat(40)}`, "x-github-event": "push" };
    expectRejected(verify({ headers, body: bytes(BODY) }, [SECRET]), "signature_missing");
  });

  test("refuses signed requests that name no event or hold no JSON", () => {
    expectRejected(
      verify(withHeader(sign(SECRET, bytes(BODY)), "x-github-event", undefined), [SECRET]),
      "event_type_missing",
    );
    expectRejected(verify(sign(SECRET, NOT_UTF8), [SECRET]), "body_malformed");
  });
});
