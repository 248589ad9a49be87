import { z } from "@hono/zod-openapi";
import { changeOwed, isWaitingKey, listOpen, type OpenDelivery, type OwedAct, type OwedSelection } from "#delivery";
import { findEvents, type StoredEvent } from "#events";
import { parsePublicId, publicId, uuidLowerBound } from "#kernel";
import { openDeliveryOut } from "../http/delivery-body.ts";
import { route } from "../http/operation.ts";
import { readPage } from "../http/page.ts";
import { type Invalid, invalid, json, quote } from "../http/reply.ts";
import { lookBody, lookThrough } from "../http/scan.ts";
import { AttemptReason } from "../schemas/attempt.ts";
import { listQuery } from "../schemas/common.ts";
import { DeliveryChangeOut, eventTypesIn, OpenDeliveryList, OwedChangeIn } from "../schemas/delivery.ts";
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

/** The smallest id of a moment; moments outside what an id can hold are brought to its ends. */
export const idBound = (ms: number | undefined) =>
  ms === undefined ? undefined : uuidLowerBound(Math.min(Math.max(Math.floor(ms), 0), 2 ** 48 - 1));

/** The ids of deliveries that a body names, or what is wrong with them. */
export function deliveryIds(texts: readonly string[]): { readonly ids: string[]; readonly faults: Invalid[] } {
  const ids: string[] = [];
  const faults: Invalid[] = [];
  for (const [index, text] of texts.entries()) {
    const id = parsePublicId("dlv", text);
    if (id !== undefined) ids.push(id);
    else
      faults.push({
        loc: ["body", "ids", String(index)],
        msg: `${quote(text)} should be the id of a delivery`,
        type: "value_error",
      });
  }
  return { ids, faults };
}

const changePath = (what: string) => `/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed/${what}`;

function change(act: OwedAct, what: string, summary: string, description: string) {
  return route(
    {
      method: "post",
      path: changePath(what),
      operationId: `v1.delivery.${what}`,
      access: "write",
      tag,
      summary,
      description: `${description} What is in the hands of a process may be on the wire and is left alone. One request changes about 10,000 at most; \`done\` says whether to ask again. Not part of Svix's API.`,
      params: endpointParams,
      body: OwedChangeIn,
      responses: { 200: { description: "How many", schema: DeliveryChangeOut } },
    },
    onEndpoint(async ({ body }, scope, endpoint, application) => {
      const { filter } = body;
      const { ids, faults } = deliveryIds(body.ids ?? []);
      if (faults.length > 0) return invalid(...faults);
      const selection: OwedSelection =
        filter === undefined
          ? { kind: "ids", ids }
          : {
              kind: "filter",
              fromEvent: idBound(filter.since),
              toEvent: idBound(filter.until),
              eventTypes: filter.eventTypes,
              tag: filter.tag,
            };
      const dryRun = body.dryRun ?? false;
      const place = { appId: application.id, endpointId: endpoint.id };
      const { count, isDone, skipped } = await changeOwed(scope.q, place, act, selection, dryRun);
      if (act === "let_go" && count > 0 && !dryRun) scope.afterCommit(() => scope.deps.onOwed?.(endpoint.id));
      return json(200, { count, countIsExact: isDone || !dryRun, done: isDone, skipped, dryRun });
    }),
  );
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
      const textOf = (row: OpenDelivery) => JSON.stringify(openDeliveryOut(row, events.get(row.eventId)));
      return { status: 200, body: lookBody(read.page, look, textOf, ({ key }) => key, iteratorOf) };
    }),
  ),
  change(
    "hold",
    "hold",
    "Hold what is owed to an endpoint",
    "Deliveries that wait are not sent until they are released. Their time to live goes on, and what is held longer than anything may be held becomes a dead letter.",
  ),
  change(
    "let_go",
    "release",
    "Release what is held",
    "Each is due when it would have been, had nobody held it: at once where that has passed.",
  ),
  change(
    "cancel",
    "cancel",
    "Cancel what is owed to an endpoint",
    "Deliveries that wait or are held become dead letters, reason `cancelled`; they can be requeued.",
  ),
];
