import { isLoopback, type Telemetry } from "#kernel";
import type { Authenticate } from "#tenancy";
import { isPassedOn } from "../http/passed-on.ts";

/** Who is at the other end of a connection: the server itself knows. */
interface Client {
  requestIP(request: Request): { readonly address: string } | null;
}

export type MetricsRoute = (request: Request, client?: Client) => Promise<Response>;

/**
 * GET /metrics on the server that everybody reaches. Without a token only for a program of this machine that asks it by a
 * loopback name and directly; otherwise with one that may read the whole installation. No metric names a tenant, but how
 * much goes through here is nobody else's business either.
 */
export function createMetricsRoute(registry: Telemetry["registry"], authenticate: Authenticate): MetricsRoute {
  return async (request, client) => {
    if (isDirect(request, client)) return exposed(registry);
    const authentication = await authenticate(request);
    if (!authentication.ok) {
      const detail =
        "Metrics take a token that may read, as Authorization: Bearer <token>; POSTHORN_METRICS_LISTEN serves them without";
      return refused(401, "authentication_failed", detail, { "WWW-Authenticate": "Bearer" });
    }
    const { permissions, appId } = authentication.principal;
    if (appId !== undefined || !permissions.includes("read"))
      return refused(403, "forbidden", "Metrics take a token of the organisation that may read");
    return exposed(registry);
  };
}

/** The metrics, for a listener of their own. */
export async function exposed(registry: Telemetry["registry"]): Promise<Response> {
  const { contentType, text } = await registry.expose();
  return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
}

function isDirect(request: Request, client: Client | undefined): boolean {
  const address = client?.requestIP(request)?.address.replace(/^::ffff:/, "");
  if (address === undefined || !isLoopback(address)) return false;
  if (isPassedOn(request.headers)) return false;
  // A page in a browser of this machine reaches us under its own name, after its DNS was pointed here.
  const host = new URL(request.url).hostname.replace(/^\[|\]$/g, "");
  return isLoopback(host);
}

function refused(status: number, code: string, detail: string, headers?: Readonly<Record<string, string>>): Response {
  return Response.json({ code, detail }, { status, ...(headers !== undefined && { headers }) });
}
