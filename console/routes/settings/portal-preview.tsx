import { CircleAlert, CircleCheck } from "lucide-react";
import { type CSSProperties, useMemo } from "react";
import { Section } from "../../kit/page.tsx";
import { logoOf, looksOf, type Scheme, schemeOf } from "../../portal/looks.ts";
import { TOKENS } from "../../portal/wear.ts";
import { palette, useTheme } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { Theme } from "./theme.ts";

const ROWS = [
  { name: "Order service", url: "https://example.com/hooks/orders", isWell: true },
  { name: "Accounting", url: "https://books.example.com/in", isWell: false },
] as const;

/** The portal's own tokens in light or dark, whichever the console shows: nothing is painted between the two changes. */
function tokensIn(scheme: Scheme): Readonly<Record<string, string>> {
  const { dataset } = document.documentElement;
  const before = dataset["theme"];
  dataset["theme"] = scheme;
  const computed = getComputedStyle(document.documentElement);
  const tokens = Object.fromEntries(TOKENS.map((token) => [token, computed.getPropertyValue(`--${token}`).trim()]));
  if (before === undefined) delete dataset["theme"];
  else dataset["theme"] = before;
  return tokens;
}

/** A piece of the portal as it would look, by the portal's own rules: what could not be read there is moved until it can. */
export function PortalPreview({ theme }: { readonly theme: Theme }) {
  const { name } = theme;
  const logoUrl = logoOf(theme);
  const scheme = schemeOf(theme, useScheme());
  const base = useMemo(() => tokensIn(scheme), [scheme]);
  const looks = { ...base, ...looksOf(theme, base, scheme) };
  const own = Object.fromEntries(Object.entries(looks).map(([token, value]) => [`--${token}`, value]));
  const look: CSSProperties = { ...own, colorScheme: scheme };
  return (
    <Section title="Preview" description="A piece of the portal, with what is typed here.">
      <div className="settings-preview" style={look} inert>
        <div className="settings-preview-head">
          {logoUrl ? <img src={logoUrl} alt="" /> : <span className="settings-preview-mark" />}
          <strong>{name || "Webhooks"}</strong>
        </div>
        <div className="settings-preview-body">
          <div className="row">
            <b className="grow">Endpoints</b>
            <span className="settings-preview-button">Add endpoint</span>
          </div>
          {ROWS.map((row) => (
            <div key={row.name} className="settings-preview-card">
              <div className="grow">
                <b>{row.name}</b>
                <code className="truncate">{row.url}</code>
              </div>
              <span className="settings-preview-state" data-well={row.isWell || undefined}>
                {row.isWell ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
                {row.isWell ? "Delivers" : "Failing"}
              </span>
            </div>
          ))}
          <span className="settings-preview-link">Show all messages</span>
        </div>
      </div>
    </Section>
  );
}

/** Light or dark, as the console is now. */
function useScheme(): Scheme {
  const theme = useTheme();
  // Bumped when the system goes from light to dark.
  useStore(palette);
  if (theme !== "system") return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
