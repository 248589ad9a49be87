import { z } from "@hono/zod-openapi";
import { endpointSeries, TALLIES_KEPT_MS } from "#delivery";
import { percentilesMs } from "#kernel";
import { route } from "../http/operation.ts";
import { invalid, json } from "../http/reply.ts";
import { windowOf } from "../http/steps.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { EndpointSeriesOut, seriesQuery } from "../schemas/overview.ts";
import { onEndpoint } from "./within.ts";

const MINUTE_MS = 60_000;

export const endpointSeriesRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/series",
      operationId: "v1.endpoint.series",
      access: "portal:read",
      tag: "Endpoint",
      summary: "An endpoint's attempts over time",
      description:
        "By the minute, for the last 24 hours. Measured beside the attempts, which are the truth: a process that was killed takes its last seconds with it. Not part of Svix's API.",
      params: endpointParams,
      query: z.object(seriesQuery),
      responses: { 200: { description: "The points, oldest first", schema: EndpointSeriesOut } },
    },
    onEndpoint(async ({ query }, { deps, q }, endpoint) => {
      const window = windowOf(query, deps.nowMs(), MINUTE_MS, TALLIES_KEPT_MS);
      if (window === undefined)
        return invalid({ loc: ["query", "since"], msg: "since should be before until", type: "value_error" });
      const { points, isComplete } = await endpointSeries(
        q,
        endpoint.id,
        window.sinceMs,
        window.untilMs,
        window.stepMs,
      );
      return json(200, {
        stepSeconds: window.stepMs / 1_000,
        isComplete,
        points: points.map(({ atMs, latency, ...point }) => ({
          at: new Date(atMs).toISOString(),
          ...point,
          latencyMs: percentilesMs(latency),
        })),
      });
    }),
  ),
];
