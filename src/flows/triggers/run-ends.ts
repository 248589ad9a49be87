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
}

// Whether it is still as memory has it that nobody listens to the ends of these flows' runs: a flow that was deployed a millisecond ago,
// through whichever process, hears of them.
const EXPECT_UNHEARD = "select posthorn.expect_unheard($1::uuid[], $2::text[])";

/**
 * Who listens is known from memory and asked for anew every second; that nobody does is held against the database in the transaction that
 * ends the runs, once for a batch, by one look into an index.
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
    concerns: ({ flow, then }) => then.kind === "ends" && flow !== undefined,
    foresee: (commits) => {
      const known = heard;
      if (known === undefined) {
        if (!isLearning) learn();
        return { statements: [starting(commits)], plan };
      }
      const isHeard = (commit: RunCommit) => known.has(subjectOf(commit));
      const listenedTo = commits.filter(isHeard);
      const unheard = new Map(
        commits.filter((commit) => !isHeard(commit)).map((commit) => [subjectOf(commit), commit]),
      );
      const statements = listenedTo.length === 0 ? [] : [starting(listenedTo)];
      if (unheard.size > 0) {
        const of = [...unheard.values()];
        statements.push({
          text: EXPECT_UNHEARD,
          params: [bareArray(of.map(({ run }) => run.appId)), textArray(of.map(nameOf))],
        });
      }
      return { statements, plan: listenedTo.length === 0 ? NOTHING : plan };
    },
    write: async (tx, commits) => {
      // Somebody listens who did not: the statement finds out, and the next batch is told from memory.
      heard = undefined;
      const { text, params } = starting(commits);
      await tx.query(text, params);
      return plan;
    },
  };
  return {
    part,
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

const NOTHING: PartPlan = { committed: () => undefined, abandoned: () => undefined };

const nameOf = ({ flow }: RunCommit): string => flow?.definition.flow ?? "";
const subjectOf = (commit: RunCommit): string => `${commit.run.appId}/${nameOf(commit)}`;

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
