import {
  asOne,
  DatabaseError,
  type Db,
  type GroupCommit,
  type GroupCommitOptions,
  groupCommit,
  type Log,
} from "#kernel";
import type { CommitPart, PartPlan, RefusedEffect } from "../commit-part.ts";
import { type Commit, statementsOf } from "./commit-sql.ts";

/**
 * What became of a commit. `lost`: the lease under which it was made is over, or the run is in other hands, or it was committed before without
 * our knowing: the run is to be forgotten here, and to be found where it is. `refused`: the database does not take it, whoever asks.
 */
export type Committed =
  | { readonly kind: "committed" }
  | { readonly kind: "lost" }
  | { readonly kind: "refused"; readonly error: DatabaseError }
  /** Nothing of it was written: some of its effects cannot be. */
  | { readonly kind: "unfit"; readonly refused: readonly RefusedEffect[] };

export interface RunCommitsOptions {
  readonly db: Db;
  readonly token: () => string;
  readonly parts: readonly CommitPart[];
  readonly log: Log;
  readonly now: () => number;
  /** True once nobody waits for the database any more. */
  readonly isOver: () => boolean;
  readonly meter?: GroupCommitOptions<Commit, Committed>["meter"] | undefined;
}

export interface RunCommits extends Pick<GroupCommit<Commit, Committed>, "pending" | "pendingBytes" | "idle"> {
  /** Never rejects with a fault of the database. */
  add(commit: Commit): Promise<Committed>;
}

const COMMITTED: Committed = { kind: "committed" };
const LOST: Committed = { kind: "lost" };
/** By run; those that are not in it are committed. */
type Unfit = ReadonlyMap<string, readonly RefusedEffect[]>;
const NONE_UNFIT: Unfit = new Map();
/** Raised by the functions that look whether what was expected still holds; by the fence; by the count of moved rows. */
const OUTDATED = "PH001";
const LEASE_OVER = "PH002";
const NOT_THERE = "PH003";

/** Many runs share a commit: at once when idle, up to a thousand together when busy, two under way. */
export function createRunCommits(options: RunCommitsOptions): RunCommits {
  const commits = groupCommit<Commit, Committed>({
    commit: (batch, answered) => untilDone(options, batch, answered),
    rowsMax: 1_000,
    bytesMax: 8 * 1024 * 1024,
    bytesOf: ({ bytes }) => bytes,
    commitsMax: 2,
    meter: options.meter,
  });
  return {
    add: (commit) => commits.add(commit).catch(refusal),
    get pending() {
      return commits.pending;
    },
    get pendingBytes() {
      return commits.pendingBytes;
    },
    idle: () => commits.idle(),
  };
}

/** What is left of a batch after it was halved until the bad one stood alone. */
function refusal(error: unknown): Committed {
  if (!(error instanceof DatabaseError)) throw error;
  if (error.fault === "conflict" || error.sqlState === NOT_THERE) return LOST;
  return error.fault === "rejected" ? { kind: "refused", error } : LOST;
}

/**
 * What was done must be recorded, however long the database is away. Repeating is safe after an unknown commit, too: entries are unique by run
 * and number, and a run is moved by whoever deletes its row; so what was in already is `lost` to us, and found in the tables.
 */
async function untilDone(
  options: RunCommitsOptions,
  batch: readonly Commit[],
  answered: () => void,
): Promise<readonly Committed[]> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    // Made under a lease that is over by now: others have these runs.
    const owner = options.token();
    const ours = batch.every((commit) => commit.owner === owner)
      ? batch
      : batch.filter((commit) => commit.owner === owner);
    try {
      const unfit = ours.length === 0 ? NONE_UNFIT : await commitBatch(options, owner, ours, answered);
      return batch.map((commit) => {
        if (commit.owner !== owner) return LOST;
        const refused = unfit.get(commit.run.id);
        return refused === undefined ? COMMITTED : { kind: "unfit", refused };
      });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw faultOfOurs(options, error);
      if (error.sqlState === LEASE_OVER) return batch.map(() => LOST);
      if (error.fault === "rejected" || error.fault === "conflict" || options.isOver()) throw error;
      options.log.limited("run_commits_wait", "warn", "run_commits_wait", "Runs wait for the database to come back.", {
        waiting: batch.length,
        error,
      });
      await Bun.sleep(waitMs);
    }
  }
}

