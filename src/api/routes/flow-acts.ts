import { z } from "@hono/zod-openapi";
import { route } from "../http/operation.ts";
import { flowParams } from "../schemas/flow.ts";
import {
  FlowBacktestIn,
  FlowBacktestOut,
  FlowFailureList,
  FlowRerunCountOut,
  FlowRerunIn,
  FlowRerunList,
  FlowRerunOut,
  FlowStatsOut,
  failureQuery,
  rerunParams,
  statsQuery,
} from "../schemas/flow-acts.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}";

export const flowActRoutes = [
  route(
    {
      method: "get",
      path: `${path}/failure`,
      operationId: "v1.flow.failure.list",
      access: "read",
      tag,
      summary: "List failures, those that look alike as one",
      params: flowParams,
      query: failureQuery,
      responses: { 200: { description: "The failures", schema: FlowFailureList } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/stats`,
      operationId: "v1.flow.stats",
      access: "read",
      tag,
      summary: "How its runs went",
      params: flowParams,
      query: statsQuery,
      responses: { 200: { description: "Over time", schema: FlowStatsOut } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: `${path}/rerun`,
      operationId: "v1.flow.rerun.create",
      access: "write",
      tag,
      summary: "Run many again",
      description:
        "With `dryRun` they are counted. Otherwise they are begun at the given rate, whatever becomes of this process.",
      params: flowParams,
      body: FlowRerunIn,
      responses: {
        200: { description: "Counted only", schema: FlowRerunCountOut },
        202: { description: "Begun", schema: FlowRerunOut },
      },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/rerun`,
      operationId: "v1.flow.rerun.list",
      access: "read",
      tag,
      summary: "List reruns of many, the newest 100",
      params: flowParams,
      responses: { 200: { description: "The reruns", schema: FlowRerunList } },
    },
    undefined,
  ),
  route(
    {
      method: "get",
      path: `${path}/rerun/{rerun_id}`,
      operationId: "v1.flow.rerun.get",
      access: "read",
      tag,
      summary: "How far a rerun of many is",
      params: rerunParams,
      responses: { 200: { description: "The rerun", schema: FlowRerunOut } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: `${path}/rerun/{rerun_id}/cancel`,
      operationId: "v1.flow.rerun.cancel",
      access: "write",
      tag,
      summary: "Stop a rerun of many",
      description: "What it began goes on. One that has ended is answered 409 `task_ended`.",
      params: rerunParams,
      body: z.object({}).openapi("FlowRerunCancelIn"),
      responses: { 200: { description: "Stopped", schema: FlowRerunOut } },
    },
    undefined,
  ),
  route(
    {
      method: "post",
      path: `${path}/backtest`,
      operationId: "v1.flow.backtest",
      access: "read",
      tag,
      summary: "Try a definition on real runs of the past",
      description:
        "On the last runs that ended, with the results that their steps had. Nothing outside is asked or changed. Tells what would differ.",
      params: flowParams,
      body: FlowBacktestIn,
      transaction: false,
      responses: { 200: { description: "What would differ", schema: FlowBacktestOut } },
    },
    undefined,
  ),
];
