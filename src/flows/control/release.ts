import { bareArray, type Statement } from "#kernel";
import type { CommitPart, PartPlan, RunCommit } from "../commit-part.ts";

/**
 * Frees the places of runs that end, in the transaction that ends them, and gives them to those who wait: there is no moment at which a
 * place belongs to nobody while somebody waits for it, and none at which it belongs to two.
 */
export function releasePart(options: { readonly onDue: () => void }): CommitPart {
  const plan: PartPlan = { committed: options.onDue, abandoned: () => undefined };
  return {
    name: "flow_control",
    concerns: ({ run, then }) => then.kind === "ends" && (run.gates.length > 0 || run.phase === "matched"),
    foresee: (commits) => ({ statements: [freeing(commits)], plan }),
    write: async (tx, commits) => {
      const { text, params } = freeing(commits);
      await tx.query(text, params);
      return plan;
    },
  };
}

function freeing(commits: readonly RunCommit[]): Statement {
  const held = commits.flatMap(({ run }) => run.gates.map((gate) => ({ gate, run: run.id })));
  return {
    text: "select posthorn.free_places($1::uuid[], $2::uuid[], $3::uuid[])",
    params: [
      bareArray(held.map(({ gate }) => gate)),
      bareArray(held.map(({ run }) => run)),
      bareArray(commits.filter(({ run }) => run.phase === "matched").map(({ run }) => run.id)),
    ],
  };
}
