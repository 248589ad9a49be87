import { z } from "@hono/zod-openapi";
import { type DeadLetter, isDeadKey, listDead } from "#delivery";
import { findEvents, type StoredEvent } from "#events";
import { parsePublicId, publicId, uuidLowerBound } from "#kernel";
import { deadLetterOut } from "../http/delivery-body.ts";
import { route } from "../http/operation.ts";
import { readPage } from "../http/page.ts";
import { invalid } from "../http/reply.ts";
import { lookBody, lookThrough } from "../http/scan.ts";
import { listQuery } from "../schemas/common.ts";
import { DeadLetterList, DeadReason, eventTypesIn, momentIn } from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { onEndpoint } from "./within.ts";

const tag = "Delivery";

const iteratorOf = (key: string) => {
  const [event = "", id = ""] = key.split(" ");
  return `${publicId("msg", event)}.${publicId("dlv", id)}`;
};

function keyOf(iterator: string): string | undefined {
  const [event = "", delivery = ""] = iterator.split(".");
  const key = `${parsePublicId("msg", event) ?? ""} ${parsePublicId("dlv", delivery) ?? ""}`;
  return isDeadKey(key) ? key : undefined;
}

/** The smallest id of a moment; moments outside what an id can hold are brought to its ends. */
export const idBound = (ms: number | undefined) =>
  ms === undefined ? undefined : uuidLowerBound(Math.min(Math.max(Math.floor(ms), 0), 2 ** 48 - 1));

export const deadLetterRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead",
      operationId: "v1.delivery.list-dead",
      access: "portal:read",
      tag,
      summary: "List an endpoint's dead letters",
      description:
        "Deliveries that ended without success, those of the newest messages first. A page may hold fewer than asked for when a filter lets few pass. Not part of Svix's API.",
      params: endpointParams,
      query: z.object({
        limit: listQuery("").limit,
        iterator: listQuery("msg_01h455vb4pex5vsknk084sn02q.dlv_01h455vb4pex5vsknk084sn02q").iterator,
        reason: DeadReason.optional(),
        since: momentIn("Only of messages accepted from then on"),
        until: momentIn("Only of messages accepted before"),
        event_types: eventTypesIn,
      }),
      responses: { 200: { description: "A page of dead letters", schema: DeadLetterList } },
    },
    onEndpoint(async ({ query }, { q }, endpoint, application) => {
      const read = readPage({ limit: query.limit, iterator: query.iterator }, "descending", keyOf);
      if (!read.ok) return invalid(read.fault);
      const types = query.event_types === undefined ? undefined : new Set(query.event_types);
      const filter = { reason: query.reason, fromEvent: idBound(query.since), toEvent: idBound(query.until) };
      const events = new Map<string, StoredEvent>();
      const look = await lookThrough<DeadLetter>(
        read.page,
        ({ key }) => key,
        async (keyset) => {
          const { letters, stoppedAt } = await listDead(q, endpoint.id, keyset, filter);
          return { rows: letters, stoppedAt };
        },
        async (rows) => {
          const ids = [...new Set(rows.map(({ eventId }) => eventId))];
          if (ids.length > 0) for (const [id, event] of await findEvents(q, application.id, ids)) events.set(id, event);
          return types === undefined ? rows : rows.filter(({ eventId }) => types.has(events.get(eventId)?.type ?? ""));
        },
      );
      const write = (row: DeadLetter) => deadLetterOut(row, events.get(row.eventId));
      return { status: 200, body: lookBody(read.page, look, write, ({ key }) => key, iteratorOf) };
    }),
  ),
];
