import { type CompiledFlow, createMachine, type Entry, type Start } from "#language";
import { isSame } from "./keep.ts";
import { locate, stepAt, type Way } from "./locate.ts";

/** Whether a run may go on with another version of its flow, and if not, why: a sentence for people. */
export type Movable = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Whether a run with this journal may move from one version to another: every step that is recorded is there, of the same kind
 * and within the same; and no step that does something is new where the run has passed already. `accepts` builds the machine of the
 * new version from the entries, and throws where it cannot: the last word is the machine's. Pure as far as `accepts` is.
 */
export function mayMove(
  from: CompiledFlow,
  to: CompiledFlow,
  entries: readonly Entry[],
  accepts: (entries: readonly Entry[]) => void,
): Movable {
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === "cancelled") return { ok: false, reason: "It is being cancelled" };
    if (entry.path === "" || seen.has(entry.path)) continue;
    seen.add(entry.path);
    const there = locate(to, entry.path);
    const what = `${entry.kind === "waiting" ? "It waits at" : "It did"} the step ${JSON.stringify(entry.path)}`;
    if (there === undefined) return { ok: false, reason: `${what}, which the new version does not have` };
    const here = locate(from, entry.path);
    if (!isSame(there, here)) {
      const kinds = [here, there].map((way) => way?.places.map(({ step }) => step.kind).join(" › ") ?? "nothing");
      return { ok: false, reason: `${what}, which is ${kinds[0]}; in the new version it is ${kinds[1]}` };
    }
    const passed = newStepBefore(from, there);
    if (passed !== undefined) {
      const reason = `${what}; the new version has a step ${JSON.stringify(passed)} before it that would be done late`;
      return { ok: false, reason };
    }
  }
  try {
    accepts(entries);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `The new version cannot go on from its journal: ${why}` };
  }
  return { ok: true };
}

/** A step that is not pure, that the old version does not have, and that the way has passed. */
function newStepBefore(from: CompiledFlow, way: Way): string | undefined {
  for (const { list, position, aside } of way.places) {
    // What is done aside is done only once something failed; what is new before that is as new as any.
    if (aside !== undefined) continue;
    const found = list.slice(0, position).find(({ id, effect }) => effect !== "pure" && !from.byId.has(id));
    if (found !== undefined) return found.id;
  }
  return undefined;
}

/** Of pure work, before a run is left alone. */
const TURNS_MAX = 10_000;

/**
 * For which events a run with this journal waits, as text that can be compared: by the path of the step that waits. Those who wait are found by
 * rows that were written when they began to, and that nobody writes anew: a version by which they would wait for something else would never
 * hear of it. Throws where the machine does.
 */
export function awaitedEvents(
  flow: CompiledFlow,
  start: Start,
  entries: readonly Entry[],
): ReadonlyMap<string, string> {
  const lastOf = new Map(entries.map((entry) => [entry.path, entry]));
  const waiting = new Set(
    [...lastOf.values()].flatMap(({ kind, path }) =>
      kind === "waiting" && stepAt(flow, path)?.kind === "wait_for_event" ? [path] : [],
    ),
  );
  const awaited = new Map<string, string>();
  if (waiting.size === 0) return awaited;
  // As if they had not begun to wait: the machine then asks for it again.
  const machine = createMachine(flow, start);
  for (const entry of entries) if (entry.kind !== "waiting" || !waiting.has(entry.path)) machine.apply(entry);
  const nowMs = entries.at(-1)?.atMs ?? start.startedAtMs;
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    for (const command of machine.next(nowMs)) {
      if (command.kind !== "wait_for_event" || !waiting.has(command.path)) continue;
      const step = stepAt(flow, command.path);
      const by = step?.kind === "wait_for_event" ? [step.match?.key.text, step.if?.text] : [];
      awaited.set(command.path, JSON.stringify([command.types, command.equals, command.seen, ...by]));
    }
    if (!machine.busy) return awaited;
  }
  throw new Error(`it takes more than ${TURNS_MAX} turns to say what it waits for`);
}

/** Whether a run would wait for other events in the new version than those by which it is found; undefined: it would not. */
export function otherEvents(
  from: { readonly flow: CompiledFlow; readonly start: Start },
  to: { readonly flow: CompiledFlow; readonly start: Start },
  entries: readonly Entry[],
): string | undefined {
  try {
    const after = awaitedEvents(to.flow, to.start, entries);
    for (const [path, before] of awaitedEvents(from.flow, from.start, entries)) {
      if (after.get(path) !== before)
        return `It waits at the step ${JSON.stringify(path)} for an event; in the new version it would wait for another`;
    }
    return undefined;
  } catch (error) {
    return `What it waits for cannot be compared: ${error instanceof Error ? error.message : error}`;
  }
}
