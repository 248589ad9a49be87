import type { z } from "@hono/zod-openapi";
import {
  type Cancellation,
  type LeasedTask,
  listWorkers,
  PROGRESS_BYTES_MAX,
  type ProgressOf,
  type Refused,
  scheduleFault,
  TASK_VALUE_BYTES_MAX,
  type TaskResult,
  type TaskSchedule,
  WORKER_LOST_MS,
  WORKER_PULSE_MS,
} from "#flows";
import { parsePublicId, publicId, unreachable } from "#kernel";
import type { ApiDeps, Scope } from "../http/deps.ts";
import { type Asked, type Operation, route } from "../http/operation.ts";
import { plainReport } from "../http/plain-tasks.ts";
import { type Invalid, invalid, json, notFound, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { EmptyResponse } from "../schemas/common.ts";
import {
  WorkerHeartbeatIn,
  WorkerHeartbeatOut,
  WorkerLeaseIn,
  WorkerLeaseOut,
  WorkerLeaveIn,
  WorkerListOut,
  WorkerReportIn,
  WorkerReportOut,
} from "../schemas/worker.ts";
import { optionsOf, servedElsewhere, TASK_BODY_BYTES_MAX } from "./tasks.ts";
import { inApplication } from "./within.ts";

const tag = "Worker";
const WORKERS_SHOWN_MAX = 1_000;
/** What a task's error may say, in characters; more is cut. */
const MESSAGE_MAX = 4_000;
const STACK_MAX = 8_000;

type Queue = NonNullable<ApiDeps["tasks"]>["queue"];

/** Finds the application and the queue, or answers that there are none. */
async function ofApplication(
  scope: Scope,
  name: string,
  handle: (appId: string, queue: Queue) => Promise<Reply>,
): Promise<Reply> {
  const { tasks } = scope.deps;
  if (tasks === undefined) return servedElsewhere();
  const application = await tasks.application(name);
  return application === undefined ? notFound("application", name) : handle(application.id, tasks.queue);
}

function atWork<O extends Operation & { readonly params: typeof applicationParams }>(
  handle: (asked: Asked<O>, appId: string, queue: Queue, scope: Scope) => Promise<Reply>,
): (asked: Asked<O>, scope: Scope) => Promise<Reply> {
  return (asked, scope) => {
    const { app_id: name } = asked.params as z.output<typeof applicationParams>;
    return ofApplication(scope, name, (appId, queue) => handle(asked, appId, queue, scope));
  };
}

function refusal(refused: Refused): Reply {
  switch (refused.kind) {
    case "worker_lost": {
      const detail =
        "This worker is not known any more: it was not heard of for too long, or left; it should join anew";
      return refuse(409, "worker_lost", detail);
    }
    case "draining":
      return refuse(503, "served_elsewhere", "This process is shutting down; ask another one", { "Retry-After": "1" });
    case "too_many_workers": {
      const detail = `The application has ${refused.max} workers, which is as many as it may have`;
      return refuse(429, "workers_max_reached", detail, { "Retry-After": "10" });
    }
    default:
      return unreachable(refused);
  }
}

const cancelledOut = (cancelled: readonly Cancellation[]) =>
  cancelled.map(({ id, attempt, reason }) => ({ id: publicId("task", id), attempt, reason }));

/** The input stands in the answer as it is stored; names need no escapes. */
function taskText({ id: uuid, name, queue, attempt, priority, key, timeoutMs, input }: LeasedTask): string {
  const id = publicId("task", uuid);
  const json = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString();
  return `{"id":"${id}","name":"${name}","queue":"${queue}","attempt":${attempt},"priority":${priority},"key":${key === undefined ? `"${id}"` : JSON.stringify(key)},"timeoutMs":${timeoutMs ?? null},"input":${json}}`;
}

type ResultIn = z.output<typeof WorkerReportIn>["results"][number];
const fault = (i: number, name: string, msg: string): Invalid => ({
  loc: ["body", "results", String(i), name],
  msg,
  type: "value_error",
});

function resultOf(result: ResultIn, i: number): TaskResult | Invalid {
  const id = parsePublicId("task", result.id);
  if (id === undefined) return fault(i, "id", "should be the id of a task");
  const { attempt } = result;
  if (result.released) return { kind: "released", id, attempt };
  if (result.ok === true) {
    const output = Buffer.from(JSON.stringify(result.output ?? null));
    if (output.length <= TASK_VALUE_BYTES_MAX) return { kind: "completed", id, attempt, output };
    const message = `The output has ${output.length} bytes; at most ${TASK_VALUE_BYTES_MAX} are kept`;
    const error = { class: "invalid", code: "result_too_large", message } as const;
    return { kind: "failed", id, attempt, error, retryAtMs: undefined };
  }
  if (result.ok === undefined || result.error === undefined) {
    return fault(i, "error", "should say why, when `ok` is not true");
  }
  const { class: kind = "retryable", code = "task_failed", message, stack, retryAt } = result.error;
  return {
    kind: "failed",
    id,
    attempt,
    error: {
      class: kind,
      code,
      message: message.slice(0, MESSAGE_MAX),
      ...(stack !== undefined && { stack: stack.slice(0, STACK_MAX) }),
    },
    retryAtMs: retryAt === undefined ? undefined : Date.parse(retryAt),
  };
}

type ScheduleIn = NonNullable<Extract<z.output<typeof WorkerLeaseIn>["worker"], { name: string }>["schedules"]>[number];

function scheduleFaults(schedules: readonly ScheduleIn[]): Invalid[] {
  return schedules.flatMap(({ cron, zone = "UTC" }, i): Invalid[] => {
    const msg = scheduleFault({ cron, zone });
    return msg === undefined
      ? []
      : [{ loc: ["body", "worker", "schedules", String(i), "cron"], msg, type: "value_error" }];
  });
}

function schedulesOf(schedules: readonly ScheduleIn[]): TaskSchedule[] {
  return schedules.map(({ name, cron, zone = "UTC", queue = "default", priority = 0, input = null, ...how }) => ({
    name,
    cron,
    zone,
    queue,
    priority,
    input: JSON.stringify(input),
    options: optionsOf(how),
  }));
}

const leaseOperation = {
  method: "post",
  path: "/api/v1/app/{app_id}/worker/lease",
  operationId: "v1.worker.lease",
  access: "work",
  tag,
  summary: "Take tasks",
  description:
    "The first time a worker says who it is and what it can do, and is given a token. It waits for up to `waitSeconds` until there is something to do. docs/reference/worker-protocol.md has the protocol. Not part of Svix's API.",
  params: applicationParams,
  body: WorkerLeaseIn,
  direct: "always",
  responses: { 200: { description: "Tasks that are this worker's now", schema: WorkerLeaseOut } },
} as const satisfies Operation;

const heartbeatOperation = {
  method: "post",
  path: "/api/v1/app/{app_id}/worker/heartbeat",
  operationId: "v1.worker.heartbeat",
  access: "work",
  tag,
  summary: "Say that a worker lives",
  description: "Once a second, whatever else it asks. Tells of tasks that it should stop. Not part of Svix's API.",
  params: applicationParams,
  body: WorkerHeartbeatIn,
  direct: "always",
  responses: { 200: { description: "It was heard", schema: WorkerHeartbeatOut } },
} as const satisfies Operation;

const reportOperation = {
  method: "post",
  path: "/api/v1/app/{app_id}/worker/report",
  operationId: "v1.worker.report",
  access: "work",
  tag,
  summary: "Report what became of tasks",
  description:
    "Answered after the commit. Safe to repeat: what was told before is answered as before, and what comes too late changes nothing and is told so. Not part of Svix's API.",
  params: applicationParams,
  body: WorkerReportIn,
  direct: "always",
  bodyBytesMax: TASK_BODY_BYTES_MAX,
  responses: { 200: { description: "What each came to, in the order told", schema: WorkerReportOut } },
} as const satisfies Operation;

const leaveOperation = {
  method: "post",
  path: "/api/v1/app/{app_id}/worker/leave",
  operationId: "v1.worker.leave",
  access: "work",
  tag,
  summary: "End a worker",
  description: "What it still has is owed again at once, and its attempts do not count. Not part of Svix's API.",
  params: applicationParams,
  body: WorkerLeaveIn,
  direct: "always",
  responses: { 200: { description: "It has ended, or had before", schema: EmptyResponse } },
} as const satisfies Operation;

export const workerRoutes = [
  route(
    leaseOperation,
    atWork<typeof leaseOperation>(async ({ body }, appId, queue, { gone }) => {
      const { worker } = body;
      const who =
        "token" in worker
          ? ({ kind: "known", token: worker.token } as const)
          : ({ kind: "new", profile: worker, schedules: schedulesOf(worker.schedules ?? []) } as const);
      const faults = "token" in worker ? [] : scheduleFaults(worker.schedules ?? []);
      if (faults.length > 0) return invalid(...faults);
      const leased = await queue.lease(appId, who, body.max, (body.waitSeconds ?? 0) * 1_000, gone);
      if (leased.kind !== "leased") return refusal(leased);
      if (gone.aborted) {
        // Nobody reads the answer.
        await queue.takeBack(leased.worker, leased.tasks);
        return json(200, {});
      }
      const id = publicId("wkr", leased.worker.id);
      const rest = JSON.stringify({
        worker: { id, token: leased.worker.token },
        cancelled: cancelledOut(leased.cancelled),
        heartbeatMs: WORKER_PULSE_MS,
        lostAfterMs: WORKER_LOST_MS,
      });
      return { status: 200, body: `${rest.slice(0, -1)},"tasks":[${leased.tasks.map(taskText).join(",")}]}` };
    }),
  ),
  route(
    heartbeatOperation,
    atWork<typeof heartbeatOperation>(async ({ body }, appId, queue) => {
      const holding = body.holding?.flatMap((id) => parsePublicId("task", id) ?? []);
      const progress: ProgressOf[] = [];
      for (const [i, { id: name, attempt, value }] of (body.progress ?? []).entries()) {
        const id = parsePublicId("task", name);
        const text = JSON.stringify(value ?? null);
        if (id === undefined || Buffer.byteLength(text) > PROGRESS_BYTES_MAX) {
          const msg =
            id === undefined ? "should be the id of a task" : `should have at most ${PROGRESS_BYTES_MAX} bytes`;
          return invalid({ loc: ["body", "progress", String(i)], msg, type: "value_error" });
        }
        progress.push({ id, attempt, value: text });
      }
      const beat = await queue.heartbeat(appId, body.token, holding, progress);
      return beat.kind === "heard" ? json(200, { cancelled: cancelledOut(beat.cancelled) }) : refusal(beat);
    }),
  ),
  route(
    reportOperation,
    atWork<typeof reportOperation>(async ({ body }, appId, queue) => {
      const results: TaskResult[] = [];
      const faults: Invalid[] = [];
      for (const [i, result] of body.results.entries()) {
        const read = resultOf(result, i);
        if ("loc" in read) faults.push(read);
        else results.push(read);
      }
      if (faults.length > 0) return invalid(...faults);
      const { states } = await queue.report(appId, body.token, results);
      return json(200, { results: body.results.map(({ id }, i) => ({ id, state: states[i] })) });
    }),
    (body, params) => {
      const told = plainReport(body);
      if (told === undefined) return undefined;
      const { token, results, ids } = told;
      return (scope) =>
        ofApplication(scope, params.app_id, async (appId, queue) => {
          const { states } = await queue.report(appId, token, results);
          return {
            status: 200,
            body: `{"results":[${ids.map((id, i) => `{"id":"${id}","state":"${states[i]}"}`).join(",")}]}`,
          };
        });
    },
  ),
  route(
    leaveOperation,
    atWork<typeof leaveOperation>(async ({ body }, appId, queue) => {
      await queue.leave(appId, body.token);
      return json(200, {});
    }),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/worker",
      operationId: "v1.worker.list",
      access: "read",
      tag,
      summary: "List workers",
      description: "The newest first; those that ended within a day among them. Not part of Svix's API.",
      params: applicationParams,
      responses: { 200: { description: "At most 1,000", schema: WorkerListOut } },
    },
    inApplication(async (_, { q }, application) => {
      const workers = await listWorkers(q, application.id, WORKERS_SHOWN_MAX);
      const data = workers.map((worker) => ({
        id: publicId("wkr", worker.id),
        name: worker.name,
        queues: worker.queues,
        names: worker.names,
        concurrency: worker.concurrency,
        running: worker.running,
        startedAt: worker.startedAt.toISOString(),
        seenAt: worker.seenAt.toISOString(),
        endedAt: worker.endedAt?.toISOString() ?? null,
        endedBy: worker.endedBy ?? null,
      }));
      return json(200, { data });
    }),
  ),
];
