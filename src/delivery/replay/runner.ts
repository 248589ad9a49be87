import { bareArray, DatabaseError, type Db, type Log, type Look, type Membership, publicId } from "#kernel";
import { isOfJob, jobNumberHex } from "./delivery-id.ts";
import { Pace } from "./pace.ts";
import { type Stepped, stepJob } from "./step.ts";

export interface JobsOptions {
  readonly db: Db;
  readonly membership: Pick<Membership, "token" | "mayStart" | "onLost" | "onTakeOver">;
  readonly log: Log;
  /** Something was just owed. */
  readonly onOwed: () => void;
  /** Deliveries whose ids `isOne` were withdrawn by their owner: what this process has queued of them is to be given up. */
  readonly onWithdrawn: (isOne: (deliveryId: string) => boolean) => void;
  /** Wall clock and monotonic clock in ms. */
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Between two looks of its own for jobs that nobody works on: 1,000 ms, unless `look` is asked for it. */
  readonly idleMs?: number | undefined;
}

/** Works on jobs: takes those that nobody works on, and does one small step of each in turn. */
export interface Jobs {
  start(): void;
  /** A job was begun or changed: look at once. */
  lookNow(): void;
  /** What is to be looked for each second. */
  readonly look: Look;
  /** One round by hand: what is due is stepped once. Answers with how many ms may pass before the next; for who keeps time himself. */
  round(): Promise<number>;
  /** Finishes the step that is under way and leaves the jobs to others. */
  stop(): Promise<void>;
}

/** Between two looks for jobs that nobody works on. */
const ADOPT_MS = 1_000;
/** A job that waits for its endpoints, or for events to settle; longer each time nothing can be done, up to the other. */
const WAITING_MS = 100;
const WAITING_MS_MAX = 1_000;
/** Of its time a waiting job works one part in so many at most. */
const WAITING_SHARE = 10;
/** Jobs in the hands of one process. */
const HELD_MAX = 64;

const ADOPT = `
  with free as (
    select j.id, j.owner is not null as is_handover
      from posthorn.job j
     where (j.state = 'running' or j.withdrawing) and j.owner is distinct from $1::bigint
       and (j.owner is null or not posthorn.process_alive(j.owner))
     order by j.updated_at, j.id limit $2 for update skip locked
  )
  update posthorn.job j set owner = $1::bigint from free where j.id = free.id
  returning j.id, j.rate_per_second, free.is_handover`;

// Asked each second by every process, and nearly always answered with nothing: one look into an index that is empty then.
const AT_WORK = `
  select coalesce(bool_or(owner is distinct from $1::bigint and (owner is null or not posthorn.process_alive(owner))), false) as free,
         (select string_agg(number::text, ',') from (
            select number from posthorn.job where withdrawing order by id limit 100) w) as withdrawing
    from posthorn.job
   where state = 'running' or withdrawing`;

const GIVE_UP =
  "update posthorn.job set owner = null, updated_at = now() where id = any($1::uuid[]) and owner = $2::bigint";

interface Held {
  readonly pace: Pace;
  nextMs: number;
  turn: number;
  /** How long it was last told to wait; 0: something was done. */
  waitedMs: number;
}

