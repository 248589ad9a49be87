import { z } from "@hono/zod-openapi";
import { Timestamp } from "./common.ts";

export const Percentiles = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .openapi("Percentiles", { description: "Read off buckets: at most 4.7 % off" });

const latency = (description: string) => Percentiles.nullable().openapi({ description });

export const ATTENTION_KINDS = [
  "breaker_open",
  "endpoint_failing",
  "endpoint_disabled",
  "source_rejecting",
  "backlog_old",
  "process_lost",
  "disk_low",
  "database_slow",
] as const;

export const AttentionOut = z
  .object({
    kind: z.enum(ATTENTION_KINDS),
    severity: z.enum(["warning", "critical"]),
    since: Timestamp.nullable(),
    summary: z.string(),
    appId: z.string().nullable(),
    endpointId: z.string().nullable(),
    sourceId: z.string().nullable(),
    value: z.number().nullable().openapi({ description: "Seconds of age, or how many" }),
  })
  .openapi("AttentionOut");
export type Attention = z.infer<typeof AttentionOut>;

export const ProcessOut = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(z.string()),
    version: z.string(),
    startedAt: Timestamp,
    lastSeenAt: Timestamp,
    memoryBytes: z.number().int().nullable(),
    cpuRatio: z.number().nullable().openapi({ description: "1: one processor all the time" }),
    eventLoopLagMs: z.number().nullable().openapi({ description: "The longest of the last ten seconds" }),
    inFlight: z.number().int().nullable(),
    held: z.number().int().nullable(),
    alive: z.boolean(),
  })
  .openapi("ProcessOut");

export const OverviewOut = z
  .object({
    now: Timestamp,
    version: z.string(),
    uptimeSeconds: z.number().int().openapi({ description: "Of the process that answers" }),
    processes: z.array(ProcessOut),
    rates: z.object({
      eventsInPerSecond: z.number(),
      attemptsPerSecond: z.number(),
      deliveredPerSecond: z.number(),
      successRatio: z.number().nullable().openapi({ description: "Of the attempts of the last minute" }),
      rejectedPerSecond: z.number(),
    }),
    latencyMs: z
      .object({
        ack: latency("Request to acknowledgement"),
        delivery: latency("Accepted to recorded as delivered"),
        receiver: latency("One outbound request"),
      })
      .openapi({ description: "Of the last minute; null: there was none" }),
    owed: z.number().int().nullable().openapi({ description: "Null: not measured yet" }),
    owedIsExact: z.boolean(),
    oldestOwedAt: Timestamp.nullable().openapi({
      description: "When the oldest fell due that could go; endpoints that are paused, held or broken are left out",
    }),
    leased: z.number().int(),
    dead24h: z.number().int().openapi({ description: "Given up in the last 24 hours, as far as it was measured" }),
    attention: z.array(AttentionOut),
  })
  .openapi("OverviewOut");

export const OverviewPoint = z
  .object({
    at: Timestamp,
    eventsIn: z.number().int(),
    rejected: z.number().int(),
    attempts: z.number().int(),
    delivered: z.number().int(),
    failed: z.number().int(),
    successRatio: z.number().nullable(),
    ackMs: Percentiles.nullable(),
    deliveryMs: Percentiles.nullable(),
    receiverMs: Percentiles.nullable(),
    owed: z.number().int().nullable(),
    oldestOwedSeconds: z.number().int().nullable(),
    memoryBytes: z.number().int(),
    cpuRatio: z.number(),
    inFlight: z.number().int(),
  })
  .openapi("OverviewPoint");

export const OverviewSeriesOut = z
  .object({ stepSeconds: z.number().int(), points: z.array(OverviewPoint) })
  .openapi("OverviewSeriesOut");

export const TopOut = z
  .object({
    data: z.array(
      z.object({
        appId: z.string(),
        appName: z.string().nullable(),
        endpointId: z.string().nullable(),
        endpointUrl: z.string().nullable(),
        value: z.number().int(),
        valueIsExact: z.boolean().openapi({ description: "False: at least so many" }),
      }),
    ),
  })
  .openapi("TopOut");

export const EndpointSeriesOut = z
  .object({
    stepSeconds: z.number().int(),
    isComplete: z.boolean().openapi({
      description: "False: in some minute so many endpoints had attempts that some may be missing here",
    }),
    points: z.array(
      z.object({
        at: Timestamp,
        attempts: z.number().int(),
        delivered: z.number().int(),
        failed: z.number().int(),
        ambiguous: z.number().int().openapi({ description: "Of the failed: nobody knows whether the receiver acted" }),
        latencyMs: Percentiles.nullable(),
      }),
    ),
  })
  .openapi("EndpointSeriesOut");

const moment = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({ type: "string", format: "date-time", description });

export const seriesQuery = {
  since: moment("From then on; unless given, an hour before `until`"),
  until: moment("Up to then; unless given, now"),
  step_seconds: z.coerce.number().int().min(1).max(86_400).optional().openapi({
    type: "integer",
    minimum: 1,
    maximum: 86_400,
    description: "Made longer when it would be too many points",
  }),
};
