import { isLoopback } from "#kernel";
import type { ConsoleSessions } from "#tenancy";
import { isPassedOn } from "./passed-on.ts";
import { json, type Reply } from "./reply.ts";

/**
 * A session for the console that this process itself serves to a browser on this machine, so that nobody types a token in
 * development. Undefined: it is not that, and there is no such operation.
 *
 * Other pages in the same browser are the danger. One of another site is known by `Sec-Fetch-Site`, which no script can set
 * (also `same-site`: another port of localhost is another program). One that got its name to point here (DNS rebinding) is
 * of the same origin to the browser, and is known by the `Host` it then sends.
 */
export function openConsoleSession(
  sessions: ConsoleSessions | undefined,
  request: Request,
  remoteAddress: string | undefined,
): Reply | undefined {
  if (sessions === undefined) return undefined;
  const { headers } = request;
  const host = headers.get("host") ?? "";
  if (!isLoopback((remoteAddress ?? "").replace(/^::ffff:/, ""))) return undefined;
  if (!isLoopbackName(host)) return undefined;
  if (headers.get("sec-fetch-site") !== "same-origin") return undefined;
  if ((headers.get("origin") ?? `http://${host}`) !== `http://${host}`) return undefined;
  if (isPassedOn(headers)) return undefined;
  // What a proxy sends that was told nothing but where we are (nginx): our own name, no word of the asker, and this. No browser does.
  if (/\bclose\b/i.test(headers.get("connection") ?? "")) return undefined;
  const { token, expiresAtMs } = sessions.open();
  const expiresAt = new Date(expiresAtMs).toISOString();
  return json(200, { token, expiresAt }, { "Cache-Control": "no-store" });
}

function isLoopbackName(host: string): boolean {
  const name = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d+)?$/i.exec(host)?.[1] ?? "";
  return isLoopback(name.toLowerCase().replace(/^\[(.*)\]$/, "$1"));
}
