import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  createSealer,
  generateMasterKey,
  type MasterKeys,
  parseMasterKey,
  parseMasterKeys,
  SealError,
  type SealErrorCode,
} from "./seal.ts";

const keyOf = (name: string): Uint8Array => createHash("sha256").update(name).digest();
const sealer = createSealer({ current: keyOf("one") });
const secret = Buffer.from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

function refusal(act: () => unknown): SealErrorCode | "opened" {
  try {
    act();
    return "opened";
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
}

describe("P8: secrets at rest", () => {
  test("P8: any bytes open again, in their context only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), fc.string(), (plaintext, context, other) => {
        const sealed = sealer.seal(plaintext, context);
        expect(sealer.open(sealed, context).equals(plaintext)).toBe(true);
        if (other !== context) expect(refusal(() => sealer.open(sealed, other))).toBe("tampered");
      }),
    );
  });

  test("P8: a record shows nothing of its secret, and the same secret never looks the same twice", () => {
    const a = sealer.seal(secret, "endpoint_secret:1");
    const b = sealer.seal(secret, "endpoint_secret:1");
    expect(a.equals(b)).toBe(false);
    expect(a.includes(secret.subarray(0, 8))).toBe(false);
    expect(a.length).toBe(secret.length + 33);
  });

  test("P8: no bit of a record can be flipped", () => {
    const sealed = sealer.seal(secret, "x");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const expected = bit < 8 ? "malformed" : bit < 40 ? "unknown_key" : "tampered";
      expect(refusal(() => sealer.open(flipped, "x"))).toBe(expected);
    }
  });

  test("P8: a record that was cut or grew does not open", () => {
    const sealed = sealer.seal(secret, "x");
    for (let length = 0; length < sealed.length; length++) {
      expect(refusal(() => sealer.open(sealed.subarray(0, length), "x"))).toBe(length < 33 ? "malformed" : "tampered");
    }
    expect(refusal(() => sealer.open(Buffer.concat([sealed, Buffer.of(0)]), "x"))).toBe("tampered");
    expect(refusal(() => sealer.needsReseal(sealed.subarray(0, 32)))).toBe("malformed");
  });

  test("a record opens from the middle of a larger buffer", () => {
    const sealed = sealer.seal(secret, "x");
    const page = new Uint8Array(sealed.length + 20);
    page.set(sealed, 7);
    expect(sealer.open(page.subarray(7, 7 + sealed.length), "x").equals(secret)).toBe(true);
  });

  test("P8: during a rotation old records open and ask to be sealed again; afterwards the old key is not needed", () => {
    const old = sealer.seal(secret, "x");
    const rotating = createSealer({ current: keyOf("two"), previous: [keyOf("one")] });
    expect(sealer.needsReseal(old)).toBe(false);
    expect(rotating.needsReseal(old)).toBe(true);
    const fresh = rotating.seal(rotating.open(old, "x"), "x");
    expect(rotating.needsReseal(fresh)).toBe(false);
    const rotated = createSealer({ current: keyOf("two") });
    expect(rotated.open(fresh, "x").equals(secret)).toBe(true);
    expect(refusal(() => rotated.open(old, "x"))).toBe("unknown_key");
  });

  test("a record of today opens for ever", () => {
    const golden = Buffer.from("0162634691c26bb8132fb06dc811810fe3082741e5ed8fcba4e22f909b9d7f18ee894294c5719a", "hex");
    expect(sealer.open(golden, "endpoint_secret:1").toString()).toBe("secret");
  });

  test("the same key given twice is one key", () => {
    const twice = createSealer({ current: keyOf("one"), previous: [keyOf("one")] });
    expect(twice.needsReseal(sealer.seal(secret, "x"))).toBe(false);
  });

  test("a key of another length than 32 bytes makes no sealer", () => {
    expect(() => createSealer({ current: new Uint8Array(16) })).toThrow(
      "The master key has 16 bytes, it should have 32",
    );
  });
});

describe("master keys as text", () => {
  const bytes = Buffer.from(keyOf("one"));
  const read = (text: string): string | undefined => {
    const parsed = parseMasterKey(text);
    return parsed.ok ? Buffer.from(parsed.key).toString("hex") : undefined;
  };

  test("are read from base64 of either alphabet, with or without padding, and from hexadecimal", () => {
    const forms = [
      bytes.toString("base64"),
      bytes.toString("base64").replace("=", ""),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      `  ${bytes.toString("base64")}\n`,
    ];
    for (const form of forms) expect(read(form)).toBe(bytes.toString("hex"));
  });

  test("are generated in the form that is read", () => {
    const text = generateMasterKey();
    expect(read(text)?.length).toBe(64);
    expect(generateMasterKey()).not.toBe(text);
  });

  test("are refused without being quoted", () => {
    const bad = [
      "",
      "   ",
      "hunter2hunter2",
      "correct horse battery staple",
      bytes.toString("hex").slice(2),
      `${bytes.toString("base64")}AAAA`,
    ];
    for (const text of bad) {
      const parsed = parseMasterKey(text);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok && text.trim() !== "") expect(parsed.message).not.toContain(text.trim());
    }
    expect(parseMasterKey("hunter2!")).toEqual({
      ok: false,
      message: "The master key has characters that neither base64 nor hexadecimal has (it is 8 characters long)",
    });
  });

  test("in a list: the first seals, the others only open", () => {
    const [one, two] = [generateMasterKey(), generateMasterKey()];
    const both = parseMasterKeys(`${two}, ${one}`);
    const first = parseMasterKeys(one);
    const keys: MasterKeys[] = [both, first].flatMap((parsed) => (parsed.ok ? [parsed.keys] : []));
    const [rotating, before] = keys.map(createSealer);
    expect(keys[0]?.previous?.length).toBe(1);
    const old = before?.seal(secret, "x") ?? Buffer.alloc(0);
    expect(rotating?.open(old, "x").equals(secret)).toBe(true);
    expect(rotating?.needsReseal(old)).toBe(true);
  });

  test("in a list: the fault tells which key", () => {
    expect(parseMasterKeys(`${generateMasterKey()},`)).toEqual({
      ok: false,
      message: "Key 2 of the list: The master key is empty",
    });
    expect(parseMasterKeys("").ok).toBe(false);
  });
});
