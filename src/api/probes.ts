import { unreachable } from "#kernel";
import type { Liveness, Readiness } from "./http/deps.ts";

/** What a process tells of itself to whoever schedules it; no token is asked for, so nothing of it is secret. */
export interface Health {
  /** Whether requests should be sent here, and if not, every reason. */
  readonly readiness: () => Readiness;
  /** Whether it should go on at all. Never says no for a fault that a restart would not cure. */
  readonly liveness: () => Liveness;
  readonly startedAt: Date;
}

export const PROBE_PATHS = ["/livez", "/readyz", "/startupz"] as const;
export type ProbePath = (typeof PROBE_PATHS)[number];

/**
 * The answer to a probe. Nothing listens before the schema is current and the roles run, so
 * until a start is over a connection is refused, and `/startupz` answers 200 from then on whatever comes.
 */
export function probe(health: Health, path: ProbePath): Response {
  switch (path) {
    case "/livez": {
      const state = health.liveness();
      return Response.json(state, { status: state.alive ? 200 : 503 });
    }
    case "/readyz": {
      const state = health.readiness();
      return Response.json(state, { status: state.ready ? 200 : 503 });
    }
    case "/startupz":
      return Response.json({ started: true, startedAt: health.startedAt.toISOString() });
    default:
      return unreachable(path);
  }
}

/** The answer to a request that is a probe; undefined: it is none. */
export function answerProbe(health: Health, request: Request): Response | undefined {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/v1/health") return new Response(null, { status: 204 });
  const asked = PROBE_PATHS.find((path) => path === pathname);
  return asked === undefined ? undefined : probe(health, asked);
}

/**
 * What a process answers that does not play the role `api`: the probes, and to everything else that it is served elsewhere.
 * 503, because behind one address the next try may reach a process that does.
 */
export function createProbes(health: Health): (request: Request) => Response {
  return (request) => answerProbe(health, request) ?? servedElsewhere("api");
}

/** The answer to a request that belongs to a role which this process does not play. */
export function servedElsewhere(role: "api" | "ingest"): Response {
  const detail = `This process does not play the role ${role}; ask one that does`;
  return Response.json({ code: "served_elsewhere", detail }, { status: 503, headers: { "Retry-After": "1" } });
}
