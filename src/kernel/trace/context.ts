/**
 * Trace contexts as the W3C writes them (https://www.w3.org/TR/trace-context/). What is kept of one stands beside its event as
 * text: `traceparent`, whose parent id is the span in which the event was accepted, and behind a space `tracestate`, if any.
 */

/** What a request brings along, or what begins here. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The span that caused this, 16 hexadecimal digits; undefined: the trace begins here. */
  readonly parentId: string | undefined;
  /** Whether spans are recorded: decided once, by whoever began the trace. */
  readonly sampled: boolean;
  /** The vendors' own part, kept for our spans and never sent to receivers. */
  readonly state: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);
const SAMPLED = 1;
/** What the W3C asks everybody to carry at least; more is dropped whole, as it may be. */
const STATE_LENGTH_MAX = 512;
const STATE = /^[\x20-\x7e]+$/;

/** Reads the two headers; undefined when there is no `traceparent` that can be used, which is no fault of the request's. */
export function parseTraceparent(parent: string | null, state: string | null = null): TraceContext | undefined {
  if (parent === null) return undefined;
  const parts = TRACEPARENT.exec(parent);
  if (parts === null) return undefined;
  const [, version, traceId = "", parentId = "", flags = "", rest] = parts;
  // A later version may append; version 00 is exactly this long.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (traceId === NO_TRACE || parentId === NO_SPAN) return undefined;
  const isCarried = state !== null && state.length <= STATE_LENGTH_MAX && STATE.test(state);
  return {
    traceId,
    parentId,
    sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0,
    state: isCarried ? state : undefined,
  };
}

/** The header that names `spanId` as the parent of whatever the reader does. */
export function traceparent({ traceId, sampled }: Pick<TraceContext, "traceId" | "sampled">, spanId: string): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * The id of the span that stands for what a UUIDv7 names: its last 64 bits, of which 62 are random. So whoever comes later,
 * in another process and on another day, names the same parent without anything more being kept.
 */
export function spanIdOf(uuid: string): string {
  return uuid.slice(19, 23) + uuid.slice(24);
}

/** What is kept beside an event. */
export function storedTrace(context: TraceContext, eventId: string): string {
  const parent = traceparent(context, spanIdOf(eventId));
  return context.state === undefined ? parent : `${parent} ${context.state}`;
}

/** Reads what is kept beside an event: the context of what follows from it. */
export function readStoredTrace(stored: string): TraceContext | undefined {
  const end = stored.indexOf(" ");
  return end < 0 ? parseTraceparent(stored) : parseTraceparent(stored.slice(0, end), stored.slice(end + 1));
}
