import { deployVersion, findVersion, listVersions, liveByVersion, settleRunning } from "#flows";
import { versionOut } from "../http/flow-body.ts";
import { route } from "../http/operation.ts";
import { json, notFound } from "../http/reply.ts";
import {
  FlowDeployIn,
  FlowDeployOut,
  FlowVersionDetailOut,
  FlowVersionList,
  flowParams,
  flowVersionParams,
} from "../schemas/flow.ts";
import { onFlow } from "./within-flow.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}/version";

const VERSIONS_MAX = 200;

export const flowVersionRoutes = [
  route(
    {
      method: "get",
      path,
      operationId: "v1.flow.version.list",
      access: "read",
      tag,
      summary: "List the versions of a flow, the newest first",
      description: "The newest 200.",
      params: flowParams,
      responses: { 200: { description: "The versions", schema: FlowVersionList } },
    },
    onFlow(async (_, { q }, flow) => {
      const [versions, live] = [
        await listVersions(q, flow.id, { limit: VERSIONS_MAX }),
        await liveByVersion(q, flow.id),
      ];
      return json(200, { data: versions.map((version) => versionOut(version, flow, live)) });
    }),
  ),
  route(
    {
      method: "get",
      path: `${path}/{version}`,
      operationId: "v1.flow.version.get",
      access: "read",
      tag,
      summary: "Get a version with its definition",
      params: flowVersionParams,
      responses: { 200: { description: "The version", schema: FlowVersionDetailOut } },
    },
    onFlow(async ({ params }, { q }, flow) => {
      const version = await findVersion(q, flow.id, params.version);
      if (version === undefined) return notFound("version", String(params.version));
      const shown = versionOut(version, flow, await liveByVersion(q, flow.id));
      return json(200, { ...shown, definition: version.definition, source: version.source ?? null });
    }),
  ),
  route(
    {
      method: "post",
      path: `${path}/{version}/deploy`,
      operationId: "v1.flow.version.deploy",
      access: "write",
      tag,
      summary: "Make a version the one that new runs begin with",
      description:
        "And say what becomes of runs of other versions. With `dryRun` it tells which could move and why others cannot, and changes nothing.",
      params: flowVersionParams,
      body: FlowDeployIn,
      responses: { 200: { description: "Deployed, or would be", schema: FlowDeployOut } },
    },
    onFlow(async ({ params, body }, { q, deps, afterCommit }, flow) => {
      const { running = "finish", dryRun = false } = body;
      const known = await findVersion(q, flow.id, params.version);
      if (known === undefined) return notFound("version", String(params.version));
      if (!dryRun) {
        await deployVersion(q, flow.id, params.version);
        afterCommit(() => deps.flows?.lookNow());
      }
      const runs = await settleRunning(q, flow, params.version, running, { dryRun });
      return json(200, { dryRun, version: params.version, runs });
    }, "hold"),
  ),
];
