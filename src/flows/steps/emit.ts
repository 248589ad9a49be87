import type { JoinableLog, NewEvent } from "#events";
import { readStoredTrace } from "#kernel";
import type { CommitPart, RunCommit } from "../commit-part.ts";

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
      const { plan } = await events.appendWithin(tx, batch);
      // An application that was deleted takes no events, and its runs are cancelled soon: nobody misses this one.
      return plan;
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
