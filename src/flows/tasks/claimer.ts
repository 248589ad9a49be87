import { DatabaseError, type Db, type Log } from "#kernel";
import { type Claim, type Claimed, claimLimited, claimTasks, limitedQueues } from "./claim.ts";
import type { Desk, Kin, Poll } from "./desk.ts";
import { lookForDue, type TaskLane } from "./due.ts";
import { LEASE_BYTES_MAX } from "./task.ts";

export interface TaskClaimerOptions {
  readonly db: Db;
  readonly desk: Desk;
  readonly monotonic: () => number;
  readonly log: Log;
}

/** Finds tasks in the table for workers that ask: what waited before they did, what others enqueued, what falls due. */
export interface TaskClaimer {
  /** This request is to be answered. */
  ask(poll: Poll): void;
  /** Something of these kinds is owed now. */
  owed(lanes: Iterable<TaskLane>): void;
  /** Something falls due in so many ms. */
  wakeIn(ms: number): void;
  stop(): Promise<void>;
}

/** Between two looks at the table while workers wait: soon again after one that found something, else less and less often. */
const LOOK_MIN_MS = 25;
const LOOK_MAX_MS = 1_000;
/** It takes at most so little of the time: a fifth. */
const LOOK_SHARE = 4;
/** For so long after somebody asked it is looked for them, though they did not wait: whoever asks again and again finds what fell due meanwhile. */
const ASKED_MS = 5_000;
const LIMITS_MS = 1_000;
/** For so long it is believed of a kin that nothing is owed to it. */
const CLEAR_MS = 100;
/** Who waits so long waits for a look at least. */
export const PATIENT_MS = LOOK_MAX_MS;
/** Of a kin at once, whatever its workers ask for. */
const CLAIM_MAX = 1_000;

