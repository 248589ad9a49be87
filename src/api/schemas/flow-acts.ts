import { z } from "@hono/zod-openapi";
import { moment, Timestamp } from "./common.ts";
import { EndState, FlowDefinition, flowParams, SOURCE_LENGTH_MAX, SourceFormat } from "./flow.ts";
import { StepPath } from "./run.ts";

const instant = z.iso.datetime({ offset: true }).openapi({ format: "date-time" });

// ----------------------------------------------------------------------------------------------------------- failures

export const failureQuery = z.object({ since: moment("Only runs that began then or later; 7 days ago unless given") });
export const FlowFailureOut = z
  .object({
    fingerprint: z.string(),
    code: z.string().openapi({ example: "http_503" }),
    message: z.string().openapi({ description: "Of the newest" }),
    step: z.string().nullable().openapi({ description: "The path of the step, without numbers of items" }),
    count: z.number().int(),
    firstAt: Timestamp,
    lastAt: Timestamp,
    lastRunId: z.string(),
  })
  .openapi("FlowFailureOut");
export const FlowFailureList = z
  .object({
    data: z.array(FlowFailureOut).openapi({ description: "The most frequent first, at most 100" }),
    since: Timestamp,
    isComplete: z
      .boolean()
      .openapi({ description: "False: there are more failures than were looked at; the newest were" }),
  })
  .openapi("FlowFailureList");

// -------------------------------------------------------------------------------------------------------------- stats

export const statsQuery = z.object({ since: moment("24 hours ago unless given; at most 31 days back") });
export const FlowStatsOut = z
  .object({
    since: Timestamp,
    stepSeconds: z.number().int(),
    series: z.array(
      z.object({
        at: Timestamp,
        started: z.number().int(),
        completed: z.number().int(),
        failed: z.number().int(),
        cancelled: z.number().int(),
      }),
    ),
    p50Ms: z.number().nullable().openapi({ description: "From start to end, waits included; null: none ended" }),
    p95Ms: z.number().nullable(),
    isComplete: z.boolean().openapi({ description: "False: there are more runs than were looked at; the newest were" }),
  })
  .openapi("FlowStatsOut");

// ------------------------------------------------------------------------------------------------------------- reruns

export const rerunParams = flowParams.extend({
  rerun_id: z.string().min(1).max(64).openapi({ example: "qtask_01h455vb4pex5vsknk084sn02q" }),
});
export const RERUN_RATE_DEFAULT = 10;
const filter = z
  .object({
    state: EndState.optional().openapi({ default: "failed" }),
    fingerprint: z.uuid().optional(),
    since: instant.optional().openapi({ description: "Runs that began then or later" }),
    until: instant.optional().openapi({ description: "Runs that began before; now unless given" }),
    version: z.number().int().min(1).optional(),
  })
  .openapi("FlowRerunFilter");
const version = z
  .union([z.enum(["same", "current"]), z.number().int().min(1)])
  .optional()
  .openapi({ default: "same" });

export const FlowRerunIn = z
  .object({
    filter,
    from: StepPath.optional().openapi({
      description: "The first step to do again; `failed` unless given for runs that failed: where each failed",
    }),
    version,
    ratePerSecond: z.number().int().min(1).max(1_000).optional().openapi({ default: RERUN_RATE_DEFAULT }),
    dryRun: z.boolean().optional().openapi({ default: false, description: "Only counts" }),
  })
  .openapi("FlowRerunIn");
export const FlowRerunCountOut = z
  .object({
    dryRun: z.literal(true),
    count: z.number().int(),
    isExact: z.boolean().openapi({ description: "False: at least so many" }),
  })
  .openapi("FlowRerunCountOut");
export const FlowRerunOut = z
  .object({
    id: z.string().openapi({ example: "qtask_01h455vb4pex5vsknk084sn02q" }),
    state: z.enum(["running", "finished", "cancelled"]),
    filter,
    from: z.string().nullable(),
    version: z.union([z.enum(["same", "current"]), z.number().int()]),
    ratePerSecond: z.number().int(),
    matched: z.number().int().openapi({ description: "Runs it looked at that the filter chose" }),
    started: z.number().int(),
    skipped: z.number().int().openapi({ description: "Chosen, and could not be run again" }),
    lastSkipped: z.object({ runId: z.string(), reason: z.string() }).nullable(),
    createdAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  })
  .openapi("FlowRerunOut");
export const FlowRerunList = z.object({ data: z.array(FlowRerunOut) }).openapi("FlowRerunList");

// ----------------------------------------------------------------------------------------------------------- backtest

export const BACKTEST_RUNS_MAX = 200;
export const FlowBacktestIn = z
  .object({
    definition: FlowDefinition.optional(),
    source: z.string().max(SOURCE_LENGTH_MAX).optional(),
    format: SourceFormat.optional().openapi({ default: "yaml" }),
    last: z.number().int().min(1).max(BACKTEST_RUNS_MAX).optional().openapi({ default: 50 }),
  })
  .refine(
    (body) => (body.definition === undefined) !== (body.source === undefined),
    "should have either definition or source",
  )
  .openapi("FlowBacktestIn");
const told = z.object({
  kind: z.string().openapi({ description: "`completed`, `failed`, `cancelled`, a step's kind, or `nothing`" }),
  path: z.string().nullable(),
  text: z.string(),
});
export const FlowBacktestOut = z
  .object({
    runs: z.number().int().openapi({ description: "Runs that were looked at" }),
    same: z.number().int(),
    differ: z.array(
      z.object({
        runId: z.string(),
        at: z.string().nullable().openapi({ description: "The path of the first difference; null: the ending" }),
        was: told,
        would: told,
        unrecorded: z.array(z.string()).openapi({ description: "Steps that have no recorded result: the first 20" }),
      }),
    ),
    cannot: z.array(z.object({ runId: z.string(), reason: z.string() })),
    isComplete: z.boolean().openapi({ description: "False: the time or the bytes for this were used up before" }),
  })
  .openapi("FlowBacktestOut");
