import { z } from "@hono/zod-openapi";
import { mostFailing, mostOwed } from "#delivery";
import { mostEvents } from "#events";
import { publicId } from "#kernel";
import { applicationNames, OPERATIONAL_APP_ID } from "#tenancy";
import { route } from "../http/operation.ts";
import { overviewOf } from "../http/overview-body.ts";
import { pointBody, seriesFor } from "../http/overview-series.ts";
import { invalid, json } from "../http/reply.ts";
import { OverviewOut, OverviewSeriesOut, seriesQuery, TopOut } from "../schemas/overview.ts";

const tag = "Overview";
/** Of what is counted by the minute. */
const TOP_WITHIN_MS = 3_600_000;

export const overviewRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/overview",
      operationId: "v1.overview.get",
      access: "read",
      tag,
      summary: "How the installation is now",
      description:
        "Rates and latencies of all processes; those of the process that answers are of this second, those of the others at most ten seconds old. Measured, not counted from the log: a process that was killed takes its last seconds with it. Not part of Svix's API.",
      responses: { 200: { description: "The overview", schema: OverviewOut } },
    },
    async (_, { deps }) => json(200, await overviewOf(deps)),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/overview/series",
      operationId: "v1.overview.series",
      access: "read",
      tag,
      summary: "How the installation was",
      description:
        "Seconds of the last minute and a half (of the process that answers), ten seconds for up to six hours of the last two days, five minutes for the last eight days. Not part of Svix's API.",
      query: z.object({
        ...seriesQuery,
        process: z
          .string()
          .regex(/^\d{1,18}$/)
          .optional()
          .openapi({ description: "Only of this process: its `id` in the overview" }),
        role: z.string().max(32).optional().openapi({ description: "Only of processes that play this role" }),
      }),
      responses: { 200: { description: "The points, oldest first", schema: OverviewSeriesOut } },
    },
    async ({ query }, { deps, q }) => {
      const series = await seriesFor(q, deps.instruments, query, deps.nowMs());
      if (series === undefined)
        return invalid({ loc: ["query", "since"], msg: "since should be before until", type: "value_error" });
      return json(200, { stepSeconds: series.stepMs / 1_000, points: series.points.map(pointBody) });
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/overview/top",
      operationId: "v1.overview.top",
      access: "read",
      tag,
      summary: "Whose it is",
      description:
        "The applications with most events, the endpoints with most failed attempts (both of the last hour), or those to which most is owed now. Not part of Svix's API.",
      query: z.object({
        by: z.enum(["events", "failures", "owed"]).openapi({ description: "What is counted" }),
        limit: z.coerce
          .number()
          .int()
          .min(1)
          .max(100)
          .optional()
          .openapi({ type: "integer", minimum: 1, maximum: 100 }),
      }),
      responses: { 200: { description: "Those with most first", schema: TopOut } },
    },
    async ({ query }, { q }) => {
      const limit = query.limit ?? 10;
      // One more: the application of operational webhooks is nobody's.
      const found =
        query.by === "events"
          ? (await mostEvents(q, TOP_WITHIN_MS, limit + 1)).map((row) => ({
              ...row,
              endpointId: undefined,
              url: undefined,
              isExact: true,
            }))
          : query.by === "failures"
            ? await mostFailing(q, TOP_WITHIN_MS, limit + 1)
            : await mostOwed(q, limit + 1);
      const rows = found.filter(({ appId }) => appId !== OPERATIONAL_APP_ID).slice(0, limit);
      const names = await applicationNames(
        q,
        rows.map(({ appId }) => appId),
      );
      return json(200, {
        data: rows.map((row) => ({
          appId: publicId("app", row.appId),
          appName: names.get(row.appId) ?? null,
          endpointId: row.endpointId === undefined ? null : publicId("ep", row.endpointId),
          endpointUrl: row.url ?? null,
          value: row.value,
          valueIsExact: row.isExact,
        })),
      });
    },
  ),
];
