import { z } from "@hono/zod-openapi";
import {
  cancelRerunJob,
  countRuns,
  findRerunJob,
  flowStats,
  listFailures,
  listRerunJobs,
  RERUNS_OPEN_MAX,
  type RerunFilter,
  type RerunJob,
  startRerunJob,
} from "#flows";
import { parsePublicId, publicId } from "#kernel";
import { backtestReply } from "../http/flow-backtest.ts";
import { route } from "../http/operation.ts";
import { invalid, json, notFound, quote, refuse } from "../http/reply.ts";
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
  RERUN_RATE_DEFAULT,
  rerunParams,
  statsQuery,
} from "../schemas/flow-acts.ts";
import { onFlow } from "./within-flow.ts";

const tag = "Flow";
const path = "/api/v1/app/{app_id}/flow/{flow_id}";

const FAILURES_MS = 7 * 86_400_000;
const FAILURES_SHOWN_MAX = 100;
const STATS_MS = 86_400_000;
const STATS_MS_MAX = 31 * 86_400_000;
const RERUNS_SHOWN_MAX = 100;

const iso = (ms: number) => new Date(ms).toISOString();

function jobOut(job: RerunJob) {
  const { filter } = job;
  return {
    id: publicId("qtask", job.id),
    state: job.state,
    filter: {
      state: filter.state,
      ...(filter.fingerprint !== undefined && { fingerprint: filter.fingerprint }),
      ...(filter.version !== undefined && { version: filter.version }),
      since: iso(filter.sinceMs),
      until: iso(filter.untilMs),
    },
    from: job.from ?? null,
    version: job.version,
    ratePerSecond: job.ratePerSecond,
    matched: job.matched,
    started: job.started,
    skipped: job.skipped,
    lastSkipped: job.lastSkipped ?? null,
    createdAt: iso(job.createdAtMs),
    finishedAt: job.finishedAtMs === undefined ? null : iso(job.finishedAtMs),
  };
}

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
    onFlow(async ({ query }, { q, deps }, flow) => {
      const sinceMs = Math.max(0, query.since ?? deps.nowMs() - FAILURES_MS);
      const { failures, isComplete } = await listFailures(q, flow.id, sinceMs);
      const data = failures.slice(0, FAILURES_SHOWN_MAX).map((one) => ({
        fingerprint: one.fingerprint,
        code: one.code,
        message: one.message,
        step: one.step ?? null,
        count: one.count,
        firstAt: iso(one.firstAtMs),
        lastAt: iso(one.lastAtMs),
        lastRunId: publicId("run", one.lastRunId),
      }));
      return json(200, { data, since: iso(sinceMs), isComplete: isComplete && data.length === failures.length });
    }),
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
    onFlow(async ({ query }, { q, deps }, flow) => {
      const nowMs = deps.nowMs();
      const sinceMs = Math.max(query.since ?? nowMs - STATS_MS, nowMs - STATS_MS_MAX);
      if (sinceMs > nowMs) {
        return invalid({ loc: ["query", "since"], msg: "should not lie in the future", type: "value_error" });
      }
      const stats = await flowStats(q, flow.id, sinceMs, nowMs);
      return json(200, {
        since: iso(sinceMs),
        stepSeconds: stats.stepMs / 1_000,
        series: stats.series.map(({ atMs, ...counts }) => ({ at: iso(atMs), ...counts })),
        p50Ms: stats.p50Ms ?? null,
        p95Ms: stats.p95Ms ?? null,
        isComplete: stats.isComplete,
      });
    }),
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
    onFlow(async ({ body }, { q, deps, afterCommit }, flow) => {
      const nowMs = deps.nowMs();
      const { state = "failed", fingerprint, since, until, version: ofVersion } = body.filter;
      const filter: RerunFilter = {
        state,
        fingerprint,
        version: ofVersion,
        sinceMs: since === undefined ? 0 : Date.parse(since),
        // Nothing of the future is run again: what it starts may fail too.
        untilMs: Math.min(until === undefined ? nowMs : Date.parse(until), nowMs),
      };
      if (filter.untilMs <= filter.sinceMs) {
        const msg = `until is ${quote(iso(filter.untilMs))}; it should be after since, which is ${quote(iso(filter.sinceMs))}`;
        return invalid({ loc: ["body", "filter", "until"], msg, type: "value_error" });
      }
      if (body.dryRun === true) return json(200, { dryRun: true, ...(await countRuns(q, flow.id, filter)) });
      const job = await startRerunJob(q, {
        appId: flow.appId,
        flowId: flow.id,
        filter,
        from: body.from ?? (state === "failed" ? "failed" : undefined),
        version: body.version ?? "same",
        ratePerSecond: body.ratePerSecond ?? RERUN_RATE_DEFAULT,
      });
      if (job === undefined) {
        const detail = `The application has ${RERUNS_OPEN_MAX} reruns of many that go on, which is the most; let one end, or cancel it`;
        return refuse(429, "tasks_max_reached", detail);
      }
      afterCommit(() => deps.flows?.lookNow());
      return json(202, jobOut(job));
    }, "hold"),
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
    onFlow(async (_, { q }, flow) =>
      json(200, { data: (await listRerunJobs(q, flow.id, RERUNS_SHOWN_MAX)).map(jobOut) }),
    ),
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
    onFlow(async ({ params }, { q }, flow) => {
      const id = parsePublicId("qtask", params.rerun_id);
      const job = id === undefined ? undefined : await findRerunJob(q, flow.id, id);
      return job === undefined ? notFound("rerun", params.rerun_id) : json(200, jobOut(job));
    }),
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
    onFlow(async ({ params }, { q }, flow) => {
      const id = parsePublicId("qtask", params.rerun_id);
      const job = id === undefined ? undefined : await cancelRerunJob(q, flow.id, id);
      if (job === undefined) return notFound("rerun", params.rerun_id);
      if (job === "ended") return refuse(409, "task_ended", `The rerun ${quote(params.rerun_id)} has ended already`);
      return json(200, jobOut(job));
    }),
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
    onFlow(({ body }, scope, flow) => backtestReply(scope, flow, body)),
  ),
];
