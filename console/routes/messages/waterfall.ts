import type { components } from "../../api/schema.d.ts";

export type Timeline = components["schemas"]["TimelineOut"];
export type TimelineDelivery = Timeline["deliveries"][number];
export type Attempt = components["schemas"]["MessageAttemptOut"];

/** A stretch of a request, in milliseconds from its start. */
export interface Segment {
  readonly kind: "dns" | "connect" | "wait" | "body";
  readonly fromMs: number;
  readonly toMs: number;
}

export const SEGMENTS: Readonly<Record<Segment["kind"], string>> = {
  dns: "Name resolved",
  connect: "Connected (TCP and TLS)",
  wait: "Sent, waited for the first byte",
  body: "Read the answer",
};

/**
 * Where the time of one request went. DNS and first byte are measured from the start, connecting by itself; a connection that was open
 * already has no such part. A request that broke off has no first byte: all that is left was waiting.
 */
export function segmentsOf(attempt: Attempt): readonly Segment[] {
  const { timing } = attempt;
  if (timing === undefined || timing.totalMs === 0) return [];
  const end = timing.totalMs;
  const resolved = Math.min(timing.dnsMs ?? 0, end);
  const connected = Math.min(resolved + (timing.connectMs ?? 0), end);
  const answered = Math.min(Math.max(timing.firstByteMs ?? end, connected), end);
  const all: readonly Segment[] = [
    { kind: "dns", fromMs: 0, toMs: resolved },
    { kind: "connect", fromMs: resolved, toMs: connected },
    { kind: "wait", fromMs: connected, toMs: answered },
    { kind: "body", fromMs: answered, toMs: end },
  ];
  return all.filter((segment) => segment.toMs > segment.fromMs);
}

/** The width that all bars of a page share: the longest request, so that long and short are seen as such. */
export function scaleOf(deliveries: readonly TimelineDelivery[]): number {
  return Math.max(1, ...deliveries.flatMap((delivery) => delivery.attempts.map(({ timing }) => timing?.totalMs ?? 0)));
}

/** Since the message was accepted; clocks of machines differ, so that a little less than nothing is nothing. */
export function sinceAccepted(timeline: Timeline, at: string | null | undefined): number | undefined {
  if (at === null || at === undefined) return undefined;
  return Math.max(0, Date.parse(at) - Date.parse(timeline.acceptedAt));
}

export interface Tally {
  readonly delivered: number;
  /** Sending, owed or held. */
  readonly open: number;
  readonly dead: number;
}

export function tallyOf(deliveries: readonly TimelineDelivery[]): Tally {
  const count = (...states: readonly TimelineDelivery["state"][]) =>
    deliveries.filter((delivery) => states.includes(delivery.state)).length;
  return { delivered: count("delivered"), open: count("leased", "owed", "held"), dead: count("dead") };
}
