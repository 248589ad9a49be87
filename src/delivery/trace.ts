/**
 * What becomes visible of a delivery in a trace. The event's accept span is the parent of each delivery, the delivery of each
 * of its attempts; every id follows from the row's own id, so an attempt names its delivery days before that span ends, and from
 * whichever process made it.
 */
import { idTimeMs, publicId, readStoredTrace, type Span, spanIdOf, type Tracing, traceparent } from "#kernel";
import type { AttemptRecord, Settlement } from "./settlement.ts";

const PARENT_HEADER = "traceparent";

/**
 * The header that tells the receiver which span its request is part of. `tracestate` stays here: it is the vendors' own and may
 * name them or their customers. None when the endpoint sets one of its own, or the event is not traced.
 */
export function traceHeaders(
  trace: string | undefined,
  attemptId: string,
  custom: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  if (trace === undefined || custom.some(([name]) => name.toLowerCase() === PARENT_HEADER)) return [];
  const context = readStoredTrace(trace);
  return context === undefined ? [] : [[PARENT_HEADER, traceparent(context, spanIdOf(attemptId))]];
}

/** Records what a settle made true, once it is committed: the attempt, and the delivery where it ended. */
export function traceSettled(
  tracing: Pick<Tracing, "record">,
  settlement: Settlement,
  isOurs: boolean,
  nowMs: number,
): void {
  const { task, attempt, fate } = settlement;
  if (task.trace === undefined) return;
  const context = readStoredTrace(task.trace);
  if (context?.sampled !== true) return;
  const deliverySpan = spanIdOf(task.id);
  const common = { traceId: context.traceId, state: context.state };
  if (attempt !== undefined) {
    tracing.record({
      ...common,
      ...attemptSpan(settlement, attempt, isOurs),
      spanId: spanIdOf(attempt.id),
      parentId: deliverySpan,
    });
  }
  if (!isOurs || fate.kind === "owed") return;
  tracing.record({
    ...common,
    spanId: deliverySpan,
    parentId: context.parentId,
    name: "deliver",
    kind: "consumer",
    startMs: idTimeMs(task.id),
    endMs: nowMs,
    attributes: {
      "messaging.system": "posthorn",
      "messaging.operation.type": "process",
      "messaging.operation.name": "deliver",
      "messaging.message.id": publicId("msg", task.eventId),
      "messaging.destination.name": publicId("ep", task.lane.endpointId),
      "posthorn.app.id": publicId("app", task.appId),
      "posthorn.delivery.id": publicId("dlv", task.id),
      "posthorn.delivery.trigger": task.trigger,
      "posthorn.delivery.attempts": task.attempts + (attempt === undefined ? 0 : 1),
      "posthorn.delivery.settled_as": fate.kind,
      ...(fate.kind === "dead" && { "error.type": fate.reason }),
    },
    failure: fate.kind === "dead" ? fate.reason : undefined,
  });
}

type AttemptSpan = Omit<Span, "traceId" | "spanId" | "parentId" | "state">;

function attemptSpan({ task, fate }: Settlement, attempt: AttemptRecord, isOurs: boolean): AttemptSpan {
  const startMs = idTimeMs(attempt.id);
  const server = serverOf(task.lane.endpoint?.url);
  const events: { name: string; atMs: number }[] = [];
  const reached = (name: string, us: number | undefined) => {
    if (us !== undefined) events.push({ name, atMs: startMs + us / 1_000 });
  };
  reached("dns", attempt.dnsUs);
  // The time of connecting is how long it took, and it begins when the name was known.
  reached("connected", attempt.connectUs === undefined ? undefined : (attempt.dnsUs ?? 0) + attempt.connectUs);
  reached("first_byte", attempt.firstByteUs);
  const isDelivered = attempt.outcome === "delivered";
  return {
    name: "POST",
    kind: "client",
    startMs,
    endMs: startMs + attempt.totalUs / 1_000,
    attributes: {
      "http.request.method": "POST",
      "http.request.resend_count": task.attempts === 0 ? undefined : task.attempts,
      "http.request.body.size": task.payload.length,
      "http.response.status_code": attempt.status,
      "url.full": server?.masked,
      "server.address": server?.address,
      "server.port": server?.port,
      "network.peer.address": attempt.remoteAddress,
      "error.type": isDelivered ? undefined : attempt.reason,
      "messaging.message.id": publicId("msg", task.eventId),
      "posthorn.app.id": publicId("app", task.appId),
      "posthorn.endpoint.id": publicId("ep", task.lane.endpointId),
      "posthorn.delivery.id": publicId("dlv", task.id),
      "posthorn.attempt.id": publicId("atmpt", attempt.id),
      "posthorn.attempt.number": task.attempts + 1,
      "posthorn.attempt.outcome": attempt.outcome,
      "posthorn.attempt.reason": attempt.reason,
      "posthorn.attempt.settled_as": isOurs ? fate.kind : "late",
    },
    events,
    failure: isDelivered ? undefined : attempt.reason,
  };
}

/** Where a request went. The path and the query of a webhook's URL are often its only secret, so both are hidden. */
function serverOf(url: string | undefined): { masked: string; address: string; port: number } | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host, hostname, port, pathname, search } = new URL(url);
  const hidden = pathname === "/" && search === "" ? "/" : "/REDACTED";
  return {
    masked: `${protocol}//${host}${hidden}`,
    address: hostname,
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}
