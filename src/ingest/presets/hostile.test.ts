import { expect, test } from "bun:test";
import fc from "fast-check";
import { NOW_MS } from "./fixture.ts";
import { presetNames, presetOf } from "./index.ts";
import type { Key } from "./preset.ts";
import { ed25519PublicKey } from "./standard-webhooks.ts";

const OPTIONS = {
  signatureHeader: "X-Sig",
  signaturePrefix: "v1=",
  template: "{id}.{timestamp}.{body}",
  timestampHeader: "X-Time",
  idHeader: "X-Id",
};
const HEADERS = [
  ...["x-sig", "x-time", "x-id", "content-type", "stripe-signature", "x-hub-signature-256", "x-github-event"],
  ...["x-github-delivery", "x-shopify-hmac-sha256", "x-shopify-topic", "shopify-hmac-sha256", "shopify-topic"],
  ...["x-slack-signature", "x-slack-request-timestamp", "webhook-id", "webhook-timestamp", "webhook-signature"],
  ...["svix-id", "svix-timestamp", "svix-signature"],
] as const;
const KEYS: readonly Key[] = [
  { kind: "hmac", bytes: new Uint8Array(32).fill(1) },
  { kind: "ed25519", publicKey: ed25519PublicKey(new Uint8Array(32).fill(2)) },
];

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const base64 = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString("base64"));
// Values that come near to being right, so that they pass the first look and reach the hashing.
const value = fc.oneof(
  fc.string({ unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 80 }),
  fc.constantFrom(String(NOW_MS / 1000), "", "application/x-www-form-urlencoded", "application/json", "é,ü=ß"),
  hex(64).map((digits) => `sha256=${digits}`),
  hex(64).map((digits) => `v0=${digits}`),
  hex(64).map((digits) => `v1=${digits}`),
  hex(64).map((digits) => `t=${NOW_MS / 1000},v1=${digits}`),
  base64(32),
  base64(32).map((text) => `v1,${text}`),
  base64(64).map((text) => `v1a,${text} v1,${text}`),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.jsonValue().map((json) => new TextEncoder().encode(JSON.stringify(json))),
  fc
    .constantFrom('{"type":{}}', '{"__proto__":{"type":"x"}}', "payload=%", '{"type":"url_verification"}', "[]")
    .map((text) => new TextEncoder().encode(text)),
);

for (const name of presetNames.filter((each) => each !== "none")) {
  test(`P8: nothing that a stranger sends makes ${name} believe it or fail`, () => {
    const configured = presetOf(name).configure(name === "hmac" ? OPTIONS : {});
    if (!configured.ok) throw new Error(JSON.stringify(configured.faults));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...HEADERS), value), body, (headers, bytes) => {
        const lookup = { get: (header: string) => headers[header.toLowerCase()] ?? null };
        const verdict = configured.verify({ headers: lookup, body: bytes, nowMs: NOW_MS }, KEYS);
        expect(verdict.kind).toBe("rejected");
      }),
      { numRuns: 300 },
    );
  });
}
