import { route } from "../http/operation.ts";
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

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}";

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
    undefined,
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
    undefined,
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
    undefined,
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
    undefined,
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
    undefined,
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
    undefined,
  ),
];
