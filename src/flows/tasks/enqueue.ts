import { type Db, type GroupCommit, groupCommit, type Queryable } from "#kernel";
import type { TaskClaimer } from "./claimer.ts";
import type { Desk, Poll } from "./desk.ts";
import { laneKey, type TaskLane } from "./due.ts";
import { insertTasks, type Placed } from "./insert.ts";
import type { NewTask } from "./task.ts";
import { claimUnique } from "./unique.ts";

/** What became of a task that was to be enqueued: it is, or another one holds its unique key. */
export interface Enqueued {
  readonly id: string;
  readonly isNew: boolean;
}

export interface EnqueueOptions {
  readonly db: Db;
  readonly desk: Desk;
  readonly claimer: TaskClaimer;
  readonly now: () => number;
}

const COMMIT_REQUESTS_MAX = 500;
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;
const COMMITS_MAX = 2;
const WAIT_MS_MAX = 5_000;

const bytesOf = (tasks: readonly NewTask[]) => tasks.reduce((sum, { input }) => sum + input.length + 200, 0);

/** How long it is not to be begun yet; 0: it may be. */
const waitMsOf = ({ dueAtMs, delayMs = 0 }: NewTask, nowMs: number): number =>
  Math.max(0, dueAtMs === undefined ? delayMs : dueAtMs - nowMs);

export const laneOf = (task: NewTask): TaskLane => ({ app_id: task.appId, queue: task.queue, name: task.name });

const isAlike = (one: NewTask, other: NewTask): boolean =>
  one.name === other.name && one.queue === other.queue && one.appId === other.appId;

const POINT_US = 60_000_000;

/** Each of these kinds once, with where the most urgent of it stands. */
export function lanesOf(tasks: readonly NewTask[], nowMs: number): Iterable<TaskLane> {
  const lanes = new Map<string, TaskLane & { readonly rankUs: number }>();
  let last: NewTask | undefined;
  for (const task of tasks) {
    // Neighbours are mostly of one kind, and that is seen cheaper than the key of a lane is made.
    if (last !== undefined && isAlike(task, last) && task.priority <= last.priority) continue;
    last = task;
    const lane = laneOf(task);
    const key = laneKey(lane);
    const rankUs = nowMs * 1_000 - task.priority * POINT_US;
    if (rankUs < (lanes.get(key)?.rankUs ?? Number.POSITIVE_INFINITY)) lanes.set(key, { ...lane, rankUs });
  }
  return lanes.values();
}

/** Requests that come together share a commit; each is all or nothing, and answered after it (P1). */
export function createEnqueue(options: EnqueueOptions): GroupCommit<readonly NewTask[], readonly Enqueued[]> {
  const { db, desk, claimer } = options;

  /** Where somebody waits for a task that may begin now, it is placed with him. */
  function place(task: NewTask): { row: Placed; poll: Poll | undefined } {
    // Its key is held until it is handed out: the claim frees it.
    const isHeld = task.unique?.for.mode === "waiting";
    const poll = waitMsOf(task, options.now()) > 0 || isHeld ? undefined : desk.reserve(laneOf(task));
    return { row: { task, worker: poll?.worker.row.token }, poll };
  }

  async function commit(batch: readonly (readonly NewTask[])[], answered: () => void) {
    const asked = batch.flat();
    let placed: ReturnType<typeof place>[] = [];
    let held = new Map<string, string>();
    let leased: ReadonlySet<Placed>;
    const insert = (q: Queryable, tasks: readonly NewTask[]) => {
      placed = tasks.map(place);
      return insertTasks(
        q,
        placed.map(({ row }) => row),
      );
    };
    try {
      leased = asked.some(({ unique }) => unique !== undefined)
        ? await db.transaction(async (tx) => {
            held = await claimUnique(tx, asked);
            return insert(
              tx,
              asked.filter(({ id }) => !held.has(id)),
            );
          })
        : await insert(db, asked);
    } catch (error) {
      for (const { poll } of placed) if (poll !== undefined) desk.giveUp(poll);
      throw error;
    }
    answered();
    follow(placed, leased);
    return batch.map((tasks) =>
      tasks.map(({ id }): Enqueued => {
        const holder = held.get(id);
        return holder === undefined ? { id, isNew: true } : { id: holder, isNew: false };
      }),
    );
  }

  /** After the commit: what was leased is handed over, the rest is there to be claimed. */
  function follow(placed: readonly ReturnType<typeof place>[], leased: ReadonlySet<Placed>): void {
    const served = new Set<Poll>();
    const owed: NewTask[] = [];
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const { row, poll } of placed) {
      const { task } = row;
      if (poll !== undefined && leased.has(row)) {
        desk.handOver(poll, {
          id: task.id,
          queue: task.queue,
          name: task.name,
          attempt: 1,
          priority: task.priority,
          input: task.input,
          timeoutMs: task.options?.timeoutMs,
          key: task.key,
        });
        served.add(poll);
        continue;
      }
      if (poll !== undefined) desk.giveUp(poll);
      const waitMs = waitMsOf(task, options.now());
      if (waitMs > 0) soonestMs = Math.min(soonestMs, waitMs);
      else owed.push(task);
    }
    for (const poll of served) desk.close(poll);
    claimer.owed(lanesOf(owed, options.now()));
    if (soonestMs < Number.POSITIVE_INFINITY) claimer.wakeIn(soonestMs);
  }

  return groupCommit({
    commit,
    rowsMax: COMMIT_REQUESTS_MAX,
    bytesMax: COMMIT_BYTES_MAX,
    bytesOf,
    commitsMax: COMMITS_MAX,
    waitMsMax: WAIT_MS_MAX,
  });
}

/** Enqueues in the caller's transaction; once that is committed `Tasks.inserted` is to be told of them. */
export async function enqueueWithin(q: Queryable, tasks: readonly NewTask[]): Promise<readonly Enqueued[]> {
  const held = await claimUnique(q, tasks);
  const made = tasks.filter(({ id }) => !held.has(id));
  await insertTasks(
    q,
    made.map((task) => ({ task, worker: undefined })),
  );
  return tasks.map(({ id }) => {
    const holder = held.get(id);
    return holder === undefined ? { id, isNew: true } : { id: holder, isNew: false };
  });
}
