import { createLog, type Db, type Log, newId, openDb } from "#kernel";
import { testDatabase } from "#test";
import { createTasks, type Leased, type Tasks } from "./service.ts";
import { type NewTask, type TaskResult, utf8 } from "./task.ts";
import { ensureTaskPartitions } from "./upkeep.ts";
import type { WorkerProfile } from "./worker-store.ts";

// What the tests of this folder stand on.

/** A task queue on a database of its own, for the tests of this folder. */
export async function taskWorld() {
  const database = await testDatabase();
  const db = openDb({ url: database.url, poolMax: 6 });
  await ensureTaskPartitions(db, Date.now());
  const appId = newId();
  await db.query("insert into posthorn.application (id, uid, name) values ($1, 'acme', 'Acme')", [appId]);
  const signals: number[] = [];
  const made: Tasks[] = [];
  /** Another process on the same database. */
  const open = (over: { monotonic?: () => number; now?: () => number; db?: Db; log?: Log } = {}): Tasks => {
    const tasks = createTasks({
      db: over.db ?? db,
      log: over.log ?? createLog({ level: "silent", format: "json" }),
      now: over.now ?? Date.now,
      monotonic: over.monotonic ?? performance.now.bind(performance),
      random: () => 0.5,
      onRunSignal: () => signals.push(1),
    });
    made.push(tasks);
    return tasks;
  };
  return {
    database,
    db,
    appId,
    signals,
    open,
    tasks: open(),
    newTask: (over: Partial<NewTask> = {}): NewTask => ({
      id: newId(),
      appId,
      queue: "default",
      name: "mail.send",
      priority: 0,
      dueAtMs: undefined,
      input: utf8('{"to":"a"}'),
      options: undefined,
      unique: undefined,
      of: undefined,
      key: undefined,
      ...over,
    }),
    profile: (over: Partial<WorkerProfile> = {}): WorkerProfile => ({
      name: "w",
      queues: ["default"],
      names: ["mail.send"],
      concurrency: 10,
      ...over,
    }),
    /** The tables whose rows are tasks that have not ended, and how those that have did. */
    counts: async () => {
      const [row] = await db.query<{
        owed: number;
        leased: number;
        completed: number;
        failed: number;
        cancelled: number;
      }>(`
        select (select count(*)::int from posthorn.task_owed) as owed, (select count(*)::int from posthorn.task_leased) as leased,
               count(*) filter (where state = 'completed')::int as completed, count(*) filter (where state = 'failed')::int as failed,
               count(*) filter (where state = 'cancelled')::int as cancelled
          from posthorn.task_ended`);
      return row;
    },
    async [Symbol.asyncDispose]() {
      for (const tasks of made) await tasks.stop();
      await db.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Nobody goes away. */
export const stays = () => new AbortController().signal;

export type Got = Extract<Leased, { kind: "leased" }>;

/** Leases, and fails the test when it was refused. */
export async function lease(
  tasks: Tasks,
  appId: string,
  who: Parameters<Tasks["lease"]>[1],
  max = 10,
  waitMs = 0,
): Promise<Got> {
  const leased = await tasks.lease(appId, who, max, waitMs, stays());
  if (leased.kind !== "leased") throw new Error(`The lease was refused: ${leased.kind}`);
  return leased;
}

export const completed = (task: { id: string; attempt: number }, output = "null"): TaskResult => ({
  kind: "completed",
  id: task.id,
  attempt: task.attempt,
  output: utf8(output),
});

export const failed = (
  task: { id: string; attempt: number },
  kind: "retryable" | "permanent" | "cancelled" = "retryable",
): TaskResult => ({
  kind: "failed",
  id: task.id,
  attempt: task.attempt,
  error: { class: kind, code: "boom", message: "It broke" },
  retryAtMs: undefined,
});