export function createJobs(options: JobsOptions): Jobs {
  const { db, membership, monotonic } = options;
  const idleMs = options.idleMs ?? ADOPT_MS;
  const held = new Map<string, Held>();
  let adoptAt = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let lookAgain = false;
  let stopped = false;

  membership.onLost(() => held.clear()); // Under the new token nothing is ours.
  membership.onTakeOver(async () => () => lookNow());

  async function adopt(): Promise<void> {
    const rows = await db.query<{ id: string; rate_per_second: number; is_handover: boolean }>(ADOPT, [
      membership.token,
      HELD_MAX - held.size,
    ]);
    const now = monotonic();
    for (const { id, rate_per_second, is_handover } of rows) {
      // What the one before owed within the last second counts against the rate too, and is not known here.
      const pace = new Pace(rate_per_second, is_handover ? now + 1_000 : undefined);
      held.set(id, { pace, nextMs: now, turn: 0, waitedMs: 0 });
      if (is_handover)
        options.log.info("job_taken_over", `Goes on with ${publicId("qtask", id)} of a process that was lost.`, {
          task: publicId("qtask", id),
        });
    }
  }

  /**
   * Takes what is free, and gives up what is withdrawn: whoever works on a job finds what it owed in the table, but what is in the
   * hands of a process, only that process finds.
   */
  async function look(): Promise<void> {
    const [at] = await db.query<{ free: boolean; withdrawing: string | null }>(AT_WORK, [membership.token]);
    if (at?.free === true) {
      if (held.size >= HELD_MAX) await giveUpWaiting();
      if (held.size < HELD_MAX) await adopt();
    }
    const numbers = at?.withdrawing?.split(",").map((number) => jobNumberHex(Number(number))) ?? [];
    if (numbers.length > 0) options.onWithdrawn((id) => numbers.some((number) => isOfJob(id, number)));
  }

  /** Jobs whose endpoints take nothing may wait for days, and must not keep all others from their turn: they queue up behind them. */
  async function giveUpWaiting(): Promise<void> {
    const ids = [...held].filter(([, { waitedMs }]) => waitedMs > 0).map(([id]) => id);
    if (ids.length === 0) return;
    await db.query(GIVE_UP, [bareArray(ids), membership.token]);
    for (const id of ids) held.delete(id);
  }

  async function round(): Promise<number> {
    if (!membership.mayStart()) return WAITING_MS;
    if (monotonic() >= adoptAt) {
      adoptAt = monotonic() + idleMs;
      await look();
    }
    for (const [id, job] of held) {
      if (stopped) break;
      if (monotonic() >= job.nextMs) await step(id, job);
    }
    let next = adoptAt;
    for (const { nextMs } of held.values()) next = Math.min(next, nextMs);
    return Math.max(1, next - monotonic());
  }

  async function step(id: string, job: Held): Promise<void> {
    const beganAt = monotonic();
    const allowance = job.pace.allowance(beganAt);
    const stepped = await stepJob(id, {
      db,
      token: membership.token,
      nowMs: options.now(),
      allowance,
      turn: job.turn++,
    });
    apply(id, job, stepped, beganAt);
  }

  function apply(id: string, job: Held, stepped: Stepped, beganAt: number): void {
    if (stepped.kind === "lost" || stepped.kind === "ended") {
      held.delete(id);
      return;
    }
    const now = monotonic();
    job.pace.setRate(stepped.ratePerSecond);
    if (stepped.kind !== "waits") job.waitedMs = 0;
    // By the moment of the commit, which is the last at which it may have happened.
    if (stepped.owed > 0) {
      job.pace.take(stepped.owed, now);
      options.onOwed();
    }
    switch (stepped.kind) {
      case "again":
        // As long as it took at least, for the database's other work.
        job.nextMs = now + (now - beganAt);
        break;
      case "paced":
        job.nextMs = job.pace.nextMs(now);
        break;
      case "waits":
        job.waitedMs = Math.min(WAITING_MS_MAX, Math.max(WAITING_MS, job.waitedMs * 2));
        // A look that is dear (for what is withdrawn, all that its endpoints are owed is read) comes seldom.
        job.nextMs = Math.max(now + job.waitedMs, now + WAITING_SHARE * (now - beganAt), job.pace.nextMs(now));
    }
  }

  function lookNow(): void {
    adoptAt = Number.NEGATIVE_INFINITY;
    if (running !== undefined) lookAgain = true;
    else schedule(1);
  }

  function schedule(ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      lookAgain = false;
      running = round()
        .catch(report)
        .then((next) => {
          running = undefined;
          schedule(lookAgain ? 1 : Math.min(next, idleMs));
        });
    }, ms);
  }

  function report(error: unknown): number {
    if (!(error instanceof DatabaseError)) throw error;
    options.log.limited("job_failed", "warn", "job_step_failed", "A step of a job failed; it is tried again.", {
      error,
    });
    return ADOPT_MS;
  }

  return {
    start: () => schedule(1),
    lookNow,
    look: {
      name: "jobs",
      pending: "exists (select from posthorn.job where state = 'running' or withdrawing)",
      run: () => void lookNow(),
    },
    round,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
      if (held.size === 0) return;
      held.clear();
      await db.query("update posthorn.job set owner = null where owner = $1::bigint", [membership.token]).catch(report); // The lease is given up in a moment: then they are free as well.
    },
  };
}
