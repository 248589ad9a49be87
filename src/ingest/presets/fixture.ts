import { expect } from "bun:test";
import type { Incoming, Key, Preset, Verdict } from "./preset.ts";
import type { Signed } from "./sign.ts";

/** Helpers of the preset tests only. */
export const NOW_MS = 1_763_696_000_000;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Bytes that are no UTF-8 at all. */
export const NOT_UTF8 = new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80, 0x0a]);

export function incoming({ headers, body }: Signed, nowMs = NOW_MS): Incoming {
  return { headers: new Headers(headers), body, nowMs };
}

export function keysOf(preset: Preset, secrets: readonly string[], options: Record<string, unknown> = {}): Key[] {
  return secrets.map((secret) => {
    const parsed = preset.parseSecret(secret, options);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.key;
  });
}

export function verifier(preset: Preset, options: Record<string, unknown> = {}) {
  const configured = preset.configure(options);
  if (!configured.ok) throw new Error(JSON.stringify(configured.faults));
  return (signed: Signed, secrets: readonly string[], nowMs = NOW_MS): Verdict =>
    configured.verify(incoming(signed, nowMs), keysOf(preset, secrets, options));
}

export function expectRejected(verdict: Verdict, reason: string): void {
  expect(verdict).toMatchObject({ kind: "rejected", reason });
}

export function withHeader(signed: Signed, name: string, value: string | undefined): Signed {
  const { [name]: _, ...rest } = signed.headers;
  return { body: signed.body, headers: value === undefined ? rest : { ...rest, [name]: value } };
}

/** Flips one bit of each byte of the body and each digit of the signature in turn; none may be believed. */
export function expectTamperProof(signed: Signed, header: string, verify: (signed: Signed) => Verdict): void {
  expect(verify(signed).kind).toBe("verified");
  for (let i = 0; i < signed.body.length; i++) {
    const body = signed.body.slice();
    body[i] = (body[i] ?? 0) ^ 1;
    expectRejected(verify({ ...signed, body }), "signature_mismatch");
  }
  expectRejected(verify({ ...signed, body: signed.body.slice(0, -1) }), "signature_mismatch");
  expectRejected(verify({ ...signed, body: new Uint8Array([...signed.body, 0x20]) }), "signature_mismatch");
  const value = signed.headers[header] ?? "";
  for (let i = 0; i < value.length; i++) {
    const other = value[i] === "1" ? "2" : "1";
    const tampered = verify(withHeader(signed, header, value.slice(0, i) + other + value.slice(i + 1)));
    expect({ position: i, kind: tampered.kind }).toEqual({ position: i, kind: "rejected" });
  }
}

/** What holds for each preset that signs: tampering, wrong secret, rotation, absent and huge headers. */
export function expectSignedPreset(
  verify: (signed: Signed, secrets: readonly string[], nowMs?: number) => Verdict,
  sign: (secret: string, body: Uint8Array) => Signed,
  header: string,
  secrets: readonly [string, string, string],
  body: Uint8Array,
): void {
  const [current, previous, stranger] = secrets;
  const signed = sign(current, body);
  expectTamperProof(signed, header, (each) => verify(each, [current]));
  expect(verify(signed, [current, previous]).kind).toBe("verified");
  expect(verify(sign(previous, body), [current, previous]).kind).toBe("verified");
  expectRejected(verify(sign(stranger, body), [current, previous]), "signature_mismatch");
  expectRejected(verify(signed, []), "signature_mismatch");
  expectRejected(verify(withHeader(signed, header, undefined), [current]), "signature_missing");
  expectRejected(verify(withHeader(signed, header, "x".repeat(100_000)), [current]), "signature_malformed");
  expectRejected(
    verify(withHeader(signed, header, `${signed.headers[header]} `.repeat(2000)), [current]),
    "signature_malformed",
  );
}
