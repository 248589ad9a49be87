import { z } from "@hono/zod-openapi";
import { isWaitingKey, listOpen, type OpenDelivery } from "#delivery";
import { findEvents, type StoredEvent } from "#events";
import { parsePublicId, publicId } from "#kernel";
import { openDeliveryOut } from "../http/delivery-body.ts";
import { route } from "../http/operation.ts";
import { readPage } from "../http/page.ts";
import { invalid } from "../http/reply.ts";
import { lookBody, lookThrough } from "../http/scan.ts";
import { AttemptReason } from "../schemas/attempt.ts";
import { listQuery } from "../schemas/common.ts";
import { eventTypesIn, OpenDeliveryList } from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { onEndpoint } from "./within.ts";

const tag = "Delivery";

/** A key on the wire: `<microseconds>.dlv_…` of what waits, which is in order of due time, `dlv_…` of the others. */
function iteratorOf(key: string): string {
  const [head = "", id] = key.split(" ");
  return id === undefined ? publicId("dlv", head) : `${head}.${publicId("dlv", id)}`;
}

function keyOf(state: OpenDelivery["state"], iterator: string): string | undefined {
  if (state !== "waiting") return parsePublicId("dlv", iterator);
  const [us = "", name = ""] = iterator.split(".");
  const id = parsePublicId("dlv", name);
  const key = `${us} ${id ?? ""}`;
  return isWaitingKey(key) ? key : undefined;
}

export const owedRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed",
      operationId: "v1.delivery.list-owed",
      access: "portal:read",
      tag,
      summary: "List what is owed to an endpoint",
      description:
        "What waits, by due time; or what is held by hand, or in the hands of processes now, by age. A page may hold fewer deliveries than asked for when a filter lets few pass. Not part of Svix's API.",
      params: endpointParams,
      query: z.object({
        limit: listQuery("").limit,
        iterator: listQuery("1783000000000000.dlv_01h455vb4pex5vsknk084sn02q").iterator,
        state: z.enum(["waiting", "held", "leased"]).optional().openapi({ default: "waiting" }),
        reason: AttemptReason.optional().openapi({ description: "Only those whose last attempt had this reason" }),
        outcome: AttemptReason.optional().openapi({ description: "Only those whose last attempt had this outcome" }),
        event_types: eventTypesIn,
      }),
      responses: { 200: { description: "A page of deliveries", schema: OpenDeliveryList } },
    },
    onEndpoint(async ({ query }, { q }, endpoint, application) => {
      const state = query.state ?? "waiting";
      const read = readPage(query, "ascending", (text) => keyOf(state, text));
      if (!read.ok) return invalid(read.fault);
      const types = query.event_types === undefined ? undefined : new Set(query.event_types);
      const events = new Map<string, StoredEvent>();
      const look = await lookThrough<OpenDelivery>(
        read.page,
        ({ key }) => key,
        async (keyset) => ({ rows: await listOpen(q, endpoint.id, state, keyset), stoppedAt: undefined }),
        async (rows) => {
          const ids = [...new Set(rows.map(({ eventId }) => eventId))];
          if (ids.length > 0) for (const [id, event] of await findEvents(q, application.id, ids)) events.set(id, event);
          return rows.filter(
            ({ eventId, last }) =>
              (types === undefined || types.has(events.get(eventId)?.type ?? "")) &&
              (query.reason === undefined || last?.reason === query.reason) &&
              (query.outcome === undefined || last?.outcome === query.outcome),
          );
        },
      );
      const write = (row: OpenDelivery) => openDeliveryOut(row, events.get(row.eventId));
      return { status: 200, body: lookBody(read.page, look, write, ({ key }) => key, iteratorOf) };
    }),
  ),
];
