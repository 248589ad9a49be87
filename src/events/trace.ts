import { newId, publicId, type Span, spanIdOf, type TraceContext, type Tracing } from "#kernel";
import type { Appended, EventLog, NewEvent } from "./append.ts";

/** A request that brings events, as its trace will tell of it. Made when it arrives, and only where traces are on. */
export interface Arrival {
  readonly tracing: Pick<Tracing, "begin" | "record">;
  /** What its headers said. */
  readonly incoming: TraceContext | undefined;
  /** As the route is written, so that there are few of them. */
  readonly route: string;
  /** Wall clock and monotonic clock, ms. */
  readonly startMs: number;
  readonly sinceMs: number;
}

export function arrivalOf(tracing: Tracing | undefined, request: Request, route: string): Arrival | undefined {
  if (tracing === undefined) return undefined;
  const incoming = tracing.incoming(request.headers);
  return { tracing, incoming, route, startMs: Date.now(), sinceMs: performance.now() };
}

/**
 * Appends an event as part of the trace that its request brings or that begins here, and records the span of its acceptance:
 * from the request to the commit. `batch`: how many events the request has.
 */
export async function appendTraced(
  log: Pick<EventLog, "append">,
  event: NewEvent,
  arrival: Arrival | undefined,
  batch?: number,
): Promise<Appended> {
  const context = arrival?.tracing.begin(arrival.incoming);
  if (arrival === undefined || context === undefined) return log.append(event);
  if (!context.sampled) return log.append({ ...event, trace: context });
  const appendMs = arrival.startMs + (performance.now() - arrival.sinceMs);
  let appended: Appended | undefined;
  try {
    appended = await log.append({ ...event, trace: context });
    return appended;
  } finally {
    arrival.tracing.record(acceptSpan(context, event, appended, arrival, appendMs, batch));
  }
}

/**
 * The event's id names the span of its acceptance, so that its deliveries can name it too. A repetition, or what was refused or
 * not confirmed, gets a span of its own.
 */
function acceptSpan(
  context: TraceContext,
  event: NewEvent,
  appended: Appended | undefined,
  arrival: Arrival,
  appendMs: number,
  batch: number | undefined,
): Span {
  const id = appended === undefined || appended.kind === "no_application" ? undefined : appended.id;
  const acceptedAs = appended?.kind ?? "not_confirmed";
  return {
    traceId: context.traceId,
    spanId: spanIdOf(appended?.kind === "appended" ? appended.id : newId()),
    parentId: context.parentId,
    parentIsRemote: true,
    state: context.state,
    name: `POST ${arrival.route}`,
    kind: "server",
    startMs: arrival.startMs,
    endMs: arrival.startMs + (performance.now() - arrival.sinceMs),
    attributes: {
      "http.request.method": "POST",
      "http.route": arrival.route,
      "messaging.system": "posthorn",
      "messaging.operation.type": "create",
      "messaging.operation.name": "accept",
      "messaging.message.id": id === undefined ? undefined : publicId("msg", id),
      "messaging.message.body.size": event.payload.length,
      "messaging.batch.message_count": batch,
      "posthorn.app.id": publicId("app", event.appId),
      "posthorn.ingest.source_id": event.sourceId === undefined ? undefined : publicId("src", event.sourceId),
      "posthorn.event.type": event.type,
      "posthorn.event.accepted_as": acceptedAs,
      "error.type": appended === undefined ? acceptedAs : undefined,
    },
    events: [{ name: "append", atMs: appendMs }],
    failure: appended === undefined ? acceptedAs : undefined,
  };
}
