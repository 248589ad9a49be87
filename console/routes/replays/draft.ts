import type { components } from "../../api/schema.d.ts";
import type { What } from "./task.ts";

export type ReplayBody = components["schemas"]["ApplicationReplayIn"];
export type Outcome = NonNullable<ReplayBody["outcomes"]>[number];

/** A replay as it is typed. Moments are ms since the epoch; lists of words are text. */
export interface Draft {
  readonly appId: string;
  readonly what: What;
  /** None: all that are not disabled. */
  readonly endpointIds: ReadonlySet<string>;
  readonly sinceMs: number | undefined;
  /** Undefined: until now. */
  readonly untilMs: number | undefined;
  readonly eventTypes: ReadonlySet<string>;
  readonly channels: string;
  readonly tags: string;
  readonly outcomes: ReadonlySet<Outcome>;
  readonly ratePerSecond: number;
}

export const FIELDS = [
  "what",
  "since",
  "until",
  "endpointIds",
  "eventTypes",
  "channels",
  "tags",
  "outcomes",
  "ratePerSecond",
] as const;

const DAY_MS = 86_400_000;

/** What the address asks for: `?app=&endpoint=&since=&until=&what=`; the last day unless it says otherwise. */
export function draftOf(
  asked: Readonly<Record<"app" | "endpoint" | "since" | "until" | "what", string | undefined>>,
  nowMs: number,
): Draft {
  const moment = (text: string | undefined) => {
    const ms = Date.parse(text ?? "");
    return Number.isNaN(ms) ? undefined : ms;
  };
  return {
    appId: asked.app ?? "",
    what: asked.what === "missing" || asked.what === "all" ? asked.what : "failed",
    endpointIds: new Set(asked.endpoint?.split(",").filter((id) => id !== "") ?? []),
    sinceMs: moment(asked.since) ?? nowMs - DAY_MS,
    untilMs: moment(asked.until),
    eventTypes: new Set(),
    channels: "",
    tags: "",
    outcomes: new Set(),
    ratePerSecond: 100,
  };
}

/** What keeps the window from being one, in words. */
export function windowFault({ sinceMs, untilMs }: Pick<Draft, "sinceMs" | "untilMs">, nowMs: number) {
  if (sinceMs === undefined) return { since: "A date and a time are missing" };
  if (sinceMs >= nowMs) return { since: "This should be in the past" };
  if (untilMs !== undefined && untilMs <= sinceMs) return { until: "The end should be after the beginning" };
  return undefined;
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");

/** The body of the request; what is empty is left out. */
export function bodyOf(draft: Draft): ReplayBody {
  const channels = words(draft.channels);
  const tags = words(draft.tags);
  return {
    what: draft.what,
    since: new Date(draft.sinceMs ?? 0).toISOString(),
    ...(draft.untilMs !== undefined && { until: new Date(draft.untilMs).toISOString() }),
    ...(draft.endpointIds.size > 0 && { endpointIds: [...draft.endpointIds] }),
    ...(draft.eventTypes.size > 0 && { eventTypes: [...draft.eventTypes] }),
    ...(channels.length > 0 && { channels }),
    ...(tags.length > 0 && { tags }),
    ...(draft.outcomes.size > 0 && { outcomes: [...draft.outcomes] }),
    ...(!Number.isNaN(draft.ratePerSecond) && { ratePerSecond: draft.ratePerSecond }),
  };
}
