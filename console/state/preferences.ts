import { longShelf } from "./storage.ts";
import { createStore, useStore } from "./store.ts";

export type Theme = "light" | "dark" | "system";

const remembered = longShelf.read("theme");
export const theme = createStore<Theme>(remembered === "light" || remembered === "dark" ? remembered : "system");

/** Bumped when the colours may have changed: what draws on a canvas draws again. */
export const palette = createStore(0);

export function chooseTheme(next: Theme): void {
  theme.set(next);
  longShelf.write("theme", next === "system" ? undefined : next);
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  palette.set(palette.get() + 1);
}

if (typeof matchMedia === "function") {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => palette.set(palette.get() + 1));
}

/** Whether times are shown in UTC rather than in the zone of whoever looks. */
export const utc = createStore(longShelf.read("utc") === "true");

export function showUtc(on: boolean): void {
  utc.set(on);
  longShelf.write("utc", on ? "true" : undefined);
}

export const useUtc = (): boolean => useStore(utc);
export const useTheme = (): Theme => useStore(theme);
