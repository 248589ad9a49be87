import { describe, expect, test } from "bun:test";
import { numberOutOfRange } from "./json-numbers.ts";

const at = (text: string) => numberOutOfRange(text, JSON.parse(text));

describe("a number larger than a double", () => {
  test.each([
    ["1e400", []],
    ["-1e309", []],
    ['{"a":{"b":[0,1e400]}}', ["a", "b", "1"]],
    ['{"a":1E+0400}', ["a"]],
    [`[${"9".repeat(309)}]`, ["0"]],
    [`[1,${"9".repeat(250)}.5e60]`, ["1"]],
    ['{"b":1e100,"__proto__":1e999}', ["__proto__"]],
  ])("is found in %s", (text, path) => {
    expect(at(text)).toEqual(path);
  });

  test.each([
    "1e308",
    "1e-400",
    "0.00000e400",
    '"1e400"',
    '{"1e400":1}',
    `[${"9".repeat(308)}]`,
    `[0.${"1".repeat(400)}]`,
  ])("is not found in %s", (text) => expect(at(text)).toBeUndefined());

  test("is found wherever it stands among others, however they are written", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % n;
    };
    for (let i = 0; i < 3_000; i++) {
      const digits = "123456789".charAt(random(9)) + "0".repeat(random(330));
      const fraction = random(2) === 0 ? `.${random(1_000)}` : "";
      const exponent =
        random(2) === 0
          ? `${"eE".charAt(random(2))}${["", "+", "-"][random(3)]}${"0".repeat(random(3))}${random(400)}`
          : "";
      const text = `[1,${digits}${fraction}${exponent}]`;
      expect([text, at(text)]).toEqual([text, Number.isFinite(JSON.parse(text)[1]) ? undefined : ["1"]]);
    }
  });

  test("P7: is looked for in linear time and without a stack", () => {
    const texts = [
      `[${`${"1".repeat(199)},`.repeat(20_000)}1]`,
      `"${"e0".repeat(1_000_000)}"`,
      `${"[".repeat(100_000)}1e400${"]".repeat(100_000)}`,
    ];
    expect(texts.map((text) => at(text)?.length)).toEqual([undefined, undefined, 100_000]);
  });
});
