import type { components } from "../../api/schema.d.ts";
import { contrast as contrastOf, parseColour } from "../../portal/colour.ts";

export type Theme = components["schemas"]["PortalTheme"];
export type Mode = NonNullable<Theme["mode"]>;

export const THEME_FIELDS = ["name", "logoUrl", "primary", "background", "text", "radiusPx", "mode"] as const;

/** A theme as it is typed: empty is "as it comes", or as the organisation has it. */
export interface Draft {
  readonly name: string;
  readonly logoUrl: string;
  readonly primary: string;
  readonly background: string;
  readonly text: string;
  readonly radiusPx: number;
  readonly mode: Mode | "default";
}

export function draftOf(theme: Theme): Draft {
  return {
    name: theme.name ?? "",
    logoUrl: theme.logoUrl ?? "",
    primary: theme.primary ?? "",
    background: theme.background ?? "",
    text: theme.text ?? "",
    radiusPx: theme.radiusPx ?? Number.NaN,
    mode: theme.mode ?? "default",
  };
}

export function bodyOf(draft: Draft): Theme {
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  return {
    name: text(draft.name),
    logoUrl: text(draft.logoUrl),
    primary: text(draft.primary),
    background: text(draft.background),
    text: text(draft.text),
    radiusPx: Number.isNaN(draft.radiusPx) ? null : draft.radiusPx,
    mode: draft.mode === "default" ? null : draft.mode,
  };
}

/** What holds where the upper one says nothing: an application's theme over the organisation's. */
export function over(upper: Theme, lower: Theme): Theme {
  const said = Object.entries(upper).filter(([, value]) => value !== null && value !== undefined);
  return { ...lower, ...Object.fromEntries(said) };
}

/** A colour as `#rrggbb`, which a colour well takes; undefined: it is none. */
export function sixDigits(colour: string): string | undefined {
  const [, three, six] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6})(?:[0-9a-f]{2})?)$/i.exec(colour.trim()) ?? [];
  if (three !== undefined) return `#${[...three].map((digit) => digit + digit).join("")}`.toLowerCase();
  return six === undefined ? undefined : `#${six}`.toLowerCase();
}

/** How well two colours stand apart, as WCAG reckons it: 1 to 21. Undefined where one is no colour. */
export function contrast(one: string, other: string): number | undefined {
  const [a, b] = [parseColour(one), parseColour(other)];
  return a === undefined || b === undefined ? undefined : contrastOf(a, b);
}
