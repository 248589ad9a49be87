import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { type Sample, sampleOf } from "./sample.ts";
import type { Preset } from "./source.ts";

const NOW = new Date("2026-02-01T12:00:00.250Z");
const SECONDS = "1769947200";

async function signed(
  preset: Preset,
  secret: string | undefined,
  options: Record<string, unknown> = {},
): Promise<Sample> {
  const sample = await sampleOf({ preset, options }, secret, NOW, "id1");
  if (typeof sample === "string") throw new Error(`It was not signed: ${sample}`);
  return sample;
}

const header = ({ headers }: Sample, name: string) => headers.find(([known]) => known === name)?.[1];
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text);

describe("a webhook that is made to try a source out", () => {
  test("Stripe's is signed over its time and its body, and is good for as long as the source tolerates", async () => {
    const sample = await signed("stripe", "whsec_x", { toleranceSeconds: 60 });
    const digest = hmac("whsec_x", `${SECONDS}.${sample.body}`).digest("hex");
    expect(header(sample, "Stripe-Signature")).toBe(`t=${SECONDS},v1=${digest}`);
    expect(sample.goodForSeconds).toBe(60);
  });

  test("GitHub's, Shopify's and Slack's are signed as each of them does it", async () => {
    const github = await signed("github", "s");
    expect(header(github, "X-Hub-Signature-256")).toBe(`sha256=${hmac("s", github.body).digest("hex")}`);
    const shopify = await signed("shopify", "s");
    expect(header(shopify, "X-Shopify-Hmac-SHA256")).toBe(hmac("s", shopify.body).digest("base64"));
    const slack = await signed("slack", "s");
    const digest = hmac("s", `v0:${SECONDS}:${slack.body}`).digest("hex");
    expect(header(slack, "X-Slack-Signature")).toBe(`v0=${digest}`);
  });

  test("a Standard Webhooks secret is base64 behind whsec_", async () => {
    const sample = await signed("standard-webhooks", `whsec_${Buffer.from("key").toString("base64")}`);
    const digest = hmac(Buffer.from("key"), `msg_id1.${SECONDS}.${sample.body}`).digest("base64");
    expect(header(sample, "webhook-signature")).toBe(`v1,${digest}`);
  });

  test("an HMAC of one's own follows its options", async () => {
    const sample = await signed("hmac", "6b6579", {
      signatureHeader: "X-Sig",
      signaturePrefix: "v=",
      algorithm: "sha512",
      encoding: "base64url",
      secretEncoding: "hex",
      template: "{id}|{timestamp}|{body}",
      timestampHeader: "X-Time",
      timestampUnit: "ms",
      idHeader: "X-Id",
      eventTypeField: "meta.kind",
    });
    expect(JSON.parse(sample.body)).toEqual({ meta: { kind: "test.sent" } });
    const content = `id1|${NOW.getTime()}|${sample.body}`;
    const digest = createHmac("sha512", Buffer.from("key")).update(content).digest("base64url");
    expect([header(sample, "X-Sig"), header(sample, "X-Time"), header(sample, "X-Id")]).toEqual([
      `v=${digest}`,
      String(NOW.getTime()),
      "id1",
    ]);
  });

  test("one that needs no signature has its type and id where the options say", async () => {
    const sample = await signed("none", undefined, { eventTypeHeader: "X-Event", idField: "data.id" });
    expect(header(sample, "X-Event")).toBe("test.sent");
    expect(JSON.parse(sample.body)).toEqual({ data: { id: "id1" } });
  });

  test("says why it cannot be signed", async () => {
    const of = (preset: Preset, secret: string | undefined) => sampleOf({ preset, options: {} }, secret, NOW, "id1");
    expect(await of("stripe", undefined)).toBe("no_secret");
    expect(await of("standard-webhooks", "whpk_AAAA")).toBe("public_key");
    expect(await of("standard-webhooks", "whsec_é")).toBe("bad_secret");
  });
});
