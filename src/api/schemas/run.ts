import { z } from "@hono/zod-openapi";
import { ERROR_CLASSES } from "#language";
import { applicationParams } from "./application.ts";
import { idOrUid, listQuery, listResponse, moment, Timestamp, text } from "./common.ts";
import { FlowDefinition, RunState } from "./flow.ts";

const ID = "run_01h455vb4pex5vsknk084sn02q";
const runId = z.string().min(1).max(64).openapi({ example: ID });
export const runParams = applicationParams.extend({ run_id: runId });

/** The longest path of a step: sixteen levels of names and numbers. */
export const PATH_LENGTH_MAX = 1_500;
export const StepPath = z
  .string()
  .min(1)
  .max(PATH_LENGTH_MAX)
  .regex(/^[a-z0-9_[\].~!]+$/, "should be the path of a step: ids, numbers and []. ~! only")
  .openapi({ example: "orders[2].charge" });
/** A value that a run begins with, or that a step gave: any JSON. */
export const AnyJson = z.unknown().openapi({ description: "Any JSON" });

export const RunTrigger = z
  .enum(["event", "source", "delivery", "schedule", "api", "manual", "rerun", "call", "run", "batch"])
  .openapi("RunTrigger");
export const RunWaitingFor = z
  .enum(["room", "control", "time", "event", "approval", "task", "call", "paused"])
  .openapi("RunWaitingFor", {
    description:
      "`room`: a process that takes it up; `control`: flow control; `paused`: its flow is paused; the others as its steps say",
  });

export const StepErrorOut = z
  .object({
    class: z.enum(ERROR_CLASSES),
    code: z.string().openapi({ example: "http_503" }),
    message: z.string(),
    path: z.string().nullable().openapi({ description: "The step" }),
    at: z.string().nullable().openapi({ description: "Where in the definition" }),
    detail: AnyJson.nullable(),
  })
  .openapi("StepError");

const out = {
  id: z.string().openapi({ example: ID }),
  flow: z.string().openapi({ description: "The name of its flow" }),
  flowId: z.string(),
  version: z.number().int(),
  state: RunState,
  waitingFor: RunWaitingFor.nullable(),
  dueAt: Timestamp.nullable().openapi({
    description: "When it goes on at the latest; null: nothing falls due by itself",
  }),
  trigger: RunTrigger,
  eventId: z.string().nullable().openapi({ description: "The message that started it" }),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  stepCount: z.number().int().nullable().openapi({ description: "Steps it did; null: not known before it ends" }),
  error: StepErrorOut.nullable().openapi({ description: "Why it failed" }),
  reason: z.string().nullable().openapi({ description: "Why it was cancelled" }),
  fingerprint: z.string().nullable().openapi({ description: "Failures that look alike have the same" }),
  parentId: z.string().nullable().openapi({ description: "The run that called it, or that it repeats" }),
  depth: z.number().int(),
};
export const RunOut = z.object(out).openapi("RunOut");
export const RunList = listResponse(RunOut, "ListResponse_RunOut_");

export const runListQuery = z.object({
  limit: listQuery(ID).limit,
  iterator: listQuery(ID).iterator,
  flow: idOrUid("abandoned-cart").optional().openapi({ description: "Only runs of this flow, by id or name" }),
  state: RunState.optional(),
  trigger: RunTrigger.optional(),
  event_id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .openapi({ description: "Only runs that this message started", example: "msg_01h455vb4pex5vsknk084sn02q" }),
  since: moment("Only runs that began then or later"),
  until: moment("Only runs that began before"),
  fingerprint: z.uuid().optional().openapi({ description: "Only failures that look alike" }),
});

// ------------------------------------------------------------------------------------------------------------ one run

const omitted = z
  .number()
  .int()
  .optional()
  .openapi({ description: "Bytes of a value that is not shown here; `…/value` gives it whole" });

export const RunAttemptOut = z
  .object({
    number: z.number().int(),
    startedAt: Timestamp.nullable().openapi({ description: "When it was begun, as far as the journal tells" }),
    at: Timestamp.openapi({ description: "When the newest thing known of it was recorded" }),
    outcome: z.enum(["completed", "failed", "began", "waiting"]),
    output: AnyJson.optional(),
    outputOmitted: omitted,
    error: StepErrorOut.optional(),
    retryAt: Timestamp.optional(),
    until: Timestamp.optional().openapi({ description: "It waits at most until then" }),
  })
  .openapi("RunAttemptOut");

export const RunStepOut = z
  .object({
    path: z.string().openapi({ example: "orders[2].charge" }),
    step: z.string().openapi({ description: "The id of the step in the definition", example: "charge" }),
    kind: z.string().nullable().openapi({ description: "`http`, `task`, …; null: the definition has no such step" }),
    state: z.enum(["completed", "failed", "running", "waiting", "retrying", "given_up"]),
    attempts: z.array(RunAttemptOut),
    pinned: z.boolean().openapi({ description: "Its output was taken over from another run" }),
  })
  .openapi("RunStepOut");

