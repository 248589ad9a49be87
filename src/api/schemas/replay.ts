import { z } from "@hono/zod-openapi";
import { BackgroundTaskStatus, BackgroundTaskType, ReplayWhat } from "./background-task.ts";
import { Channel, EventTypeName, idOrUid, Tag, Timestamp, uniqueList } from "./common.ts";

export const RATE_DEFAULT = 100;

const instant = z.iso.datetime({ offset: true }).openapi({ format: "date-time" });
const period = {
  since: instant.openapi({ description: "Messages accepted then or later" }),
  until: instant
    .nullable()
    .optional()
    .openapi({ description: "Messages accepted before; not later than now, which is the default" }),
};

export const RecoverIn = z.object(period).openapi("RecoverIn");
export const ReplayIn = z.object(period).openapi("ReplayIn");

const started = {
  id: z.string().openapi({ example: "qtask_01h455vb4pex5vsknk084sn02q" }),
  status: BackgroundTaskStatus,
  task: BackgroundTaskType,
  updatedAt: Timestamp,
};
export const RecoverOut = z.object(started).openapi("RecoverOut");
export const ReplayOut = z.object(started).openapi("ReplayOut");

const several = <T extends z.ZodType>(item: T, description: string) =>
  uniqueList(item, 1, 100).nullable().optional().openapi({ description });

export const ApplicationReplayIn = z
  .object({
    what: ReplayWhat,
    ...period,
    endpointIds: several(
      idOrUid("unique-ep-identifier"),
      "To these only, by id or uid; otherwise to all that are not disabled",
    ),
    eventTypes: several(EventTypeName, "Only messages of these types"),
    channels: several(Channel, "Only messages with one of these channels"),
    tags: several(Tag, "Only messages with one of these tags"),
    outcomes: several(
      z.enum([
        "delivered",
        "retryable",
        "permanent",
        "gone",
        "timeout",
        "ambiguous",
        "signature_error",
        "endpoint_config_error",
        "internal_error",
      ]),
      "Only where the last attempt to the endpoint had one of these outcomes",
    ),
    reasons: several(
      z.string().min(1).max(64),
      "Only where the last attempt to the endpoint, or a dead letter there, has one of these reasons",
    ),
    ratePerSecond: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .openapi({ default: RATE_DEFAULT, description: "At most so many become owed in a second" }),
    dryRun: z
      .boolean()
      .optional()
      .openapi({ default: false, description: "Only counts what would be owed, within about a second" }),
  })
  .openapi("ApplicationReplayIn");

export const ReplayDryRunOut = z
  .object({
    dryRun: z.literal(true),
    matched: z.number().int(),
    matchedIsExact: z.boolean().openapi({ description: "False: at least so many; counting all would take too long" }),
    byEndpoint: z.array(z.object({ endpointId: z.string(), matched: z.number().int() })),
  })
  .openapi("ReplayDryRunOut");
