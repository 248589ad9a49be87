import { z } from "@hono/zod-openapi";
import { listQuery, listResponse, Timestamp, text } from "./common.ts";
import { AnyJson, StepPath } from "./run.ts";

export const approvalListQuery = z.object({
  limit: listQuery("").limit,
  iterator: listQuery("run_01h455vb4pex5vsknk084sn02q").iterator,
  flow: z.string().min(1).max(256).optional().openapi({ description: "Only those of this flow, by id or name" }),
});

export const ApprovalOut = z
  .object({
    runId: z.string(),
    path: z.string().openapi({ description: "The step that waits" }),
    flow: z.string(),
    flowId: z.string(),
    title: z.string(),
    details: AnyJson.nullable(),
    askedAt: Timestamp,
    until: Timestamp.nullable().openapi({ description: "Then it goes on without a decision" }),
    decision: z
      .object({ approved: z.boolean(), by: z.string(), at: Timestamp, reason: z.string() })
      .nullable()
      .openapi({ description: "null: it still waits for one" }),
  })
  .openapi("ApprovalOut");
export const ApprovalList = listResponse(ApprovalOut, "ListResponse_ApprovalOut_");

export const RunApproveIn = z
  .object({ path: StepPath, approved: z.boolean(), reason: text(1_000).optional().openapi({ default: "" }) })
  .openapi("RunApproveIn");
