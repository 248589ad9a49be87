import { palette } from "../state/preferences.ts";
import { looksOf, type Scheme, schemeOf, type Theme } from "./looks.ts";

/** What a theme may change: the names of the tokens, without `--`. */
export const TOKENS = [
  ...["bg", "surface", "surface-2", "surface-3", "overlay", "line", "line-strong", "mute-soft"],
  ...["text", "text-2", "text-3", "text-on-accent"],
  ...["accent", "accent-hover", "accent-soft", "accent-text", "focus"],
  ...["ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "info", "info-soft"],
  ...["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-bad"],
] as const;

/**
 * Puts a theme on the page, and again whenever the reader's system goes from light to dark. Values are set one by one through the object
 * model: the page's policy takes no style that is written into it.
 */
export function wear(theme: Theme): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const put = (): void => {
    const { style, dataset } = document.documentElement;
    take();
    const scheme: Scheme = schemeOf(theme, dark.matches ? "dark" : "light");
    dataset["theme"] = scheme;
    const computed = getComputedStyle(document.documentElement);
    const base = Object.fromEntries(TOKENS.map((token) => [token, computed.getPropertyValue(`--${token}`).trim()]));
    for (const [token, value] of Object.entries(looksOf(theme, base, scheme))) style.setProperty(`--${token}`, value);
    palette.set(palette.get() + 1);
  };
  put();
  dark.addEventListener("change", put);
  return () => {
    dark.removeEventListener("change", put);
    take();
  };
}

function take(): void {
  const { style, dataset } = document.documentElement;
  delete dataset["theme"];
  for (const token of [...TOKENS, "radius", "radius-s", "radius-l"]) style.removeProperty(`--${token}`);
}
