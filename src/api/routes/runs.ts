import { readPayloads } from "#events";
import {
  cancelRun,
  childrenOf,
  type Flow,
  findRunSummary,
  findVersion,
  listRuns,
  type RunRef,
  type RunSummary,
  readEntryRows,
  readLogs,
  rerunOne,
  runValues,
  type Started,
  type StartRequest,
} from "#flows";
import { parsePublicId, publicId, type Queryable } from "#kernel";
import { type CompiledFlow, compile, type InputFault, inputFaults, type Json, parseSpan } from "#language";
import type { Application } from "#tenancy";
import type { FlowsDeps, Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { cutPage, envelope, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, type Reply, refuse } from "../http/reply.ts";
import { answerOf } from "../http/run-answer.ts";
import { entryOut, logsOut, runOut, stepsOut } from "../http/run-body.ts";
import { runTail } from "../http/run-tail.ts";
import { valueReply } from "../http/run-value.ts";
import { createStartsHeld } from "../http/starts-held.ts";
import { applicationParams } from "../schemas/application.ts";
import { flowParams } from "../schemas/flow.ts";
import {
  RunAnsweredOut,
  RunBatchIn,
  RunBatchOut,
  RunCancelIn,
  RunDetailOut,
  RunJournalOut,
  RunList,
  RunOut,
  RunRerunIn,
  RunStartIn,
  RunTailStream,
  RunValueOut,
  runJournalQuery,
  runListQuery,
  runParams,
  runValueQuery,
} from "../schemas/run.ts";
import { inApplication } from "./within.ts";
import { flowOf, onFlow, onRun } from "./within-flow.ts";

const tag = "Run";
const path = "/api/v1/app/{app_id}/run/{run_id}";

/** Of a run's journal; what is beyond is read page by page. */
const DETAIL_ENTRIES_MAX = 2_000;
/** A value above it is told by its size; all values of an answer together stay below the other. */
const INLINE_BYTES_MAX = 16 * 1024;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const LOGS_BYTES_MAX = 1024 * 1024;
const CHILDREN_MAX = 100;
/** Starts under way and those who wait for their answers, in this process; beyond it nobody is let in. */
const startsHeld = createStartsHeld({ countMax: 2_000, bytesMax: 64 * 1024 * 1024, smallBytes: 64 * 1024 });
/** Of one input: what any value of a run may have. */
const INPUT_BYTES_MAX = 8 * 1024 * 1024;
/** One input, with what is around it in the request. */
const START_BODY_BYTES_MAX = INPUT_BYTES_MAX + 64 * 1024;
const BATCH_BODY_BYTES_MAX = 16 * 1024 * 1024;
const DELAY_MS_MAX = 366 * 86_400_000;

const flowsOf = (scope: Scope): FlowsDeps | undefined => scope.deps.flows;
const noFlows = () => refuse(503, "served_elsewhere", "This process starts no runs");

function ended(id: string, state: string): Reply {
  return refuse(409, "run_ended", `The run ${publicId("run", id)} has ended: it is ${state}`);
}

function compiledOf(definition: Parameters<typeof compile>[0]): CompiledFlow | undefined {
  try {
    return compile(definition);
  } catch {
    // Stored by another release, whose language this one does not speak: it is shown as it is, without kinds of steps.
    return undefined;
  }
}

/** Leaves the values of later rows out once the answer would grow too large. */
function withinBytes<R extends { readonly bytes: number; readonly value: Uint8Array | null }>(rows: readonly R[]): R[] {
  let left = ANSWER_BYTES_MAX;
  return rows.map((row) => {
    left -= row.value?.length ?? 0;
    return left >= 0 ? row : { ...row, value: null };
  });
}

function shownValue<N extends "input" | "output">(name: N, bytes: Uint8Array | undefined) {
  if (bytes === undefined) return { [name]: null };
  if (bytes.length > INLINE_BYTES_MAX) return { [name]: null, [`${name}Omitted`]: bytes.length };
  return { [name]: JSON.parse(Buffer.from(bytes).toString()) };
}

/** What an event brought is kept once, with its message; undefined where that is gone, or is no JSON. */
async function inputOf(
  q: Queryable,
  { appId, eventId }: RunSummary,
  stored: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  if (stored !== undefined || eventId === undefined) return stored;
  const payload = (await readPayloads(q, [{ appId, id: eventId }], 1)).get(eventId)?.payload;
  return payload !== undefined && isJson(payload) ? payload : undefined;
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return true;
  } catch {
    return false; // A message may hold anything; a run that it starts says so itself.
  }
}

