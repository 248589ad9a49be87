import { expect, test } from "bun:test";
import { inspect } from "node:util";
import { Secret } from "./secret.ts";

test("P8: a secret reads [secret] however it is turned into text", () => {
  const secret = new Secret("hunter2");
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    Bun.inspect({ secret }),
    `${Object.entries(secret)}`,
  ];
  for (const text of shown) {
    expect(text).not.toContain("hunter2");
  }
  expect(`${secret}`).toBe("[secret]");
  expect(JSON.stringify([secret])).toBe('["[secret]"]');
});

test("a secret is revealed only when asked by name", () => {
  expect(new Secret("hunter2").reveal()).toBe("hunter2");
});
