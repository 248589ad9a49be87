import { pageHeaders } from "./headers.ts";

/** What stands where the console would: a page of its own that needs no file and no script. */
export function notice(
  title: string,
  text: string,
  options: { readonly status: number; readonly refreshSeconds?: number },
): Response {
  const refresh =
    options.refreshSeconds === undefined ? "" : `<meta http-equiv="refresh" content="${options.refreshSeconds}">\n`;
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
${refresh}<title>${escaped(title)} · Posthorn</title>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p>The API does not depend on this page: <a href="/docs">its reference</a>.</p>
</main>
</body>
</html>
`;
  return new Response(page, {
    status: options.status,
    headers: {
      ...pageHeaders("console", []),
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      ...(options.refreshSeconds !== undefined && { "Retry-After": String(options.refreshSeconds) }),
    },
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