function emitted(output: unknown): string[] {
  const id = (output as { id?: unknown } | null | undefined)?.id;
  return typeof id === "string" ? [id] : [];
}

function notStarted(flow: string, started: Started | undefined, key: string | undefined): Reply {
  switch (started?.kind) {
    case "conflict": {
      const detail = `The key ${quote(key ?? "")} started the run ${publicId("run", started.id)} with another input within 24 hours`;
      return refuse(409, "idempotency_key_reused", detail);
    }
    case "disabled":
      return refuse(409, "flow_disabled", `The flow ${quote(flow)} is disabled and takes no new runs; enable it first`);
    case "invalid":
      return inputInvalid(["body", "input"], started.faults);
    default:
      return notFound("flow", flow);
  }
}

function inputBytes(input: Json, at: readonly string[]): Uint8Array | Reply {
  const bytes = Buffer.from(JSON.stringify(input));
  if (bytes.length <= INPUT_BYTES_MAX) return bytes;
  const msg = `The input has ${bytes.length} bytes; at most ${INPUT_BYTES_MAX} are allowed`;
  return invalid({ loc: at, msg, type: "value_error" });
}

/** The inputs as JSON, or why they cannot be what runs begin with. */
async function checkedInputs(scope: Scope, flow: Flow, inputs: readonly Json[]): Promise<Inputs | Reply> {
  const stored = await findVersion(scope.q, flow.id, flow.version);
  const compiled = stored && compiledOf(stored.definition);
  if (compiled === undefined) return notFound("flow", flow.name);
  const read: (Uint8Array | undefined)[] = [];
  for (const [i, input] of inputs.entries()) {
    const at = ["body", "runs", String(i), "input"];
    const bytes = inputBytes(input, at);
    if ("status" in bytes) return bytes;
    read.push(input === null ? undefined : bytes);
    const faults = inputFaults(compiled, input);
    if (faults.length > 0) return inputInvalid(at, faults);
  }
  return { inputs: read };
}

function inputInvalid(at: readonly string[], faults: readonly InputFault[]): Reply {
  return invalid(
    ...faults.map((fault) => ({
      loc: [...at, ...fault.at.split("/").slice(1)],
      msg: fault.message,
      type: "value_error.input",
    })),
  );
}

interface Inputs {
  /** Undefined: null, of which nothing is kept. */
  readonly inputs: readonly (Uint8Array | undefined)[];
}

const isReply = (value: Reply | Inputs): value is Reply => "status" in value;

/**
 * Starts one run by what is in memory of its application and flow. The statement that starts it holds that against the truth, so that a start is
 * one way to the database and back.
 */
async function start(
  { params, body }: { readonly params: StartParams; readonly body: StartBody },
  scope: Scope,
): Promise<Reply> {
  const flows = flowsOf(scope);
  if (flows === undefined) return noFlows();
  const value = (body.input ?? null) as Json;
  const input = inputBytes(value, ["body", "input"]);
  if ("status" in input) return input;
  const delayMs = body.delay === undefined ? 0 : (parseSpan(body.delay) ?? Number.POSITIVE_INFINITY);
  if (delayMs > DELAY_MS_MAX) {
    const msg = `${quote(body.delay ?? "")} should be at most 366d`;
    return invalid({ loc: ["body", "delay"], msg, type: "value_error" });
  }
  const application = await flows.application(params.app_id);
  if (application === undefined) return notFound("application", params.app_id);
  const id = parsePublicId("flow", params.flow_id);
  const request = {
    flow: id === undefined ? { name: params.flow_id } : { id },
    trigger: "api",
    input: value === null ? undefined : input,
    checked: { input: value },
    delayMs,
    ...(scope.idempotencyKey !== undefined && { key: scope.idempotencyKey }),
  } as const;
  const { deps, gone } = scope;
  const waitMs = (body.wait ?? 0) * 1_000;
  return {
    status: 202,
    afterwards: async () => {
      const held = startsHeld.hold(application.id, input.length);
      if (held === undefined) return crowded();
      return answerBegun({ deps, gone }, flows, begin(scope, flows, params, application, request), waitMs, held);
    },
  };
}

