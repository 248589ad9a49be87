import { bareArray, DatabaseError, type Db, type Look, packBytes, publicId, type Statement, textArray } from "#kernel";
import type { CommitPart, PartPlan, RunCommit } from "../commit-part.ts";
import { DEPTH_MAX } from "../run.ts";

// One run of each flow that listens, however many of its triggers fit. A run that ends starts nothing of itself: its own flow may listen to
// itself all the same, and is cut like every cycle.
const START = `
  insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger, input, facts, parent_id, depth, started_at)
  select uuidv7(), e.app_id, f.id, f.version, case when f.mode = 'paused' then 'paused' else 'room' end,
         case when f.mode = 'paused' then null else now() end,
         case when not l.certain or e.depth > ${DEPTH_MAX} then 'matched' else 'running' end,
         'run', substring($1::bytea from e.o for e.l), e.facts::jsonb || jsonb_build_object('on', l.triggers), e.run_id, e.depth, now()
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int2[], $8::int[], $9::int[])
         e(run_id, app_id, flow, state, facts, depth, o, l)
   cross join lateral (
     select l.flow_id, bool_or(not l.admits) as certain, jsonb_agg(l.trigger order by l.trigger) as triggers
       from posthorn.flow_listener l
      where l.app_id = e.app_id and l.kind = 'run' and l.subject = e.flow and e.state = any(l.states)
      group by l.flow_id
   ) l
    join posthorn.flow f on f.id = l.flow_id and f.deleted_at is null and f.mode <> 'disabled'`;

/** Starts the flows that listen to the end of a run, in the transaction that ends it. */
export interface RunEnds {
  readonly part: CommitPart;
  /** Learns whose runs somebody listens to. */
  readonly look: Look;
  /** The same at once, after a flow was changed through this process. */
  refresh(): Promise<void>;
}

/**
 * Whether anybody listens is known from memory, so that ends of runs to which nobody does cost nothing. It is asked for anew every
 * second: a flow deployed through another process hears of ends from then on.
 */
export function createRunEnds(options: { readonly db: Pick<Db, "query">; readonly onDue: () => void }): RunEnds {
  const { db } = options;
  // Not known yet, as after a start: then the statement itself finds out.
  let heard: ReadonlySet<string> | undefined;
  let isLearning = false;
  const plan: PartPlan = { committed: options.onDue, abandoned: () => undefined };

  async function refresh(): Promise<void> {
    const rows = await db.query<{ app_id: string; subject: string }>(
      "select distinct app_id, subject from posthorn.flow_listener where kind = 'run'",
    );
    heard = new Set(rows.map(({ app_id, subject }) => `${app_id}/${subject}`));
  }

  function learn(): void {
    isLearning = true;
    refresh()
      // The next end asks again; until somebody knows, the statement finds out by itself.
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseError)) throw error;
      })
      .finally(() => {
        isLearning = false;
      });
  }

  const part: CommitPart = {
    name: "run_ends",
    concerns: ({ run, flow, then }) => {
      if (then.kind !== "ends" || flow === undefined) return false;
      if (heard !== undefined) return heard.has(`${run.appId}/${flow.definition.flow}`);
      if (!isLearning) learn();
      return true;
    },
    foresee: (commits) => ({ statements: [starting(commits)], plan }),
    write: async (tx, commits) => {
      const { text, params } = starting(commits);
      await tx.query(text, params);
      return plan;
    },
  };
  return {
    part,
    refresh,
    look: {
      name: "flow_listeners",
      pending: "exists (select from posthorn.flow_listener where kind = 'run')",
      everyMs: 1_000,
      run: async () => {
        await refresh();
        return 0;
      },
    },
  };
}

function starting(commits: readonly RunCommit[]): Statement {
  const ended = commits.flatMap(({ run, flow, then }) =>
    then.kind === "ends" && flow !== undefined ? [{ run, ending: then.ending, name: flow.definition.flow }] : [],
  );
  const inputs = packBytes(
    ended.map(({ run, name, ending }) =>
      Buffer.from(
        JSON.stringify({
          run: publicId("run", run.id),
          flow: name,
          ...ending,
        }),
      ),
    ),
  );
  return {
    text: START,
    params: [
      inputs.bytes,
      bareArray(ended.map(({ run }) => run.id)),
      bareArray(ended.map(({ run }) => run.appId)),
      textArray(ended.map(({ name }) => name)),
      bareArray(ended.map(({ ending }) => ending.state)),
      textArray(
        ended.map(({ run, name, ending }) =>
          JSON.stringify({ runId: publicId("run", run.id), flow: name, state: ending.state }),
        ),
      ),
      bareArray(ended.map(({ run }) => run.depth + 1)),
      inputs.offsets,
      inputs.lengths,
    ],
  };
}
