import { DatabaseError, type Db, LEASE_MS, type Log, type Look, PULSE_MS, publicId, type Queryable } from "#kernel";
import type { Desk } from "./desk.ts";
import type { Settled } from "./settle.ts";
import { endOverdue, takeOverTasks } from "./takeover.ts";
import { endWorker, type LivingWorker, pulseWorkers, type WorkerRow } from "./worker-store.ts";

export interface WorkerWatchOptions {
  readonly db: Db;
  readonly desk: Desk;
  readonly log: Log;
  readonly monotonic: () => number;
  /** What lost workers had was taken from them. */
  readonly onTaken: (settled: readonly Settled[]) => void;
}

/** Says who was heard of, and takes from workers that are heard of no more what they had. */
export interface WorkerWatch {
  start(): void;
  /** A worker joined: from now on there is something to watch. */
  hurry(): void;
  /** A worker that ended, by its token: its late results are recorded. */
  lostWorker(q: Queryable, appId: string, token: string): Promise<WorkerRow | undefined>;
  /** Finds workers that joined through other processes. */
  readonly look: Look;
  /** One look; for who keeps time himself. */
  pulse(): Promise<void>;
  stop(): Promise<void>;
}

/** How often a worker is to be heard of, and after what silence it is lost: as with processes. */
export const WORKER_PULSE_MS = PULSE_MS;
export const WORKER_LOST_MS = LEASE_MS;

const PULSE_MIN_MS = 100;
const OVERDUE_EVERY_MS = 2_000;

const ENDED = `
  select id, token::text as token, app_id as "appId", name, queues, names, concurrency from posthorn.task_worker where token = $1::bigint and app_id = $2`;

export function createWorkerWatch(options: WorkerWatchOptions): WorkerWatch {
  const { db, desk, monotonic } = options;
  /** As last seen, and since when (monotonic) it has been just that: a worker's silence is judged by our own clock alone. */
  const seen = new Map<string, { readonly seen: string; readonly sinceMs: number }>();
  /** Since when every pulse succeeded: after an outage everybody was silent, and nobody is lost before one healthy lease has passed. */
  let healthySince = Number.POSITIVE_INFINITY;
  let overdueAt = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  let beating: Promise<void> | undefined;
  let anybody = false;
  let stopped = false;

  async function pulse(): Promise<void> {
    const sentAt = monotonic();
    const heard = [...desk.attached()].filter((worker) => worker.heard);
    for (const worker of heard) worker.heard = false;
    let living: LivingWorker[];
    try {
      living = await pulseWorkers(
        db,
        heard.map(({ row }) => row.token),
      );
    } catch (error) {
      for (const worker of heard) worker.heard = true;
      healthySince = Number.POSITIVE_INFINITY;
      seen.clear();
      throw error;
    }
    healthySince = Math.min(healthySince, sentAt);
    anybody = living.length > 0;
    const tokens = new Set(living.map(({ token }) => token));
    for (const worker of [...desk.attached()]) if (!tokens.has(worker.row.token) && !worker.heard) desk.detach(worker);
    for (const token of seen.keys()) if (!tokens.has(token)) seen.delete(token);
    tellCancelled(living[0]?.cancelled ?? []);
    for (const { token, seen: beat, heard: isHeard } of living) {
      const known = seen.get(token);
      if (isHeard || known?.seen !== beat) {
        seen.set(token, { seen: beat, sinceMs: (isHeard ? desk.find(token)?.heardAt : undefined) ?? sentAt });
      } else if (monotonic() - known.sinceMs >= LEASE_MS && monotonic() - healthySince >= LEASE_MS) {
        await takeOver(token, beat);
      }
    }
    if (anybody && monotonic() >= overdueAt) {
      overdueAt = monotonic() + OVERDUE_EVERY_MS;
      taken(await endOverdue(db));
    }
  }

  function tellCancelled(cancellations: NonNullable<LivingWorker["cancelled"]>): void {
    for (const cancellation of cancellations) {
      const worker = desk.find(cancellation.worker);
      if (worker === undefined || worker.cancelled.has(cancellation.id)) continue;
      worker.cancelled.set(cancellation.id, cancellation);
      if (worker.poll !== undefined) desk.close(worker.poll);
    }
  }

  async function takeOver(token: string, beat: string): Promise<void> {
    const lost = await endWorker(db, token, "lost", beat, async (tx, { id, name }) => ({
      id,
      name,
      settled: await takeOverTasks(tx, token),
    }));
    if (lost === undefined) return; // It came back, or another process was first.
    const { settled } = lost;
    seen.delete(token);
    const worker = desk.find(token);
    if (worker !== undefined) desk.detach(worker);
    options.log.warn("worker_lost", "A worker was not heard of any more; what it had is owed again.", {
      worker: lost.name,
      workerId: publicId("wkr", lost.id),
      tasks: settled.length,
    });
    taken(settled);
  }

  function taken(settled: readonly Settled[]): void {
    if (settled.length > 0) options.onTaken(settled);
  }

  function schedule(ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      beating ??= beat().finally(() => {
        beating = undefined;
      });
    }, ms);
  }

  function hurry(): void {
    if (!anybody) schedule(PULSE_MS);
    anybody = true;
  }

  async function beat(): Promise<void> {
    try {
      await pulse();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      options.log.limited(
        "worker_pulse_failed",
        "warn",
        "worker_pulse_failed",
        "The database did not take the heartbeats of workers.",
        {
          error,
        },
      );
    }
    // While no worker lives nothing is asked: whoever joins here wakes us, and `look` finds those that joined elsewhere.
    if (anybody || [...desk.attached()].length > 0) schedule(nextPulseMs());
  }

  /** A pulse's time, or less when before that somebody will have been silent for a whole lease. */
  function nextPulseMs(): number {
    let next = PULSE_MS;
    for (const { sinceMs } of seen.values()) {
      next = Math.min(next, Math.max(sinceMs, healthySince) + LEASE_MS - monotonic());
    }
    return Math.max(next, PULSE_MIN_MS);
  }

  return {
    start: () => schedule(1),
    hurry,
    lostWorker: async (q, appId, token) => (await q.query<WorkerRow>(ENDED, [token, appId]))[0],
    look: {
      name: "task_workers",
      pending: "exists (select from posthorn.task_worker where ended_at is null)",
      run: () => {
        hurry();
        return undefined;
      },
    },
    pulse,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await beating;
    },
  };
}
