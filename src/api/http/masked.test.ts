import { expect, test } from "bun:test";
import { masked } from "./masked.ts";

const of = (body: unknown, query = "") =>
  masked(new URLSearchParams(query), body === undefined ? new Uint8Array(0) : Buffer.from(JSON.stringify(body)));

test("what is known to hide nothing is recorded as it is", () => {
  expect(
    of({ name: "Billing", role: "viewer", disabled: true, throttleRate: 5, eventTypes: ["a.b"], uid: null }),
  ).toEqual({
    body: { name: "Billing", role: "viewer", disabled: true, throttleRate: 5, eventTypes: ["a.b"], uid: null },
  });
  expect(of(undefined)).toEqual({});
});

test("P8: secrets, headers, metadata and payloads are masked, and so is whatever nobody thought of", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const text = JSON.stringify(
    of(
      {
        secret,
        key: secret,
        token: secret,
        headers: { authorization: secret, "x-api-key": secret },
        metadata: { plan: secret },
        payload: { deep: { deeper: { deepest: secret } } },
        something: [secret, { new: secret }],
        url: `https://user:${secret}@example.com/hooks/${secret}?key=${secret}`,
      },
      `q=${secret}`,
    ),
  );
  expect(text).not.toContain("MfKQ9");
  expect(text).toContain("https://example.com");
  expect(text).toContain("x-api-key");
});

test("a body of any size leaves a record that is small", () => {
  const many = Object.fromEntries([...Array(1_000).keys()].map((i) => [`name-${i}-${"x".repeat(60)}`, true]));
  for (const body of [
    { ids: [...Array(5_000).keys()].map(String) },
    many,
    { name: "x".repeat(1 << 20) },
    [[[[[1]]]]],
  ]) {
    expect(JSON.stringify(of(body)).length).toBeLessThan(4_200);
  }
  expect(masked(new URLSearchParams(), Buffer.from("{"))).toEqual({ body: { bytes: 1 } });
  expect(masked(new URLSearchParams(), Buffer.from('{"name":"a\\u0000\\ud800b"}'))).toEqual({
    body: { name: "a\ufffd\ufffdb" },
  });
});
