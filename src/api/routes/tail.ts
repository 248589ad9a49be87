import { z } from "@hono/zod-openapi";
import type { Happening, TailFilter } from "#kernel";
import { findApplication, OPERATIONAL_APP_ID } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { notFound, type Reply, refuse } from "../http/reply.ts";
import { containing, tailStream } from "../http/tail-stream.ts";
import { applicationParams } from "../schemas/application.ts";
import { idOrUid } from "../schemas/common.ts";
import { TailStream, tailQuery } from "../schemas/tail.ts";
import { inApplication } from "./within.ts";

const tag = "Tail";
const responses = {
  200: { description: "What happens, until somebody ends it", schema: TailStream, contentType: "text/event-stream" },
};
const description =
  "Server-sent events: `batch` at most every 250 ms. What is too much is counted, never dropped without a word. What happens in other processes comes a moment later. Not part of Svix's API.";

export const tailRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/tail",
      operationId: "v1.tail.all",
      access: "read",
      tag,
      summary: "Watch what happens",
      description,
      query: z.object({
        ...tailQuery,
        app_id: idOrUid("app_01h455vb4pex5vsknk084sn02q").optional().openapi({ description: "Only this application" }),
      }),
      responses,
    },
    async ({ query }, scope) => {
      if (query.app_id === undefined) return follow(scope, { ...query, appId: undefined });
      const application = await findApplication(scope.q, query.app_id);
      if (application === undefined) return notFound("application", query.app_id);
      return follow(scope, { ...query, appId: application.id });
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/tail",
      operationId: "v1.tail.application",
      access: "read",
      tag,
      summary: "Watch what happens in an application",
      description,
      params: applicationParams,
      query: z.object(tailQuery),
      responses,
    },
    inApplication(async ({ query }, scope, application) => follow(scope, { ...query, appId: application.id })),
  ),
];

interface Wanted {
  readonly kinds: TailFilter["kinds"];
  readonly q?: string | undefined;
  readonly appId: string | undefined;
}

async function follow({ deps, principal }: Scope, { kinds, q, appId }: Wanted): Promise<Reply> {
  if (deps.instruments === undefined)
    return refuse(503, "not_measured", "POSTHORN_METRICS is off here: nothing tells what happens");
  // What the installation tells of itself is no customer's.
  const isCustomers = (happening: Happening) => happening.appId !== OPERATIONAL_APP_ID;
  const has = q === undefined ? undefined : containing(q);
  const fits = has === undefined ? isCustomers : (happening: Happening) => isCustomers(happening) && has(happening);
  const reader = deps.instruments.telemetry.tail.open({ kinds, appId, fits }, principal.id);
  if (reader === undefined) {
    const detail = "As many watch already as may, by this token or in all; close one first";
    return refuse(429, "too_many_tails", detail, { "Retry-After": "5" });
  }
  const headers = { "Cache-Control": "no-store", "X-Accel-Buffering": "no" };
  const hello = { process: deps.instruments.process(), kinds: [...kinds] };
  return { status: 200, headers, stream: tailStream(reader, hello), contentType: "text/event-stream" };
}
