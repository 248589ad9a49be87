import { bareArray, packBytes, type Statement, textArray } from "#kernel";
import type { CommandOf, CompiledFlow } from "#language";
import type { CommitPart, PartPlan, RunCommit } from "../commit-part.ts";
import type { ApprovalLinks } from "./approval-links.ts";
import { stepAt } from "./locate.ts";

/** As long as a page shows well; longer titles are cut. */
export const TITLE_LENGTH_MAX = 500;

const NOTHING: PartPlan = { committed: () => {}, abandoned: () => {} };

// A run that was taken over may ask again: what was decided meanwhile stays.
const ASK = `
  insert into posthorn.flow_approval (run_id, path, app_id, flow_id, title, details, token_hash, until_at)
  select run_id, path, app_id, flow_id, title, substring($6::bytea from detail_offset for detail_length),
         decode(token, 'hex'), to_timestamp(until_ms / 1000)
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $7::int[], $8::int[], $9::text[], $10::float8[])
      t(run_id, path, app_id, flow_id, title, detail_offset, detail_length, token, until_ms)
  on conflict (run_id, path) do nothing
  returning 1`;

const FORGET_STEPS = `
  delete from posthorn.flow_approval a
   using unnest($1::uuid[], $2::text[]) t(run_id, path)
   where a.run_id = t.run_id and a.path = t.path`;

const FORGET_RUNS = "delete from posthorn.flow_approval where run_id = any($1::uuid[])";

/**
 * What runs ask of people, as rows beside their journal: written in the commit that says that the run waits, taken away in the one in which
 * it goes on. A row whose step is over would let somebody decide what no longer waits.
 */
export function createApprovalPart(links: Pick<ApprovalLinks, "tokenHash">): CommitPart {
  const asks = new WeakMap<CompiledFlow, boolean>();
  const hasApprovals = (flow: CompiledFlow | undefined): flow is CompiledFlow => {
    if (flow === undefined) return false;
    let known = asks.get(flow);
    if (known === undefined) {
      known = [...flow.byId.values()].some(({ kind }) => kind === "approve");
      asks.set(flow, known);
    }
    return known;
  };

  /** Paths of approvals that these entries end. */
  const ended = ({ flow, entries, effects }: RunCommit): readonly string[] => {
    if (!hasApprovals(flow)) return [];
    const paths = entries.flatMap(({ kind, path }) =>
      (kind === "completed" || kind === "failed") && path !== "" && stepAt(flow, path)?.kind === "approve"
        ? [path]
        : [],
    );
    const given = effects.flatMap((effect) =>
      effect.kind === "give_up" && effect.of === "approve" ? [effect.path] : [],
    );
    return [...paths, ...given];
  };

  function statements(commits: readonly RunCommit[]): Statement[] {
    const list: Statement[] = [];
    const over = commits.filter(({ then }) => then.kind === "ends").map(({ run }) => run.id);
    const gone = commits.flatMap((commit) =>
      commit.then.kind === "ends" ? [] : ended(commit).map((path) => ({ runId: commit.run.id, path })),
    );
    const asked = commits.flatMap((commit) =>
      commit.then.kind === "ends"
        ? []
        : commit.effects
            .filter((effect): effect is CommandOf<"approve"> => effect.kind === "approve")
            .map((effect) => ({ commit, effect })),
    );
    if (over.length > 0) list.push({ text: FORGET_RUNS, params: [bareArray(over)] });
    if (gone.length > 0) {
      const runIds = bareArray(gone.map(({ runId }) => runId));
      list.push({ text: FORGET_STEPS, params: [runIds, textArray(gone.map(({ path }) => path))] });
    }
    if (asked.length > 0) {
      const details = packBytes(asked.map(({ effect }) => Buffer.from(JSON.stringify(effect.details ?? null))));
      list.push({
        text: ASK,
        params: [
          bareArray(asked.map(({ commit }) => commit.run.id)),
          textArray(asked.map(({ effect }) => effect.path)),
          bareArray(asked.map(({ commit }) => commit.run.appId)),
          bareArray(asked.map(({ commit }) => commit.run.flowId)),
          textArray(asked.map(({ effect }) => storable(effect.title).slice(0, TITLE_LENGTH_MAX))),
          details.bytes,
          details.offsets,
          details.lengths,
          textArray(
            asked.map(
              ({ commit: { run, flow }, effect }) =>
                (flow === undefined ? undefined : links.tokenHash(run.id, flow, effect.path))?.toString("hex") ?? null,
            ),
          ),
          bareArray(asked.map(({ effect }) => effect.untilMs ?? null)),
        ],
      });
    }
    return list;
  }

  return {
    name: "approvals",
    serves: ["approve"],
    concerns: (commit) => hasApprovals(commit.flow) && (commit.then.kind === "ends" || touches(commit)),
    foresee: (commits) => ({ statements: statements(commits), plan: NOTHING }),
    write: async (tx, commits) => {
      for (const { text, params } of statements(commits)) await tx.query(text, params);
      return NOTHING;
    },
  };

  function touches(commit: RunCommit): boolean {
    return commit.effects.some(({ kind }) => kind === "approve") || ended(commit).length > 0;
  }
}

/** PostgreSQL takes neither NUL nor half a surrogate pair in a text. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{fffd}");
}
