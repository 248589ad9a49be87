import { z } from "@hono/zod-openapi";
import {
  type AttemptedEndpoint,
  type AttemptedEvent,
  listAttemptedEndpoints,
  listAttemptedEvents,
  type Standing,
} from "#delivery";
import { findEvents, readPayloads, type StoredEvent } from "#events";
import { parsePublicId, publicId, type Queryable } from "#kernel";
import { type Content, messageBody } from "../http/message-body.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid } from "../http/reply.ts";
import { type Look, lookBody, lookThrough } from "../http/scan.ts";
import { attemptQuery } from "../schemas/attempt.ts";
import { flag, listQuery } from "../schemas/common.ts";
import { EndpointMessageList, MessageEndpointList } from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { messageParams } from "../schemas/message.ts";
import { onEndpoint, onMessage } from "./within.ts";

const tag = "Message Attempt";
/** Payload bytes in one answer (P7). A page that would hold more ends early and is not `done`. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;

const STATUS = {
  delivered: { status: 0, statusText: "success" },
  owed: { status: 1, statusText: "pending" },
  failed: { status: 2, statusText: "fail" },
  leased: { status: 3, statusText: "sending" },
} as const satisfies Record<Standing["state"], unknown>;

const standing = ({ state, nextAt }: Standing) => ({ ...STATUS[state], nextAttempt: nextAt?.toISOString() ?? null });

function endpointOut(endpoint: AttemptedEndpoint) {
  return {
    id: publicId("ep", endpoint.id),
    uid: endpoint.uid ?? null,
    url: endpoint.url,
    description: endpoint.description,
    disabled: endpoint.mode === "disabled",
    eventTypes: endpoint.eventTypes ?? null,
    channels: endpoint.channels ?? null,
    throttleRate: endpoint.throttleRate ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
    ...standing(endpoint),
  };
}

/** The payloads of a page, which becomes shorter when not all of them fit. */
async function withPayloads(
  q: Queryable,
  appId: string,
  look: Look<AttemptedEvent>,
  limit: number,
): Promise<{ look: Look<AttemptedEvent>; contents: ReadonlyMap<string, Uint8Array> }> {
  const shown = look.rows.slice(0, limit);
  const payloads = await readPayloads(
    q,
    shown.map(({ eventId }) => ({ appId, id: eventId })),
    PAGE_BYTES_MAX,
  );
  const contents = new Map<string, Uint8Array>();
  for (const [id, { payload }] of payloads) if (payload !== undefined) contents.set(id, payload);
  const fitting = shown.findIndex(({ eventId }) => !payloads.has(eventId));
  if (fitting < 0) return { look, contents };
  // At least one: the first may be missing because its day was dropped a moment ago, and the walk must go on.
  const rows = shown.slice(0, Math.max(fitting, 1));
  return { look: { rows, stoppedAt: rows.at(-1)?.attemptId }, contents };
}

export const attemptedRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg",
      operationId: "v1.message-attempt.list-attempted-messages",
      access: "portal:read",
      tag,
      summary: "List the messages that were attempted at an endpoint",
      description:
        "By their newest attempt there, newest first, with what became of them since. A message that goes to more than a thousand endpoints may come twice. A page may hold fewer messages than asked for when a filter lets few pass.",
      params: endpointParams,
      query: z.object({
        limit: attemptQuery.limit,
        iterator: attemptQuery.iterator,
        channel: attemptQuery.channel,
        tag: attemptQuery.tag,
        status: attemptQuery.status.openapi({
          description: "Only messages of this status: 0 success, 1 pending, 2 fail, 3 sending",
        }),
        before: attemptQuery.before,
        after: attemptQuery.after,
        event_types: attemptQuery.event_types,
        with_content: flag(true, "With the payloads"),
      }),
      responses: { 200: { description: "A page of messages", schema: EndpointMessageList } },
    },
    onEndpoint(async ({ query }, { q }, endpoint, application) => {
      const read = readPage(query, "descending", (text) => parsePublicId("atmpt", text));
      if (!read.ok) return invalid(read.fault);
      const types = query.event_types === undefined ? undefined : new Set(query.event_types);
      const events = new Map<string, StoredEvent>();
      const found = await lookThrough<AttemptedEvent>(
        read.page,
        ({ attemptId }) => attemptId,
        async (keyset) => ({ rows: await listAttemptedEvents(q, endpoint.id, keyset), stoppedAt: undefined }),
        async (rows) => {
          const ids = [...new Set(rows.map(({ eventId }) => eventId))];
          if (ids.length > 0) for (const [id, event] of await findEvents(q, application.id, ids)) events.set(id, event);
          return rows.filter((row) => {
            const event = events.get(row.eventId);
            if (event === undefined) return false;
            if (query.status !== undefined && STATUS[row.state].status !== query.status) return false;
            if (types !== undefined && !types.has(event.type)) return false;
            if (query.channel !== undefined && !event.channels?.includes(query.channel)) return false;
            return query.tag === undefined || event.tags?.includes(query.tag) === true;
          });
        },
      );
      const { look, contents } = query.with_content
        ? await withPayloads(q, application.id, found, read.page.limit)
        : { look: found, contents: new Map<string, Uint8Array>() };
      const textOf = (row: AttemptedEvent) => {
        const event = events.get(row.eventId);
        if (event === undefined) throw new Error(`The event ${row.eventId} was found and is not there`);
        const bytes = contents.get(row.eventId);
        const content: Content = !query.with_content
          ? { kind: "not_asked" }
          : bytes === undefined
            ? { kind: "erased" }
            : { kind: "bytes", bytes };
        return `${messageBody(event, content).slice(0, -1)},${JSON.stringify(standing(row)).slice(1)}`;
      };
      const body = lookBody(
        read.page,
        look,
        textOf,
        ({ attemptId }) => attemptId,
        (key) => publicId("atmpt", key),
      );
      return { status: 200, body };
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/endpoint",
      operationId: "v1.message-attempt.list-attempted-destinations",
      access: "portal:read",
      tag,
      summary: "List the endpoints that a message was attempted at",
      description: "With what became of it there. Those that were deleted since are left out.",
      params: messageParams,
      query: z.object({ limit: listQuery("").limit, iterator: listQuery("ep_01h455vb4pex5vsknk084sn02q").iterator }),
      responses: { 200: { description: "A page of endpoints", schema: MessageEndpointList } },
    },
    onMessage(async ({ query }, { q }, event) => {
      const read = readPage(query, "ascending", (text) => parsePublicId("ep", text));
      if (!read.ok) return invalid(read.fault);
      const rows = await listAttemptedEndpoints(q, event.id, read.page.keyset);
      return { status: 200, body: pageBody(read.page, rows, endpointOut, ({ id }) => publicId("ep", id)) };
    }),
  ),
];
