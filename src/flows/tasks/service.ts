import { DatabaseError, type Db, type Log, type Look, newId, type Queryable } from "#kernel";
import type { CommitPart } from "../commit-part.ts";
import { createTaskClaimer, PATIENT_MS } from "./claimer.ts";
import { createTaskClock, declareSchedules, type TaskSchedule } from "./clock.ts";
import { type AttachedWorker, createDesk, type Poll } from "./desk.ts";
import { createEnqueue, type Enqueued, lanesOf } from "./enqueue.ts";
import { type ProgressOf, progressOf, writeProgress } from "./progress.ts";
import { createReports } from "./report.ts";
import { createTaskPart } from "./run-part.ts";
import { type Consequences, consequencesOf } from "./settle.ts";
import { forgottenTasks, releaseTasks } from "./takeover.ts";
import type { LeasedTask, NewTask, ResultState, TaskResult } from "./task.ts";
import {
  type Cancellation,
  endWorker,
  findWorker,
  joinWorker,
  WORKERS_MAX,
  type WorkerProfile,
  type WorkerRow,
} from "./worker-store.ts";
import { createWorkerWatch } from "./worker-watch.ts";

export interface TasksOptions {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Told when a task's end was written down for a run that waits for it. */
  readonly onRunSignal: () => void;
}

/** Who asks for tasks: somebody new, or one that was given a token. */
export type WorkerClaim =
  | { readonly kind: "new"; readonly profile: WorkerProfile; readonly schedules?: readonly TaskSchedule[] }
  | { readonly kind: "known"; readonly token: string };

export type Refused =
  /** It was not heard of for too long, or left: what it had is somebody else's. */
  | { readonly kind: "worker_lost" }
  /** This process is leaving: ask another one. */
  | { readonly kind: "draining" }
  | { readonly kind: "too_many_workers"; readonly max: number };

export type Leased =
  | {
      readonly kind: "leased";
      readonly worker: WorkerRow;
      readonly tasks: readonly LeasedTask[];
      readonly cancelled: readonly Cancellation[];
    }
  | Refused;

export type Beat = { readonly kind: "heard"; readonly cancelled: readonly Cancellation[] } | Refused;

