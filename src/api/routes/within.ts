import { type Endpoint, findEndpoint, type HeldEndpoint, holdEndpoint } from "#delivery";
import { findEvent, findEventByUid, type StoredEvent } from "#events";
import { parsePublicId, type Queryable } from "#kernel";
import { type Application, findApplication } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { notFound, type Reply } from "../http/reply.ts";

// Most operations happen within an application, many on one endpoint of it. These find them, or answer 404, so that a handler
// begins with what it is about.

type Handler<A> = (asked: A, scope: Scope) => Promise<Reply>;
type InApplication = { readonly params: { readonly app_id: string } };
type OnEndpoint = { readonly params: { readonly app_id: string; readonly endpoint_id: string } };
type OnMessage = { readonly params: { readonly app_id: string; readonly msg_id: string } };

/** `hold`: nobody deletes or renames it until the transaction ends. */
export function inApplication<A extends InApplication>(
  handle: (asked: A, scope: Scope, application: Application) => Promise<Reply>,
  hold?: "hold" | "change",
): Handler<A> {
  return async (asked, scope) => {
    const application = await findApplication(scope.q, asked.params.app_id, hold);
    if (application === undefined) return notFound("application", asked.params.app_id);
    scope.about(application.id);
    return handle(asked, scope, application);
  };
}

export function onEndpoint<A extends OnEndpoint>(
  handle: (asked: A, scope: Scope, endpoint: Endpoint, application: Application) => Promise<Reply>,
): Handler<A> {
  return inApplication(async (asked, scope, application) => {
    const endpoint = await findEndpoint(scope.q, application.id, asked.params.endpoint_id);
    if (endpoint === undefined) return notFound("endpoint", asked.params.endpoint_id);
    return handle(asked, scope, endpoint, application);
  });
}

/** The endpoint is about to change: other changes of its application wait. */
export function changingEndpoint<A extends OnEndpoint>(
  handle: (asked: A, scope: Scope, endpoint: HeldEndpoint, application: Application) => Promise<Reply>,
): Handler<A> {
  return inApplication(async (asked, scope, application) => {
    const endpoint = await holdEndpoint(scope.q, application.id, asked.params.endpoint_id);
    if (endpoint === undefined) return notFound("endpoint", asked.params.endpoint_id);
    return handle(asked, scope, endpoint, application);
  }, "hold");
}

/** The event with this id, or with this id of its producer's. */
export function eventOf(
  q: Queryable,
  appId: string,
  idOrUid: string,
  withPayload: boolean,
): Promise<StoredEvent | undefined> {
  const id = parsePublicId("msg", idOrUid);
  return id === undefined ? findEventByUid(q, appId, idOrUid, withPayload) : findEvent(q, appId, id, withPayload);
}

export function onMessage<A extends OnMessage>(
  handle: (asked: A, scope: Scope, event: StoredEvent, application: Application) => Promise<Reply>,
): Handler<A> {
  return inApplication(async (asked, scope, application) => {
    const event = await eventOf(scope.q, application.id, asked.params.msg_id, false);
    if (event === undefined) return notFound("message", asked.params.msg_id);
    return handle(asked, scope, event, application);
  });
}
