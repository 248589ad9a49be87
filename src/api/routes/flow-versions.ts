import { route } from "../http/operation.ts";
import {
  FlowDeployIn,
  FlowDeployOut,
  FlowVersionDetailOut,
  FlowVersionList,
  flowParams,
  flowVersionParams,
} from "../schemas/flow.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}/version";

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
    undefined,
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
    undefined,
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
    undefined,
  ),
];
