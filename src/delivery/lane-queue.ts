import { Queue } from "./queue.ts";

/** Of so many starts one at least is of a replay, when there is one: neither keeps the other from being sent. */
const REPLAY_SHARE = 8;

interface Queued {
  readonly trigger: string;
}

/**
 * What is queued for an endpoint: what its owner sends now goes before what is sent again because of a job, but for one in
 * eight (P10: a replay does not delay live deliveries, and ends all the same).
 */
export class LaneQueue<T extends Queued> {
  readonly #live = new Queue<T>();
  readonly #replay = new Queue<T>();
  #liveInARow = 0;

  get length(): number {
    return this.#live.length + this.#replay.length;
  }

  push(task: T): void {
    (task.trigger === "replay" ? this.#replay : this.#live).push(task);
  }

  shift(): T | undefined {
    const isReplaysTurn = this.#live.length === 0 || this.#liveInARow >= REPLAY_SHARE - 1;
    if (isReplaysTurn && this.#replay.length > 0) {
      this.#liveInARow = 0;
      return this.#replay.shift();
    }
    this.#liveInARow++;
    return this.#live.shift();
  }

  /** Empties the queue. */
  takeAll(): T[] {
    return [...this.#live.takeAll(), ...this.#replay.takeAll()];
  }

  /** Takes the replays out that `isOne`, wherever they stand. */
  takeReplays(isOne: (task: T) => boolean): T[] {
    const all = this.#replay.takeAll();
    for (const task of all) if (!isOne(task)) this.#replay.push(task);
    return all.filter(isOne);
  }
}
