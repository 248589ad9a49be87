import type { Fault } from "./faults.ts";

/** What the page itself can tell, sent out as it happens. */
export type Told =
  | Extract<Fault, { kind: "csp_violation" | "layout_shift" }>
  | { readonly kind: "first_contentful_paint"; readonly ms: number };

declare global {
  var posthornTell: (told: Told) => void;
}

/** Runs in each document before its own scripts. Observers are set by the browser's tools, so no policy of the page concerns them. */
export function watchFromInside(): void {
  // On the document: only there does the DOM library of TypeScript know what kind of event it is. They bubble.
  document.addEventListener("securitypolicyviolation", (event) => {
    const at = `${event.sourceFile || event.documentURI}:${event.lineNumber}`;
    posthornTell({ kind: "csp_violation", directive: event.effectiveDirective, blocked: event.blockedURI, at });
  });

  const nameOf = (node: Node | null): string => {
    if (!(node instanceof Element)) return node?.parentElement ? `text in ${nameOf(node.parentElement)}` : "";
    const id = node.id === "" ? "" : `#${node.id}`;
    const classes = [...node.classList].map((name) => `.${name}`).join("");
    return `${node.localName}${id}${classes} “${(node.textContent ?? "").trim().slice(0, 30)}”`;
  };
  /** What Chromium says about a shift and the DOM library of TypeScript does not know. */
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      // What follows half a second upon a key or a click is an answer to it.
      if (entry.hadRecentInput) continue;
      posthornTell({ kind: "layout_shift", value: entry.value, moved: entry.sources.map(({ node }) => nameOf(node)) });
    }
  }).observe({ type: "layout-shift", buffered: true });

  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === "first-contentful-paint") posthornTell({ kind: "first_contentful_paint", ms: startTime });
  }).observe({ type: "paint", buffered: true });
}
