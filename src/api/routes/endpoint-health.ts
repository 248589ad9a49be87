import { summariseEndpoint } from "#delivery";
import { route } from "../http/operation.ts";
import { json } from "../http/reply.ts";
import { EndpointHealthOut } from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { onEndpoint } from "./within.ts";

const iso = (at: Date | undefined) => at?.toISOString() ?? null;
const isoOf = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

export const endpointHealthRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/health",
      operationId: "v1.endpoint.health",
      access: "portal:read",
      tag: "Endpoint",
      summary: "See how an endpoint is",
      description:
        "Mode, breaker and hold, what is owed, held, leased and dead, and what the newest attempts say. Counts stop at 10,000 and then say so. Not part of Svix's API.",
      params: endpointParams,
      responses: { 200: { description: "How it is", schema: EndpointHealthOut } },
    },
    onEndpoint(async (_, { q, deps }, endpoint) => {
      const health = await summariseEndpoint(q, endpoint.id, deps.nowMs());
      const { window } = health;
      return json(200, {
        mode: endpoint.mode,
        modeReason: endpoint.modeReason ?? null,
        modeSince: iso(endpoint.modeSince),
        breaker: { ...health.breaker, until: iso(health.breaker.until) },
        holdUntil: iso(health.holdUntil),
        failingSince: iso(health.failingSince),
        owed: health.owed.count,
        owedIsExact: health.owed.isExact,
        oldestOwedAt: isoOf(health.oldestOwedAtMs),
        held: health.held.count,
        heldIsExact: health.held.isExact,
        leased: health.leased.count,
        leasedIsExact: health.leased.isExact,
        dead: health.dead.count,
        deadIsExact: health.dead.isExact,
        window: { since: isoOf(window.sinceMs), attempts: window.attempts },
        successRatio: window.successRatio ?? null,
        latencyMs: window.latencyMs ?? null,
        reasons: window.reasons.map(({ lastAtMs, ...reason }) => ({ ...reason, lastAt: isoOf(lastAtMs) })),
      });
    }),
  ),
];
