import { z } from "@hono/zod-openapi";
import { countDeliveries } from "#delivery";
import { route } from "../http/operation.ts";
import { invalid, json } from "../http/reply.ts";
import { EndpointStats, momentIn } from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { onEndpoint } from "./within.ts";

/** As at Svix: what is not asked for more closely is the last four weeks. */
const WINDOW_MS = 28 * 86_400_000;
const MS_MAX = 2 ** 48 - 1;

export const endpointStatsRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/stats",
      operationId: "v1.endpoint.get-stats",
      access: "portal:read",
      tag: "Endpoint",
      summary: "Count an endpoint's deliveries by what became of them",
      description:
        "Of messages accepted within a time, the last 28 days unless asked otherwise. Each count stops at 10,000; then `isExact` is false.",
      params: endpointParams,
      query: z.object({
        since: momentIn("Only messages accepted from then on"),
        until: momentIn("Only messages accepted before"),
      }),
      responses: { 200: { description: "The counts", schema: EndpointStats } },
    },
    onEndpoint(async ({ query }, { q, deps }, endpoint) => {
      const until = Math.min(query.until ?? deps.nowMs() + 60_000, MS_MAX);
      const since = Math.max(query.since ?? until - WINDOW_MS, 0);
      if (since > until) {
        return invalid({ loc: ["query", "since"], msg: "since is after until", type: "value_error" });
      }
      const stats = await countDeliveries(q, endpoint.id, Math.floor(since), Math.floor(until));
      return json(200, {
        success: stats.delivered,
        pending: stats.owed,
        sending: stats.leased,
        fail: stats.dead,
        canceled: stats.cancelled,
        isExact: stats.isExact,
      });
    }),
  ),
];
