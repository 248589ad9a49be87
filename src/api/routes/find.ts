import { z } from "@hono/zod-openapi";
import { appOfEvent, findEndpoint, locateAttempt, locateDelivery, locateEndpoint, type Place } from "#delivery";
import { findEventByUid, locateEvent } from "#events";
import { findFlow, locateFlow, locateRun, locateTask, type Whose } from "#flows";
import { getSource, locateSource } from "#ingest";
import { idTimeMs, parsePublicId, publicId, type Queryable, uuidLowerBound } from "#kernel";
import { type Application, findApplication, OPERATIONAL_APP_ID } from "#tenancy";
import { route } from "../http/operation.ts";
import { json, notFound } from "../http/reply.ts";
import { idOrUid } from "../schemas/common.ts";
import { FoundOut } from "../schemas/delivery.ts";

type Found = z.output<typeof FoundOut>;

const DAY_MS = 86_400_000;

/** The application of an event known by its id: by what was owed because of it, or else by asking application by application. */
async function appIdOfEvent(q: Queryable, id: string): Promise<string | undefined> {
  const day = Math.floor(idTimeMs(id) / DAY_MS) * DAY_MS;
  return (await appOfEvent(q, id)) ?? (await locateEvent(q, id, uuidLowerBound(day), uuidLowerBound(day + DAY_MS)));
}

function found(kind: Found["kind"], id: string, appId: string, more: Partial<Found> = {}): Found {
  return { kind, id, appId: publicId("app", appId), name: null, endpointId: null, messageId: null, ...more };
}

const at = (kind: "attempt" | "delivery", id: string, place: Place) =>
  found(kind, id, place.appId, {
    endpointId: publicId("ep", place.endpointId),
    messageId: publicId("msg", place.eventId),
  });

const named = (kind: "flow" | "run" | "task", id: string, whose: Whose | undefined) =>
  whose && found(kind, id, whose.appId, { name: whose.name });

/** Undefined also where an id is well-formed and nothing has it, or nothing that is looked for so far. */
async function findById(q: Queryable, text: string): Promise<Found | undefined> {
  const ids = {
    ep: parsePublicId("ep", text),
    msg: parsePublicId("msg", text),
    atmpt: parsePublicId("atmpt", text),
    dlv: parsePublicId("dlv", text),
    src: parsePublicId("src", text),
    flow: parsePublicId("flow", text),
    run: parsePublicId("run", text),
    task: parsePublicId("task", text),
  };
  if (ids.ep !== undefined) {
    const endpoint = await locateEndpoint(q, ids.ep);
    return endpoint && found("endpoint", text, endpoint.appId, { name: endpoint.url, endpointId: text });
  }
  if (ids.msg !== undefined) {
    const appId = await appIdOfEvent(q, ids.msg);
    return appId === undefined ? undefined : found("message", text, appId, { messageId: text });
  }
  if (ids.atmpt !== undefined) {
    const place = await locateAttempt(q, ids.atmpt);
    return place && at("attempt", text, place);
  }
  if (ids.dlv !== undefined) {
    const place = await locateDelivery(q, ids.dlv);
    return place && at("delivery", text, place);
  }
  if (ids.src !== undefined) {
    const source = await locateSource(q, ids.src);
    return source && found("source", text, source.appId, { name: source.name });
  }
  if (ids.flow !== undefined) return named("flow", text, await locateFlow(q, ids.flow));
  if (ids.run !== undefined) return named("run", text, await locateRun(q, ids.run));
  if (ids.task !== undefined) return named("task", text, await locateTask(q, ids.task));
  return undefined;
}

/** By the uid that a customer gave it within an application: indexes of uids begin with the application. */
async function findWithin(q: Queryable, application: Application, uid: string): Promise<Found | undefined> {
  const endpoint = await findEndpoint(q, application.id, uid);
  if (endpoint !== undefined) {
    const id = publicId("ep", endpoint.id);
    return found("endpoint", id, application.id, { name: endpoint.url, endpointId: id });
  }
  const event = await findEventByUid(q, application.id, uid, false);
  if (event !== undefined) {
    const id = publicId("msg", event.id);
    return found("message", id, application.id, { name: event.type, messageId: id });
  }
  const source = await getSource(q, application.id, uid);
  if (source !== undefined) return found("source", publicId("src", source.id), application.id, { name: source.name });
  const flow = await findFlow(q, application.id, { name: uid });
  return flow && found("flow", publicId("flow", flow.id), application.id, { name: flow.name });
}

export const findRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/find/{id_or_uid}",
      operationId: "v1.find",
      access: "read",
      tag: "Find",
      summary: "Find what an id names",
      description:
        "Any public id, or the uid of an application; with `app_id` also the uid of its endpoints, messages and sources, and the name of its flows. An attempt is found when its message was accepted at most three days before it; a delivery while it is not delivered, or when it was owed as its message was accepted. Not part of Svix's API.",
      params: z.object({ id_or_uid: idOrUid("msg_01h455vb4pex5vsknk084sn02q") }),
      query: z.object({
        app_id: idOrUid("unique-app-identifier").optional().openapi({ description: "Look for uids within it" }),
      }),
      responses: { 200: { description: "What it is", schema: FoundOut } },
    },
    async ({ params, query }, { q }) => {
      const text = params.id_or_uid;
      const application = await findApplication(q, text);
      if (application !== undefined) {
        const id = publicId("app", application.id);
        return json(200, found("application", id, application.id, { name: application.name }));
      }
      const byId = await findById(q, text);
      // What the installation tells itself of takes more than reading, and there is no application to lead to.
      if (byId?.appId === publicId("app", OPERATIONAL_APP_ID)) return notFound("thing with the id or uid", text);
      if (byId !== undefined) return json(200, byId);
      const within = query.app_id === undefined ? undefined : await findApplication(q, query.app_id);
      if (query.app_id !== undefined && within === undefined) return notFound("application", query.app_id);
      const byUid = within === undefined ? undefined : await findWithin(q, within, text);
      return byUid === undefined ? notFound("thing with the id or uid", text) : json(200, byUid);
    },
  ),
];
