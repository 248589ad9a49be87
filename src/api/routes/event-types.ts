import { z } from "@hono/zod-openapi";
import {
  createEventType,
  type EventType,
  type EventTypeFields,
  findEventType,
  listEventTypes,
  putEventType,
  removeEventType,
} from "#events";
import { UID_PATTERN } from "#tenancy";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, refuse } from "../http/reply.ts";
import { flag, listQuery } from "../schemas/common.ts";
import {
  EventTypeIn,
  EventTypeList,
  EventTypeOut,
  EventTypePatch,
  EventTypeUpdate,
  eventTypeParams,
} from "../schemas/event-type.ts";

const tag = "Event Type";

function eventTypeOut(eventType: EventType, withContent = true): z.output<typeof EventTypeOut> {
  return {
    name: eventType.name,
    description: eventType.description,
    archived: eventType.archived,
    deprecated: eventType.deprecated,
    featureFlag: eventType.featureFlag ?? null,
    schemas: withContent ? (eventType.schemas ?? null) : null,
    createdAt: eventType.createdAt.toISOString(),
    updatedAt: eventType.updatedAt.toISOString(),
  };
}

function replaced(body: z.output<typeof EventTypeUpdate>): EventTypeFields {
  return {
    description: body.description,
    archived: body.archived ?? false,
    deprecated: body.deprecated ?? false,
    featureFlag: body.featureFlag ?? undefined,
    schemas: body.schemas ?? undefined,
  };
}

function patched(body: z.output<typeof EventTypePatch>, before: EventType): EventTypeFields {
  return {
    description: body.description ?? before.description,
    archived: body.archived ?? before.archived,
    deprecated: body.deprecated ?? before.deprecated,
    featureFlag: body.featureFlag === undefined ? before.featureFlag : (body.featureFlag ?? undefined),
    schemas: body.schemas === undefined ? before.schemas : (body.schemas ?? undefined),
  };
}

export const eventTypeRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/event-type",
      operationId: "v1.event-type.list",
      access: "portal:read",
      tag,
      summary: "List event types",
      query: z.object({
        ...listQuery("user.signup"),
        include_archived: flag(false, "Also those out of use"),
        with_content: flag(false, "With their schemas"),
      }),
      responses: { 200: { description: "A page of event types, by name", schema: EventTypeList } },
    },
    async ({ query }, { q }) => {
      const read = readPage(query, query.order ?? "ascending", (name) => (UID_PATTERN.test(name) ? name : undefined));
      if (!read.ok) return invalid(read.fault);
      const rows = await listEventTypes(q, read.page.keyset, query.include_archived);
      const body = pageBody(
        read.page,
        rows,
        (row) => eventTypeOut(row, query.with_content),
        (row) => row.name,
      );
      return { status: 200, body };
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/event-type",
      operationId: "v1.event-type.create",
      access: "write",
      tag,
      summary: "Create an event type, or take an archived one into use again",
      body: EventTypeIn,
      responses: { 201: { description: "Created", schema: EventTypeOut } },
    },
    async ({ body }, { q }) => {
      const created = await createEventType(q, body.name, replaced(body));
      if (created === "event_type_exists") {
        return refuse(409, "event_type_exists", `There is an event type ${quote(body.name)} already`);
      }
      return json(201, eventTypeOut(created));
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/event-type/{event_type_name}",
      operationId: "v1.event-type.get",
      access: "portal:read",
      tag,
      summary: "Get an event type",
      params: eventTypeParams,
      responses: { 200: { description: "The event type", schema: EventTypeOut } },
    },
    async ({ params }, { q }) => {
      const eventType = await findEventType(q, params.event_type_name);
      return eventType === undefined
        ? notFound("event type", params.event_type_name)
        : json(200, eventTypeOut(eventType));
    },
  ),
  route(
    {
      method: "put",
      path: "/api/v1/event-type/{event_type_name}",
      operationId: "v1.event-type.update",
      access: "write",
      tag,
      summary: "Replace an event type, or create it",
      params: eventTypeParams,
      body: EventTypeUpdate,
      responses: {
        200: { description: "Replaced", schema: EventTypeOut },
        201: { description: "Created", schema: EventTypeOut },
      },
    },
    async ({ params, body }, { q }) => {
      const { eventType, created } = await putEventType(q, params.event_type_name, replaced(body));
      return json(created ? 201 : 200, eventTypeOut(eventType));
    },
  ),
  route(
    {
      method: "patch",
      path: "/api/v1/event-type/{event_type_name}",
      operationId: "patch_event_type",
      access: "write",
      tag,
      summary: "Change an event type",
      params: eventTypeParams,
      body: EventTypePatch,
      responses: { 200: { description: "Changed", schema: EventTypeOut } },
    },
    async ({ params, body }, { q }) => {
      const before = await findEventType(q, params.event_type_name, "change");
      if (before === undefined) return notFound("event type", params.event_type_name);
      const { eventType } = await putEventType(q, before.name, patched(body, before));
      return json(200, eventTypeOut(eventType));
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/v1/event-type/{event_type_name}",
      operationId: "v1.event-type.delete",
      access: "write",
      tag,
      summary: "Take an event type out of use",
      description:
        "Endpoints that listen to it keep doing so; new ones cannot choose it. Creating it again takes it back into use.",
      params: eventTypeParams,
      query: z.object({ expunge: flag(false, "Remove it for good instead") }),
      responses: { 204: { description: "no content" } },
    },
    async ({ params, query }, { q }) => {
      const found = await removeEventType(q, params.event_type_name, query.expunge ? "expunge" : "archive");
      return found ? { status: 204 } : notFound("event type", params.event_type_name);
    },
  ),
];
