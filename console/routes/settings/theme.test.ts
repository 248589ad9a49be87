import { expect, test } from "bun:test";
import { bodyOf, contrast, draftOf, over, sixDigits } from "./theme.ts";

test("a theme survives being typed and saved; what is empty is as it comes", () => {
  const theme = {
    name: "Acme",
    logoUrl: null,
    primary: "#0af",
    background: null,
    text: null,
    radiusPx: 0,
    mode: "dark",
  } as const;
  expect(bodyOf(draftOf(theme))).toEqual(theme);
  expect(Object.values(bodyOf(draftOf({})))).toEqual([null, null, null, null, null, null, null]);
});

test("an application's theme lies over the organisation's, as far as it says something", () => {
  expect(over({ primary: "#111", name: null }, { primary: "#222", name: "Acme", radiusPx: 4 })).toEqual({
    primary: "#111",
    name: "Acme",
    radiusPx: 4,
  });
});

test("colours of three and eight digits are shown as six; what is none is not", () => {
  expect(sixDigits("#0aF")).toBe("#00aaff");
  expect(sixDigits("#00aaffcc")).toBe("#00aaff");
  expect(sixDigits("blue")).toBeUndefined();
});

test("contrast is WCAG's; what is no colour has none", () => {
  expect(contrast("#000", "#fff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 1);
  expect(contrast("blue", "#ffffff")).toBeUndefined();
});
