import { z } from "@hono/zod-openapi";
import {
  type Attempt,
  type AttemptFilter,
  type AttemptScan,
  findAttempt,
  findEndpoint,
  listAttemptsOfEndpoint,
  listAttemptsOfEvent,
} from "#delivery";
import { findEvents, type StoredEvent } from "#events";
import { parsePublicId, publicId } from "#kernel";
import type { Keyset } from "#tenancy";
import { attemptOut } from "../http/attempt-body.ts";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { cutPage, envelope, type Page, readPage } from "../http/page.ts";
import { invalid, json, notFound, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import {
  attemptFilters,
  attemptParams,
  attemptQuery,
  MessageAttemptList,
  MessageAttemptOut,
  resendParams,
} from "../schemas/attempt.ts";
import { EmptyResponse, flag } from "../schemas/common.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import { messageParams } from "../schemas/message.ts";
import { inApplication, onEndpoint, onMessage } from "./within.ts";

const tag = "Message Attempt";
const withContent = flag(true, "With bodies and headers");
const LIVE =
  "Newest first by the moment the request was started; an attempt appears when it ended, so a page may gain entries for as long as a request may take.";

export const byEndpointQuery = z.object({ ...attemptQuery, ...attemptFilters, with_content: withContent });
const byMessageQuery = byEndpointQuery.extend({
  endpoint_id: applicationParams.shape.app_id
    .optional()
    .openapi({ description: "Only attempts to this endpoint, by id or uid" }),
});

/** Rows looked through for one page, when a filter needs the event of each. */
const SCANNED_MAX = 2_000;

interface Filtered {
  readonly rows: readonly Attempt[];
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** Where looking stopped before the page was full. */
  readonly stoppedAt: string | undefined;
}

/**
 * A page of attempts whose events pass a filter by type, channel or tag. Events belong to another room, so what they say is not
 * joined but asked for; a filter that lets little through ends after a bounded look with a page that is not full.
 */
async function filtered(
  { q }: Scope,
  appId: string,
  page: Page,
  query: z.output<typeof byEndpointQuery>,
  list: (keyset: Keyset) => Promise<AttemptScan>,
): Promise<Filtered> {
  const types = query.event_types === undefined ? undefined : new Set(query.event_types);
  const { channel, tag } = query;
  const wanted = (event: StoredEvent | undefined) =>
    event !== undefined &&
    (types === undefined || types.has(event.type)) &&
    (channel === undefined || event.channels?.includes(channel) === true) &&
    (tag === undefined || event.tags?.includes(tag) === true);
  const events = new Map<string, StoredEvent>();
  const rows: Attempt[] = [];
  let keyset = page.keyset;
  for (let scanned = 0; ; ) {
    const { attempts: found, stoppedAt } = await list(keyset);
    const ids = [...new Set(found.map(({ eventId }) => eventId))].filter((id) => !events.has(id));
    if (ids.length > 0) for (const [id, event] of await findEvents(q, appId, ids)) events.set(id, event);
    const unfiltered = types === undefined && channel === undefined && tag === undefined;
    rows.push(...(unfiltered ? found : found.filter(({ eventId }) => wanted(events.get(eventId)))));
    const last = stoppedAt ?? (found.length < keyset.limit ? undefined : found.at(-1)?.id);
    if (last === undefined || rows.length > page.limit) return { rows, events, stoppedAt: undefined };
    // A look that ended at its own bound has looked through all that is looked through for one page.
    scanned += stoppedAt === undefined ? found.length : SCANNED_MAX;
    if (scanned >= SCANNED_MAX) return { rows, events, stoppedAt: last };
    keyset = { ...keyset, after: last };
  }
}

/** A page of attempts of one application, as a list of them answers it. */
export async function answer(
  scope: Scope,
  appId: string,
  query: z.output<typeof byEndpointQuery>,
  filter: AttemptFilter,
  list: (keyset: Keyset, filter: AttemptFilter) => Promise<AttemptScan>,
): Promise<Reply> {
  const read = readPage(query, "descending", (text) => parsePublicId("atmpt", text));
  if (!read.ok) return invalid(read.fault);
  const { page } = read;
  // An attempt is recorded when it ended: none of them is pending or sending.
  if (query.status === 1 || query.status === 3) return { status: 200, body: envelope([], true, undefined, undefined) };
  const all = {
    ...filter,
    statusClass: query.status_code_class,
    outcome: query.outcome,
    reason: query.reason,
    trigger: query.trigger,
    settledAs: query.settled_as,
    delivered: query.status === undefined ? undefined : query.status === 0,
  };
  const { rows, events, stoppedAt } = await filtered(scope, appId, page, query, (keyset) => list(keyset, all));
  const cut = cutPage(page, rows);
  const first = (page.back ? stoppedAt : undefined) ?? cut.items[0]?.id;
  const last = (page.back ? undefined : stoppedAt) ?? cut.items.at(-1)?.id;
  const body = envelope(
    cut.items.map((attempt) => {
      const event = events.get(attempt.eventId);
      return JSON.stringify(attemptOut(attempt, query.with_content, event, scope.deps.userAgent));
    }),
    stoppedAt === undefined && cut.done,
    last && publicId("atmpt", last),
    first && publicId("atmpt", first),
  );
  return { status: 200, body };
}

export const attemptRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}",
      operationId: "v1.message-attempt.list-by-endpoint",
      access: "portal:read",
      tag,
      summary: "List the attempts to an endpoint",
      description: LIVE,
      params: endpointParams,
      query: byEndpointQuery,
      responses: { 200: { description: "A page of attempts", schema: MessageAttemptList } },
    },
    onEndpoint(({ query }, scope, endpoint, application) =>
      answer(scope, application.id, query, {}, (keyset, filter) =>
        listAttemptsOfEndpoint(scope.q, endpoint.id, keyset, filter, query.with_content),
      ),
    ),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/attempt/msg/{msg_id}",
      operationId: "v1.message-attempt.list-by-msg",
      access: "portal:read",
      tag,
      summary: "List the attempts to deliver a message",
      description: LIVE,
      params: messageParams,
      query: byMessageQuery,
      responses: { 200: { description: "A page of attempts", schema: MessageAttemptList } },
    },
    onMessage(async ({ query }, scope, event, application) => {
      let endpointId: string | undefined;
      if (query.endpoint_id !== undefined) {
        // A deleted endpoint has no name any more, but its id still names its attempts.
        const endpoint = await findEndpoint(scope.q, application.id, query.endpoint_id);
        endpointId = endpoint?.id ?? parsePublicId("ep", query.endpoint_id);
        if (endpointId === undefined) return notFound("endpoint", query.endpoint_id);
      }
      return answer(scope, application.id, query, { endpointId }, (keyset, filter) =>
        listAttemptsOfEvent(scope.q, event.id, keyset, filter, query.with_content),
      );
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}",
      operationId: "v1.message-attempt.get",
      access: "portal:read",
      tag,
      summary: "Get an attempt",
      params: attemptParams,
      responses: { 200: { description: "The attempt", schema: MessageAttemptOut } },
    },
    onMessage(async ({ params }, { q, deps }, event) => {
      const id = parsePublicId("atmpt", params.attempt_id);
      const attempt = id === undefined ? undefined : await findAttempt(q, event.id, id);
      if (attempt === undefined) return notFound("attempt", params.attempt_id);
      return json(200, attemptOut(attempt, true, event, deps.userAgent));
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend",
      operationId: "v1.message-attempt.resend",
      access: "portal:write",
      tag,
      summary: "Send a message to an endpoint once more",
      description:
        "Now, as a delivery of its own with the same webhook-id. The endpoint need not have been owed it before.",
      params: resendParams,
      responses: { 202: { description: "Accepted", schema: EmptyResponse } },
    },
    inApplication((asked, scope, application) => {
      const resend = onMessage<typeof asked>(async ({ params }, { q, deps }, event) => {
        const endpoint = await findEndpoint(q, application.id, params.endpoint_id);
        if (endpoint === undefined) return notFound("endpoint", params.endpoint_id);
        const delivery = await deps.resend(q, application.id, event.id, endpoint.id);
        if (delivery === undefined) {
          return refuse(409, "endpoint_disabled", "The endpoint is disabled and takes nothing; enable it first");
        }
        scope.afterCommit(() => deps.onOwed?.(endpoint.id));
        return json(202, {});
      });
      return resend(asked, scope);
    }, "hold"),
  ),
];
