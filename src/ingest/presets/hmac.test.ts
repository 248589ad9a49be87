import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { bytes, expectRejected, expectSignedPreset, NOT_UTF8, NOW_MS, verifier, withHeader } from "./fixture.ts";
import { hmac } from "./hmac.ts";

const BODY = bytes('{"type":"thing.done","id":"t-1"}');
const T = String(NOW_MS / 1000);

describe("hmac", () => {
  test("verifies every algorithm and encoding, as node:crypto makes them", () => {
    for (const algorithm of ["sha256", "sha1", "sha512"] as const) {
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        const verify = verifier(hmac, { signatureHeader: "X-Sig", algorithm, encoding });
        const value = createHmac(algorithm, "key").update(BODY).digest(encoding);
        expect(verify({ headers: { "x-sig": value }, body: BODY }, ["key"])).toEqual({
          kind: "verified",
          eventType: "thing.done",
        });
        const unpadded = value.replace(/=+$/, "");
        expect(verify({ headers: { "x-sig": unpadded }, body: BODY }, ["key"]).kind).toBe("verified");
      }
    }
  });

  test("refuses every tampered byte, strangers, and oversized headers, and takes both secrets of a rotation", () => {
    expectSignedPreset(
      verifier(hmac, { signatureHeader: "X-Sig", signaturePrefix: "sha256=" }),
      (secret, body) => ({
        headers: { "x-sig": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` },
        body,
      }),
      "x-sig",
      ["current", "previous", "stranger"],
      BODY,
    );
  });

  test("signs what the template says, with the body's raw bytes in it", () => {
    const verify = verifier(hmac, {
      signatureHeader: "X-Sig",
      signaturePrefix: "v1=",
      template: "{id}.{timestamp}.{body}",
      timestampHeader: "X-Time",
      idHeader: "X-Id",
      encoding: "base64",
    });
    for (const body of [BODY, NOT_UTF8, new Uint8Array()]) {
      const value = createHmac("sha256", "key").update(`n-1.${T}.`).update(body).digest("base64");
      const signed = { headers: { "x-sig": `v1=${value}`, "x-id": "n-1", "x-time": T }, body };
      expect(verify(signed, ["key"])).toMatchObject({ kind: "verified", dedupeKey: "n-1" });
      expectRejected(verify(withHeader(signed, "x-id", "n-2"), ["key"]), "signature_mismatch");
      expectRejected(verify(withHeader(signed, "x-id", undefined), ["key"]), "id_missing");
      expectRejected(verify(withHeader(signed, "x-time", undefined), ["key"]), "timestamp_missing");
      expectRejected(verify(signed, ["key"], NOW_MS + 301_000), "timestamp_too_old");
    }
  });

  test("any template, body and secret verify as they were signed", () => {
    const literal = fc.string({ maxLength: 8 }).filter((text) => !/[{}]/.test(text));
    fc.assert(
      fc.property(
        fc.tuple(literal, literal, literal),
        fc.uint8Array({ maxLength: 64 }),
        fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text),
        ([a, b, c], body, secret) => {
          const options = {
            signatureHeader: "X-Sig",
            template: `${a}{timestamp}${b}{body}${c}`,
            timestampHeader: "X-T",
          };
          const value = createHmac("sha256", secret).update(`${a}${T}${b}`).update(body).update(c).digest("hex");
          expect(verifier(hmac, options)({ headers: { "x-sig": value, "x-t": T }, body }, [secret]).kind).toBe(
            "verified",
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test("takes one fitting signature among several", () => {
    const verify = verifier(hmac, { signatureHeader: "X-Sig", signaturePrefix: "v1=" });
    const value = createHmac("sha256", "key").update(BODY).digest("hex");
    for (const header of [
      `v1=${"0".repeat(64)},v1=${value}`,
      `v1=${value} v1=${"0".repeat(64)}`,
      `v0=x, v1=${value}`,
    ]) {
      expect(verify({ headers: { "x-sig": header }, body: BODY }, ["key"]).kind).toBe("verified");
    }
    expectRejected(verify({ headers: { "x-sig": value }, body: BODY }, ["key"]), "signature_malformed");
  });

  test("reads milliseconds, ids out of the body, and secrets in hex or base64", () => {
    const options = {
      signatureHeader: "X-Sig",
      template: "{timestamp}{body}",
      timestampHeader: "X-T",
      timestampUnit: "ms",
      idField: "id",
      secretEncoding: "hex",
    };
    const value = createHmac("sha256", Buffer.from("00ff", "hex")).update(String(NOW_MS)).update(BODY).digest("hex");
    const signed = { headers: { "x-sig": value, "x-t": String(NOW_MS) }, body: BODY };
    expect(verifier(hmac, options)(signed, ["00ff"])).toMatchObject({ kind: "verified", dedupeKey: "t-1" });
    expect(verifier(hmac, { ...options, secretEncoding: "base64" })(signed, ["AP8="])).toMatchObject({
      kind: "verified",
    });
    expect(hmac.parseSecret("xyz", { secretEncoding: "hex" }).ok).toBe(false);
  });

  test("tells every fault of its options at once", () => {
    const faults = (options: unknown) => {
      const configured = hmac.configure(options);
      return configured.ok ? [] : configured.faults.map(({ loc }) => loc.join("."));
    };
    expect(faults({})).toEqual(["options.signatureHeader"]);
    expect(faults([])).toEqual(["options", "options.signatureHeader"]);
    expect(faults({ signatureHeader: "a b" })).toEqual(["options.signatureHeader"]);
    expect(faults({ signatureHeader: "X-S", template: "{timestamp}.{bodi}", encoding: "hexx", hash: 1 })).toEqual([
      "options.encoding",
      "options.hash",
      "options.template",
      "options.template",
      "options.timestampHeader",
    ]);
    expect(faults({ signatureHeader: "X-S", timestampHeader: "X-T" })).toEqual(["options.timestampHeader"]);
    expect(faults({ signatureHeader: "X-S", template: "{id}{body}" })).toEqual(["options.idHeader"]);
    expect(faults({ signatureHeader: "X-S", eventTypeDefault: "a b" })).toEqual(["options.eventTypeDefault"]);
  });
});