/** What was begun; or the answer, when nothing was. */
async function begin(
  scope: Scope,
  flows: FlowsDeps,
  params: StartParams,
  application: Application,
  request: Omit<StartRequest, "appId" | "application">,
): Promise<Begun | Reply> {
  const { appId, started } = await startIn(scope, flows, { asked: params.app_id, application }, request);
  if (appId === undefined) return notFound("application", params.app_id);
  if (started?.kind !== "started" && started?.kind !== "repeated") {
    return notStarted(params.flow_id, started, scope.idempotencyKey);
  }
  return { appId, ref: { runId: started.id, flowId: started.flowId } };
}

/** A function of its own, given nothing of the request: what waits for long must not keep its body and input, which may have 8 MiB. */
async function answerBegun(
  scope: Pick<Scope, "deps" | "gone">,
  flows: FlowsDeps,
  beginning: Promise<Begun | Reply>,
  waitMs: number,
  held: Disposable,
): Promise<Reply> {
  using _ = held;
  const begun = await beginning;
  return "status" in begun ? begun : await answerOf(scope, flows, begun.appId, begun.ref, waitMs);
}

interface Begun {
  readonly appId: string;
  readonly ref: RunRef;
}

interface StartParams {
  readonly app_id: string;
  readonly flow_id: string;
}

interface StartBody {
  readonly input?: unknown;
  readonly delay?: string | undefined;
  readonly wait?: number | undefined;
}

/** What is remembered of the application may be outdated: then it is asked for anew, once. */
async function startIn(
  { deps }: Scope,
  flows: FlowsDeps,
  { asked, application }: { readonly asked: string; readonly application: Application },
  request: Omit<StartRequest, "appId" | "application">,
): Promise<{ readonly appId: string | undefined; readonly started?: Started | undefined }> {
  let known: Application | undefined = application;
  for (let look = 0; look < 2 && known !== undefined; look++) {
    const { id: appId, uid, throttleRate } = known;
    const believed = { uid: uid ?? null, throttleRate: throttleRate ?? null };
    const [started] = await flows.startRuns([{ ...request, appId, application: believed }]);
    if (started?.kind !== "no_application") return { appId, started };
    deps.applications.forget(asked, uid, publicId("app", appId));
    known = await flows.application(asked);
  }
  return { appId: undefined };
}

function crowded(): Reply {
  const detail = "More runs are being started or waited for than this process may hold; nothing was done";
  return refuse(503, "overloaded", detail, { "Retry-After": "1" });
}

async function startMany(
  scope: Scope,
  flow: Flow,
  runs: readonly { input?: unknown; key?: string | undefined }[],
): Promise<Reply> {
  const flows = flowsOf(scope);
  if (flows === undefined) return noFlows();
  const checked = await checkedInputs(
    scope,
    flow,
    runs.map(({ input }) => (input ?? null) as Json),
  );
  if (isReply(checked)) return checked;
  const requests = runs.map(
    ({ key }, i): StartRequest => ({
      appId: flow.appId,
      flow: { id: flow.id },
      trigger: "api",
      input: checked.inputs[i],
      ...(key !== undefined && { key }),
    }),
  );
  const { results, plan } = await flows.startWithin(scope.q, requests);
  scope.afterCommit(plan.committed, plan.abandoned);
  for (const [i, started] of results.entries()) {
    if (started.kind !== "started" && started.kind !== "repeated") return notStarted(flow.name, started, runs[i]?.key);
  }
  const data = results.map((one) => ({
    id: "id" in one ? publicId("run", one.id) : "",
    started: one.kind === "started",
  }));
  return json(202, { data });
}

