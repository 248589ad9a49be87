import type { z } from "@hono/zod-openapi";
import type { Endpoint, EndpointFields, EndpointMode } from "#delivery";
import { unknownEventTypes } from "#events";
import { publicId, type Queryable } from "#kernel";
import type { ApiDeps } from "../http/deps.ts";
import { type Invalid, quote } from "../http/reply.ts";
import type { EndpointOut, EndpointPatch, EndpointUpdate } from "../schemas/endpoint.ts";

type Body = z.output<typeof EndpointUpdate>;
type PatchBody = z.output<typeof EndpointPatch>;

export function endpointOut(endpoint: Endpoint): z.output<typeof EndpointOut> {
  return {
    id: publicId("ep", endpoint.id),
    uid: endpoint.uid ?? null,
    url: endpoint.url,
    description: endpoint.description,
    disabled: endpoint.mode === "disabled",
    eventTypes: endpoint.eventTypes === undefined ? null : [...endpoint.eventTypes],
    channels: endpoint.channels === undefined ? null : [...endpoint.channels],
    throttleRate: endpoint.throttleRate ?? null,
    metadata: endpoint.metadata,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
    mode: endpoint.mode,
    modeReason: endpoint.modeReason ?? null,
    modeSince: endpoint.modeSince?.toISOString() ?? null,
    concurrency: endpoint.concurrency ?? null,
    timeoutMs: endpoint.timeoutMs ?? null,
    retryPolicy: endpoint.retryPolicy,
    retrySchedule: endpoint.retrySchedule === undefined ? null : [...endpoint.retrySchedule],
    expiresAfterSeconds: endpoint.expiresAfterSeconds ?? null,
    extraHeaders: [...endpoint.extraHeaders],
    signing: endpoint.signing,
    version: endpoint.version,
  };
}

/** Absent keeps what was, null takes it away. */
const given = <T>(value: T | null | undefined, before: T | undefined): T | undefined =>
  value === undefined ? before : (value ?? undefined);

/** What Svix's clients know nothing of stays as it is when a body says nothing of it, in a PUT too. */
function ours(body: PatchBody, before: Endpoint | undefined) {
  return {
    concurrency: given(body.concurrency, before?.concurrency),
    timeoutMs: given(body.timeoutMs, before?.timeoutMs),
    retryPolicy: body.retryPolicy ?? before?.retryPolicy ?? "default",
    retrySchedule: given(body.retrySchedule, before?.retrySchedule),
    expiresAfterSeconds: given(body.expiresAfterSeconds, before?.expiresAfterSeconds),
    extraHeaders: body.extraHeaders ?? before?.extraHeaders ?? [],
  };
}

/** Svix knows two modes: to its clients a paused endpoint is not disabled, and saying so again does not resume it. */
function modeOf(mode: EndpointMode | undefined, disabled: boolean | undefined, before: EndpointMode): EndpointMode {
  if (mode !== undefined) return mode;
  if (disabled === undefined) return before;
  if (disabled) return "disabled";
  return before === "disabled" ? "enabled" : before;
}

/** The fields of a new endpoint, or after a PUT: Svix's own are replaced as a whole. */
export function replaced(body: Body, before?: Endpoint): EndpointFields {
  return {
    url: body.url,
    uid: body.uid ?? undefined,
    description: body.description ?? "",
    eventTypes: body.eventTypes ?? undefined,
    channels: body.channels ?? undefined,
    mode: modeOf(body.mode, body.disabled ?? false, before?.mode ?? "enabled"),
    throttleRate: body.throttleRate ?? undefined,
    metadata: body.metadata ?? {},
    ...ours(body, before),
  };
}

export function patched(body: PatchBody, before: Endpoint): EndpointFields {
  return {
    url: body.url ?? before.url,
    uid: given(body.uid, before.uid),
    description: body.description ?? before.description,
    eventTypes: given(body.eventTypes, before.eventTypes),
    channels: given(body.channels, before.channels),
    mode: modeOf(body.mode, body.disabled, before.mode),
    throttleRate: given(body.throttleRate, before.throttleRate),
    metadata: body.metadata ?? before.metadata,
    ...ours(body, before),
  };
}

/**
 * What is wrong with the fields that no schema can tell. As at Svix, an endpoint listens only to event types that exist and
 * are in use; those it listened to before it may keep.
 */
export async function endpointFaults(
  q: Queryable,
  deps: ApiDeps,
  body: PatchBody,
  fields: EndpointFields,
  before?: Endpoint,
  unknownTypes = unknownEventTypes,
): Promise<Invalid[]> {
  const faults: Invalid[] = [];
  const fault = (name: string, msg: string) => faults.push({ loc: ["body", name], msg, type: "value_error" });
  if (fields.url !== before?.url) {
    const url = deps.checkUrl(fields.url);
    if (!url.ok) fault("url", url.detail);
  }
  if (body.mode !== undefined && body.disabled !== undefined && body.disabled !== (body.mode === "disabled")) {
    fault("mode", `mode is ${body.mode} and disabled is ${body.disabled}: they contradict each other`);
  }
  if (before !== undefined && body.signing !== undefined && body.signing !== before.signing) {
    fault("signing", `The endpoint signs with ${before.signing}; another kind comes with a rotation of its secret`);
  }
  const chosen = (fields.eventTypes ?? []).filter((name) => before?.eventTypes?.includes(name) !== true);
  const unknown = chosen.length === 0 ? [] : await unknownTypes(q, chosen);
  if (unknown.length > 0) {
    fault("eventTypes", `The following type names don't exist, or are archived: ${unknown.map(quote).join(", ")}`);
  }
  return faults;
}
