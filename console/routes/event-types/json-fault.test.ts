import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonFault } from "./json-fault.ts";

describe("where a text stops being JSON", () => {
  test("whatever is JSON has no fault, however it is laid out", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        expect(jsonFault(JSON.stringify(value, null, indent))).toBeUndefined();
      }),
    );
  });

  test("what JSON.parse refuses has a fault, and what it takes has none, but for a name that stands twice", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(200),
        fc.constantFrom("", ",", "}", '"', "\\", "1", "x", "\n"),
        (value, at, piece) => {
          const text = JSON.stringify(value, null, 1);
          const broken = text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1);
          const fault = jsonFault(broken);
          let isJson = true;
          try {
            JSON.parse(broken);
          } catch {
            isJson = false;
          }
          if (!isJson) expect([broken, fault === undefined]).toEqual([broken, false]);
          else if (fault !== undefined)
            expect([broken, fault.message]).toEqual([broken, expect.stringContaining("twice")]);
        },
      ),
    );
  });

  test.each([
    ['{\n  "a": 1,\n}', 3, 1, "take the comma away"],
    ['{\n  "a": nope\n}', 2, 8, "a value"],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "a comma or }"],
    ["{\n  'a': 1\n}", 2, 3, "a name in double quotes"],
    ['{"a": "no end\n}', 1, 7, "no end"],
    ['{"a": 1, "a": 2}', 1, 10, "twice"],
    ['{"a": 01}', 1, 7, "a value"],
    ['{"a": "\\x"}', 1, 8, "After \\"],
    ["", 1, 1, "the end"],
    ["[1] 2", 1, 5, "the end"],
  ])("%j is told at line %i, column %i", (text, line, column, message) => {
    const fault = jsonFault(text);
    expect(fault).toMatchObject({ line, column });
    expect(fault?.message).toContain(message);
  });
});
