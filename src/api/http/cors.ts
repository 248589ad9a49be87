/**
 * Lets pages of other origins use the API, as the components that customers embed in their own products do (`svix-react`).
 * Nothing here is told by cookies: a page needs a token in its hand, so being allowed to ask gives it nothing that it could
 * not have from anywhere else. What knows its caller without a token (`/console/session`, `/metrics`) lies outside `/api/`.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export interface Cors {
  /** The answer to a preflight; undefined when the request is none. */
  preflight(request: Request): Response | undefined;
  /** Lets the page that asked read the answer. */
  allow(request: Request, response: Response): void;
}

/** What a page may read beside the few headers that it always may. */
const EXPOSED = "Posthorn-Request-Id, Retry-After, Idempotency-Replayed, Location, Content-Disposition";
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
/** Browsers keep a permission at most that long. */
const MAX_AGE_SECONDS = "7200";
const HEADER_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+( *, *[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;

/** `origins`: those whose pages may ask, or `*`. An empty list allows none. */
export function createCors(origins: readonly string[]): Cors {
  const any = origins.includes("*");
  const known = new Set(origins);

  function allowed(request: Request): string | undefined {
    const origin = request.headers.get("origin");
    if (origin === null) return undefined;
    if (any) return "*";
    return known.has(origin) ? origin : undefined;
  }

  return {
    preflight: (request) => {
      if (request.method !== "OPTIONS" || request.headers.get("access-control-request-method") === null)
        return undefined;
      const headers = new Headers({ Vary: "Origin, Access-Control-Request-Headers" });
      const origin = allowed(request);
      if (origin !== undefined) {
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Access-Control-Allow-Methods", METHODS);
        headers.set("Access-Control-Max-Age", MAX_AGE_SECONDS);
        // Clients bring headers of their own; which they are decides nothing here. `*` would not stand for Authorization.
        const asked = request.headers.get("access-control-request-headers");
        if (asked !== null && HEADER_NAMES.test(asked)) headers.set("Access-Control-Allow-Headers", asked);
      }
      return new Response(null, { status: 204, headers });
    },
    allow: (request, response) => {
      const origin = allowed(request);
      if (origin === undefined) return;
      response.headers.set("Access-Control-Allow-Origin", origin);
      response.headers.set("Access-Control-Expose-Headers", EXPOSED);
      if (!any) response.headers.append("Vary", "Origin");
    },
  };
}
