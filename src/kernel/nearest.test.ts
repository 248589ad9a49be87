import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

const commands = ["serve", "migrate", "config", "token", "version"];

test("a slip of the fingers is answered with the word that was meant", () => {
  expect(nearest("sevre", commands)).toBe("serve");
  expect(nearest("migrat", commands)).toBe("migrate");
  expect(nearest("tokens", commands)).toBe("token");
});

test("a word near to nothing is answered with nothing", () => {
  expect(nearest("destroy-everything", commands)).toBeUndefined();
  expect(nearest("", commands)).toBeUndefined();
});

test("of two near words the nearer wins", () => {
  expect(nearest("abcdefgh", ["abcdxxgh", "abcdefgx"])).toBe("abcdefgx");
});
