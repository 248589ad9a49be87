import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { CopyButton } from "./copy.tsx";
import { Segments } from "./field.tsx";
import { bytes as sizeOf } from "./format.ts";
import { tokensOf } from "./json-tokens.ts";

const LINE_PX = 20;
/** A longer text is not laid out anew: it would take the tab a second, and no one reads it whole. */
const PRETTY_CHARS_MAX = 4_000_000;

export interface CodeViewProps {
  /** Exactly the text that was sent or received. */
  readonly text: string;
  /** What it is, for the copy button and screen readers: "the payload". */
  readonly what: string;
  /** Lines in sight before it scrolls. */
  readonly lines?: number | undefined;
  readonly toolbar?: ReactNode;
}

/** Text as it is, and when it is JSON also laid out. Only the lines in sight are in the page, so that megabytes do not freeze it. */
export function CodeView({ text, what, lines = 18, toolbar }: CodeViewProps) {
  const pretty = useMemo(() => layOut(text), [text]);
  const [look, setLook] = useState<"pretty" | "raw">("pretty");
  const shown = look === "pretty" && pretty !== undefined ? pretty : text;
  return (
    <div className="code">
      <div className="code-bar">
        {pretty !== undefined && pretty !== text && (
          <Segments
            label={`How ${what} is shown`}
            options={[
              { id: "pretty", label: "Pretty" },
              { id: "raw", label: "Raw" },
            ]}
            value={look}
            onChange={setLook}
          />
        )}
        <span className="faint num">{sizeOf(new Blob([text]).size)}</span>
        {toolbar}
        <span className="end" />
        <CopyButton text={text} what={what} />
      </div>
      <Lines text={shown} what={what} lines={lines} isJson={pretty !== undefined} />
    </div>
  );
}

function Lines({
  text,
  what,
  lines,
  isJson,
}: {
  readonly text: string;
  readonly what: string;
  readonly lines: number;
  readonly isJson: boolean;
}) {
  const all = useMemo(() => text.split("\n"), [text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 12,
  });
  const digits = String(all.length).length;
  return (
    <section
      ref={scroller}
      className="code-lines"
      aria-label={what}
      tabIndex={0}
      style={{ height: Math.min(all.length, lines) * LINE_PX + 16 }}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="code-line" style={{ transform: `translateY(${item.start}px)` }}>
            <span className="code-number" style={{ width: `${digits + 1}ch` }} aria-hidden="true">
              {item.index + 1}
            </span>
            <span className="code-text">{isJson ? <Coloured line={all[item.index] ?? ""} /> : all[item.index]}</span>
          </div>
        ))}
      </div>
    </section>
  );
}

function Coloured({ line }: { readonly line: string }) {
  return tokensOf(line).map((token, index) =>
    token.kind === "plain" ? (
      token.text
    ) : (
      <span key={`${String(index)}`} data-token={token.kind}>
        {token.text}
      </span>
    ),
  );
}

/** The same JSON with line breaks. Numbers keep their digits: they are never read as numbers. Undefined: it is no JSON. */
export function layOut(text: string): string | undefined {
  if (text.length > PRETTY_CHARS_MAX || !/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let out = "";
  let depth = 0;
  const lineBreak = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    switch (token) {
      case "{":
      case "[":
        depth += 1;
        out += `${token}${lineBreak()}`;
        break;
      case "}":
      case "]": {
        depth -= 1;
        const trimmed = out.trimEnd();
        // Nothing in it: the brackets stay together.
        out = /[[{]$/.test(trimmed) ? `${trimmed}${token}` : `${out}${lineBreak()}${token}`;
        break;
      }
      case ",":
        out += `,${lineBreak()}`;
        break;
      case ":":
        out += ": ";
        break;
      default:
        out += token;
    }
  }
  return out;
}
