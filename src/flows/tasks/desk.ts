import { laneKey, type TaskLane } from "./due.ts";
import { createPositions, type Positions } from "./positions.ts";
import type { LeasedTask } from "./task.ts";
import type { Cancellation, WorkerRow } from "./worker-store.ts";

/** A worker's request for tasks, until it is answered. */
export interface Poll {
  readonly worker: AttachedWorker;
  readonly max: number;
  /** It waits for long enough that whatever it is for is found by a look. */
  readonly isPatient: boolean;
  readonly tasks: LeasedTask[];
  /** Commits and claims under way that may lease something to it. */
  reserved: number;
  /** Its time is over: it is answered as soon as nothing is reserved for it. */
  isOver: boolean;
  readonly answer: (tasks: readonly LeasedTask[]) => void;
}

/** A worker that talks to this process. */
export interface AttachedWorker {
  readonly row: WorkerRow;
  readonly kin: Kin;
  /** It was heard of since the last pulse, and when (monotonic ms). */
  heard: boolean;
  heardAt: number;
  poll: Poll | undefined;
  /** What it is to stop, by task. */
  readonly cancelled: Map<string, Cancellation>;
}

/** The workers that do the same tasks of the same queues: their requests are answered together. */
export interface Kin {
  readonly key: string;
  readonly appId: string;
  readonly queues: readonly string[];
  readonly names: readonly string[];
  /** How many are attached. */
  size: number;
  /** To be answered by the next claim. */
  readonly asking: Set<Poll>;
  /** Found nothing, and wait. */
  readonly waiting: Set<Poll>;
  /** Grows whenever something is owed to them that was not handed over. */
  owed: number;
  /** `owed` as it was before the last claim that left nothing behind: while it is the same, there is nothing that we know of. */
  cleared: number;
  /** When that claim was, monotonic ms. */
  clearedAt: number;
  claiming: boolean;
  readonly positions: Positions;
  /** Queues of theirs that have limits, as last seen, and until when (monotonic ms) that is believed. */
  limited: readonly string[];
  limitedUntil: number;
}

/**
 * Who waits for tasks at this process. A task that is enqueued while somebody waits for one like it is leased to him in the same
 * statement, and handed over after the commit: no claim, no poll, no notification stands between.
 */
export interface Desk {
  attach(row: WorkerRow, now: number): AttachedWorker;
  find(token: string): AttachedWorker | undefined;
  detach(worker: AttachedWorker): void;
  attached(): Iterable<AttachedWorker>;
  kins(): Iterable<Kin>;
  /** Those whose workers do tasks of this kind. */
  kinsOf(lane: TaskLane): readonly Kin[];
  /** Somebody who waits for a task like this; a place with him is kept until `handOver` or `giveUp`. */
  reserve(lane: TaskLane): Poll | undefined;
  handOver(poll: Poll, task: LeasedTask): void;
  giveUp(poll: Poll): void;
  /** Answers a request with what it has got, unless something is still reserved for it. */
  close(poll: Poll): void;
}

export function createDesk(): Desk {
  const workers = new Map<string, AttachedWorker>();
  const kins = new Map<string, Kin>();
  const byLane = new Map<string, Kin[]>();

  function lanesOf(kin: Kin): string[] {
    return kin.queues.flatMap((queue) => kin.names.map((name) => laneKey({ app_id: kin.appId, queue, name })));
  }

  function kinOf(row: WorkerRow): Kin {
    const queues = [...new Set(row.queues)].sort();
    const names = [...new Set(row.names)].sort();
    const key = JSON.stringify([row.appId, queues, names]);
    const known = kins.get(key);
    if (known !== undefined) return known;
    const kin: Kin = {
      key,
      appId: row.appId,
      queues,
      names,
      size: 0,
      asking: new Set(),
      waiting: new Set(),
      owed: 0,
      cleared: -1,
      clearedAt: Number.NEGATIVE_INFINITY,
      claiming: false,
      positions: createPositions(),
      limited: [],
      limitedUntil: Number.NEGATIVE_INFINITY,
    };
    kins.set(key, kin);
    for (const lane of lanesOf(kin)) {
      const sharing = byLane.get(lane);
      if (sharing === undefined) byLane.set(lane, [kin]);
      else sharing.push(kin);
    }
    return kin;
  }

  function forget(kin: Kin): void {
    kins.delete(kin.key);
    for (const lane of lanesOf(kin)) {
      const others = (byLane.get(lane) ?? []).filter((other) => other !== kin);
      if (others.length === 0) byLane.delete(lane);
      else byLane.set(lane, others);
    }
  }

  function close(poll: Poll): void {
    poll.isOver = true;
    poll.worker.kin.waiting.delete(poll);
    // Also one that asked for no wait at all is answered after a look, not before.
    if (poll.reserved > 0) return;
    if (poll.worker.poll === poll) poll.worker.poll = undefined;
    poll.answer(poll.tasks);
  }

  return {
    attach: (row, now) => {
      const known = workers.get(row.token);
      if (known !== undefined) return known;
      const worker: AttachedWorker = {
        row,
        kin: kinOf(row),
        heard: true,
        heardAt: now,
        poll: undefined,
        cancelled: new Map(),
      };
      worker.kin.size++;
      workers.set(row.token, worker);
      return worker;
    },
    find: (token) => workers.get(token),
    detach: (worker) => {
      if (!workers.delete(worker.row.token)) return;
      if (worker.poll !== undefined) close(worker.poll);
      worker.kin.size--;
      if (worker.kin.size === 0) forget(worker.kin);
    },
    attached: () => workers.values(),
    kins: () => kins.values(),
    kinsOf: (lane) => byLane.get(laneKey(lane)) ?? [],
    reserve: (lane) => {
      for (const kin of byLane.get(laneKey(lane)) ?? []) {
        for (const poll of kin.waiting) {
          // To the end of the line: the tasks of one commit are spread over all who wait.
          kin.waiting.delete(poll);
          poll.reserved++;
          if (poll.reserved + poll.tasks.length < poll.max) kin.waiting.add(poll);
          return poll;
        }
      }
      return undefined;
    },
    handOver: (poll, task) => {
      poll.reserved--;
      poll.tasks.push(task);
    },
    giveUp: (poll) => {
      poll.reserved--;
      if (poll.isOver) close(poll);
      else poll.worker.kin.waiting.add(poll);
    },
    close,
  };
}
