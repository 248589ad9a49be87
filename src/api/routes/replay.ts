import type { z } from "@hono/zod-openapi";
import { countReplay, type Endpoint, findEndpoint, listEndpoints, type ReplaySpec } from "#delivery";
import { publicId } from "#kernel";
import type { Application } from "#tenancy";
import { beginReplay } from "../http/begin-replay.ts";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { invalid, json, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { BackgroundTaskOut } from "../schemas/background-task.ts";
import { endpointParams } from "../schemas/endpoint.ts";
import {
  ApplicationReplayIn,
  RATE_DEFAULT,
  RecoverIn,
  RecoverOut,
  ReplayDryRunOut,
  ReplayIn,
  ReplayOut,
} from "../schemas/replay.ts";
import { taskOut } from "./background-tasks.ts";
import { inApplication, onEndpoint } from "./within.ts";

/** A dry run looks for so long; what it found by then is a lower bound. */
const DRY_RUN_MS = 1_000;
/** Endpoints are read a page at a time. */
const PAGE = 250;

/** Since when and until when, in ms; or what is wrong with that. Nothing of the future is replayed: the job must end. */
function periodOf(body: { since: string; until?: string | null | undefined }, nowMs: number) {
  const sinceMs = Date.parse(body.since);
  const untilMs = body.until == null ? nowMs : Math.min(Date.parse(body.until), nowMs);
  if (body.until == null || Date.parse(body.until) > sinceMs) return { ok: true as const, sinceMs, untilMs };
  const msg = `until is ${quote(body.until)}; it should be after since, which is ${quote(body.since)}`;
  return { ok: false as const, fault: { loc: ["body", "until"], msg, type: "value_error" } };
}

function disabled(endpoint: Endpoint): Reply {
  const detail = `The endpoint ${publicId("ep", endpoint.id)} is disabled and takes nothing; enable it first`;
  return refuse(409, "endpoint_disabled", detail);
}

/** Recovery and replay of what is missing, as Svix has them: one endpoint, and a period. */
async function startForEndpoint(
  scope: Scope,
  endpoint: Endpoint,
  body: z.output<typeof RecoverIn>,
  kind: Pick<ReplaySpec, "task" | "what">,
): Promise<Reply> {
  if (endpoint.mode === "disabled") return disabled(endpoint);
  const period = periodOf(body, scope.deps.nowMs());
  if (!period.ok) return invalid(period.fault);
  const { sinceMs, untilMs } = period;
  const begun = await beginReplay(scope, {
    ...kind,
    appId: endpoint.appId,
    endpointIds: [endpoint.id],
    sinceMs,
    untilMs,
    ratePerSecond: RATE_DEFAULT,
  });
  if ("refused" in begun) return begun.refused;
  const { id, status, task, updatedAt } = taskOut(begun.job);
  return json(202, { id, status, task, updatedAt });
}

/** The endpoints that were named, or all that take anything; or the answer to a name that is none. */
async function endpointsOf(
  { q }: Scope,
  appId: string,
  names: readonly string[] | null | undefined,
): Promise<readonly string[] | Reply> {
  const ids: string[] = [];
  for (const [i, name] of (names ?? []).entries()) {
    const endpoint = await findEndpoint(q, appId, name);
    if (endpoint === undefined) {
      const msg = `The application has no endpoint ${quote(name)}`;
      return invalid({ loc: ["body", "endpointIds", String(i)], msg, type: "value_error" });
    }
    if (endpoint.mode === "disabled") return disabled(endpoint);
    ids.push(endpoint.id);
  }
  if (names != null) return ids;
  for (let after: string | undefined; ; ) {
    const page = await listEndpoints(q, appId, { after, order: "ascending", limit: PAGE });
    ids.push(...page.filter(({ mode }) => mode !== "disabled").map(({ id }) => id));
    after = page.at(-1)?.id;
    if (page.length < PAGE) return ids;
  }
}

async function replay(scope: Scope, application: Application, body: z.output<typeof ApplicationReplayIn>) {
  const period = periodOf(body, scope.deps.nowMs());
  if (!period.ok) return invalid(period.fault);
  const endpointIds = await endpointsOf(scope, application.id, body.endpointIds);
  if ("status" in endpointIds) return endpointIds;
  const spec: ReplaySpec = {
    task: "endpoint.bulk-replay",
    appId: application.id,
    endpointIds,
    what: body.what,
    sinceMs: period.sinceMs,
    untilMs: period.untilMs,
    eventTypes: body.eventTypes ?? undefined,
    channels: body.channels ?? undefined,
    tags: body.tags ?? undefined,
    outcomes: body.outcomes ?? undefined,
    reasons: body.reasons ?? undefined,
    ratePerSecond: body.ratePerSecond ?? RATE_DEFAULT,
  };
  if (body.dryRun === true) {
    const monotonic = performance.now.bind(performance);
    const counted = await countReplay(scope.q, spec, { budgetMs: DRY_RUN_MS, monotonic });
    const byEndpoint = counted.byEndpoint.map((one) => ({ ...one, endpointId: publicId("ep", one.endpointId) }));
    return json(200, { dryRun: true, ...counted, byEndpoint });
  }
  const begun = await beginReplay(scope, spec);
  return "refused" in begun ? begun.refused : json(202, taskOut(begun.job));
}

export const replayRoutes = [
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/recover",
      operationId: "v1.endpoint.recover",
      access: "portal:write",
      tag: "Endpoint",
      summary: "Send again what failed",
      description:
        "Every message accepted since then that has a dead letter at the endpoint and was never delivered there, as a background task. At most 100 become owed in a second.",
      params: endpointParams,
      body: RecoverIn,
      responses: { 202: { description: "Begun", schema: RecoverOut } },
    },
    onEndpoint(({ body }, scope, endpoint) =>
      startForEndpoint(scope, endpoint, body, { task: "endpoint.recover", what: "failed" }),
    ),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/endpoint/{endpoint_id}/replay-missing",
      operationId: "v1.endpoint.replay-missing",
      access: "portal:write",
      tag: "Endpoint",
      summary: "Send what the endpoint never got",
      description:
        "Every message accepted since then that the endpoint's filters want, as they are now, and that was never delivered there, as a background task. At most 100 become owed in a second.",
      params: endpointParams,
      body: ReplayIn,
      responses: { 202: { description: "Begun", schema: ReplayOut } },
    },
    onEndpoint(({ body }, scope, endpoint) =>
      startForEndpoint(scope, endpoint, body, { task: "endpoint.replay", what: "missing" }),
    ),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/replay",
      operationId: "v1.app.replay",
      access: "write",
      tag: "Background Task",
      summary: "Send messages of the past again",
      description:
        "By time, type, channel, tag, endpoint and what became of them there. With `dryRun` they are counted only. Otherwise a background task begins, which counts first and then owes them at its pace; what is sent because of it has the trigger `replay`. Not part of Svix's API.",
      params: applicationParams,
      body: ApplicationReplayIn,
      responses: {
        200: { description: "Counted only", schema: ReplayDryRunOut },
        202: { description: "Begun", schema: BackgroundTaskOut },
      },
    },
    inApplication(({ body }, scope, application) => replay(scope, application, body)),
  ),
];
