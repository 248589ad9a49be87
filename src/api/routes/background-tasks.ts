import type { z } from "@hono/zod-openapi";
import { commandJob, findJob, type Job, type JobCommand, type JobFilter, listJobs, stillOwedBy } from "#delivery";
import { parsePublicId, publicId } from "#kernel";
import { findApplication } from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import {
  applicationTaskParams,
  applicationTaskQuery,
  BackgroundTaskList,
  BackgroundTaskOut,
  cancelQuery,
  taskParams,
  taskQuery,
} from "../schemas/background-task.ts";
import { inApplication } from "./within.ts";

const tag = "Background Task";
const ORGANISATION = "/api/v1/background-task";
const APPLICATION = "/api/v1/app/{app_id}/background-task";

type Out = z.output<typeof BackgroundTaskOut>;

/** Parts shown of one job. */
const PARTS_MAX = 250;

/** A job on the wire, without what takes a look at the queues. */
export function taskOut(job: Job): Out {
  const { selection, state, parts } = job;
  const sum = (value: (part: Job["parts"][number]) => number) => parts.reduce((all, part) => all + value(part), 0);
  const list = (values: readonly string[] | undefined) => (values === undefined ? null : [...values]);
  const isCounting = parts.some(({ phase }) => phase === "counting");
  const [first] = parts;
  return {
    id: publicId("qtask", job.id),
    status: state.state,
    task: job.task,
    data: {
      filter: {
        what: selection.what,
        since: new Date(selection.sinceMs).toISOString(),
        until: new Date(selection.untilMs).toISOString(),
        eventTypes: list(selection.eventTypes),
        channels: list(selection.channels),
        tags: list(selection.tags),
        outcomes: list(selection.outcomes),
        reasons: list(selection.reasons),
      },
      ratePerSecond: job.ratePerSecond,
      matched: isCounting ? null : sum(({ matched }) => matched),
      done: sum(({ done }) => done),
      skipped: sum(({ skipped }) => skipped),
      waiting: state.state === "running" ? (parts.find(({ waiting }) => waiting !== undefined)?.waiting ?? null) : null,
      error: state.state === "failed" ? state.error : null,
    },
    updatedAt: job.updatedAt.toISOString(),
    appId: publicId("app", job.appId),
    endpointId: parts.length === 1 && first !== undefined ? publicId("ep", first.endpointId) : null,
    createdAt: job.createdAt.toISOString(),
    finishedAt: "finishedAt" in state ? state.finishedAt.toISOString() : null,
  };
}

/** With what it still owes, and how it goes at each endpoint. */
async function wholeTask({ q }: Scope, job: Job): Promise<Out> {
  const out = taskOut(job);
  const byEndpoint = job.parts.slice(0, PARTS_MAX).map((part) => ({
    endpointId: publicId("ep", part.endpointId),
    phase: part.phase,
    matched: part.phase === "counting" ? null : part.matched,
    done: part.done,
    skipped: part.skipped,
    waiting: part.waiting ?? null,
    error: part.error ?? null,
  }));
  return { ...out, data: { ...out.data, owed: (await stillOwedBy(q, job)) ?? null, byEndpoint } };
}

async function list(
  scope: Scope,
  query: z.output<typeof applicationTaskQuery>,
  appId: string | undefined,
): Promise<Reply> {
  const read = readPage(query, query.order ?? "descending", (text) => parsePublicId("qtask", text));
  if (!read.ok) return invalid(read.fault);
  const filter: JobFilter = { appId, status: query.status, task: query.task };
  const rows = await listJobs(scope.q, read.page.keyset, filter);
  return { status: 200, body: pageBody(read.page, rows, taskOut, (job: Job) => publicId("qtask", job.id)) };
}

async function get(scope: Scope, taskId: string, appId: string | undefined): Promise<Reply> {
  const job = await findJob(scope.q, taskId, appId);
  if (job === undefined) return notFound("background task", taskId);
  scope.about(job.appId);
  return json(200, await wholeTask(scope, job));
}

async function command(scope: Scope, taskId: string, asked: JobCommand, appId: string | undefined): Promise<Reply> {
  const job = await commandJob(scope.q, taskId, asked, scope.deps.nowMs(), appId);
  if (job === undefined) return notFound("background task", taskId);
  if (job === "ended") {
    return refuse(
      409,
      "task_ended",
      `The background task ${quote(taskId)} has ended; there is nothing to ${asked.kind}`,
    );
  }
  scope.about(job.appId);
  scope.afterCommit(() => scope.deps.onTask?.());
  return json(200, await wholeTask(scope, job));
}

const ONE = { 200: { description: "The task", schema: BackgroundTaskOut } };
const PAGE = { 200: { description: "A page of tasks", schema: BackgroundTaskList } };

