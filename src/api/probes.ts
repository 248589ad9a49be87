import type { Readiness } from "./http/deps.ts";

/**
 * What a process answers that does not play the role `api`: the probes, and to everything else that it is served elsewhere.
 * 503, because behind one address the next try may reach a process that does.
 */
export function createProbes(readiness: () => Readiness): (request: Request) => Response {
  return (request) => {
    switch (new URL(request.url).pathname) {
      case "/api/v1/health":
        return new Response(null, { status: 204 });
      case "/livez":
        return Response.json({ alive: true });
      case "/readyz": {
        const state = readiness();
        return Response.json(state, { status: state.ready ? 200 : 503 });
      }
      default:
        return servedElsewhere("api");
    }
  };
}

/** The answer to a request that belongs to a role which this process does not play. */
export function servedElsewhere(role: "api" | "ingest"): Response {
  const detail = `This process does not play the role ${role}; ask one that does`;
  return Response.json({ code: "served_elsewhere", detail }, { status: 503, headers: { "Retry-After": "1" } });
}
