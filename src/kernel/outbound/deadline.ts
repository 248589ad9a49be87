/** How late a deadline may be noticed: up to two ticks. */
const TICK_MS = 20;
/** One turn of the wheel is 20 s; what is longer goes round again. */
const SLOTS = 1024;

interface Node {
  next: Node;
  previous: Node;
}

/** One running deadline. Subclass it, so that the thing that has a deadline and the entry in the wheel are one object. */
export abstract class Timed implements Node {
  next: Node = this;
  previous: Node = this;
  rounds = 0;
  /** Called once, when the deadline has passed and was not stopped. */
  abstract expire(): void;
}

/**
 * A timer wheel: one interval serves every request in flight, and starting and stopping a deadline are a few
 * assignments. `AbortSignal.timeout` or `setTimeout` per request would cost a timer heap operation each.
 *
 * Each slot is a ring with a sentinel; a Timed that is its own neighbour is in no slot:
 *
 *   slot 7 ⇄ flight ⇄ flight ⇄ (slot 7)
 */
export class DeadlineWheel<T extends Timed> {
  readonly #slots: readonly Node[] = Array.from({ length: SLOTS }, ring);
  #position = 0;
  /** The moment that `#position` stands for; behind the clock while the process is busy. */
  #positionAt = 0;
  #running = 0;
  #ticker: ReturnType<typeof setInterval> | undefined = undefined;

  /** @param now what `performance.now()` says; the deadline comes `ms` later, not before. */
  start(timed: T, ms: number, now: number = performance.now()): void {
    if (this.#ticker === undefined) {
      this.#positionAt = now;
      this.#ticker = setInterval(() => this.#tick(performance.now()), TICK_MS);
    }
    const ticks = Math.max(1, Math.ceil((now - this.#positionAt + ms) / TICK_MS));
    timed.rounds = Math.floor((ticks - 1) / SLOTS);
    const slot = this.#slot(this.#position + ticks);
    timed.previous = slot.previous;
    timed.next = slot;
    slot.previous.next = timed;
    slot.previous = timed;
    this.#running++;
  }

  stop(timed: T): void {
    if (timed.next === timed) return;
    timed.previous.next = timed.next;
    timed.next.previous = timed.previous;
    timed.next = timed;
    timed.previous = timed;
    this.#running--;
  }

  #tick(now: number): void {
    // A late tick (a busy or suspended process) is caught up, an early one waits: deadlines are those of the clock.
    while (now - this.#positionAt >= TICK_MS && this.#running > 0) {
      this.#position = (this.#position + 1) % SLOTS;
      this.#positionAt += TICK_MS;
      for (const timed of this.#in(this.#slot(this.#position))) {
        if (timed.rounds > 0) timed.rounds--;
        // One that expired before may have stopped this one.
        else if (timed.next !== timed) {
          this.stop(timed);
          timed.expire();
        }
      }
    }
    // An idle process has no timer.
    if (this.#running === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #slot(index: number): Node {
    const slot = this.#slots[index % SLOTS];
    if (slot === undefined) throw new Error(`The deadline wheel has no slot ${index}; it has ${SLOTS}.`);
    return slot;
  }

  /** A copy, since visiting may take members out. */
  #in(slot: Node): T[] {
    const members: T[] = [];
    // Beside its sentinel a slot holds only what `start` put there.
    for (let node = slot.next; node !== slot; node = node.next) members.push(node as T);
    return members;
  }
}

function ring(): Node {
  const node = {} as Node; // Closed to a ring in the next lines; an object literal cannot name itself.
  node.next = node;
  node.previous = node;
  return node;
}
