import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { type Signed, signStandardWebhooks, signStandardWebhooksV1a } from "./sign.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

const secretOf = (seed: string) => `whsec_${Buffer.from(seed.repeat(32)).toString("base64")}`;
const SECRET = secretOf("a");
const BODY = JSON.stringify({ type: "user.created", data: { name: "Ærø" } });
const verify = verifier(standardWebhooks);
const sign = (secret: string, body: Uint8Array, nowMs = NOW_MS) =>
  signStandardWebhooks({ secret, body, nowMs, id: "msg_1.b", type: "" });
const signature = (signed: Signed) => signed.headers["webhook-signature"] ?? "";

describe("standard-webhooks", () => {
  test("believes what standardwebhooks and svix sign", () => {
    const at = new Date(NOW_MS);
    for (const official of [new Webhook(SECRET), new SvixWebhook(SECRET)]) {
      const headers = {
        "webhook-id": "msg_7",
        "webhook-timestamp": String(NOW_MS / 1000),
        "webhook-signature": official.sign("msg_7", at, BODY),
      };
      expect(verify({ headers, body: bytes(BODY) }, [SECRET])).toEqual({
        kind: "verified",
        eventType: "user.created",
        dedupeKey: "msg_7",
      });
    }
  });

  test("signs what standardwebhooks and svix believe", () => {
    const { headers } = sign(SECRET, bytes(BODY), Date.now());
    for (const official of [new Webhook(SECRET), new SvixWebhook(SECRET)]) {
      expect(() => official.verify(BODY, { ...headers })).not.toThrow();
      expect(() => official.verify(`${BODY} `, { ...headers })).toThrow();
    }
  });

  test("takes Svix's own header names where the plain ones are absent", () => {
    const { headers } = sign(SECRET, bytes(BODY));
    const branded = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace("webhook-", "svix-"), value]),
    );
    expect(verify({ headers: branded, body: bytes(BODY) }, [SECRET])).toMatchObject({
      kind: "verified",
      dedupeKey: "msg_1.b",
    });
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(verify, sign, "webhook-signature", [SECRET, secretOf("b"), secretOf("c")], bytes(BODY));
  });

  test("takes one fitting signature among several, in any order", () => {
    const [ours, others] = [sign(SECRET, bytes(BODY)), sign(secretOf("z"), bytes(BODY))];
    for (const list of [
      `${signature(others)} ${signature(ours)}`,
      `v2,abc v1a,xyz ${signature(ours)} ${signature(others)}`,
    ]) {
      expect(verify(withHeader(ours, "webhook-signature", list), [SECRET]).kind).toBe("verified");
    }
  });

  test("signs the id and the timestamp too", () => {
    const signed = sign(SECRET, bytes(BODY));
    expectRejected(verify(withHeader(signed, "webhook-id", "msg_2"), [SECRET]), "signature_mismatch");
    const shifted = String(NOW_MS / 1000 + 1);
    expectRejected(verify(withHeader(signed, "webhook-timestamp", shifted), [SECRET]), "signature_mismatch");
    expectRejected(verify(withHeader(signed, "webhook-id", undefined), [SECRET]), "id_missing");
    expectRejected(verify(withHeader(signed, "webhook-timestamp", undefined), [SECRET]), "timestamp_missing");
    expectRejected(verify(signed, [SECRET], NOW_MS + 301_000), "timestamp_too_old");
    expectRejected(verify(signed, [SECRET], NOW_MS - 301_000), "timestamp_too_new");
  });

  test("P8: the dots between id, timestamp and body cannot be moved into a JSON body", () => {
    const inner = `.${NOW_MS / 1000}.`;
    const body = bytes(`{"name":"a${inner}rest"}`);
    const signed = sign(SECRET, body);
    const id = `msg_1.b.${NOW_MS / 1000}.{"name":"a`;
    const moved = { body: bytes('rest"}'), headers: { ...signed.headers, "webhook-id": id } };
    expectRejected(verify(moved, [SECRET]), "id_malformed");
  });

  test("v1a: believes an ed25519 signature under the public key, and nothing tampered", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    const whpk = `whpk_${Buffer.from(raw).toString("base64")}`;
    const signed = signStandardWebhooksV1a(privateKey, { body: bytes(BODY), nowMs: NOW_MS, id: "msg_3", type: "" });
    expect(verify(signed, [whpk])).toEqual({ kind: "verified", eventType: "user.created", dedupeKey: "msg_3" });
    for (let i = 0; i < signed.body.length; i++) {
      const body = signed.body.slice();
      body[i] = (body[i] ?? 0) ^ 1;
      expectRejected(verify({ ...signed, body }, [whpk]), "signature_mismatch");
    }
    const value = signature(signed);
    for (let i = 0; i < value.length; i++) {
      const tampered = value.slice(0, i) + (value[i] === "Q" ? "R" : "Q") + value.slice(i + 1);
      expect(verify(withHeader(signed, "webhook-signature", tampered), [whpk]).kind).toBe("rejected");
    }
    // The two kinds live beside each other while a sender moves from one to the other.
    expect(verify(sign(SECRET, bytes(BODY)), [whpk, SECRET]).kind).toBe("verified");
    expectRejected(verify(signed, [SECRET]), "signature_mismatch");
  });

  test("a public key is never used as an HMAC key", () => {
    const whpk = `whpk_${Buffer.alloc(32, 9).toString("base64")}`;
    const forged = sign(`whsec_${Buffer.alloc(32, 9).toString("base64")}`, bytes(BODY));
    expectRejected(verify(forged, [whpk]), "signature_mismatch");
  });

  test("takes any body; its type is the field, the header or the default", () => {
    expect(verify(sign(SECRET, NOT_UTF8), [SECRET])).toMatchObject({ eventType: "webhook" });
    const named = verifier(standardWebhooks, { eventTypeHeader: "X-Kind", eventTypeDefault: "other" });
    expect(named(withHeader(sign(SECRET, bytes(BODY)), "x-kind", "ping/pong"), [SECRET])).toMatchObject({
      eventType: "ping_pong",
    });
    expect(named(sign(SECRET, bytes("{}")), [SECRET])).toMatchObject({ eventType: "other" });
  });

  test("explains what is wrong with a secret", () => {
    const bad = (text: string) => {
      const parsed = standardWebhooks.parseSecret(text, {});
      return parsed.ok ? "accepted" : parsed.message;
    };
    expect(bad("whsk_AAAA")).toContain("private key");
    expect(bad("whpk_AAAA")).toContain("32 bytes");
    expect(bad("whsec_!")).toContain("base64");
    expect(bad("whsec_")).toContain("base64");
    expect(bad(standardWebhooks.formatSecret?.(new Uint8Array(32)) ?? "")).toBe("accepted");
  });
});
