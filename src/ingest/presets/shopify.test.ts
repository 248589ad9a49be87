import { describe, expect, test } from "bun:test";
import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { createSHA256HMAC, HashFormat } from "@shopify/shopify-api/runtime";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { shopify } from "./shopify.ts";
import { signShopify } from "./sign.ts";

const SECRET = "hush";
const BODY = JSON.stringify({ id: 820982911946154508n.toString(), email: "jon@example.com", note: "Čau" });
const verify = verifier(shopify);
const sign = (secret: string, body: Uint8Array) =>
  signShopify({ secret, body, nowMs: NOW_MS, id: "98880550-7158-44d4-b7cd-2c97c8a091b5", type: "orders/create" });

describe("shopify", () => {
  test("believes what the official library signs", async () => {
    const signature = await createSHA256HMAC(SECRET, BODY, HashFormat.Base64);
    const headers = {
      "x-shopify-hmac-sha256": signature,
      "x-shopify-topic": "orders/create",
      "x-shopify-event-id": "e-1",
    };
    expect(verify({ headers, body: bytes(BODY) }, [SECRET])).toEqual({
      kind: "verified",
      eventType: "orders.create",
      dedupeKey: "orders.create  e-1",
    });
  });

  test("signs what the official library believes", async () => {
    const api = shopifyApi({
      apiKey: "key",
      apiSecretKey: SECRET,
      hostName: "app.example.com",
      apiVersion: ApiVersion.July26,
      isEmbeddedApp: false,
      logger: { level: 0 },
    });
    const { headers } = sign(SECRET, bytes(BODY));
    const rawRequest = new Request("https://app.example.com/in", { method: "POST", headers });
    expect(await api.webhooks.validate({ rawBody: BODY, rawRequest })).toMatchObject({ valid: true });
    expect(await api.webhooks.validate({ rawBody: `${BODY} `, rawRequest })).toMatchObject({ valid: false });
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(verify, sign, "x-shopify-hmac-sha256", [SECRET, "previous", "stranger"], bytes(BODY));
  });

  test("believes bytes that are no UTF-8, since type and id stand in the headers", () => {
    expect(verify(sign(SECRET, NOT_UTF8), [SECRET]).kind).toBe("verified");
  });

  test("tells topics and named subscriptions of one happening apart, and a repeat not", () => {
    const key = (headers: Record<string, string>) => {
      let signed = sign(SECRET, bytes(BODY));
      for (const [name, value] of Object.entries(headers)) signed = withHeader(signed, name, value);
      const verdict = verify(signed, [SECRET]);
      return verdict.kind === "verified" ? verdict.dedupeKey : undefined;
    };
    const first = key({});
    expect(key({ "x-shopify-webhook-id": "another" })).toBe(first);
    expect(key({ "x-shopify-topic": "orders/paid" })).not.toBe(first);
    expect(key({ "x-shopify-name": "second" })).not.toBe(first);
    expect(key({ "x-shopify-event-id": "" })).toBe("w-98880550-7158-44d4-b7cd-2c97c8a091b5");
  });

  test("takes the newer Events headers too", () => {
    const signature = sign(SECRET, bytes(BODY)).headers["x-shopify-hmac-sha256"] ?? "";
    const headers = {
      "shopify-hmac-sha256": signature,
      "shopify-topic": "Product",
      "shopify-action": "update",
      "shopify-webhook-id": "w-9",
    };
    expect(verify({ headers, body: bytes(BODY) }, [SECRET])).toEqual({
      kind: "verified",
      eventType: "Product.update",
      dedupeKey: "w-9",
    });
  });

  test("refuses a signed request without a topic", () => {
    expectRejected(
      verify(withHeader(sign(SECRET, bytes(BODY)), "x-shopify-topic", undefined), [SECRET]),
      "event_type_missing",
    );
  });
});
