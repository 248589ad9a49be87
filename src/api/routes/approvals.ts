import { type Approval, type ApprovalKey, decideApproval, findApproval, listApprovals, type Undecidable } from "#flows";
import { parsePublicId, publicId, unreachable } from "#kernel";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { ApprovalList, ApprovalOut, approvalListQuery, RunApproveIn } from "../schemas/approval.ts";
import { runParams } from "../schemas/run.ts";
import { inApplication } from "./within.ts";
import { flowOf, onRun } from "./within-flow.ts";

const tag = "Approval";

const STEP_LENGTH_MAX = 2_000;

/** The run and the step, in base64url: paths have signs that an iterator may not begin with. */
function keyOf(iterator: string): ApprovalKey | undefined {
  const [id = "", step = ""] = iterator.split(".", 2);
  const runId = parsePublicId("run", id);
  if (runId === undefined || step.length > STEP_LENGTH_MAX) return undefined;
  return { runId, path: Buffer.from(step, "base64url").toString() };
}

function approvalOut(approval: Approval) {
  const { decision } = approval;
  const decided = decision && {
    approved: decision.approved,
    by: decision.by,
    at: new Date(decision.atMs).toISOString(),
    reason: decision.reason,
  };
  return {
    runId: publicId("run", approval.runId),
    path: approval.path,
    flow: approval.flow,
    flowId: publicId("flow", approval.flowId),
    title: approval.title,
    details: approval.details,
    askedAt: new Date(approval.askedAtMs).toISOString(),
    until: approval.untilMs === undefined ? null : new Date(approval.untilMs).toISOString(),
    decision: decided ?? null,
  };
}

function undecidable(why: Undecidable, path: string): Reply {
  switch (why.kind) {
    case "not_asked":
      return refuse(409, "approval_over", notAsked(path, why.asks));
    case "decided": {
      const { approved, by, atMs } = why.decision;
      const detail = `${quote(by)} has ${approved ? "approved" : "rejected"} it at ${new Date(atMs).toISOString()}`;
      return refuse(409, "approval_decided", detail);
    }
    case "too_late":
      return refuse(409, "approval_over", `It was to be decided until ${new Date(why.untilMs).toISOString()}`);
    default:
      return unreachable(why);
  }
}

/** A step within others has their ids in its path: whoever gave the id alone is told where the run does ask. */
function notAsked(path: string, asks: readonly string[]): string {
  const nothing = `The run asks nothing at the step ${quote(path)}, or does not any more`;
  return asks.length === 0 ? nothing : `${nothing}; it asks at ${asks.map(quote).join(", ")}`;
}

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
    inApplication(async ({ query }, { q }, application) => {
      const read = readPage(query, "descending", (text) => (keyOf(text) === undefined ? undefined : text));
      if (!read.ok) return invalid(read.fault);
      const flow = query.flow === undefined ? undefined : await flowOf(q, application.id, query.flow);
      if (query.flow !== undefined && flow === undefined) return notFound("flow", query.flow);
      const { after, limit } = read.page.keyset;
      const page = {
        after: after === undefined ? undefined : keyOf(after),
        back: read.page.back,
        limit,
        flowId: flow?.id,
      };
      const rows = await listApprovals(q, application.id, page);
      const iterator = ({ runId, path: at }: ApprovalKey) =>
        `${publicId("run", runId)}.${Buffer.from(at).toString("base64url")}`;
      return { status: 200, body: pageBody(read.page, rows, approvalOut, iterator) };
    }),
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
    onRun(async ({ body }, { q, deps, principal, afterCommit }, run) => {
      const key = { appId: run.appId, runId: run.id, path: body.path };
      const { approved, reason = "" } = body;
      const decided = await decideApproval(q, key, { approved, by: principal.name, reason });
      if (decided.kind !== "done") return undecidable(decided, body.path);
      afterCommit(() => deps.flows?.lookNow());
      return json(200, approvalOut((await findApproval(q, key)) ?? decided.approval));
    }),
  ),
];
