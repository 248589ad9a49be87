/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

export const WHITE: Rgb = [255, 255, 255];
export const BLACK: Rgb = [0, 0, 0];

/** `#rgb`, `#rrggbb` or `#rrggbbaa` as it looks over `ground`; undefined when it is none. */
export function parseColour(text: string, ground: Rgb = WHITE): Rgb | undefined {
  const short = /^#([0-9a-f]{3})$/i.exec(text)?.[1];
  const digits =
    short === undefined ? /^#([0-9a-f]{6}(?:[0-9a-f]{2})?)$/i.exec(text)?.[1] : short.replace(/./g, "$&$&");
  if (digits === undefined) return undefined;
  const [red = 0, green = 0, blue = 0, alpha = 255] = (digits.match(/../g) ?? []).map((pair) =>
    Number.parseInt(pair, 16),
  );
  return mix(ground, [red, green, blue], alpha / 255);
}

export function hexOf(colour: Rgb): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

/** `share` of `b` in `a`. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (from: number, to: number): number => from + (to - from) * share;
  return [part(a[0], b[0]), part(a[1], b[1]), part(a[2], b[2])];
}

/** Relative luminance, 0 to 1. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(a: Rgb, b: Rgb): number {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

const STEPS = 40;

/** The colour itself where it has the contrast to all grounds, or the nearest to it on the way to black or white that has. */
export function readable(colour: Rgb, grounds: readonly Rgb[], ratio: number): Rgb {
  const fits = (candidate: Rgb): boolean => grounds.every((ground) => contrast(rounded(candidate), ground) >= ratio);
  const mean = grounds.reduce((sum, ground) => sum + luminance(ground), 0) / Math.max(grounds.length, 1);
  // Where black and white differ as much from a ground: (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05.
  const end = mean > 0.179 ? BLACK : WHITE;
  for (let step = 0; step <= STEPS; step++) {
    const candidate = mix(colour, end, step / STEPS);
    if (fits(candidate)) return candidate;
  }
  return end;
}

const rounded = ([red, green, blue]: Rgb): Rgb => [Math.round(red), Math.round(green), Math.round(blue)];
