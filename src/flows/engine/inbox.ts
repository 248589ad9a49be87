import { numberOutOfRange, unreachable } from "#kernel";
import type { EventFactsOfRun, Json, StepError } from "#language";
import type { Entries } from "./entries.ts";
import type { LiveRun, Signal } from "./live.ts";

/** Takes in what was sent to a run; what it has already, once. */
export function receive(live: LiveRun, signals: readonly Signal[]): void {
  for (const signal of signals) {
    if (live.taken.has(signal.id)) continue;
    live.taken.add(signal.id);
    live.inbox.push(signal);
  }
}

/**
 * Follows what came from outside, in the order in which it was sent. A machine that is asked what a signal answers takes all its entries first.
 * `isDoomed`: its flow was deleted. Whether there was anything to follow.
 */
export function readInbox(live: LiveRun, entries: Entries, isDoomed: boolean): boolean {
  const isCancelledNow = isDoomed && !live.isCancelled;
  if (isCancelledNow) entries.cancel(live, "Its flow was deleted.");
  const signals = live.inbox;
  if (signals.length === 0) return isCancelledNow;
  live.inbox = [];
  entries.outside(() => {
    for (const signal of signals) {
      live.consumed.push(signal.id);
      follow(live, signal, entries);
    }
  });
  return true;
}

function follow(live: LiveRun, signal: Signal, entries: Entries): void {
  if (signal.kind === "cancel") {
    entries.cancel(live, reasonOf(signal));
    return;
  }
  // It came too late, or twice. Between two attempts a step waits for nobody: the next one was not asked for yet.
  if (!live.waiting.has(signal.path)) return;
  const wanted = live.machine.awaits(signal.path);
  if (wanted === undefined) return; // Its branch was given up.
  if (signal.attempt !== undefined && signal.attempt !== wanted.attempt) return; // An answer to an attempt that is over.
  const told = { kind: wanted.kind, path: signal.path, attempt: wanted.attempt };
  const text = signal.value === undefined ? "null" : Buffer.from(signal.value).toString();
  const value = JSON.parse(text) as Json;
  switch (signal.kind) {
    case "completed": {
      const beyond = numberOutOfRange(text, value);
      if (beyond !== undefined) {
        entries.fail(live, told, outOfRange(beyond));
        return;
      }
      entries.complete(live, told, value, value === null ? null : signal.value);
      return;
    }
    case "failed":
      entries.fail(live, told, value as unknown as StepError);
      return;
    case "wake":
      if (wanted.kind === "wait_for_event" && value !== null) {
        const event = value as unknown as EventFactsOfRun;
        if (live.machine.wants(signal.path, event)) entries.complete(live, told, { event: eventOutput(event) });
      }
      return;
    default:
      unreachable(signal.kind);
  }
}

/** What a worker returned is kept as it wrote it; of such a number no step after it could know what it is. */
function outOfRange(path: readonly string[]): StepError {
  const at = ["output", ...path].join(".");
  const message = `The number at ${at} is out of range; it should be less than 1.8e308.`;
  return { class: "invalid", code: "number_out_of_range", message };
}

/** Why somebody cancelled the run. */
export function reasonOf({ value }: Signal): string {
  if (value === undefined) return "";
  const reason: unknown = JSON.parse(Buffer.from(value).toString());
  return typeof reason === "string" ? reason : "";
}

/** What an event looks like to the steps after the one that waited for it. */
function eventOutput(event: EventFactsOfRun): Json {
  const { id, type, channels, data, receivedAtMs } = event;
  return { id, type, channels, data, received_at: new Date(receivedAtMs).toISOString() };
}
