import { expect, test } from "bun:test";
import { maskSecrets } from "./mask.ts";

const KEY = 'sk_live_"9+/';

test("P8 the value of a secret is masked wherever it stands in what came back", () => {
  const answer = {
    status: 401,
    headers: { "x-echo": `Bearer ${KEY}` },
    body: { message: `Key ${KEY} is not known`, tried: [KEY, [`again ${KEY}${KEY}`]], [KEY]: true },
  };
  const masked = maskSecrets([KEY], answer);
  expect(JSON.stringify(masked)).not.toContain("sk_live_");
  expect(masked).toEqual({
    status: 401,
    headers: { "x-echo": "Bearer •••" },
    body: { message: "Key ••• is not known", tried: ["•••", ["again ••••••"]], "•••": true },
  });
});

test.each([
  ["base64", Buffer.from(KEY).toString("base64")],
  ["base64url", Buffer.from(KEY).toString("base64url")],
  ["a part of a URL", encodeURIComponent(KEY)],
  ["quoted JSON", JSON.stringify({ key: KEY })],
])("P8 it is masked as %s too", (_, text) => {
  const masked = maskSecrets([KEY], `before ${text} after`);
  expect(masked).toMatch(/^before .*•••.* after$/);
  expect(masked).not.toContain(text);
});

test("P8 of two secrets of which one begins like the other no rest is left", () => {
  expect(maskSecrets(["longsecret", "longsecret-and-more"], "x longsecret-and-more y longsecret")).toBe("x ••• y •••");
});

test("what has nothing to mask is the same value, and __proto__ a name like any other", () => {
  const answer = JSON.parse(`{ "a": [1, null, true, "text"], "__proto__": { "b": 1 } }`);
  expect(maskSecrets([KEY], answer)).toBe(answer);
  expect(maskSecrets([], "anything")).toBe("anything");
  const echoed = JSON.parse(`{ "__proto__": "secret-value" }`);
  const masked = maskSecrets(["secret-value"], echoed) as object;
  expect(Object.entries(masked)).toEqual([["__proto__", "•••"]]);
});
