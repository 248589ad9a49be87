import type { z } from "@hono/zod-openapi";
import {
  changeFlowMode,
  checkFlow,
  FLOWS_MAX,
  type Flow,
  findVersion,
  flowFacts,
  listFlows,
  removeFlow,
  settleRunning,
  storeFlow,
} from "#flows";
import { parsePublicId, publicId } from "#kernel";
import { type CheckedDefinition, digest } from "#language";
import type { Application } from "#tenancy";
import { definitionInvalid } from "../http/definition-invalid.ts";
import type { Scope } from "../http/deps.ts";
import { flowBody, flowOut } from "../http/flow-body.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import {
  FlowCheckIn,
  FlowCheckOut,
  FlowDetailOut,
  FlowIn,
  FlowList,
  FlowOut,
  FlowPatch,
  FlowPutOut,
  flowListQuery,
  flowParams,
} from "../schemas/flow.ts";
import { inApplication } from "./within.ts";
import { flowOf, onFlow } from "./within-flow.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}";

/** Above every id: the beginning of a list that goes down. */
const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

type Asked = Pick<z.output<typeof FlowIn>, "definition" | "source" | "format">;

const inputOf = ({ definition, source, format }: Asked): unknown =>
  source === undefined ? definition : { source, format: format ?? "yaml" };

async function put(
  scope: Scope,
  application: Application,
  name: string,
  body: z.output<typeof FlowIn>,
): Promise<Reply> {
  const { q, deps } = scope;
  const { note, running = "finish", dryRun = false } = body;
  const checked = await checkFlow(q, application.id, inputOf(body));
  const { definition, warnings } = checked;
  if (definition === null) return definitionInvalid(checked);
  const before = await flowOf(q, application.id, name);
  const expected = before?.name ?? name;
  if (definition.flow !== expected) {
    const msg = `The definition is of the flow ${quote(definition.flow)}; it should be of ${quote(expected)}, as the path says`;
    return invalid({ loc: ["body", "definition", "flow"], msg, type: "value_error" });
  }
  const current = before && (await findVersion(q, before.id, before.version));
  const changed = current === undefined || digest(current.definition) !== digest(definition);
  if (dryRun) {
    const version = (before?.version ?? 0) + (changed ? 1 : 0);
    const runs =
      before === undefined || !changed
        ? null
        : await settleRunning(q, before, version, running, { dryRun: true, definition });
    const shown = before === undefined ? unborn(definition) : await flowBody(q, before);
    return json(200, { ...shown, version, dryRun, created: before === undefined, changed, warnings, runs });
  }
  // JSON is stored as it is meant; YAML is kept besides for its comments.
  const source = body.source !== undefined && body.format !== "json" ? body.source : undefined;
  const stored = await storeFlow(q, {
    appId: application.id,
    definition,
    source,
    note: note ?? "",
    createdBy: scope.principal.name,
  });
  if (stored.kind === "too_many") {
    const detail = `The application has ${FLOWS_MAX} flows, which is the most it may have; delete one first`;
    return refuse(429, "flows_max_reached", detail);
  }
  const { flow, created } = stored;
  const runs =
    created || !stored.changed ? null : await settleRunning(q, flow, flow.version, running, { dryRun: false });
  scope.afterCommit(() => deps.flows?.lookNow());
  const shown = await flowBody(q, flow);
  return json(created ? 201 : 200, { ...shown, dryRun, created, changed: stored.changed, warnings, runs });
}

/** A flow that a dry run would create. */
function unborn(definition: NonNullable<CheckedDefinition["definition"]>) {
  const now = new Date(0).toISOString();
  return {
    id: "",
    name: definition.flow,
    title: definition.title ?? null,
    mode: "enabled",
    triggers: definition.on ?? [],
    createdAt: now,
    updatedAt: now,
    live: 0,
    waiting: 0,
    lastRun: null,
  };
}

