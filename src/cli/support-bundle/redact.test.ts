import { expect, test } from "bun:test";
import fc from "fast-check";
import { createRedact } from "./redact.ts";

const redact = createRedact(["planted-value", "p@ss/word"]);

test("known values go wherever they turn up, also encoded", () => {
  expect(redact('a "planted-value" b planted-valueplanted-value')).toBe('a "[secret]" b [secret][secret]');
  expect(redact("x=p%40ss%2Fword")).toBe("x=[secret]");
});

test("URLs keep their host, and nothing that lets anybody in", () => {
  expect(redact("postgres://me:hunter22@db:5432/posthorn")).toBe("postgres://[secret]@db:5432/posthorn");
  expect(redact("https://hooks.example.com/services/T0/B0/XYZ?key=1 failed")).toBe(
    "https://hooks.example.com/… failed",
  );
  expect(redact("https://me:planted-value@example.com/a?b=c")).toBe("https://[secret]@example.com/…");
  expect(redact("https://me:pw@[::1]:80/a and http://[::1]/b")).toBe("https://[secret]@[::1]:80/… and http://[::1]/…");
  expect(redact('{"url":"https://example.com/a?b=c"}')).toBe('{"url":"https://example.com/…"}');
  expect(redact("http://127.0.0.1:8420")).toBe("http://127.0.0.1:8420");
});

test("what looks like one of our secrets goes, known or not", () => {
  for (const secret of [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "phk_0123456789abcdefghijkl",
    "ph_0123456789abcdefghijkl",
    "Bearer abcdef.ghijkl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  ]) {
    expect(redact(`before ${secret} after`)).toBe("before [secret] after");
  }
  expect(redact('"password": "hunter22"')).toBe('"password": "[secret]"');
});

test("a known value never survives, whatever stands around it", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      expect(redact(`${before}planted-value${after}`)).not.toContain("planted-value");
    }),
  );
});
