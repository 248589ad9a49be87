import { CircleAlert, CircleCheck } from "lucide-react";
import type { CSSProperties } from "react";
import { Section } from "../../kit/page.tsx";
import { onColour, type Theme } from "./theme.ts";

const ROWS = [
  { name: "Order service", url: "https://example.com/hooks/orders", isWell: true },
  { name: "Accounting", url: "https://books.example.com/in", isWell: false },
] as const;

/** A piece of the portal as it would look. It does nothing, and nobody is told of it. */
export function PortalPreview({ theme }: { readonly theme: Theme }) {
  const { name, logoUrl, primary, background, text, radiusPx, mode } = theme;
  const own: Record<`--${string}`, string> = {
    ...(primary && { "--accent": primary, "--text-on-accent": onColour(primary) }),
    ...(background && { "--bg": background, "--surface": background }),
    ...(text && { "--text": text, "--text-2": text }),
    ...(radiusPx != null && { "--preview-radius": `${radiusPx}px` }),
  };
  const look: CSSProperties = { ...own, ...(mode != null && mode !== "auto" && { colorScheme: mode }) };
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
