import { createHash } from "node:crypto";
import type { Approval } from "#flows";
import type { Json } from "#language";
import type { Reply } from "../http/reply.ts";

/** Of what a run tells besides its question; more is cut, and said. */
const DETAILS_LENGTH_MAX = 20_000;
export const NAME_LENGTH_MAX = 100;
export const REASON_LENGTH_MAX = 1_000;

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--paper:#fff;--line:#d9d9e0;--yes:#18794e;--no:#b4231f}
@media (prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#b0b4ba;--paper:#18191b;--line:#43484e;--yes:#1f8f5f;--no:#c9372c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}
p{color:var(--soft);overflow-wrap:anywhere}
pre{border:1px solid var(--line);border-radius:8px;padding:1rem;overflow:auto;max-height:24rem;font-size:.875rem}
label{display:block;margin:1rem 0 .25rem}
input,textarea{width:100%;padding:.5rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:var(--ink);font:inherit}
.acts{display:flex;gap:.75rem;margin-top:1.5rem;flex-wrap:wrap}
button{border:0;border-radius:8px;padding:.625rem 1.5rem;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button:focus-visible,input:focus-visible,textarea:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.yes{background:var(--yes)}.no{background:var(--no)}`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Nothing is loaded and nothing runs; the page is framed by nobody, kept by nobody, and tells nobody where it was. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const text = (value: string) => value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function page(status: number, title: string, body: string): Reply {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${text(title)}</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>`;
  return { status, headers: HEADERS, contentType: "text/html; charset=utf-8", body: html };
}

/** The question, and the form that answers it. Its address is the link itself. */
export function questionPage(approval: Approval, fault?: string): Reply {
  const until =
    approval.untilMs === undefined ? "" : ` It is to be decided until ${new Date(approval.untilMs).toUTCString()}.`;
  return page(
    fault === undefined ? 200 : 422,
    approval.title,
    `<h1>${text(approval.title)}</h1>
<p>The flow ${text(approval.flow)} waits for your decision.${until}</p>
${detailsOf(approval.details)}
${fault === undefined ? "" : `<p role="alert">${text(fault)}</p>`}
<form method="post">
<label for="name">Your name</label><input id="name" name="name" maxlength="${NAME_LENGTH_MAX}" autocomplete="name" required>
<label for="reason">Why (optional)</label><textarea id="reason" name="reason" rows="3" maxlength="${REASON_LENGTH_MAX}"></textarea>
<div class="acts"><button class="yes" name="decision" value="approve">Approve</button><button class="no" name="decision" value="reject">Reject</button></div>
</form>`,
  );
}

export function decidedPage(approved: boolean): Reply {
  const title = approved ? "Approved" : "Rejected";
  return page(200, title, `<h1>${title}</h1><p>Your decision was kept. You can close this page.</p>`);
}

/** Decided, too late, or no link at all: whoever has it learns no more. */
export function overPage(): Reply {
  const title = "This link is not good any more";
  return page(410, title, `<h1>${title}</h1><p>It was decided, its time is over, or the run has ended.</p>`);
}

function detailsOf(details: Json): string {
  if (details === null) return "";
  const whole = typeof details === "string" ? details : JSON.stringify(details, undefined, 2);
  const cut = whole.length > DETAILS_LENGTH_MAX ? `${whole.slice(0, DETAILS_LENGTH_MAX)}\n… (cut)` : whole;
  return `<pre tabindex="0">${text(cut)}</pre>`;
}
