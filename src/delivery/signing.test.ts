import { describe, expect, setSystemTime, test } from "bun:test";
import { createHmac, createPublicKey, verify } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import type { ExtraHeaders, SigningKey } from "./endpoint.ts";
import {
  formatPublicKey,
  formatSecret,
  generateSecret,
  parseSecret,
  SigningError,
  signatureHeaders,
  signV1,
  signV1a,
} from "./signing.ts";

function secretOf(text: string): SigningKey {
  const parsed = parseSecret(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { kind: parsed.kind, key: parsed.key };
}

const NOW_SECONDS = 1_674_087_231;
const CURRENT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PREVIOUS = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/** The first test vector of RFC 8032, section 7.1. */
const PAIR = `whsk_${Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex").toString("base64")}`;
const JSON_BODY = '{"type":"invoice.paid", "data":{ "amount": 1.50,"customer":"Zoë \\u00e9 😀"}}\n';

interface GoldenCase {
  name: string;
  /** Newest first; one that says when it expires does so (seconds) relative to the timestamp. */
  secrets: { secret: string; expiresInSeconds?: number }[];
  extra: ExtraHeaders[];
  messageId: string;
  deliveryId: string;
  attempt: number;
  timestampSeconds: number;
  bodyBase64: string;
}

type Golden = GoldenCase & { verifyWith: string[]; headers: (readonly [string, string])[] };

const base = {
  messageId: "msg_01h455vb4pex5vsknk084sn02q",
  deliveryId: "dlv_01h455vb4pex5vsknk084sn02r",
  attempt: 1,
  timestampSeconds: NOW_SECONDS,
  bodyBase64: Buffer.from(JSON_BODY).toString("base64"),
  extra: [],
};
const during = { secret: PREVIOUS, expiresInSeconds: 60 };
const cases: GoldenCase[] = [
  { ...base, name: "v1", secrets: [{ secret: CURRENT }] },
  {
    ...base,
    name: "v1, third attempt",
    secrets: [{ secret: CURRENT }],
    attempt: 3,
    timestampSeconds: NOW_SECONDS + 305,
  },
  { ...base, name: "v1 during a rotation", secrets: [{ secret: CURRENT }, during] },
  { ...base, name: "v1 after a rotation", secrets: [{ secret: CURRENT }, { ...during, expiresInSeconds: 0 }] },
  { ...base, name: "v1a", secrets: [{ secret: PAIR }] },
  { ...base, name: "v1 replaced by v1a", secrets: [{ secret: PAIR }, during] },
  { ...base, name: "svix", secrets: [{ secret: CURRENT }], extra: ["svix"] },
  { ...base, name: "plain", secrets: [{ secret: CURRENT }], extra: ["plain"] },
  { ...base, name: "plain during a rotation", secrets: [{ secret: CURRENT }, during], extra: ["plain"] },
  {
    ...base,
    name: "svix and plain, v1a replaced by v1",
    secrets: [{ secret: CURRENT }, { secret: PAIR, expiresInSeconds: 60 }],
    extra: ["plain", "svix"],
  },
  { ...base, name: "an empty body", secrets: [{ secret: CURRENT }], extra: ["plain"], bodyBase64: "" },
  {
    ...base,
    name: "a body that is no text",
    secrets: [{ secret: CURRENT }, { secret: PAIR, expiresInSeconds: 60 }],
    extra: ["plain"],
    bodyBase64: "AP/+gIEK7aCA",
  },
];

const livingOf = ({ secrets }: GoldenCase) =>
  secrets.filter((s) => s.expiresInSeconds === undefined || s.expiresInSeconds > 0);
const bodyOf = (golden: GoldenCase): Buffer => Buffer.from(golden.bodyBase64, "base64");

function headersOf(golden: GoldenCase): (readonly [string, string])[] {
  const nowMs = golden.timestampSeconds * 1000;
  return signatureHeaders({
    ...golden,
    secrets: golden.secrets.map(({ secret, expiresInSeconds }) => ({
      ...secretOf(secret),
      ...(expiresInSeconds !== undefined && { expiresAtMs: nowMs + expiresInSeconds * 1000 }),
    })),
    nowMs,
    body: bodyOf(golden),
    extra: new Set(golden.extra),
  }).headers;
}

const golden: Golden[] = cases.map((one) => ({
  ...one,
  // What a receiver holds: the public half where there is one.
  verifyWith: livingOf(one).map(({ secret }) =>
    secret.startsWith("whsk_") ? formatPublicKey(secretOf(secret).key) : secret,
  ),
  headers: headersOf(one),
}));

describe("P9: the bytes on the wire", () => {
  const file = join(import.meta.dir, "golden/signing.json");

  test("P9: are those of the golden file (POSTHORN_UPDATE_GOLDEN=1 writes it anew: then every receiver in the world is concerned)", () => {
    const text = `${JSON.stringify(golden, null, 2)}\n`;
    if (process.env["POSTHORN_UPDATE_GOLDEN"] === "1") {
      mkdirSync(join(import.meta.dir, "golden"), { recursive: true });
      writeFileSync(file, text);
    }
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  for (const one of golden) {
    const received = Object.fromEntries(one.headers);
    const body = bodyOf(one);
    const text = body.toString("utf8");
    // The official libraries read the body as text: what is not UTF-8 they cannot verify.
    const isText = Buffer.from(text).equals(body);

    for (const [library, Webhook] of [
      ["standardwebhooks", StandardWebhook],
      ["svix", SvixWebhook],
    ] as const) {
      const symmetric = one.verifyWith.filter((secret) => secret.startsWith("whsec_"));
      if (!isText || symmetric.length === 0) continue;
      test(`${one.name}: ${library} believes it with each living secret, and nothing else`, () => {
        const changed = Buffer.concat([body, Buffer.from(" ")]);
        setSystemTime(new Date(one.timestampSeconds * 1000));
        try {
          for (const secret of symmetric) {
            const webhook = new Webhook(secret);
            webhook.verify(body, received, { jsonParse: false });
            expect(() => webhook.verify(changed, received)).toThrow("No matching signature found");
            expect(() => webhook.verify(body, { ...received, ...later(received) })).toThrow(
              "No matching signature found",
            );
          }
          expect(() =>
            new Webhook(formatSecret({ kind: "v1", key: generateSecret("v1") })).verify(body, received),
          ).toThrow();
          if (one.name === "v1 after a rotation") expect(() => new Webhook(PREVIOUS).verify(body, received)).toThrow();
        } finally {
          setSystemTime();
        }
      });
    }

    const publicKey = one.verifyWith.find((key) => key.startsWith("whpk_"));
    if (publicKey !== undefined) {
      test(`${one.name}: the public key verifies its v1a signature`, () => {
        const x = Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url");
        const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
        const content = Buffer.concat([Buffer.from(`${one.messageId}.${one.timestampSeconds}.`), body]);
        const [, signature = ""] = /v1a,(\S+)/.exec(received["webhook-signature"] ?? "") ?? [];
        expect(verify(null, content, key, Buffer.from(signature, "base64"))).toBe(true);
        expect(verify(null, Buffer.concat([content, Buffer.of(0)]), key, Buffer.from(signature, "base64"))).toBe(false);
      });
    }

    if (one.extra.includes("plain")) {
      test(`${one.name}: X-Signature is the hexadecimal HMAC of timestamp and body with the oldest living v1 secret`, () => {
        const oldest = one.verifyWith.filter((secret) => secret.startsWith("whsec_")).at(-1) ?? "";
        const expected = createHmac("sha256", Buffer.from(oldest.slice("whsec_".length), "base64"))
          .update(`${one.timestampSeconds}.`)
          .update(body)
          .digest("hex");
        expect(received["X-Signature"]).toBe(expected);
        expect(received["X-Timestamp"]).toBe(String(one.timestampSeconds));
      });
    }
  }

  function later(received: Record<string, string>): Record<string, string> {
    const timestamp = String(Number(received["webhook-timestamp"]) + 1);
    return { "webhook-timestamp": timestamp, ...("svix-timestamp" in received && { "svix-timestamp": timestamp }) };
  }
});

describe("signatures", () => {
  test("v1 of the vector that Standard Webhooks and Svix publish", () => {
    const key = secretOf("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").key;
    const signature = signV1(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, Buffer.from('{"test": 2432232314}'));
    expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  test("are the same from a prepared secret, however often, as from node:crypto with the key", () => {
    const secrets: SigningKey[] = [24, 32, 63, 64, 65, 75].map((length) => ({
      kind: "v1",
      key: Buffer.alloc(length, length),
    }));
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(),
        (secret, body, timestampSeconds) => {
          const { signature } = signatureHeaders({
            secrets: [secret],
            messageId: "msg_1",
            deliveryId: "dlv_1",
            attempt: 1,
            timestampSeconds,
            nowMs: 0,
            body,
            extra: new Set(),
          });
          const expected = createHmac("sha256", secret.key)
            .update(`msg_1.${timestampSeconds}.`)
            .update(body)
            .digest("base64");
          expect(signature).toBe(`v1,${expected}`);
          expect(signV1(secret.key, "msg_1", timestampSeconds, body)).toBe(signature);
        },
      ),
    );
  });

  test("v1a is the same from a key pair and from its seed", () => {
    const { key } = secretOf(PAIR);
    expect(signV1a(key.subarray(0, 32), "msg_1", 1, Buffer.from("x"))).toBe(signV1a(key, "msg_1", 1, Buffer.from("x")));
  });

  test("cannot be made without a living secret, nor the plain pair without one of v1", () => {
    const webhook = {
      messageId: "msg_1",
      deliveryId: "dlv_1",
      attempt: 1,
      timestampSeconds: 1,
      nowMs: 1000,
      body: Buffer.alloc(0),
    };
    const none = () => signatureHeaders({ ...webhook, secrets: [], extra: new Set() });
    const expired = () =>
      signatureHeaders({ ...webhook, secrets: [{ ...secretOf(CURRENT), expiresAtMs: 1000 }], extra: new Set() });
    const asymmetric = () =>
      signatureHeaders({ ...webhook, secrets: [secretOf(PAIR)], extra: new Set<ExtraHeaders>(["plain"]) });
    for (const attempt of [none, expired, asymmetric]) expect(attempt).toThrow(SigningError);
  });
});

describe("secrets as text", () => {
  test("whatever Svix's pattern lets through and base64 can mean is taken, and reads back as the same bytes", () => {
    const digits = fc.string({
      unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
      minLength: 32,
      maxLength: 100,
    });
    fc.assert(
      fc.property(digits, fc.boolean(), fc.boolean(), (text, prefixed, padded) => {
        fc.pre(text.length % 4 !== 1);
        const body = padded ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text;
        const parsed = parseSecret(prefixed ? `whsec_${body}` : body);
        expect(parsed).toMatchObject({ ok: true, kind: "v1", key: Buffer.from(text, "base64") });
        if (parsed.ok) expect(parseSecret(formatSecret(parsed))).toEqual(parsed);
      }),
    );
  });

  test("a generated secret reads back, and is never the same", () => {
    for (const kind of ["v1", "v1a"] as const) {
      const key = generateSecret(kind);
      expect(parseSecret(formatSecret({ kind, key }))).toEqual({ ok: true, kind, key });
      expect(generateSecret(kind).equals(key)).toBe(false);
    }
    expect(formatSecret({ kind: "v1", key: generateSecret("v1") })).toMatch(/^(whsec_)?[a-zA-Z0-9+/=]{32,100}$/);
  });

  test("a private key may come as its seed, and shows its public key", () => {
    const seed = `whsk_${Buffer.from(secretOf(PAIR).key.subarray(0, 32)).toString("base64")}`;
    expect(formatSecret(secretOf(seed))).toBe(PAIR);
    expect(formatPublicKey(secretOf(PAIR).key)).toBe(
      `whpk_${Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex").toString("base64")}`,
    );
  });

  const refused = [
    ["nothing", "", "not base64"],
    ["the prefix alone", "whsec_", "not base64"],
    ["too few bytes", "whsec_c2hvcnQ=", "24 to 75 bytes in base64; this has 5"],
    ["too many bytes", `whsec_${"A".repeat(104)}`, "this has 78"],
    ["what is not base64", "whsec_correct horse battery staple, really", "not base64"],
    ["base64 of the alphabet for URLs", `whsec_${"-_".repeat(20)}`, "not base64"],
    ["padding in the middle", `whsec_${"A".repeat(20)}=${"A".repeat(19)}`, "not base64"],
    ["too much padding", `whsec_${"A".repeat(32)}==`, "not base64"],
    ["a length that base64 does not have", `whsec_${"A".repeat(33)}`, "not base64"],
    ["a public key", `whpk_${"A".repeat(43)}=`, "cannot sign"],
    ["a private key of another length", `whsk_${"A".repeat(40)}`, "64 or 32 bytes; this has 30"],
    ["a private key that is not base64", "whsk_!", "this is not base64"],
    ["a private key of two halves that do not match", `whsk_${"A".repeat(86)}==`, "do not belong together"],
  ] as const;

  for (const [what, text, why] of refused) {
    test(`${what} is refused, and not quoted`, () => {
      const parsed = parseSecret(text);
      expect(parsed).toEqual({ ok: false, message: expect.stringContaining(why) });
      const secret = text.replace(/^wh\w+_/, "");
      if (!parsed.ok && secret.length > 1) expect(parsed.message).not.toContain(secret);
    });
  }
});
