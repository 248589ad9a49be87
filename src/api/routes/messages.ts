import { z } from "@hono/zod-openapi";
import { listEvents, readPayloads, type StoredEvent, settledHorizon } from "#events";
import { parsePublicId, publicId } from "#kernel";
import type { Scope } from "../http/deps.ts";
import { type Content, messageBody } from "../http/message-body.ts";
import { route } from "../http/operation.ts";
import { cutPage, envelope, type Page, readPage } from "../http/page.ts";
import { invalid, notFound } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { flag, historyQuery } from "../schemas/common.ts";
import {
  MessageBatchIn,
  MessageBatchOut,
  MessageIn,
  MessageList,
  MessageOut,
  messageParams,
} from "../schemas/message.ts";
import { eventOf, inApplication } from "./within.ts";

const tag = "Message";
const withContent = flag(true, "With the payloads");

/** Payload bytes in one answer (P7). A page that would hold more ends early and is not `done`. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;

export const messageRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/msg",
      operationId: "v1.message.list",
      access: "portal:read",
      tag,
      summary: "List messages, newest first",
      description:
        "`prevIterator` leads to what is newer, and may be followed for ever: nothing is left out, though messages of the last moments may come twice. A page may hold fewer messages than asked for when their payloads are large.",
      params: applicationParams,
      query: z.object({ ...historyQuery("msg_01h455vb4pex5vsknk084sn02q"), with_content: withContent }),
      responses: { 200: { description: "A page of messages", schema: MessageList } },
    },
    inApplication(async ({ query }, scope, application) => {
      const read = readPage(query, "descending", (text) => parsePublicId("msg", text));
      if (!read.ok) return invalid(read.fault);
      // Before the list is read: what is below the horizon then is all there will ever be below it.
      const horizon = await settledHorizon(scope.q, scope.deps.nowMs());
      const filter = { types: query.event_types, channel: query.channel, tag: query.tag };
      const rows = await listEvents(scope.q, application.id, read.page.keyset, filter);
      const { page, contents } = await withPayloads(scope, application.id, read.page, rows, query.with_content);
      const { items, done } = cutPage(page, rows);
      const last = items.at(-1)?.id;
      const body = envelope(
        items.map((event) => messageBody(event, contentOf(contents.get(event.id), query.with_content))),
        done,
        last && publicId("msg", last),
        previousOf(page, items, query.iterator, horizon),
      );
      return { status: 200, body };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/msg",
      operationId: "v1.message.create",
      access: "ingest",
      tag,
      summary: "Send a message to all endpoints that listen to it",
      description:
        "The answer comes once the message and everything owed because of it are committed. A 503 means not confirmed: asking again with the same Idempotency-Key is safe.",
      params: applicationParams,
      query: z.object({ with_content: withContent }),
      body: MessageIn,
      responses: { 202: { description: "Accepted", schema: MessageOut } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/msg/batch",
      operationId: "v1.message.create-batch",
      access: "ingest",
      tag,
      summary: "Send up to 1,000 messages",
      description:
        "Each has its own answer: one that is refused does not keep the others from being accepted. Not part of Svix's API.",
      params: applicationParams,
      body: MessageBatchIn,
      responses: { 202: { description: "An answer per message, in order", schema: MessageBatchOut } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/msg/{msg_id}",
      operationId: "v1.message.get",
      access: "portal:read",
      tag,
      summary: "Get a message",
      params: messageParams,
      query: z.object({ with_content: withContent }),
      responses: { 200: { description: "The message", schema: MessageOut } },
    },
    inApplication(async ({ params, query }, { q }, application) => {
      const event = await eventOf(q, application.id, params.msg_id, query.with_content);
      if (event === undefined) return notFound("message", params.msg_id);
      return { status: 200, body: messageBody(event, contentOf(event.payload, query.with_content)) };
    }),
  ),
];

function contentOf(payload: Uint8Array | undefined, asked: boolean): Content {
  if (!asked) return { kind: "not_asked" };
  return payload === undefined ? { kind: "erased" } : { kind: "bytes", bytes: payload };
}

/** The payloads of a page, which becomes shorter when not all of them fit. */
async function withPayloads(
  { q }: Scope,
  appId: string,
  page: Page,
  rows: readonly StoredEvent[],
  asked: boolean,
): Promise<{ page: Page; contents: ReadonlyMap<string, Uint8Array> }> {
  const contents = new Map<string, Uint8Array>();
  if (!asked) return { page, contents };
  const shown = rows.slice(0, page.limit).map(({ id }) => ({ appId, id }));
  const payloads = await readPayloads(q, shown, PAGE_BYTES_MAX);
  for (const [id, { payload }] of payloads) if (payload !== undefined) contents.set(id, payload);
  const fitting = shown.findIndex(({ id }) => !payloads.has(id));
  // At least one: the first may be missing because its day was dropped a moment ago, and the walk must go on.
  return { page: fitting < 0 ? page : { ...page, limit: Math.max(fitting, 1) }, contents };
}

/**
 * Where to go on towards what is newer. Not above the horizon, because below an id that is shown an event may still be
 * committed; not below where one was already. So whoever follows it sees every event, the newest perhaps twice. On the way
 * back through pages that were shown, which lie below the horizon, it is exact.
 */
function previousOf(
  page: Page,
  items: readonly StoredEvent[],
  iterator: string | undefined,
  horizon: string,
): string | undefined {
  const first = items[0]?.id;
  if (first === undefined) return undefined;
  const atHead = page.back || iterator === undefined;
  let from = atHead && first > horizon ? horizon : first;
  if (page.back && page.keyset.after !== undefined && page.keyset.after > from) from = page.keyset.after;
  return publicId("msg", from);
}