/**
 * A fault of the program in making a commit. As if the database had refused it: the batch is halved until the run that cannot be recorded stands
 * alone and fails with what is wrong, instead of all of them standing still for as long as the process lives.
 */
function faultOfOurs(options: RunCommitsOptions, error: unknown): DatabaseError {
  const message = error instanceof Error ? error.message : String(error);
  options.log.limited("run_commit_broken", "error", "run_commit_broken", "A commit of runs could not be made.", {
    error,
  });
  return new DatabaseError("rejected", message, { cause: error });
}

async function commitBatch(
  options: RunCommitsOptions,
  owner: string,
  batch: readonly Commit[],
  answered: () => void,
): Promise<Unfit> {
  const concerned: (readonly [CommitPart, readonly Commit[]])[] = [];
  for (const part of options.parts) {
    const own = batch.filter((commit) => part.concerns(commit));
    if (own.length > 0) concerned.push([part, own]);
  }
  const plans: PartPlan[] = [];
  const abandon = () => {
    for (const plan of plans) plan.abandoned();
  };
  const statements = statementsOf(owner, batch, options.now());
  let isForeseen = true;
  try {
    for (const [part, own] of concerned) {
      const foreseen = part.foresee(own);
      if (foreseen === undefined) {
        isForeseen = false;
        break;
      }
      statements.push(...foreseen.statements);
      plans.push(foreseen.plan);
    }
  } catch (error) {
    abandon();
    throw error;
  }
  if (!isForeseen) {
    abandon();
    return commitStepwise(options, owner, batch, concerned);
  }
  try {
    await options.db.atOnce(statements);
  } catch (error) {
    abandon();
    if (error instanceof DatabaseError && error.sqlState === OUTDATED) {
      return commitStepwise(options, owner, batch, concerned);
    }
    throw error;
  }
  answered();
  for (const plan of plans) plan.committed();
  return NONE_UNFIT;
}

/** Ends a transaction that would record what cannot be. */
class Refusal extends Error {
  readonly refused: readonly RefusedEffect[];
  constructor(refused: readonly RefusedEffect[]) {
    super("some effects cannot be");
    this.refused = refused;
  }
}

async function commitStepwise(
  options: RunCommitsOptions,
  owner: string,
  batch: readonly Commit[],
  concerned: readonly (readonly [CommitPart, readonly Commit[]])[],
): Promise<Unfit> {
  let plans: PartPlan[] = [];
  let isOver = false;
  try {
    await options.db.transaction(async (tx) => {
      plans = [];
      const { text, params } = asOne(statementsOf(owner, batch, options.now()));
      await tx.query(text, params);
      for (const [part, own] of concerned) {
        const plan = await part.write(tx, own);
        plans.push(plan);
        if (plan.refused !== undefined && plan.refused.length > 0) throw new Refusal(plan.refused);
        // Given up while it was being made: it came too late to be told with the others.
        if (isOver) plan.abandoned();
      }
    });
  } catch (error) {
    isOver = true;
    for (const plan of plans) plan.abandoned();
    if (!(error instanceof Refusal)) throw error;
    return withoutUnfit(options, owner, batch, error.refused);
  }
  for (const plan of plans) plan.committed();
  return NONE_UNFIT;
}

/** The others of a batch; each turn leaves out at least one, so it ends. */
async function withoutUnfit(
  options: RunCommitsOptions,
  owner: string,
  batch: readonly Commit[],
  refused: readonly RefusedEffect[],
): Promise<Unfit> {
  const unfit = Map.groupBy(refused, ({ runId }) => runId);
  const rest = batch.filter(({ run }) => !unfit.has(run.id));
  if (rest.length === batch.length) throw new Error("A part refused effects of runs that are not in its batch.");
  if (rest.length === 0) return unfit;
  return new Map([...unfit, ...(await commitBatch(options, owner, rest, () => undefined))]);
}
