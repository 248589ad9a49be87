import { bareArray, DatabaseError, type Db, type Log, newId, publicId, type Queryable } from "#kernel";
import { DEPTH_MAX } from "../run.ts";
import { type Candidate, wishOf } from "./candidate.ts";
import { type Asking, decide, rankOf, rulesAfter, rulesFrom } from "./decide.ts";
import type { Gate, Rule } from "./gate.ts";
import { type GateOf, lockGates, type QueueRow, readQueue, writeGates } from "./rows.ts";
import { type Admitted, type Judged, writeDecided } from "./write-decided.ts";

export interface AdmissionOptions {
  readonly db: Pick<Db, "query" | "transaction">;
  readonly log: Log;
  /** Of this process: whose leased rows are decided. */
  readonly token: () => string;
  /** Rows may be due that nobody looks at by himself. */
  readonly onDue: () => void;
}

export interface Admission {
  /**
   * Decides about runs of phase `matched` that are leased to this process, in one transaction of its own, and answers in order. Rejects
   * with DatabaseError: nothing happened, or nobody knows and the table says it.
   */
  admit(candidates: readonly Candidate[]): Promise<Admitted[]>;
  readonly stats: {
    readonly unwanted: number;
    readonly skipped: number;
    readonly waiting: number;
    readonly started: number;
  };
}

const EXPECT_LEASE = "select posthorn.expect_lease($1::bigint)";

/** Rows that one transaction decides: more are decided in several. */
const BATCH = 500;

export function createAdmission(options: AdmissionOptions): Admission {
  const { db, log } = options;
  const stats = { unwanted: 0, skipped: 0, waiting: 0, started: 0 };

  async function admitBatch(candidates: readonly Candidate[]): Promise<Admitted[]> {
    const token = options.token();
    const deciding = await judge(candidates);
    let admitted: Admitted[] = [];
    await db.transaction(async (tx) => {
      await tx.query(EXPECT_LEASE, [token]);
      admitted = await carryOut(tx, token, candidates, deciding);
    });
    count(candidates, deciding, admitted);
    options.onDue();
    return admitted;
  }

  function count(candidates: readonly Candidate[], judged: readonly Judged[], admitted: readonly Admitted[]): void {
    for (const [i, one] of judged.entries()) {
      if (one.kind === "unwanted") stats.unwanted++;
      else if (admitted[i]?.kind === "starts") stats.started++;
      if (one.kind !== "failed") continue;
      const { run } = candidates[i] as Candidate;
      stats.skipped++;
      log.limited(
        `flow_expression:${run.flowId}`,
        "warn",
        "flow_expression_failed",
        "An expression that decides whether a run begins failed; the run is skipped.",
        {
          flowId: publicId("flow", run.flowId),
          reason: one.message,
        },
      );
    }
  }

  /** Halves what the database does not take until what it refuses stands alone: the others are of other flows, and of other people. */
  async function admitAll(candidates: readonly Candidate[]): Promise<Admitted[]> {
    try {
      return await admitBatch(candidates);
    } catch (error) {
      if (!(error instanceof DatabaseError) || !isRefusedData(error)) throw error;
      const [only] = candidates;
      if (candidates.length === 1 && only !== undefined) return [refused(only, error)];
      const half = Math.ceil(candidates.length / 2);
      return [...(await admitAll(candidates.slice(0, half))), ...(await admitAll(candidates.slice(half)))];
    }
  }

  return {
    stats,
    admit: async (candidates) => {
      const admitted: Admitted[] = [];
      for (let i = 0; i < candidates.length; i += BATCH)
        admitted.push(...(await admitAll(candidates.slice(i, i + BATCH))));
      return admitted;
    },
  };
}

/** Data that is refused whoever asks and whenever: data exceptions, broken constraints, limits of a value's size. */
function isRefusedData({ fault, sqlState = "" }: DatabaseError): boolean {
  return fault === "rejected" && ["22", "23", "54"].includes(sqlState.slice(0, 2));
}

/** Its row is as it was: leased to this process. */
function refused({ run }: Candidate, error: DatabaseError): Admitted {
  const message = `The database refused what was decided about its beginning: ${error.message}.`;
  return {
    kind: "ends",
    run,
    ending: { state: "failed", error: { class: "invalid", code: "commit_refused", message } },
  };
}

/** By expressions alone, before any row is locked. Each may take some tens of ms: between two of them others have their turn. */
async function judge(candidates: readonly Candidate[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const candidate of candidates) {
    if (judged.length > 0) await new Promise((resolve) => setImmediate(resolve));
    judged.push(candidate.run.depth > DEPTH_MAX ? { kind: "too_deep" } : wishOf(candidate));
  }
  return judged;
}

async function carryOut(
  tx: Queryable,
  token: string,
  candidates: readonly Candidate[],
  judged: readonly Judged[],
): Promise<Admitted[]> {
  const queue = await readQueue(
    tx,
    candidates.map(({ run }) => run.id),
  );
  const asking: Asking[] = [];
  const inputs = new Map<string, Uint8Array>();
  const wanted: GateOf[] = [];
  for (const [i, { run, input }] of candidates.entries()) {
    const wish = judged[i] as Judged;
    if (wish.kind !== "wanted") continue;
    const queued = queue.get(run.id);
    const rules = rulesLeft(wish.rules, queued);
    if (rules.some(({ stage }) => stage === "batch")) inputs.set(run.id, Buffer.from(JSON.stringify(input)));
    asking.push({
      runId: run.id,
      rules,
      gates: run.gates,
      rank: queued === undefined ? rankOf(run.startedAtMs, wish.priority) : Number(queued.rank),
      priority: wish.priority,
      depth: run.depth,
      inputBytes: inputs.get(run.id)?.length ?? 0,
    });
    const { flowId, appId, version } = run;
    // Those whose places it holds as well: it gives them back when it does not begin.
    const touched = wish.rules.filter((rule) => rules.includes(rule) || run.gates.includes(rule.gateId));
    wanted.push(...touched.map((rule) => ({ rule, flowId, appId, version })));
  }
  const { gates, nowMs } = wanted.length === 0 ? NO_GATES : await lockGates(tx, wanted);
  const decided = decide(asking, gates, nowMs, newId);
  const admitted = await writeDecided(tx, { token, candidates, judged, asking, inputs, queue, decided });
  await writeGates(tx, gates.values());
  if (decided.reopened.size > 0) {
    await tx.query("select posthorn.give_places($1::uuid[])", [bareArray([...decided.reopened])]);
  }
  return admitted;
}

const NO_GATES = { gates: new Map<string, Gate>(), nowMs: 0 };

/** Of one that waited: what is behind its stage when its turn has come, otherwise its stage again. */
function rulesLeft(rules: readonly Rule[], queued: QueueRow | undefined): readonly Rule[] {
  if (queued === undefined) return rules;
  return queued.gate_id === null ? rulesAfter(rules, queued.stage) : rulesFrom(rules, queued.stage);
}
