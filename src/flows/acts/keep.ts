import type { CompiledFlow, Entry, Json, StepError } from "#language";
import { locate, type Way } from "./locate.ts";

/** How a step ended in the run before: taken as given, and written as the first entries of the rerun's journal, as attempt 0. */
export type Pin =
  | { readonly path: string; readonly kind: "completed"; readonly output: Json }
  | { readonly path: string; readonly kind: "failed"; readonly error: StepError };

/** What a rerun takes over of the run before. */
export type Kept =
  | { readonly ok: true; readonly pins: readonly Pin[] }
  /** There is no such step, or a rerun cannot begin there. */
  | { readonly ok: false; readonly reason: string };

/**
 * What a rerun keeps of a journal when it begins at the step `from`: steps that ended and do not come after it. Other
 * items of the same list and other branches do not come after, but of a list that is gone on with, items that failed are done again: whoever repeats
 * what failed has mended why. What was done about failures and to compensate is never kept.
 *
 * `flow` is what the rerun runs, `before` what the run before ran: a step is kept only where both have it, of the same kind. Pure.
 */
export function keptEntries(flow: CompiledFlow, before: CompiledFlow, entries: readonly Entry[], from: string): Kept {
  const start = locate(flow, from);
  if (start === undefined) {
    return {
      ok: false,
      reason: `The flow ${JSON.stringify(flow.definition.flow)} has no step ${JSON.stringify(from)}`,
    };
  }
  if (isAside(start)) {
    const reason = `A rerun begins at a step of the flow itself; ${JSON.stringify(from)} is done after a failure or to compensate`;
    return { ok: false, reason };
  }
  const lastOf = new Map<string, Entry>();
  for (const entry of entries) if (entry.path !== "") lastOf.set(entry.path, entry);
  const pins: Pin[] = [];
  for (const [path, last] of lastOf) {
    const way = locate(flow, path);
    if (way === undefined || !isSame(way, locate(before, path)) || !comesBefore(way, start)) continue;
    const pin = pinOf(path, last, way, start);
    if (pin !== undefined) pins.push(pin);
  }
  return { ok: true, pins };
}

function isAside(way: Way): boolean {
  return way.afterFailure || way.places.some(({ aside }) => aside !== undefined);
}

/** Whether two definitions have the same kinds of steps all the way. */
export function isSame(a: Way, b: Way | undefined): boolean {
  return (
    b !== undefined &&
    a.places.length === b.places.length &&
    a.places.every(({ step }, i) => step.kind === b.places[i]?.step.kind)
  );
}

/** Whether what stands at `way` may have been done without what begins at `start`. */
function comesBefore(way: Way, start: Way): boolean {
  if (way.afterFailure || way.places.some(({ aside }) => aside === "compensate")) return false;
  for (const [i, from] of start.places.entries()) {
    const place = way.places[i];
    // It encloses the start: it is done again with it.
    if (place === undefined) return false;
    // Of lists in one another's place, as then and else are, at most one is done.
    if (place.list !== from.list) return false;
    if (place.position !== from.position) return place.position < from.position;
    if (place.branch !== from.branch || place.index !== from.index) {
      // Within the step from which to begin, all is done again.
      return i < start.places.length - 1 && place.aside === undefined;
    }
    if (place.aside !== from.aside) return false;
  }
  return false;
}

/**
 * A step that failed for good is taken over only where somebody bears that, otherwise the rerun would fail at once; and not of another item of a
 * list in which the rerun begins.
 */
function pinOf(path: string, last: Entry, way: Way, start: Way): Pin | undefined {
  if (last.kind === "completed") return { path, kind: "completed", output: last.output };
  if (last.kind !== "failed" || last.retryAtMs !== undefined) return undefined;
  const isBorne = way.places.some(
    ({ step, index }, i) =>
      step.onFailure !== undefined ||
      (step.kind === "for_each" && index !== undefined && step.tolerate > 0 && start.places[i]?.step !== step),
  );
  return isBorne ? { path, kind: "failed", error: last.error } : undefined;
}
