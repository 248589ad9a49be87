import { route } from "../http/operation.ts";
import { applicationParams } from "../schemas/application.ts";
import { ApprovalList, ApprovalOut, approvalListQuery, RunApproveIn } from "../schemas/approval.ts";
import { runParams } from "../schemas/run.ts";

const tag = "Approval";

export const approvalRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/approval",
      operationId: "v1.approval.list",
      access: "read",
      tag,
      summary: "List what waits for somebody's decision, the newest first",
      params: applicationParams,
      query: approvalListQuery,
      responses: { 200: { description: "A page of approvals", schema: ApprovalList } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/run/{run_id}/approve",
      operationId: "v1.run.approve",
      access: "write",
      tag,
      summary: "Approve or reject",
      description: "Who decided, when and why is kept. What was decided already is answered 409 `approval_decided`.",
      params: runParams,
      body: RunApproveIn,
      responses: { 200: { description: "Decided", schema: ApprovalOut } },
    },
    undefined,
  ),
];
