import { z } from "@hono/zod-openapi";
import { moment, Timestamp } from "./common.ts";
import { RunTrigger } from "./run.ts";

// -------------------------------------------------------------------------------------------------- held back and skipped

export const SKIPS_SHOWN = { byDefault: 50, max: 500 } as const;
export const skipQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(SKIPS_SHOWN.max)
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: SKIPS_SHOWN.max, default: SKIPS_SHOWN.byDefault }),
  since: moment("Counts from then on; 24 hours ago unless given; at most 30 days back"),
});

const SkipWhy = z
  .enum(["overlap", "singleton", "debounce", "batch", "rate", "expression_failed", "expression_too_expensive"])
  .openapi("FlowSkipReason", {
    description:
      "The rule of flow control; of `debounce` and `batch` another run stands for it. Or an expression of a trigger or of flow control failed",
  });

export const FlowSkipsOut = z
  .object({
    held: z
      .array(
        z.object({
          rule: z.enum(["overlap", "singleton", "debounce", "batch", "rate", "throttle", "concurrency"]),
          key: z.string().openapi({ description: "Of the rule, cut; empty: it has none" }),
          count: z.number().int(),
          oldestAt: Timestamp.openapi({ description: "When the one that waits longest began to" }),
        }),
      )
      .openapi({ description: "Runs that have not begun, by what holds them: the most first, at most 20" }),
    heldIsComplete: z.boolean().openapi({ description: "False: more is held than was looked at" }),
    skipped: z
      .array(
        z.object({
          at: Timestamp,
          why: SkipWhy,
          key: z.string(),
          trigger: RunTrigger,
          eventId: z.string().nullable().openapi({ description: "The message that would have started a run" }),
          scheduledAt: Timestamp.nullable().openapi({ description: "The moment that would have" }),
          detail: z.string().openapi({ description: "For people; may be empty" }),
        }),
      )
      .openapi({ description: "The newest first; the newest 500 of a flow are kept" }),
    since: Timestamp,
    stepSeconds: z.number().int(),
    counts: z
      .array(z.object({ at: Timestamp, why: SkipWhy, count: z.number().int() }))
      .openapi({ description: "All that were skipped, by step; steps without any are left out. Kept for 30 days" }),
  })
  .openapi("FlowSkipsOut");

// ---------------------------------------------------------------------------------------------------------------- schedule

const came = z.object({
  at: Timestamp,
  outcome: z.enum(["started", "skipped"]),
  why: z.enum(["missed", "joined", "overlap"]).nullable().openapi({
    description:
      "Why it was skipped. `missed`: nothing ran then. `joined`: one run stands for all that were missed. `overlap`: the run before still went on",
  }),
  runId: z.string().nullable(),
});

export const FlowScheduleOut = z
  .object({
    trigger: z.number().int().openapi({ description: "Its place in the definition's `on`, from 0" }),
    schedule: z.string().openapi({ example: "0 9 * * 1-5" }),
    zone: z.string().openapi({ example: "Europe/Berlin" }),
    missed: z.enum(["skip", "one", "all"]),
    next: z
      .array(z.object({ at: Timestamp, beginsAt: Timestamp.openapi({ description: "With its jitter" }) }))
      .openapi({ description: "The next 5; none: there is none any more" }),
    last: came.nullable().openapi({ description: "The newest moment that came" }),
    skipped: z.array(came).openapi({ description: "Moments without a run of their own: the newest 20, newest first" }),
  })
  .openapi("FlowScheduleOut");
export const FlowScheduleList = z
  .object({
    data: z
      .array(FlowScheduleOut)
      .openapi({ description: "In the order of the definition; none while it is disabled" }),
  })
  .openapi("FlowScheduleList");
