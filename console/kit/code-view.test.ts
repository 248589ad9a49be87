import { expect, test } from "bun:test";
import { layOut } from "./code-view.tsx";
import { tokensOf } from "./json-tokens.ts";

test("laid-out JSON keeps every digit and every byte of its strings (P9)", () => {
  const text =
    '{"id":12345678901234567890,"price":1.10,"text":"a, b: {\\"c\\"}","empty":{},"list":[1,[ ]],"none":null}';
  const pretty = layOut(text) ?? "";
  expect(pretty).toContain('"id": 12345678901234567890,');
  expect(pretty).toContain('"price": 1.10,');
  expect(pretty).toContain('"text": "a, b: {\\"c\\"}",');
  expect(pretty).toContain('"empty": {},');
  expect(JSON.parse(pretty)).toEqual(JSON.parse(text));
});

test("what is no JSON stays as it is", () => {
  expect(layOut("<xml/>")).toBeUndefined();
  expect(layOut('{"a":')).toBeUndefined();
});

test("a key is told from a string, and nothing is lost in the parts", () => {
  const line = '  "a\\"b": "c: 1", -2.5e3, true, null';
  expect(
    tokensOf(line)
      .map(({ text }) => text)
      .join(""),
  ).toBe(line);
  expect(
    tokensOf(line)
      .filter(({ kind }) => kind !== "plain")
      .map(({ kind }) => kind),
  ).toEqual(["key", "string", "number", "word", "word"]);
});
