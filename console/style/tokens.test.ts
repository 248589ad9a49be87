import { expect, test } from "bun:test";
import { join } from "node:path";

const css = await Bun.file(join(import.meta.dir, "tokens.css")).text();

type Theme = "light" | "dark";
type Rgb = readonly [number, number, number];

function token(name: string, theme: Theme): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const hex = found?.[theme === "light" ? 1 : 2];
  if (hex === undefined) throw new Error(`There is no colour --${name} in tokens.css.`);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** WCAG 2.2, relative luminance. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["bg", "surface", "surface-2", "overlay"];
const TEXT: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ["text", [...GROUNDS, "surface-3", "accent-soft", "ok-soft", "warn-soft", "bad-soft", "info-soft"]],
  ["text-2", [...GROUNDS, "surface-3", "mute-soft"]],
  ["text-3", GROUNDS],
  ["accent-text", [...GROUNDS, "accent-soft"]],
  ["text-on-accent", ["accent", "accent-hover"]],
  ["ok", [...GROUNDS, "ok-soft"]],
  ["warn", [...GROUNDS, "warn-soft"]],
  ["bad", [...GROUNDS, "bad-soft"]],
  ["info", [...GROUNDS, "info-soft"]],
];
/** What is no text and must be seen all the same: borders of fields, the focus ring, lines of charts. */
const SHAPES: readonly (readonly [shape: string, grounds: readonly string[]])[] = [
  ["line-strong", ["surface", "bg"]],
  ["focus", GROUNDS],
  ...["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-bad"].map((line) => [line, ["surface"]] as const),
];

for (const theme of ["light", "dark"] as const) {
  test.each(TEXT)(`${theme}: %s can be read on all its grounds (4.5:1)`, (text, grounds) => {
    for (const ground of grounds) {
      expect({ ground, enough: contrast(token(text, theme), token(ground, theme)) >= 4.5 }).toEqual({
        ground,
        enough: true,
      });
    }
  });
  test.each(SHAPES)(`${theme}: %s can be seen on all its grounds (3:1)`, (shape, grounds) => {
    for (const ground of grounds) {
      expect({ ground, enough: contrast(token(shape, theme), token(ground, theme)) >= 3 }).toEqual({
        ground,
        enough: true,
      });
    }
  });
}