export function createTaskClaimer(options: TaskClaimerOptions): TaskClaimer {
  const { db, desk, monotonic } = options;
  const claims = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let timer: Timer | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let quietMs = LOOK_MIN_MS;
  let askedAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  function wakeIn(ms: number): void {
    const at = monotonic() + Math.max(1, ms);
    if (stopped || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        looking ??= look().finally(() => {
          looking = undefined;
        });
      },
      Math.max(1, ms),
    );
  }

  async function look(): Promise<void> {
    const isWaitedFor = [...desk.kins()].some((kin) => kin.waiting.size > 0);
    if (!isWaitedFor && monotonic() - askedAt >= ASKED_MS) return; // The next who asks wakes us.
    const begunAt = monotonic();
    let next = quietMs;
    try {
      const { lanes, nextInMs } = await lookForDue(db);
      if (nextInMs !== undefined) next = Math.min(next, Math.max(1, nextInMs));
      owed(lanes);
    } catch (error) {
      report(error);
    }
    quietMs = Math.min(quietMs * 2, LOOK_MAX_MS);
    // Under a long-held snapshot it walks over all that was deleted since (P11).
    wakeIn(Math.max(next, Math.min(LOOK_MAX_MS, LOOK_SHARE * (monotonic() - begunAt))));
  }

  function owed(lanes: Iterable<TaskLane>): void {
    for (const lane of lanes) {
      for (const kin of desk.kinsOf(lane)) {
        kin.owed++;
        if (lane.rankUs !== undefined) kin.positions.before(lane, lane.rankUs);
        for (const poll of kin.waiting) ask(poll);
        kin.waiting.clear();
        start(kin);
      }
    }
  }

  /** It is not answered before a claim has looked for it. */
  function ask(poll: Poll): void {
    poll.reserved++;
    poll.worker.kin.asking.add(poll);
  }

  function start(kin: Kin): void {
    if (kin.claiming || kin.asking.size === 0 || stopped) return;
    kin.claiming = true;
    const claim = claimFor(kin).finally(() => {
      kin.claiming = false;
      claims.delete(claim);
      start(kin);
    });
    claims.add(claim);
  }

  /** Claims for all that ask now. Who gets nothing waits, unless something was owed meanwhile that the claim could not see. */
  async function claimFor(kin: Kin): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve)); // With who else asks in this turn.
    const polls = [...kin.asking];
    kin.asking.clear();
    const before = kin.owed;
    const begunAt = monotonic();
    let left = CLAIM_MAX;
    const shares = polls.flatMap((poll) => {
      const n = Math.min(poll.max, left);
      left -= n;
      return n > 0 ? [{ worker: poll.worker.row.token, n }] : [];
    });
    let found: Claimed[] = [];
    let isSure = false;
    try {
      found = await claimed(kin, { appId: kin.appId, queues: kin.queues, names: kin.names, shares });
      isSure = true;
    } catch (error) {
      report(error);
    }
    const wanted = shares.reduce((sum, { n }) => sum + n, 0);
    const bytes = found.reduce((sum, { input }) => sum + input.length, 0);
    // Only one that took all it could may have left something: one that found nothing is not asked again for whoever had no share of it.
    const isCut = found.length > 0 && (found.length >= wanted || bytes >= LEASE_BYTES_MAX);
    if (isSure && found.length < wanted && bytes < LEASE_BYTES_MAX) {
      kin.cleared = before;
      kin.clearedAt = begunAt;
    }
    const byWorker = Map.groupBy(found, ({ worker }) => worker);
    if (found.length > 0) quietMs = LOOK_MIN_MS;
    for (const poll of polls) {
      poll.reserved--;
      poll.tasks.push(...(byWorker.get(poll.worker.row.token) ?? []));
      if (poll.isOver || poll.tasks.length > 0) desk.close(poll);
      else if (kin.owed !== before || isCut) ask(poll);
      else kin.waiting.add(poll);
    }
    wakeIn(quietMs);
  }

  async function claimed(kin: Kin, claim: Claim): Promise<Claimed[]> {
    const at = monotonic();
    const after = kin.positions.next(at);
    const found = await claimTasks(db, { ...claim, after });
    const wanted = claim.shares.reduce((sum, { n }) => sum + n, 0);
    kin.positions.took(after, at, monotonic() - at, found, found.length >= wanted);
    if (monotonic() >= kin.limitedUntil) {
      kin.limited = await limitedQueues(db, kin.appId, kin.queues);
      kin.limitedUntil = monotonic() + LIMITS_MS;
    }
    for (const queue of kin.limited) {
      const got = new Map<string, number>();
      for (const { worker } of found) got.set(worker, (got.get(worker) ?? 0) + 1);
      const shares = claim.shares
        .map(({ worker, n }) => ({ worker, n: n - (got.get(worker) ?? 0) }))
        .filter(({ n }) => n > 0);
      if (shares.length > 0) found.push(...(await claimLimited(db, { ...claim, shares }, queue)));
    }
    return found;
  }

  function report(error: unknown): void {
    if (!(error instanceof DatabaseError)) throw error;
    options.log.limited(
      "task_claim_failed",
      "warn",
      "task_claim_failed",
      "Tasks could not be claimed; it is tried again.",
      { error },
    );
  }

  return {
    ask: (poll) => {
      askedAt = monotonic();
      const { kin } = poll.worker;
      // Nothing is owed as far as we know. What is enqueued here from now on is handed over by its own commit, and not by a claim's after that;
      // what others enqueue, or falls due, the next claim of those who ask often finds, or a look as for all who wait.
      const isClear = kin.cleared === kin.owed && monotonic() - kin.clearedAt < CLEAR_MS;
      if (poll.isPatient && isClear && kin.limited.length === 0 && !stopped) {
        kin.waiting.add(poll);
        wakeIn(quietMs);
        return;
      }
      ask(poll);
      start(kin);
    },
    owed,
    wakeIn,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await Promise.all(claims);
      for (const kin of desk.kins()) {
        for (const poll of kin.asking) {
          poll.reserved--;
          desk.close(poll);
        }
      }
    },
  };
}
