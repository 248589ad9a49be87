import type { CompiledFlow, Entry } from "#language";
import { isSame } from "./keep.ts";
import { locate, type Way } from "./locate.ts";

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
