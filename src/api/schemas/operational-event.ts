import { z } from "zod";
import type { NoticeType } from "#events";

// The payloads of operational webhooks. Those of Svix's have its names, its required members and its formats; what we add
// beside them says so in its description.

const OURS = "Not part of Svix's event";

const appUid = z.string().nullable().describe("The application's uid, where it has one");
const application = { appId: z.string(), appUid };
const endpoint = { ...application, endpointId: z.string(), endpointUid: z.string().nullable() };
const moment = z.iso.datetime();

const attempt = z.object({
  ...application,
  endpointId: z.string(),
  msgId: z.string(),
  msgEventId: z.string().nullable().describe("The producer's own id of the message, where it gave one"),
  lastAttempt: z.object({
    id: z.string(),
    responseStatusCode: z.int().describe("0: there was no answer"),
    timestamp: moment,
  }),
});

export interface OperationalEvent {
  readonly description: string;
  readonly svix: boolean;
  readonly data: z.ZodObject;
  readonly example: Readonly<Record<string, unknown>>;
}

const EXAMPLE_APP = { appId: "app_01h455vb4pex5vsknk084sn02q", appUid: "acme" };
const EXAMPLE_ENDPOINT = { ...EXAMPLE_APP, endpointId: "ep_01h455vb4pex5vsknk084sn02q", endpointUid: null };
const exampleAttempt = (responseStatusCode: number) => ({
  ...EXAMPLE_APP,
  endpointId: "ep_01h455vb4pex5vsknk084sn02q",
  msgId: "msg_01h455vb4pex5vsknk084sn02q",
  msgEventId: null,
  lastAttempt: { id: "atmpt_01h455vb4pex5vsknk084sn02q", responseStatusCode, timestamp: "2026-01-31T12:00:00.000Z" },
});

/** Every payload there is; the compiler misses none. */
export const OPERATIONAL_EVENTS: Readonly<Record<NoticeType, OperationalEvent>> = {
  "endpoint.created": {
    description: "An endpoint was created.",
    svix: true,
    data: z.object(endpoint),
    example: EXAMPLE_ENDPOINT,
  },
  "endpoint.updated": {
    description: "An endpoint was changed by hand: its fields, its headers or its secret.",
    svix: true,
    data: z.object(endpoint),
    example: EXAMPLE_ENDPOINT,
  },
  "endpoint.deleted": {
    description: "An endpoint was deleted by itself; those of a deleted application are not told one by one.",
    svix: true,
    data: z.object(endpoint),
    example: EXAMPLE_ENDPOINT,
  },
  "endpoint.disabled": {
    description: "The engine took an endpoint out of service: for days it did nothing but fail, or it said 410.",
    svix: true,
    data: z.object({
      ...endpoint,
      failSince: moment,
      mode: z
        .enum(["paused", "disabled"])
        .describe(`paused: what comes is held; disabled: what comes is not owed. ${OURS}`),
      modeReason: z.enum(["gone", "gone_again", "failing"]).describe(`As the endpoint's modeReason. ${OURS}`),
    }),
    example: {
      ...EXAMPLE_ENDPOINT,
      failSince: "2026-01-26T12:00:00.000Z",
      mode: "disabled",
      modeReason: "failing",
    },
  },
  "endpoint.breaker_opened": {
    description:
      "An endpoint is asked no more for a while, because nearly all requests failed; told once a minute at most.",
    svix: false,
    data: z.object({
      ...endpoint,
      until: moment.describe("When the next request is let through, to see whether it is back"),
      opens: z.int().describe("Times opened in a row; the wait grows with it"),
    }),
    example: { ...EXAMPLE_ENDPOINT, until: "2026-01-31T12:00:05.000Z", opens: 1 },
  },
  "message.attempt.failing": {
    description: "A message failed for the fourth time. Told once of an endpoint until it recovered.",
    svix: true,
    data: attempt,
    example: exampleAttempt(500),
  },
  "message.attempt.exhausted": {
    description: "A message will not be sent to an endpoint any more: its last attempt failed.",
    svix: true,
    data: attempt,
    example: exampleAttempt(500),
  },
  "message.attempt.recovered": {
    description: "An endpoint that was told to fail took a message again.",
    svix: true,
    data: attempt,
    example: exampleAttempt(200),
  },
  "source.rejections_spiked": {
    description: "A source refuses much more than it takes. Told once until it was quiet for two minutes.",
    svix: false,
    data: z.object({
      ...application,
      sourceId: z.string(),
      rejected: z.int().describe("Within the window, over all processes, as one of them reckons it"),
      accepted: z.int(),
      windowSeconds: z.int(),
      reasons: z.record(z.string(), z.int()).describe("How often it was refused for what, as one process saw it"),
    }),
    example: {
      ...EXAMPLE_APP,
      sourceId: "src_01h455vb4pex5vsknk084sn02q",
      rejected: 240,
      accepted: 2,
      windowSeconds: 60,
      reasons: { signature_mismatch: 240 },
    },
  },
  "delivery.backlog_aged": {
    description: "Deliveries that could be sent wait too long. Told once until the oldest is down to half of that.",
    svix: false,
    data: z.object({
      since: moment,
      oldestDueAt: moment,
      ageSeconds: z.int(),
      thresholdSeconds: z.int(),
      endpointCount: z.int().describe("Endpoints with a delivery that waits longer than half of the threshold"),
      endpoints: z
        .array(z.object({ appId: z.string(), endpointId: z.string(), oldestDueAt: moment }))
        .max(10)
        .describe("Those that wait longest"),
    }),
    example: {
      since: "2026-01-31T12:05:00.000Z",
      oldestDueAt: "2026-01-31T12:00:00.000Z",
      ageSeconds: 300,
      thresholdSeconds: 300,
      endpointCount: 1,
      endpoints: [
        {
          appId: "app_01h455vb4pex5vsknk084sn02q",
          endpointId: "ep_01h455vb4pex5vsknk084sn02q",
          oldestDueAt: "2026-01-31T12:00:00.000Z",
        },
      ],
    },
  },
};

/** The whole payload of a type, as it is sent. */
export function operationalPayload(type: NoticeType): z.ZodObject {
  return z.object({ type: z.literal(type), data: OPERATIONAL_EVENTS[type].data });
}