export const flowRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/flow",
      operationId: "v1.flow.list",
      access: "read",
      tag,
      summary: "List flows",
      params: applicationParams,
      query: flowListQuery,
      responses: { 200: { description: "A page of flows", schema: FlowList } },
    },
    inApplication(async ({ query }, { q }, application) => {
      const order = query.order ?? "ascending";
      const read = readPage(query, order, (text) => parsePublicId("flow", text));
      if (!read.ok) return invalid(read.fault);
      const { after, order: towards, limit } = read.page.keyset;
      const rows = await listFlows(
        q,
        application.id,
        towards === "ascending" ? { after, limit } : { before: after ?? LAST, limit },
      );
      // A page towards the beginning comes in the order of ids; the list wants it as it is asked.
      const ordered = towards === "ascending" ? rows : rows.reverse();
      const facts = await flowFacts(
        q,
        ordered.map(({ id }) => id),
      );
      const write = (flow: Flow) => flowOut(flow, facts.get(flow.id));
      return { status: 200, body: pageBody(read.page, ordered, write, (flow) => publicId("flow", flow.id)) };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/flow/check",
      operationId: "v1.flow.check",
      access: "read",
      tag,
      summary: "Check a definition",
      description:
        "Changes nothing. Every fault is told with its place; of `source` with line and column. Sources, endpoints, flows and secrets that it names are looked up in the application.",
      params: applicationParams,
      body: FlowCheckIn,
      transaction: false,
      responses: { 200: { description: "Whether it is valid", schema: FlowCheckOut } },
    },
    inApplication(async ({ body }, { q }, application) => {
      const checked = await checkFlow(q, application.id, inputOf(body));
      const { valid, faults, warnings, definition } = checked;
      return json(200, { valid, faults, warnings, definition });
    }),
  ),
  route(
    {
      method: "put",
      path,
      operationId: "v1.flow.put",
      access: "write",
      tag,
      summary: "Create a flow, or give it a new version",
      description:
        "The name in the path and in the definition are the same. The definition it has already makes no new version. A definition that is not valid is answered 422 `definition_invalid` with its faults.",
      params: flowParams,
      body: FlowIn,
      responses: {
        200: { description: "The flow as it is now; of a dry run, as it would be", schema: FlowPutOut },
        201: { description: "Created", schema: FlowPutOut },
      },
    },
    inApplication(({ params, body }, scope, application) => put(scope, application, params.flow_id, body), "hold"),
  ),
  route(
    {
      method: "get",
      path,
      operationId: "v1.flow.get",
      access: "read",
      tag,
      summary: "Get a flow with its definition",
      params: flowParams,
      responses: { 200: { description: "The flow", schema: FlowDetailOut } },
    },
    onFlow(async (_, { q }, flow) => {
      const stored = await findVersion(q, flow.id, flow.version);
      const body = await flowBody(q, flow);
      return json(200, { ...body, definition: stored?.definition ?? {}, source: stored?.source ?? null });
    }),
  ),
  route(
    {
      method: "patch",
      path,
      operationId: "v1.flow.patch",
      access: "write",
      tag,
      summary: "Enable, pause or disable a flow",
      params: flowParams,
      body: FlowPatch,
      responses: { 200: { description: "Changed", schema: FlowOut } },
    },
    onFlow(async ({ body }, { q, deps, afterCommit }, flow) => {
      const changed = await changeFlowMode(q, flow.id, body.mode);
      if (changed === undefined) return notFound("flow", flow.name);
      afterCommit(() => deps.flows?.lookNow());
      return json(200, await flowBody(q, changed));
    }, "hold"),
  ),
  route(
    {
      method: "delete",
      path,
      operationId: "v1.flow.delete",
      access: "write",
      tag,
      summary: "Delete a flow",
      description:
        "Its runs that have not ended are cancelled: what they did is compensated. Those that have stay until retention drops them.",
      params: flowParams,
      responses: { 204: { description: "no content" } },
    },
    onFlow(async (_, { q, deps, afterCommit }, flow) => {
      await removeFlow(q, flow);
      afterCommit(() => deps.flows?.lookNow());
      return { status: 204 };
    }, "hold"),
  ),
];
