import type { Task } from "./lane.ts";
import { Queue } from "./queue.ts";

/** Of so many starts one at least is of a replay, when there is one: neither keeps the other from being sent. */
const REPLAY_SHARE = 8;

/**
 * What is queued for an endpoint: what its owner sends now goes before what is sent again because of a job, but for one in
 * eight (P10: a replay does not delay live deliveries, and ends all the same).
 */
export class LaneQueue {
  readonly #live = new Queue<Task>();
  readonly #replay = new Queue<Task>();
  #liveInARow = 0;

  get length(): number {
    return this.#live.length + this.#replay.length;
  }

  push(task: Task): void {
    (task.trigger === "replay" ? this.#replay : this.#live).push(task);
  }

  shift(): Task | undefined {
    const isReplaysTurn = this.#live.length === 0 || this.#liveInARow >= REPLAY_SHARE - 1;
    if (isReplaysTurn && this.#replay.length > 0) {
      this.#liveInARow = 0;
      return this.#replay.shift();
    }
    this.#liveInARow++;
    return this.#live.shift();
  }

  /** Empties the queue. */
  takeAll(): Task[] {
    return [...this.#live.takeAll(), ...this.#replay.takeAll()];
  }
}
