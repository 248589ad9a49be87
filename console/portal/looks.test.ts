import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { contrast, parseColour, type Rgb } from "./colour.ts";
import { logoOf, looksOf, type Scheme, schemeOf, type Theme } from "./looks.ts";

const css = await Bun.file(join(import.meta.dir, "../style/tokens.css")).text();

/** The tokens as the portal comes. */
function baseOf(scheme: Scheme): Record<string, string> {
  const found = css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return Object.fromEntries(
    [...found].map(([, name = "", light = "", dark = ""]) => [name, scheme === "light" ? light : dark]),
  );
}

const GROUNDS = ["bg", "surface", "surface-2", "overlay"];
/** What stands on what, as `style/tokens.test.ts` has it for the tokens themselves. */
const PAIRS: readonly (readonly [string, readonly string[], number])[] = [
  ["text", [...GROUNDS, "surface-3", "accent-soft", "ok-soft", "warn-soft", "bad-soft", "info-soft"], 4.5],
  ["text-2", [...GROUNDS, "surface-3", "mute-soft"], 4.5],
  ["text-3", GROUNDS, 4.5],
  ["accent-text", [...GROUNDS, "accent-soft"], 4.5],
  ["text-on-accent", ["accent", "accent-hover"], 4.5],
  ["ok", [...GROUNDS, "ok-soft"], 4.5],
  ["warn", [...GROUNDS, "warn-soft"], 4.5],
  ["bad", [...GROUNDS, "bad-soft"], 4.5],
  ["info", [...GROUNDS, "info-soft"], 4.5],
  ["line-strong", ["surface", "bg"], 3],
  ["focus", GROUNDS, 3],
  ["accent", GROUNDS, 3],
  ["chart-1", ["surface"], 3],
];

function unreadable(theme: Theme, scheme: Scheme): string[] {
  const tokens = { ...baseOf(scheme), ...looksOf(theme, baseOf(scheme), scheme) };
  const colour = (name: string): Rgb => parseColour(tokens[name] ?? "") ?? [127, 127, 127];
  return PAIRS.flatMap(([text, grounds, ratio]) =>
    grounds.filter((ground) => contrast(colour(text), colour(ground)) < ratio).map((ground) => `${text} on ${ground}`),
  );
}

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("whatever colours a customer chooses, everything can be read (WCAG 2.2 AA)", () => {
  fc.assert(
    fc.property(
      fc.record({ primary: colour, background: colour, text: colour }, { requiredKeys: [] }),
      fc.constantFrom<Scheme>("light", "dark"),
      (theme, scheme) => {
        expect(unreadable(theme, scheme)).toEqual([]);
      },
    ),
    { numRuns: 3_000 },
  );
});

test("colours that can be read stay as they were chosen", () => {
  const found = looksOf({ primary: "#7a1fa2", background: "#fdf6ff", text: "#1a0033" }, baseOf("light"), "light");
  expect([found["accent"], found["bg"], found["text"], found["text-on-accent"]]).toEqual([
    "#7a1fa2",
    "#fdf6ff",
    "#1a0033",
    "#ffffff",
  ]);
});

test("a yellow button is darkened until it is seen on white, and its words are those that can be read on it", () => {
  const found = looksOf({ primary: "#ffeb3b" }, baseOf("light"), "light");
  expect(found["accent"]).not.toBe("#ffeb3b");
  expect(unreadable({ primary: "#ffeb3b" }, "light")).toEqual([]);
  expect(looksOf({ primary: "#ffeb3b" }, baseOf("dark"), "dark")["accent"]).toBe("#ffeb3b");
});

test("a background between light and dark is left out, and so is a dark one where it is light", () => {
  expect(looksOf({ background: "#808080" }, baseOf("light"), "light")["bg"]).toBeUndefined();
  expect(looksOf({ background: "#101010" }, baseOf("light"), "light")["bg"]).toBeUndefined();
  expect(looksOf({ background: "#101010" }, baseOf("dark"), "dark")["bg"]).toBe("#101010");
});

test("a text for the one mode is left out in the other", () => {
  expect(looksOf({ text: "#40231a" }, baseOf("light"), "light")["text"]).toBe("#40231a");
  expect(looksOf({ text: "#40231a" }, baseOf("dark"), "dark")["text"]).toBeUndefined();
});

test("it is light or dark as the theme says, else as its background is, else as the reader prefers", () => {
  expect(schemeOf({ mode: "dark", background: "#ffffff" }, "light")).toBe("dark");
  expect(schemeOf({ background: "#101010" }, "light")).toBe("dark");
  expect(schemeOf({ mode: "auto", background: "#101010" }, "light")).toBe("light");
  expect(schemeOf({}, "dark")).toBe("dark");
});

test("nothing said changes nothing, and what is no colour is nothing", () => {
  expect(looksOf({}, baseOf("light"), "light")).toEqual({});
  expect(looksOf({ primary: "red; --x: url(//evil)", radiusPx: 4_000 }, baseOf("light"), "light")).toEqual({});
  expect(looksOf({ radiusPx: 0 }, baseOf("light"), "light")).toEqual({
    radius: "0px",
    "radius-s": "0px",
    "radius-l": "0px",
  });
});

test("a logo is a picture in the theme itself, and no address", () => {
  expect(logoOf({ logoUrl: "data:image/png;base64,aGk=" })).toBe("data:image/png;base64,aGk=");
  expect(logoOf({ logoUrl: "https://elsewhere.example/logo.png" })).toBeUndefined();
  expect(logoOf({ logoUrl: "data:text/html;base64,aGk=" })).toBeUndefined();
});
