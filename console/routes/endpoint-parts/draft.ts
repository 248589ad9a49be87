import type { components } from "../../api/schema.d.ts";
import type { Endpoint } from "./reach.ts";

type EndpointUpdate = components["schemas"]["EndpointUpdate"];
export type RetryPolicy = NonNullable<EndpointUpdate["retryPolicy"]>;

export const FIELDS = [
  "url",
  "uid",
  "description",
  "eventTypes",
  "channels",
  "throttleRate",
  "concurrency",
  "timeoutMs",
  "retryPolicy",
  "retrySchedule",
  "expiresAfterSeconds",
  "extraHeaders",
] as const;

/** An endpoint as it is typed: numbers that are not there are NaN, lists are text. */
export interface Draft {
  readonly url: string;
  readonly uid: string;
  readonly description: string;
  readonly eventTypes: ReadonlySet<string>;
  readonly channels: string;
  readonly throttleRate: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly retryPolicy: RetryPolicy;
  readonly retrySchedule: string;
  readonly expiresAfterHours: number;
  readonly svixHeaders: boolean;
  readonly plainHeaders: boolean;
}

const HOUR_S = 3_600;

export function draftOf(endpoint: Endpoint | undefined): Draft {
  const number = (value: number | null | undefined, per = 1) => (value == null ? Number.NaN : value / per);
  return {
    url: endpoint?.url ?? "",
    uid: endpoint?.uid ?? "",
    description: endpoint?.description ?? "",
    eventTypes: new Set(endpoint?.eventTypes ?? []),
    channels: endpoint?.channels?.join(", ") ?? "",
    throttleRate: number(endpoint?.throttleRate),
    concurrency: number(endpoint?.concurrency),
    timeoutSeconds: number(endpoint?.timeoutMs, 1_000),
    retryPolicy: endpoint?.retryPolicy ?? "default",
    retrySchedule: endpoint?.retrySchedule?.join(", ") ?? "",
    expiresAfterHours: number(endpoint?.expiresAfterSeconds, HOUR_S),
    svixHeaders: endpoint?.extraHeaders?.includes("svix") ?? false,
    plainHeaders: endpoint?.extraHeaders?.includes("plain") ?? false,
  };
}

const words = (text: string): readonly string[] =>
  text
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** The body of the request. What is no number stays as it was typed, so that the API says which value is wrong. */
export function bodyOf(draft: Draft): Omit<EndpointUpdate, "metadata" | "mode" | "disabled"> {
  const number = (value: number, per = 1) => (Number.isNaN(value) ? null : Math.round(value * per));
  const channels = words(draft.channels);
  const schedule = words(draft.retrySchedule);
  return {
    url: draft.url.trim(),
    uid: draft.uid.trim() === "" ? null : draft.uid.trim(),
    description: draft.description,
    eventTypes: draft.eventTypes.size === 0 ? null : [...draft.eventTypes],
    channels: channels.length === 0 ? null : [...channels],
    throttleRate: number(draft.throttleRate),
    concurrency: number(draft.concurrency),
    timeoutMs: number(draft.timeoutSeconds, 1_000),
    retryPolicy: draft.retryPolicy,
    retrySchedule: schedule.length === 0 ? null : schedule.map(Number),
    expiresAfterSeconds: number(draft.expiresAfterHours, HOUR_S),
    extraHeaders: [
      ...(draft.svixHeaders ? (["svix"] as const) : []),
      ...(draft.plainHeaders ? (["plain"] as const) : []),
    ],
  };
}
