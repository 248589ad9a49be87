import type { Telemetry } from "#kernel";
import type { RejectionReason } from "./rejection.ts";

/** What became of a webhook, as it is counted. */
export type ReceiveOutcome =
  | "accepted"
  | "repeated"
  | "handshake"
  /** By a source, for what it is; the reason is counted too. */
  | "rejected"
  /** Not now, or by nobody: the URL is none, too much is waiting, a quota is used up. */
  | "refused"
  | "not_confirmed"
  | "failed";

/** What is found out about a request on its way; one for each. */
export interface Seen {
  preset: string;
  outcome: ReceiveOutcome;
}

/** Counts webhooks as they are answered. */
export interface ReceiveMeter {
  ended(seen: Seen, seconds: number): void;
  rejected(source: { readonly id: string; readonly appId: string }, reason: RejectionReason): void;
}

export function createReceiveMeter(telemetry: Telemetry, now: () => number): ReceiveMeter {
  const { registry, tail, totals } = telemetry;
  return {
    ended: ({ preset, outcome }, seconds) => {
      registry.counter("ingestRequests", { preset, outcome }).n++;
      registry.histogram("ingestDuration", { preset }).observe(seconds);
      if (outcome === "accepted" || outcome === "repeated") telemetry.acknowledged("source", seconds);
      else if (outcome !== "handshake") totals.rejected++;
    },
    rejected: (source, reason) => {
      registry.counter("ingestRejections", { reason }).n++;
      if (!tail.watched) return;
      tail.publish({ kind: "rejection", atMs: now(), appId: source.appId, sourceId: source.id, reason });
    },
  };
}
