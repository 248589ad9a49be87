import { createHash } from "node:crypto";
import type { Reply } from "../http/reply.ts";
import { renderReference } from "./render.ts";
import { STYLE } from "./style.ts";

const styleHash = createHash("sha256").update(STYLE).digest("base64");

/** Nothing runs, nothing is loaded, from here or from anywhere: the page is one document with one style sheet inside. */
const POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The reference as a page to browse, made once from the OpenAPI document. */
export function referencePage(document: Record<string, unknown>): Reply {
  return {
    status: 200,
    contentType: "text/html; charset=utf-8",
    headers: {
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    },
    body: renderReference(document, STYLE),
  };
}