const TEXTS = {
  list: { summary: "List background tasks, newest first" },
  get: { summary: "Get a background task" },
  pause: {
    summary: "Pause a background task",
    description: "It owes nothing more until it is resumed. What it owed already is sent.",
  },
  resume: { summary: "Resume a background task", description: "It goes on where it stopped." },
  cancel: {
    summary: "Cancel a background task",
    description:
      "From the answer on it owes nothing more. `done` tells how many it owed, `owed` how many of them were not sent yet: they will be, unless `withdraw` is asked for.",
  },
} as const;

export const backgroundTaskRoutes = [
  route(
    {
      method: "get",
      path: ORGANISATION,
      operationId: "v1.background-task.list",
      access: "read",
      tag,
      ...TEXTS.list,
      query: taskQuery,
      responses: PAGE,
    },
    async ({ query }, scope) => {
      if (query.app_id === undefined) return list(scope, query, undefined);
      const application = await findApplication(scope.q, query.app_id);
      if (application === undefined) return notFound("application", query.app_id);
      return list(scope, query, application.id);
    },
  ),
  route(
    {
      method: "get",
      path: `${ORGANISATION}/{task_id}`,
      operationId: "v1.background-task.get",
      access: "read",
      tag,
      ...TEXTS.get,
      params: taskParams,
      responses: ONE,
    },
    ({ params }, scope) => get(scope, params.task_id, undefined),
  ),
  route(
    {
      method: "post",
      path: `${ORGANISATION}/{task_id}/pause`,
      operationId: "v1.background-task.pause",
      access: "write",
      tag,
      ...TEXTS.pause,
      params: taskParams,
      responses: ONE,
    },
    ({ params }, scope) => command(scope, params.task_id, { kind: "pause" }, undefined),
  ),
  route(
    {
      method: "post",
      path: `${ORGANISATION}/{task_id}/resume`,
      operationId: "v1.background-task.resume",
      access: "write",
      tag,
      ...TEXTS.resume,
      params: taskParams,
      responses: ONE,
    },
    ({ params }, scope) => command(scope, params.task_id, { kind: "resume" }, undefined),
  ),
  route(
    {
      method: "post",
      path: `${ORGANISATION}/{task_id}/cancel`,
      operationId: "v1.background-task.cancel",
      access: "write",
      tag,
      ...TEXTS.cancel,
      params: taskParams,
      query: cancelQuery,
      responses: ONE,
    },
    ({ params, query }, scope) =>
      command(scope, params.task_id, { kind: "cancel", withdraw: query.withdraw }, undefined),
  ),
  // The same within one application, for keys of that application and its own users.
  route(
    {
      method: "get",
      path: APPLICATION,
      operationId: "v1.app.background-task.list",
      access: "portal:read",
      tag,
      ...TEXTS.list,
      params: applicationParams,
      query: applicationTaskQuery,
      responses: PAGE,
    },
    inApplication(({ query }, scope, application) => list(scope, query, application.id)),
  ),
  route(
    {
      method: "get",
      path: `${APPLICATION}/{task_id}`,
      operationId: "v1.app.background-task.get",
      access: "portal:read",
      tag,
      ...TEXTS.get,
      params: applicationTaskParams,
      responses: ONE,
    },
    inApplication(({ params }, scope, application) => get(scope, params.task_id, application.id)),
  ),
  route(
    {
      method: "post",
      path: `${APPLICATION}/{task_id}/pause`,
      operationId: "v1.app.background-task.pause",
      access: "portal:write",
      tag,
      ...TEXTS.pause,
      params: applicationTaskParams,
      responses: ONE,
    },
    inApplication(({ params }, scope, application) =>
      command(scope, params.task_id, { kind: "pause" }, application.id),
    ),
  ),
  route(
    {
      method: "post",
      path: `${APPLICATION}/{task_id}/resume`,
      operationId: "v1.app.background-task.resume",
      access: "portal:write",
      tag,
      ...TEXTS.resume,
      params: applicationTaskParams,
      responses: ONE,
    },
    inApplication(({ params }, scope, application) =>
      command(scope, params.task_id, { kind: "resume" }, application.id),
    ),
  ),
  route(
    {
      method: "post",
      path: `${APPLICATION}/{task_id}/cancel`,
      operationId: "v1.app.background-task.cancel",
      access: "portal:write",
      tag,
      ...TEXTS.cancel,
      params: applicationTaskParams,
      query: cancelQuery,
      responses: ONE,
    },
    inApplication(({ params, query }, scope, application) =>
      command(scope, params.task_id, { kind: "cancel", withdraw: query.withdraw }, application.id),
    ),
  ),
];
