import { BLACK, contrast, hexOf, luminance, mix, parseColour, type Rgb, readable, WHITE } from "./colour.ts";

/** What a customer says about the looks; each part may be absent. */
export interface Theme {
  readonly name?: string | null | undefined;
  readonly logoUrl?: string | null | undefined;
  readonly primary?: string | null | undefined;
  readonly background?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly radiusPx?: number | null | undefined;
  readonly mode?: "light" | "dark" | "auto" | null | undefined;
}

export type Scheme = "light" | "dark";

/** Text must have 4.5:1 on its ground, what is no text 3:1 (WCAG 2.2 AA, 1.4.3 and 1.4.11). */
const TEXT = 4.5;
const SHAPE = 3;
/** A ground on which no grey could be told from the text any more is no light ground, or no dark one. */
const LIGHT_MIN = 0.55;
const DARK_MAX = 0.06;

/** The light or dark of the portal: as the theme says; else as its background is; else as the reader's system prefers. */
export function schemeOf(theme: Theme, preferred: Scheme): Scheme {
  if (theme.mode === "light" || theme.mode === "dark") return theme.mode;
  const background = theme.mode === "auto" ? undefined : parseColour(theme.background ?? "");
  if (background === undefined) return preferred;
  return luminance(background) > 0.179 ? "light" : "dark";
}

/**
 * The tokens that differ from the portal's own (`base`, by name without `--`), so that everything stays readable whatever colours were
 * chosen: a background that is neither light nor dark enough for the scheme is left out, as is a text that is as light or dark as the
 * page, and every other colour that is not told from the grounds it stands on is moved towards black or white until it is.
 */
export function looksOf(theme: Theme, base: Readonly<Record<string, string>>, scheme: Scheme): Record<string, string> {
  const found: Record<string, string> = {};
  const own = (token: string): Rgb => parseColour(base[token] ?? "") ?? (scheme === "light" ? BLACK : WHITE);
  const now = (token: string): Rgb => parseColour(found[token] ?? "") ?? own(token);
  const set = (token: string, colour: Rgb): void => {
    found[token] = hexOf(colour);
  };

  const background = parseColour(theme.background ?? "", own("bg"));
  if (background !== undefined && suits(background, scheme)) {
    const raised = scheme === "light" ? 0.55 : 0.05;
    set("bg", background);
    set("surface", mix(background, WHITE, raised));
    set("overlay", mix(background, WHITE, scheme === "light" ? 0.7 : 0.08));
    const far = scheme === "light" ? BLACK : WHITE;
    set("surface-2", mix(background, far, 0.025));
    set("surface-3", mix(background, far, 0.07));
    set("mute-soft", mix(background, far, 0.06));
    set("line", mix(background, far, 0.1));
  }
  const grounds = ["bg", "surface", "surface-2", "overlay"].map(now);
  const pale = [...grounds, now("surface-3"), now("mute-soft")];

  const primary = parseColour(theme.primary ?? "", now("surface"));
  if (primary !== undefined) {
    // Boxes, lines and the focus ring are made of it as well as buttons: on the page it must be seen.
    set("accent", readable(primary, grounds, SHAPE));
    const accent = now("accent");
    const onAccent = contrast(accent, WHITE) >= TEXT ? WHITE : contrast(accent, BLACK) >= TEXT ? BLACK : WHITE;
    set("text-on-accent", onAccent);
    set("accent-hover", readable(mix(accent, onAccent === WHITE ? BLACK : WHITE, 0.14), [onAccent], TEXT));
    set("focus", accent);
    set("accent-soft", mix(now("surface"), accent, scheme === "light" ? 0.1 : 0.18));
    set("accent-text", readable(accent, [...grounds, now("accent-soft")], TEXT));
  }

  const asked = parseColour(theme.text ?? "", now("surface"));
  // What is nearly as light as the page was meant for the other mode.
  const text = asked !== undefined && contrast(asked, now("surface")) >= SHAPE ? asked : undefined;
  const softs = ["accent-soft", "ok-soft", "warn-soft", "bad-soft", "info-soft"].map(now);
  if (text !== undefined) {
    set("text", readable(text, [...pale, ...softs], TEXT));
    set("text-2", mix(now("text"), now("surface"), 0.22));
    set("text-3", mix(now("text"), now("surface"), 0.34));
  }
  if (text !== undefined || found["bg"] !== undefined || primary !== undefined) {
    set("text", readable(now("text"), [...pale, ...softs], TEXT));
    set("text-2", readable(now("text-2"), pale, TEXT));
    set("text-3", readable(now("text-3"), grounds, TEXT));
    for (const tone of ["ok", "warn", "bad", "info"])
      set(tone, readable(now(tone), [...grounds, now(`${tone}-soft`)], TEXT));
    set("accent-text", readable(now("accent-text"), [...grounds, now("accent-soft")], TEXT));
    set("line-strong", readable(now("line-strong"), grounds, SHAPE));
    for (const chart of ["1", "2", "3", "4", "5", "bad"])
      set(`chart-${chart}`, readable(now(`chart-${chart}`), [now("surface")], SHAPE));
  }

  if (typeof theme.radiusPx === "number" && theme.radiusPx >= 0 && theme.radiusPx <= 32) {
    found["radius"] = `${theme.radiusPx}px`;
    found["radius-s"] = `${Math.round(theme.radiusPx * 0.75)}px`;
    found["radius-l"] = `${Math.round(theme.radiusPx * 1.5)}px`;
  }
  return found;
}

const suits = (background: Rgb, scheme: Scheme): boolean =>
  scheme === "light" ? luminance(background) >= LIGHT_MIN : luminance(background) <= DARK_MAX;

/** The logo where it is one that loads nothing from elsewhere. */
export function logoOf(theme: Theme): string | undefined {
  const url = theme.logoUrl ?? "";
  return /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/.test(url) ? url : undefined;
}