/** The task queue of this process. Every method may reject with DatabaseError. */
export interface Tasks {
  /** All or none of them; resolves after the commit. */
  enqueue(tasks: readonly NewTask[]): Promise<readonly Enqueued[]>;
  /** Something of these kinds was inserted by a transaction that is committed. */
  inserted(tasks: readonly NewTask[]): void;
  /** Something may be due: a task was given another try. */
  lookNow(): void;
  /** Limits of queues were changed. */
  queuesChanged(): void;
  /** A task that a run may wait for has ended, in a transaction that is committed. */
  ended(): void;
  /** At most `max` tasks, as soon as there is one, or none after `waitMs` or when `gone` aborts. */
  lease(appId: string, who: WorkerClaim, max: number, waitMs: number, gone: AbortSignal): Promise<Leased>;
  /** Gives back what could not be handed to a worker. */
  takeBack(worker: WorkerRow, tasks: readonly LeasedTask[]): Promise<void>;
  /** A worker lives. `holding`: all that it has in hand; undefined: it does not say. */
  heartbeat(
    appId: string,
    token: string,
    holding: readonly string[] | undefined,
    progress: readonly ProgressOf[],
  ): Promise<Beat>;
  report(
    appId: string,
    token: string,
    results: readonly TaskResult[],
  ): Promise<{ readonly kind: "settled"; readonly states: readonly ResultState[] }>;
  /** A worker ends; what it still has is owed again. */
  leave(appId: string, token: string): Promise<void>;
  /** These running tasks are to stop: workers at this process are told at once. */
  cancelled(cancellations: readonly Cancellation[]): void;
  /** For runs: tasks of their steps, in the commit of the run. */
  readonly part: CommitPart;
  /** What other processes, or the clock, left to be done. */
  readonly looks: readonly Look[];
  /** One look at who is heard of; for who keeps time himself. */
  pulse(): Promise<void>;
  stats(): { readonly workers: number; readonly waiting: number; readonly pending: number };
  start(): void;
  /** Nobody is kept waiting any more, nor handed anything. */
  dismiss(): void;
  /** Nobody is kept waiting any more, and what is under way is committed. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** A worker that leaves out what it holds is asked no more often. */
const AUDIT_MS = 5_000;

export function createTasks(options: TasksOptions): Tasks {
  const { db, log, monotonic, now } = options;
  const desk = createDesk();
  const claimer = createTaskClaimer({ db, desk, monotonic, log });
  const enqueues = createEnqueue({ db, desk, claimer, now });
  const watch = createWorkerWatch({
    db,
    desk,
    log,
    monotonic,
    onTaken: (settled) => settledSome(consequencesOf(settled), undefined),
  });
  const reports = createReports({ db, now, random: options.random, onSettled: settledSome });
  const auditedAt = new WeakMap<AttachedWorker, number>();
  let draining = false;

  function hear(worker: AttachedWorker): void {
    worker.heard = true;
    worker.heardAt = monotonic();
  }

  /** After the commit: runs are told, and whoever waited for room in a queue looks again. */
  function settledSome({ signalled, owed }: Consequences, soonestRetryMs: number | undefined): void {
    if (signalled) options.onRunSignal();
    if (owed) claimer.wakeIn(soonestRetryMs ?? 1);
    for (const kin of desk.kins()) if (kin.limited.length > 0 && kin.waiting.size > 0) claimer.wakeIn(1);
  }

  /** The worker that a token names, if it lives and is of this application. */
  async function attachedBy(appId: string, token: string): Promise<AttachedWorker | undefined> {
    const known = desk.find(token);
    if (known !== undefined) return known.row.appId === appId ? known : undefined;
    const row = await findWorker(db, token);
    return row?.appId === appId ? desk.attach(row, monotonic()) : undefined;
  }

  async function attach(appId: string, who: WorkerClaim): Promise<AttachedWorker | Refused> {
    if (who.kind === "known") return (await attachedBy(appId, who.token)) ?? { kind: "worker_lost" };
    const id = newId();
    const token = await db.transaction(async (tx) => {
      await declareSchedules(tx, appId, who.profile.names, who.schedules ?? [], now());
      return joinWorker(tx, id, appId, who.profile);
    });
    if (token === undefined) return { kind: "too_many_workers", max: WORKERS_MAX };
    watch.hurry();
    return desk.attach({ ...who.profile, id, appId, token }, monotonic());
  }

  function poll(
    worker: AttachedWorker,
    max: number,
    waitMs: number,
    gone: AbortSignal,
  ): Promise<readonly LeasedTask[]> {
    if (worker.poll !== undefined) desk.close(worker.poll); // It asks anew: whoever it asked before has lost it.
    return new Promise((resolve) => {
      const over = () => desk.close(mine);
      const timer = setTimeout(over, waitMs);
      gone.addEventListener("abort", over);
      const mine: Poll = {
        worker,
        max,
        isPatient: waitMs >= PATIENT_MS,
        tasks: [],
        reserved: 0,
        isOver: false,
        answer: (tasks) => {
          clearTimeout(timer);
          gone.removeEventListener("abort", over);
          resolve(tasks);
        },
      };
      worker.poll = mine;
      claimer.ask(mine);
    });
  }

  async function takeBack(worker: WorkerRow, tasks: readonly { readonly id: string; readonly attempt: number }[]) {
    if (tasks.length === 0) return;
    const results = tasks.map(({ id, attempt }): TaskResult => ({ kind: "released", id, attempt }));
    await reports.add({ worker, results });
  }

  async function audit(worker: AttachedWorker, holding: readonly string[]): Promise<void> {
    const last = auditedAt.get(worker) ?? monotonic();
    if (!auditedAt.has(worker)) auditedAt.set(worker, last);
    if (monotonic() - last < AUDIT_MS) return;
    auditedAt.set(worker, monotonic());
    const forgotten = await forgottenTasks(db, worker.row.token, holding);
    if (forgotten.length === 0) return;
    log.limited(
      "tasks_forgotten",
      "warn",
      "tasks_forgotten",
      "A worker does not know of tasks that were handed to it; they are owed again.",
      {
        worker: worker.row.name,
        count: forgotten.length,
      },
    );
    await takeBack(worker.row, forgotten);
  }

  const dismiss = () => {
    draining = true;
    for (const worker of desk.attached()) if (worker.poll !== undefined) desk.close(worker.poll);
  };

  const drain = async () => {
    dismiss();
    await enqueues.idle();
    await reports.idle();
  };

  return {
    enqueue: (tasks) => enqueues.add(tasks),
    inserted: (tasks) => claimer.owed(lanesOf(tasks, now())),
    lookNow: () => claimer.wakeIn(1),
    queuesChanged: () => {
      for (const kin of desk.kins()) kin.limitedUntil = Number.NEGATIVE_INFINITY;
      claimer.wakeIn(1);
    },
    ended: options.onRunSignal,
    lease: async (appId, who, max, waitMs, gone) => {
      if (draining) return { kind: "draining" };
      const worker = await attach(appId, who);
      if ("kind" in worker) return worker;
      hear(worker);
      const wait = worker.cancelled.size > 0 ? 0 : waitMs;
      const tasks = max === 0 ? [] : await poll(worker, max, wait, gone);
      if (desk.find(worker.row.token) !== worker) {
        return { kind: "worker_lost" };
      }
      return { kind: "leased", worker: worker.row, tasks, cancelled: [...worker.cancelled.values()] };
    },
    takeBack,
    heartbeat: async (appId, token, holding, progress) => {
      const worker = await attachedBy(appId, token);
      if (worker === undefined) return { kind: "worker_lost" };
      hear(worker);
      if (progress.length > 0) await writeProgress(db, worker.row, progressOf(progress));
      if (holding !== undefined) await audit(worker, holding);
      return { kind: "heard", cancelled: [...worker.cancelled.values()] };
    },
    report: async (appId, token, results) => {
      // One that was lost meanwhile may still tell what it did: it changes nothing, and is recorded.
      const attached = await attachedBy(appId, token);
      if (attached !== undefined) hear(attached);
      const worker = attached?.row ?? (await watch.lostWorker(db, appId, token));
      if (worker === undefined) return { kind: "settled", states: results.map(() => "late" as const) };
      const states = await reports.add({ worker, results });
      if (attached !== undefined) for (const { id } of results) attached.cancelled.delete(id);
      return { kind: "settled", states };
    },
    leave: async (appId, token) => {
      const worker = await attachedBy(appId, token);
      if (worker === undefined) return;
      desk.detach(worker);
      const settled = await endWorker(db, token, "left", undefined, (tx: Queryable) => releaseTasks(tx, token));
      if (settled !== undefined) settledSome(consequencesOf(settled), undefined);
    },
    cancelled: (cancellations) => {
      for (const cancellation of cancellations) {
        const worker = desk.find(cancellation.worker);
        if (worker === undefined) continue;
        worker.cancelled.set(cancellation.id, cancellation);
        if (worker.poll !== undefined) desk.close(worker.poll);
      }
    },
    part: createTaskPart({ now, inserted: (tasks) => claimer.owed(lanesOf(tasks, now())) }),
    looks: [watch.look, createTaskClock({ db, now, inserted: (tasks) => claimer.owed(lanesOf(tasks, now())) })],
    pulse: watch.pulse,
    stats: () => {
      let workers = 0;
      let waiting = 0;
      for (const worker of desk.attached()) {
        workers++;
        if (worker.poll !== undefined) waiting++;
      }
      return { workers, waiting, pending: enqueues.pending + reports.pending };
    },
    start: () => watch.start(),
    dismiss,
    drain,
    stop: async () => {
      await watch.stop();
      await drain().catch((error) => {
        if (!(error instanceof DatabaseError)) throw error;
      });
      await claimer.stop();
    },
  };
}
