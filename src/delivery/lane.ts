import type { Health } from "./auto-disable.ts";
import type { Breaker } from "./breaker.ts";
import type { EndpointConfig } from "./endpoint.ts";
import type { Limiter } from "./limiter.ts";
import type { Task } from "./task.ts";

/** Why nothing may be started for a lane now. `atMs` (monotonic): when to ask again; absent: when something changes. */
export type Blocked =
  | { readonly by: "mode" | "ownership" }
  | { readonly by: "hold" | "breaker"; readonly atMs: number };

/**
 * One endpoint in this process: what is queued for it, what is under way, and what holds it back. A lane lives as long as
 * it has work or knows something that the database does not (breaker window, hold).
 */
export interface Lane {
  readonly endpointId: string;
  readonly appId: string;
  /** Replaced when a newer version is loaded; undefined once the endpoint is deleted. */
  endpoint: EndpointConfig | undefined;
  readonly queue: Queue;
  queuedBytes: number;
  /** Planned, not yet committed. */
  reserved: number;
  inFlight: number;
  /** More may be owed to it in the table than is in memory: what comes new is owed behind it. */
  backlog: boolean;
  breaker: Breaker;
  /** What days of answers said. */
  health: Health;
  /** Monotonic ms until which Retry-After asked for quiet. */
  holdUntil: number;
  limiter: Limiter | undefined;
  /** Shared by all endpoints of an application with a throttle. */
  appLimiter: Limiter | undefined;
  ownership: Ownership;
  /** Mean payload bytes lately: sizes the next claim. */
  meanBytes: number;
}

/** Whether this process may start requests where a limit holds over all processes. */
export type Ownership = "not_needed" | "wanted" | "owned";

/** First in, first out, without moving what stays. */
export class Queue {
  #items: (Task | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(task: Task): void {
    this.#items.push(task);
  }

  peek(): Task | undefined {
    return this.#items[this.#head];
  }

  shift(): Task | undefined {
    const task = this.#items[this.#head];
    if (task === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return task;
  }

  /** Empties the queue. */
  takeAll(): Task[] {
    const tasks = this.#items.slice(this.#head) as Task[]; // Beyond the head nothing was taken.
    this.#items = [];
    this.#head = 0;
    return tasks;
  }
}
