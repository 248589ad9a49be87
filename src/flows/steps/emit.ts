import type { JoinableLog, NewEvent } from "#events";
import { readStoredTrace } from "#kernel";
import type { StepError } from "#language";
import type { CommitPart, RunCommit } from "../commit-part.ts";

/** An application that was deleted takes no events; its runs are cancelled soon. */
const GONE: StepError = {
  class: "invalid",
  code: "application_gone",
  message: "The application was deleted, and takes no events any more.",
};

/**
 * Appends what runs emit, in the transaction that records that they did (exactly once): deliveries and runs that follow from it are planned
 * there as well. The key of an emit command is its event's id.
 */
export function createEmitPart(events: Pick<JoinableLog, "foresee" | "appendWithin">): CommitPart {
  return {
    name: "emit",
    serves: ["emit"],
    concerns: ({ effects }) => effects.length > 0 && effects.some(({ kind }) => kind === "emit"),
    foresee: (commits) => events.foresee(emitted(commits)),
    write: async (tx, commits) => {
      const batch = emitted(commits);
      const { plan, results } = await events.appendWithin(tx, batch);
      const gone = batch.flatMap(({ id, appId }, i) => (results[i]?.kind === "no_application" ? [{ id, appId }] : []));
      if (gone.length === 0) return plan;
      const ids = new Set(gone.map(({ id }) => id));
      const refused = commits.flatMap(({ run, effects }) =>
        effects.flatMap((effect) =>
          effect.kind === "emit" && ids.has(effect.key) ? [{ runId: run.id, path: effect.path, error: GONE }] : [],
        ),
      );
      return { ...plan, refused };
    },
  };
}

function emitted(commits: readonly RunCommit[]): NewEvent[] {
  const batch: NewEvent[] = [];
  for (const { run, effects } of commits) {
    for (const effect of effects) {
      if (effect.kind !== "emit") continue;
      batch.push({
        id: effect.key,
        appId: run.appId,
        type: effect.type,
        payload: Buffer.from(JSON.stringify(effect.data)),
        contentType: "application/json",
        ...(effect.channels.length > 0 && { channels: effect.channels }),
        hops: run.depth + 1,
        cause: { runId: run.id, depth: run.depth },
        ...(run.trace !== undefined && { trace: readStoredTrace(run.trace) }),
      });
    }
  }
  return batch;
}
