import { describe, expect, test } from "bun:test";
import Stripe from "stripe";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { signStripe } from "./sign.ts";
import { stripe } from "./stripe.ts";

const official = new Stripe("sk_test_none");
const SECRET = "whsec_current";
const EVENT = JSON.stringify({ id: "evt_1", object: "event", type: "invoice.paid", data: { object: { name: "Zoë" } } });
const verify = verifier(stripe);
const sign = (secret: string, body: Uint8Array, nowMs = NOW_MS) =>
  signStripe({ secret, body, nowMs, id: "", type: "" });

async function signedByStripe(payload: string, secret: string) {
  const timestamp = Math.floor(NOW_MS / 1000);
  const header = await official.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
  return { headers: { "stripe-signature": header }, body: bytes(payload) };
}

describe("stripe", () => {
  test("believes what the official library signs", async () => {
    expect(verify(await signedByStripe(EVENT, SECRET), [SECRET])).toEqual({
      kind: "verified",
      eventType: "invoice.paid",
      dedupeKey: "evt_1",
    });
  });

  test("signs what the official library believes", async () => {
    const nowMs = Date.now();
    const { headers, body } = sign(SECRET, bytes(EVENT), nowMs);
    const event = await official.webhooks.constructEventAsync(
      Buffer.from(body),
      headers["stripe-signature"] ?? "",
      SECRET,
    );
    expect(event.id).toBe("evt_1");
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(verify, sign, "stripe-signature", [SECRET, "whsec_previous", "whsec_stranger"], bytes(EVENT));
  });

  test("takes a request with several v1 signatures when one fits", () => {
    const ours = sign(SECRET, bytes(EVENT)).headers["stripe-signature"] ?? "";
    const other = sign("whsec_other", bytes(EVENT)).headers["stripe-signature"]?.split(",")[1] ?? "";
    const [t, v1] = ours.split(",");
    for (const header of [`${t},${other},${v1}`, `${t},${v1},${other}`, `${v1},${t}`, `${t},v0=abc,${v1}`]) {
      expect(verify({ headers: { "stripe-signature": header }, body: bytes(EVENT) }, [SECRET]).kind).toBe("verified");
    }
    const many = `${t},${Array.from({ length: 17 }, () => v1).join(",")}`;
    expectRejected(
      verify({ headers: { "stripe-signature": many }, body: bytes(EVENT) }, [SECRET]),
      "signature_malformed",
    );
  });

  test("takes the scheme v1 only", () => {
    const header = (sign(SECRET, bytes(EVENT)).headers["stripe-signature"] ?? "").replace("v1=", "v0=");
    expectRejected(
      verify({ headers: { "stripe-signature": header }, body: bytes(EVENT) }, [SECRET]),
      "signature_malformed",
    );
  });

  test("refuses a signed timestamp beyond the tolerance, in both directions", () => {
    const signed = sign(SECRET, bytes(EVENT));
    expect(verify(signed, [SECRET], NOW_MS + 300_000).kind).toBe("verified");
    expectRejected(verify(signed, [SECRET], NOW_MS + 301_000), "timestamp_too_old");
    expect(verify(signed, [SECRET], NOW_MS - 300_000).kind).toBe("verified");
    expectRejected(verify(signed, [SECRET], NOW_MS - 301_000), "timestamp_too_new");
    expectRejected(verifier(stripe, { toleranceSeconds: 10 })(signed, [SECRET], NOW_MS + 11_000), "timestamp_too_old");
  });

  test("tells an absent timestamp from a malformed one", () => {
    const signed = sign(SECRET, bytes(EVENT));
    const v1 = (signed.headers["stripe-signature"] ?? "").split(",")[1] ?? "";
    expectRejected(verify(withHeader(signed, "stripe-signature", v1), [SECRET]), "timestamp_missing");
    expectRejected(verify(withHeader(signed, "stripe-signature", `t=1e9,${v1}`), [SECRET]), "timestamp_malformed");
  });

  test("refuses a signed body that is no event", () => {
    for (const body of [bytes("[]"), bytes("null"), bytes("{}"), bytes('{"id":1,"type":"a"}'), bytes(""), NOT_UTF8]) {
      expectRejected(verify(sign(SECRET, body), [SECRET]), "body_malformed");
    }
  });

  test("never tells a secret or a signature in its details", () => {
    const signed = sign("whsec_stranger", bytes(EVENT));
    const told = JSON.stringify(verify(signed, [SECRET]));
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(signed.headers["stripe-signature"]?.split("v1=")[1] ?? "?");
  });

  test("names the options it has when one is unknown or out of range", () => {
    const configured = stripe.configure({ tolerance: 5, toleranceSeconds: 0 });
    expect(configured).toMatchObject({
      ok: false,
      faults: [{ loc: ["options", "toleranceSeconds"] }, { loc: ["options", "tolerance"] }],
    });
  });
});
