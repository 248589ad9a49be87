import { DatabaseError } from "./db.ts";

export interface GroupCommitOptions<Item, Result> {
  /**
   * Commits a batch in one transaction and answers with one result per item, in order. It may call `answered` once the
   * database has answered and before it does what follows: the next batch is then on its way meanwhile.
   */
  readonly commit: (batch: readonly Item[], answered: () => void) => Promise<readonly Result[]>;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly bytesOf: (item: Item) => number;
  /** Commits under way at once: two keep the disk busy while the next batch gathers. */
  readonly commitsMax: number;
  /**
   * An item that waited longer for its turn is rejected as `unavailable`, without having been sent: commits that hang until
   * their deadline must not make those behind them wait for two. Absent: however long it takes.
   */
  readonly waitMsMax?: number;
  /** Counts the commits. */
  readonly meter?: { committed(rows: number, ms: number): void; failed(): void } | undefined;
}

export interface GroupCommit<Item, Result> {
  /** Resolves when the item's transaction is committed; rejects with what failed it. */
  add(item: Item): Promise<Result>;
  /** Items added and not yet settled, and their bytes: what a process refuses new work by. */
  readonly pending: number;
  readonly pendingBytes: number;
  /** How long the first of those has waited that were not sent yet; 0: all were. */
  readonly oldestMs: number;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly sinceMs: number;
}

/**
 * Shares one commit among all that arrive while the last ones are under way: at once when idle, hundreds together when
 * busy, so that the latency of a lone item is one commit and the cost of a busy one is a fraction of it.
 *
 * A batch that the database rejects is halved until the bad item stands alone: one bad row never fails its neighbours.
 */
export function groupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let head = 0;
  let pending = 0;
  let pendingBytes = 0;
  let running = 0;
  let scheduled = false;
  let idleWaiters: (() => void)[] = [];

  function kick(): void {
    if (scheduled || running >= options.commitsMax || head === waiting.length) return;
    scheduled = true;
    // After the events of this turn: whatever arrived with the same poll shares the commit.
    setImmediate(() => {
      scheduled = false;
      startNext();
      kick();
    });
  }

  function startNext(): void {
    const batch = inTime(take());
    if (batch.length === 0) {
      kick();
      return;
    }
    running++;
    let isOver = false;
    const over = () => {
      if (isOver) return false;
      isOver = true;
      running--;
      return true;
    };
    // What has gathered is sent off before what follows from this batch is done: the database works meanwhile.
    const answered = () => {
      if (over() && head < waiting.length) startNext();
    };
    void run(batch, answered).finally(() => {
      over();
      kick();
    });
  }

  function take(): Waiting<Item, Result>[] {
    let bytes = 0;
    let end = head;
    while (end < waiting.length && end - head < options.rowsMax) {
      const next = waiting[end];
      if (next === undefined) break;
      bytes += options.bytesOf(next.item);
      if (bytes > options.bytesMax && end > head) break;
      end++;
    }
    const batch = waiting.slice(head, end);
    head = end;
    if (head === waiting.length) {
      waiting = [];
      head = 0;
    } else if (head > 10_000) {
      waiting = waiting.slice(head);
      head = 0;
    }
    return batch;
  }

  function inTime(batch: Waiting<Item, Result>[]): Waiting<Item, Result>[] {
    if (options.waitMsMax === undefined) return batch;
    const sinceMs = performance.now() - options.waitMsMax;
    const late = batch.filter((waiter) => waiter.sinceMs < sinceMs);
    if (late.length === 0) return batch;
    const error = new DatabaseError("unavailable", `No commit took it within ${options.waitMsMax} ms.`);
    for (const waiter of late) {
      settled(waiter);
      waiter.reject(error);
    }
    return batch.filter((waiter) => waiter.sinceMs >= sinceMs);
  }

  async function run(batch: readonly Waiting<Item, Result>[], answered: () => void): Promise<void> {
    const sentAt = performance.now();
    let isCounted = false;
    const count = () => {
      if (isCounted) return;
      isCounted = true;
      options.meter?.committed(batch.length, performance.now() - sentAt);
    };
    try {
      const results = await options.commit(
        batch.map((waiter) => waiter.item),
        () => {
          count();
          answered();
        },
      );
      count();
      if (results.length !== batch.length) {
        throw new Error(`A group commit of ${batch.length} items answered with ${results.length} results.`);
      }
      for (let i = 0; i < batch.length; i++) {
        const waiter = batch[i] as Waiting<Item, Result>; // i is within the batch.
        settled(waiter);
        waiter.resolve(results[i] as Result);
      }
    } catch (error) {
      options.meter?.failed();
      if (
        batch.length > 1 &&
        error instanceof DatabaseError &&
        (error.fault === "rejected" || error.fault === "conflict")
      ) {
        const middle = batch.length >> 1;
        await run(batch.slice(0, middle), () => undefined);
        await run(batch.slice(middle), () => undefined);
        return;
      }
      for (const waiter of batch) {
        settled(waiter);
        waiter.reject(error);
      }
    }
  }

  function settled(waiter: Waiting<Item, Result>): void {
    pending--;
    pendingBytes -= options.bytesOf(waiter.item);
    if (pending > 0 || idleWaiters.length === 0) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        pending++;
        pendingBytes += options.bytesOf(item);
        waiting.push({ item, resolve, reject, sinceMs: performance.now() });
        kick();
      }),
    get pending() {
      return pending;
    },
    get pendingBytes() {
      return pendingBytes;
    },
    get oldestMs() {
      const first = waiting[head];
      return first === undefined ? 0 : performance.now() - first.sinceMs;
    },
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
  };
}
