import { endpointsInTrouble, type Trouble } from "#delivery";
import { type RejectingSource, rejectingSources } from "#ingest";
import { type Owed, type Percentiles, type ProcessRow, publicId, type Queryable } from "#kernel";
import { OPERATIONAL_APP_ID } from "#tenancy";
import type { Attention } from "../schemas/overview.ts";
import type { Readiness } from "./deps.ts";

/** Of each kind. A wall of a thousand lines tells nobody what to do first. */
const KIND_MAX = 20;
const REJECTING_WITHIN_MS = 600_000;
const REJECTING_LEAST = 10;
const BACKLOG_WARNING_S = 300;
const BACKLOG_CRITICAL_S = 3_600;
const ACK_SLOW_MS = 1_000;
/** Fewer acknowledgements than that make no percentile. */
const ACK_LEAST = 20;
const DAY_S = 86_400;

export interface Found {
  readonly endpoints: readonly Trouble[];
  readonly sources: readonly RejectingSource[];
}

/** What the state tables know of trouble, found by indexes of what is in trouble. */
export async function lookForTrouble(q: Queryable, nowMs: number): Promise<Found> {
  const [endpoints, sources] = await Promise.all([
    endpointsInTrouble(q, KIND_MAX),
    rejectingSources(q, nowMs - REJECTING_WITHIN_MS, REJECTING_LEAST, KIND_MAX),
  ]);
  return { endpoints: endpoints.filter(({ appId }) => appId !== OPERATIONAL_APP_ID), sources };
}

export interface Signs {
  readonly trouble: Found;
  readonly lost: readonly ProcessRow[];
  readonly owed: Owed | undefined;
  readonly ack: Percentiles | null;
  readonly acknowledged: number;
  readonly readiness: Readiness;
  readonly nowMs: number;
}

const NOWHERE = { appId: null, endpointId: null, sourceId: null, since: null, value: null } as const;

/** What needs somebody now, the critical first, each with where to look. */
export function attentionOf(signs: Signs): Attention[] {
  const { nowMs } = signs;
  const found: Attention[] = [];
  for (const { code, detail } of signs.readiness.reasons) {
    if (code === "disk_full") found.push({ ...NOWHERE, kind: "disk_low", severity: "critical", summary: detail });
    if (code === "database_unavailable")
      found.push({ ...NOWHERE, kind: "database_slow", severity: "critical", summary: detail });
  }
  if (signs.ack !== null && signs.acknowledged >= ACK_LEAST && signs.ack.p99 >= ACK_SLOW_MS) {
    found.push({
      ...NOWHERE,
      kind: "database_slow",
      severity: "warning",
      summary: `One acknowledgement in a hundred takes ${Math.round(signs.ack.p99)} ms or more: commits are slow`,
      value: signs.ack.p99 / 1_000,
    });
  }
  const backlogS = signs.owed?.oldestAtMs === undefined ? 0 : (nowMs - signs.owed.oldestAtMs) / 1_000;
  if (backlogS >= BACKLOG_WARNING_S && signs.owed?.oldestAtMs !== undefined) {
    found.push({
      ...NOWHERE,
      kind: "backlog_old",
      severity: backlogS >= BACKLOG_CRITICAL_S ? "critical" : "warning",
      since: new Date(signs.owed.oldestAtMs).toISOString(),
      summary: `A delivery that could go has waited for ${told(backlogS)}`,
      value: Math.round(backlogS),
    });
  }
  for (const lost of signs.lost) {
    found.push({
      ...NOWHERE,
      kind: "process_lost",
      severity: "warning",
      since: lost.endedAt?.toISOString() ?? null,
      summary: `The process ${lost.name} fell silent; others took over what it held`,
    });
  }
  for (const trouble of signs.trouble.endpoints) found.push(ofEndpoint(trouble, nowMs));
  for (const { sourceId, appId, name, count, since } of signs.trouble.sources) {
    found.push({
      ...NOWHERE,
      kind: "source_rejecting",
      severity: "warning",
      appId: publicId("app", appId),
      sourceId: publicId("src", sourceId),
      since: since.toISOString(),
      summary: `The source ${name === "" ? publicId("src", sourceId) : JSON.stringify(name)} rejected ${count === 100 ? "100 or more" : count} requests in ten minutes`,
      value: count,
    });
  }
  return found.sort((a, b) => rank(a) - rank(b));
}

const rank = ({ severity }: Attention) => (severity === "critical" ? 0 : 1);

function ofEndpoint(trouble: Trouble, nowMs: number): Attention {
  const seconds = trouble.since === null ? null : Math.max(0, Math.round((nowMs - trouble.since.getTime()) / 1_000));
  const at = {
    ...NOWHERE,
    appId: publicId("app", trouble.appId),
    endpointId: publicId("ep", trouble.endpointId),
    since: trouble.since?.toISOString() ?? null,
    value: seconds,
  };
  const isOld = seconds !== null && seconds >= DAY_S;
  switch (trouble.kind) {
    case "breaker_open":
      return {
        ...at,
        kind: "breaker_open",
        severity: "warning",
        summary: `${nameOf(trouble)} does not answer: its breaker is open`,
      };
    case "endpoint_failing":
      return {
        ...at,
        kind: "endpoint_failing",
        severity: isOld ? "critical" : "warning",
        summary: `${nameOf(trouble)} has only failed for ${told(seconds ?? 0)}`,
      };
    case "endpoint_stopped":
      return {
        ...at,
        kind: "endpoint_disabled",
        severity: "critical",
        summary: `${nameOf(trouble)} was taken out of service: ${trouble.reason === "failing" ? "it did nothing but fail" : "it answered 410 Gone"}`,
      };
  }
}

const NAME_LENGTH_MAX = 60;

/** What its people call it. Otherwise its host: the path may carry a secret. */
function nameOf({ url, description }: Trouble): string {
  const name = description.trim();
  if (name === "") return URL.parse(url)?.host ?? "The endpoint";
  return `"${name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX)}…` : name}"`;
}

function told(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 2 * DAY_S ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / DAY_S)} days`;
}
