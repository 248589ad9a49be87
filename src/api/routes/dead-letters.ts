import { z } from "@hono/zod-openapi";
import { changeDead, type DeadChange, type DeadLetter, type DeadSelection, isDeadKey, listDead } from "#delivery";
import { findEvents, type StoredEvent } from "#events";
import { parsePublicId, publicId } from "#kernel";
import { beginReplay } from "../http/begin-replay.ts";
import { deadLetterOut } from "../http/delivery-body.ts";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { readPage } from "../http/page.ts";
import { invalid, json, type Reply, refuse } from "../http/reply.ts";
import { lookBody, lookThrough } from "../http/scan.ts";
import { BackgroundTaskOut } from "../schemas/background-task.ts";
import { listQuery } from "../schemas/common.ts";
import {
  DeadChangeIn,
  DeadLetterList,
  DeadReason,
  DeliveryChangeOut,
  eventTypesIn,
  momentIn,
} from "../schemas/delivery.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { taskOut } from "./background-tasks.ts";
import { deliveryIds, idBound } from "./owed.ts";
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

/** More than these are requeued by a task, at its rate: a receiver that just came back is not to fall over again. */
const REQUEUED_AT_ONCE_MAX = 1_000;
const RATE_DEFAULT = 100;
const MS_MAX = 2 ** 48 - 1;

type Body = z.output<typeof DeadChangeIn>;

function selectionOf(body: Body, ids: readonly string[]): DeadSelection {
  const { filter } = body;
  if (filter === undefined) return { kind: "ids", ids };
  return {
    kind: "filter",
    reason: filter.reason,
    fromEvent: idBound(filter.since),
    toEvent: idBound(filter.until),
    eventTypes: filter.eventTypes,
    tag: filter.tag,
  };
}

/** A task that requeues what the filter lets pass, at a rate. */
async function requeueByTask(scope: Scope, appId: string, endpointId: string, body: Body): Promise<Reply> {
  const { filter } = body;
  const begun = await beginReplay(scope, {
    task: "endpoint.replay",
    appId,
    endpointIds: [endpointId],
    what: "failed",
    sinceMs: Math.max(0, filter?.since ?? 0),
    untilMs: Math.min(filter?.until ?? scope.deps.nowMs(), MS_MAX),
    eventTypes: filter?.eventTypes,
    tags: filter?.tag === undefined ? undefined : [filter.tag],
    reasons: filter?.reason === undefined ? undefined : [filter.reason],
    ratePerSecond: body.ratePerSecond ?? RATE_DEFAULT,
  });
  return "refused" in begun ? begun.refused : json(202, taskOut(begun.job));
}

function answerTo({ count, isDone, skipped }: DeadChange, dryRun: boolean): Reply {
  return json(200, { count, countIsExact: isDone || !dryRun, done: isDone, skipped, dryRun });
}

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
      const textOf = (row: DeadLetter) => JSON.stringify(deadLetterOut(row, events.get(row.eventId)));
      return { status: 200, body: lookBody(read.page, look, textOf, ({ key }) => key, iteratorOf) };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead/requeue",
      operationId: "v1.delivery.requeue",
      access: "portal:write",
      tag,
      summary: "Requeue dead letters",
      description:
        "Each is owed again now, the same delivery with its whole schedule anew, marked `replay` in every attempt. A filter that more than 1,000 pass starts a task instead, which replays them at a rate as deliveries of their own; what was cancelled it leaves alone unless that is the reason asked for. Erased messages are left alone. Requeuing twice is requeuing once. Not part of Svix's API.",
      params: endpointParams,
      body: DeadChangeIn,
      responses: {
        200: { description: "How many", schema: DeliveryChangeOut },
        202: { description: "There are many: a task requeues them", schema: BackgroundTaskOut },
      },
    },
    onEndpoint(async ({ body }, scope, endpoint, application) => {
      const { ids, faults } = deliveryIds(body.ids ?? []);
      if (faults.length > 0) return invalid(...faults);
      if (endpoint.mode === "disabled")
        return refuse(409, "endpoint_disabled", "The endpoint is disabled and takes nothing; enable it first");
      const place = { appId: application.id, endpointId: endpoint.id };
      const selection = selectionOf(body, ids);
      if (body.dryRun) return answerTo(await changeDead(scope.q, place, "requeue", selection, true), true);
      if (selection.kind === "filter") {
        const many = await changeDead(scope.q, place, "requeue", selection, true, REQUEUED_AT_ONCE_MAX);
        if (!many.isDone) return requeueByTask(scope, application.id, endpoint.id, body);
      }
      const change = await changeDead(scope.q, place, "requeue", selection, false, REQUEUED_AT_ONCE_MAX);
      if (change.count > 0) scope.afterCommit(() => scope.deps.onOwed?.(endpoint.id));
      return answerTo(change, false);
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead/expire",
      operationId: "v1.delivery.expire",
      access: "write",
      tag,
      summary: "Expire dead letters",
      description:
        "They are not kept any more, and cannot be requeued; their attempts stay. One request expires 10,000 at most; `done` says whether to ask again. Not part of Svix's API.",
      params: endpointParams,
      body: DeadChangeIn,
      responses: { 200: { description: "How many", schema: DeliveryChangeOut } },
    },
    onEndpoint(async ({ body }, { q }, endpoint, application) => {
      const { ids, faults } = deliveryIds(body.ids ?? []);
      if (faults.length > 0) return invalid(...faults);
      const place = { appId: application.id, endpointId: endpoint.id };
      const dryRun = body.dryRun ?? false;
      return answerTo(await changeDead(q, place, "expire", selectionOf(body, ids), dryRun), dryRun);
    }),
  ),
];