export const runRoutes = [
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/flow/{flow_id}/run",
      operationId: "v1.flow.start",
      access: "write",
      tag,
      summary: "Start a run",
      description:
        "With an Idempotency-Key the same request starts it once. With `wait` the answer comes when its `respond` step spoke, or when it ended; if that takes longer than `wait`, the answer is 202 with the run, which goes on. Like a message it is its own record: the audit log has nothing of it.",
      params: flowParams,
      body: RunStartIn,
      bodyBytesMax: START_BODY_BYTES_MAX,
      transaction: false,
      responses: {
        200: { description: "It answered, or ended", schema: RunAnsweredOut },
        202: { description: "Begun", schema: RunOut },
      },
    },
    start,
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/flow/{flow_id}/run/batch",
      operationId: "v1.flow.start-batch",
      access: "write",
      tag,
      summary: "Start many runs",
      description: "All or none.",
      params: flowParams,
      body: RunBatchIn,
      bodyBytesMax: BATCH_BODY_BYTES_MAX,
      responses: { 202: { description: "Begun", schema: RunBatchOut } },
    },
    onFlow(({ body }, scope, flow) => startMany(scope, flow, body.runs)),
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/run",
      operationId: "v1.run.list",
      access: "read",
      tag,
      summary: "List runs, the newest first",
      params: applicationParams,
      query: runListQuery,
      responses: { 200: { description: "A page of runs", schema: RunList } },
    },
    inApplication(async ({ query }, scope, application) => {
      const read = readPage(query, "descending", (text) => parsePublicId("run", text));
      if (!read.ok) return invalid(read.fault);
      const flow = query.flow === undefined ? undefined : await flowOf(scope.q, application.id, query.flow);
      if (query.flow !== undefined && flow === undefined) return notFound("flow", query.flow);
      const eventId = query.event_id === undefined ? undefined : parsePublicId("msg", query.event_id);
      if (query.event_id !== undefined && eventId === undefined) return notFound("message", query.event_id);
      const { keyset, back, limit } = read.page;
      const found = await listRuns(
        scope.q,
        application.id,
        {
          flowId: flow?.id,
          state: query.state,
          trigger: query.trigger,
          eventId,
          fingerprint: query.fingerprint,
          sinceMs: query.since,
          untilMs: query.until,
        },
        { after: keyset.after, back, limit: keyset.limit },
      );
      const { items, done } = cutPage(read.page, found.runs);
      // Where looking was given up, the next page goes on from there, however few were found.
      const isShort = found.lookedTo !== undefined && found.runs.length <= limit;
      const at = isShort ? found.lookedTo : back ? items[0]?.id : items.at(-1)?.id;
      const other = back ? items.at(-1)?.id : items[0]?.id;
      const iterator = (id: string | undefined) => (id === undefined ? undefined : publicId("run", id));
      const [onwards, before] = back ? [other, at] : [at, other];
      const body = envelope(
        items.map((run) => JSON.stringify(runOut(run))),
        done && !isShort,
        iterator(onwards),
        iterator(before),
      );
      return { status: 200, body };
    }),
  ),
  route(
    {
      method: "get",
      path,
      operationId: "v1.run.get",
      access: "read",
      tag,
      summary: "Get a run with all that is recorded of it",
      description: "Values above 16 KiB, and of very long runs the later steps, are left out and told.",
      params: runParams,
      responses: { 200: { description: "The run", schema: RunDetailOut } },
    },
    onRun(async (_, scope, run) => {
      const hasEnded = "endedAtMs" in run.standing;
      const [rows, values, stored, children, logs] = await Promise.all([
        readEntryRows(scope.q, run.id, { after: -1, limit: DETAIL_ENTRIES_MAX + 1, valueBytesMax: INLINE_BYTES_MAX }),
        runValues(scope.q, run),
        findVersion(scope.q, run.flowId, run.version),
        childrenOf(scope.q, run.appId, run.id, CHILDREN_MAX),
        readLogs(scope.q, run.id, DETAIL_ENTRIES_MAX - 1, LOGS_BYTES_MAX),
      ]);
      const compiled = stored && compiledOf(stored.definition);
      const shown = withinBytes(rows.slice(0, DETAIL_ENTRIES_MAX));
      const steps = stepsOut(shown, compiled, hasEnded);
      const { input, output } = values;
      return json(200, {
        ...runOut(run),
        ...shownValue("input", await inputOf(scope.q, run, input)),
        ...shownValue("output", output),
        facts: values.facts ?? null,
        definition: stored?.definition ?? null,
        steps,
        entries: shown.length,
        isComplete: rows.length <= DETAIL_ENTRIES_MAX,
        children: children.map(runOut),
        events: steps.flatMap(({ kind, attempts }) => (kind === "emit" ? emitted(attempts.at(-1)?.output) : [])),
        logs: logsOut(shown, logs),
      });
    }),
  ),
  route(
    {
      method: "get",
      path: `${path}/journal`,
      operationId: "v1.run.journal",
      access: "read",
      tag,
      summary: "Read a run's journal, in order",
      params: runParams,
      query: runJournalQuery,
      responses: { 200: { description: "A page of entries", schema: RunJournalOut } },
    },
    onRun(async ({ query }, scope, run) => {
      const limit = query.limit ?? 250;
      const page = { after: query.after ?? -1, limit: limit + 1, valueBytesMax: INLINE_BYTES_MAX };
      const rows = await readEntryRows(scope.q, run.id, page);
      return json(200, { data: withinBytes(rows.slice(0, limit)).map(entryOut), done: rows.length <= limit });
    }),
  ),
  route(
    {
      method: "get",
      path: `${path}/value`,
      operationId: "v1.run.value",
      access: "read",
      tag,
      summary: "Get one value of a run, whole",
      params: runParams,
      query: runValueQuery,
      responses: { 200: { description: "The value, or why it cannot be told", schema: RunValueOut } },
    },
    onRun(({ query }, scope, run) => valueReply(scope, run, query)),
  ),
  route(
    {
      method: "get",
      path: `${path}/tail`,
      operationId: "v1.run.tail",
      access: "read",
      tag,
      summary: "Watch a run as it goes on",
      params: runParams,
      responses: {
        200: { description: "What happens, until it ends", schema: RunTailStream, contentType: "text/event-stream" },
      },
    },
    onRun(async (_, scope, run) => {
      const watcher = flowsOf(scope)?.watch(run.id);
      if (watcher === undefined) {
        const detail = "As many runs are watched through this process as it lets; ask again later";
        return refuse(503, "too_many_tails", detail, { "Retry-After": "5" });
      }
      return {
        status: 200,
        headers: { "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
        contentType: "text/event-stream",
        stream: runTail(scope.deps.db, run, watcher),
      };
    }),
  ),
  route(
    {
      method: "post",
      path: `${path}/cancel`,
      operationId: "v1.run.cancel",
      access: "write",
      tag,
      summary: "Cancel a run",
      description:
        "What is under way is given up, what was done is compensated. One that has ended is answered 409 `run_ended`.",
      params: runParams,
      body: RunCancelIn,
      responses: { 202: { description: "It will end", schema: RunOut } },
    },
    onRun(async ({ body }, scope, run) => {
      if ("endedAtMs" in run.standing) return ended(run.id, run.standing.state);
      await cancelRun(scope.q, run.id, body.reason || `Cancelled by ${scope.principal.name}`);
      scope.afterCommit(() => flowsOf(scope)?.lookNow());
      return json(202, runOut(run));
    }),
  ),
  route(
    {
      method: "post",
      path: `${path}/rerun`,
      operationId: "v1.run.rerun",
      access: "write",
      tag,
      summary: "Run it again",
      description:
        "A new run; the old one stays as it is. Steps before `from` keep their results and are not done again.",
      params: runParams,
      body: RunRerunIn,
      bodyBytesMax: START_BODY_BYTES_MAX,
      responses: { 202: { description: "Begun", schema: RunOut } },
    },
    onRun(async ({ body }, scope, run) => {
      const flow = await flowOf(scope.q, run.appId, publicId("flow", run.flowId));
      if (flow === undefined) return refuse(409, "rerun_impossible", `The flow ${quote(run.flow)} was deleted`);
      const flows = flowsOf(scope);
      if (flows === undefined) return noFlows();
      const read = inputBytes((body.input ?? null) as Json, ["body", "input"]);
      if ("status" in read) return read;
      const rerun = await rerunOne(scope.q, flow, run.id, {
        from: body.from,
        input: body.input === undefined ? undefined : { value: body.input as Json },
        version: body.version ?? "same",
      });
      if (rerun === undefined) return notFound("run", publicId("run", run.id));
      if (!rerun.ok) return refuse(409, "rerun_impossible", rerun.reason);
      const { results, plan } = await flows.startWithin(scope.q, [rerun.request]);
      scope.afterCommit(plan.committed, plan.abandoned);
      const [started] = results;
      const begun = started?.kind === "started" ? await findRunSummary(scope.q, run.appId, started.id) : undefined;
      return begun === undefined ? notStarted(flow.name, started, undefined) : json(202, runOut(begun));
    }),
  ),
];