export const RunDetailOut = z
  .object({
    ...out,
    input: AnyJson.openapi({
      description:
        "What it was started with; where an event started it, that message's payload. null also once the message was erased, or is past its retention",
    }),
    inputOmitted: omitted,
    output: AnyJson.nullable(),
    outputOmitted: omitted,
    facts: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: "What else is known of what started it" }),
    definition: FlowDefinition.nullable().openapi({ description: "Of the version it runs; null: it is gone" }),
    steps: z.array(RunStepOut).openapi({ description: "In the order in which they were first recorded" }),
    entries: z.number().int().openapi({ description: "Entries of the journal that were read for this" }),
    isComplete: z.boolean().openapi({ description: "False: the journal is longer; `…/journal` has the rest" }),
    children: z.array(RunOut).openapi({ description: "Runs that it called, and that repeat it: the newest 100" }),
    events: z.array(z.string()).openapi({ description: "Messages that it emitted" }),
    logs: z.array(z.object({ at: Timestamp, path: z.string(), attempt: z.number().int(), text: z.string() })).openapi({
      description:
        "What its `code` steps wrote with `console.log`, line by line, told with the end of each attempt: the first 1 MiB",
    }),
  })
  .openapi("RunDetailOut");

export const runValueQuery = z.object({
  path: StepPath.optional().openapi({ description: "The step; unless given, the run itself" }),
  attempt: z.coerce.number().int().min(1).max(32_767).optional().openapi({ type: "integer", minimum: 1 }),
  part: z.enum(["input", "output", "error"]).openapi({
    description:
      "`input` of an attempt is computed again from the journal: what `http` asked, what a program, a task or a run was given, what was emitted",
  }),
});
export const RunValueOut = z
  .object({
    value: AnyJson.nullable(),
    bytes: z.number().int(),
    known: z.boolean().openapi({ description: "False: the value cannot be told, and `reason` says why" }),
    reason: z.string().nullable(),
  })
  .openapi("RunValueOut");

export const RunEntryOut = z
  .object({
    seq: z.number().int(),
    kind: z.enum(["completed", "failed", "began", "waiting", "cancelled"]),
    path: z.string(),
    attempt: z.number().int(),
    at: Timestamp,
    dueAt: Timestamp.nullable(),
    value: AnyJson.nullable(),
    valueOmitted: omitted,
  })
  .openapi("RunEntryOut");
export const runJournalQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(-1)
    .optional()
    .openapi({ type: "integer", description: "Entries after this `seq`" }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .openapi({ type: "integer", maximum: 1_000, default: 250 }),
});
export const RunJournalOut = z.object({ data: z.array(RunEntryOut), done: z.boolean() }).openapi("RunJournalOut");

export const RunTailStream = z.string().openapi("RunTailStream", {
  description:
    "Server-sent events: `hello` with the run; `entries` with `{items}`, as in its journal; `run` when its state changes; `bye` once it has ended, or the server ends the stream",
});

// --------------------------------------------------------------------------------------------------------------- acts

export const Span = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d|w)$/, "should be a whole number and ms, s, m, h, d or w")
  .openapi({ example: "15m" });

export const RunStartIn = z
  .object({
    input: AnyJson.optional(),
    delay: Span.optional().openapi({ description: "It begins so much later; at most 366d" }),
    wait: z
      .number()
      .min(0)
      .max(50)
      .optional()
      .openapi({ description: "Seconds to wait for its `respond` step or its end; 0 or absent: not at all" }),
  })
  .openapi("RunStartIn");
export const RunAnsweredOut = z
  .object({
    run: RunOut,
    response: z
      .object({ status: z.number().int(), body: AnyJson.nullable() })
      .nullable()
      .openapi({ description: "What its `respond` step said; null: it ended without" }),
    output: AnyJson.nullable().openapi({ description: "What it returned, when it completed" }),
  })
  .openapi("RunAnsweredOut");

export const RUN_BATCH_MAX = 1_000;
export const RunBatchIn = z
  .object({
    runs: z
      .array(
        z.object({
          input: AnyJson.optional(),
          key: z
            .string()
            .min(1)
            .max(256)
            .optional()
            .openapi({ description: "Starts nothing when a run of this flow was started with it within 24 hours" }),
        }),
      )
      .min(1)
      .max(RUN_BATCH_MAX),
  })
  .openapi("RunBatchIn");
export const RunBatchOut = z
  .object({ data: z.array(z.object({ id: z.string(), started: z.boolean() })) })
  .openapi("RunBatchOut", { description: "In the order asked; `started: false`: the run of the same key" });

export const RunCancelIn = z.object({ reason: text(500).optional().openapi({ default: "" }) }).openapi("RunCancelIn");

export const RunRerunIn = z
  .object({
    from: StepPath.optional().openapi({
      description:
        "The first step to do again; those done before it keep their results. Unless given, all is done again",
    }),
    input: AnyJson.optional().openapi({ description: "Instead of the input of the run before" }),
    version: z
      .union([z.enum(["same", "current"]), z.number().int().min(1)])
      .optional()
      .openapi({ default: "same" }),
  })
  .openapi("RunRerunIn");
