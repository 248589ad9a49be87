/** How late a deadline may be noticed. */
const TICK_MS = 20;
/** One turn of the wheel is 82 s, more than any request may last; what is longer goes round again. */
const SLOTS = 4096;

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
export class DeadlineWheel {
  readonly #slots: Node[] = [];
  #position = 0;
  #running = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #tickedAt = 0;

  constructor() {
    for (let i = 0; i < SLOTS; i++) this.#slots.push(ring());
  }

  start(timed: Timed, ms: number): void {
    if (this.#ticker === undefined) {
      this.#tickedAt = performance.now();
      this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    }
    // Two ticks more: the present one is partly over, and a deadline must not come early.
    const ticks = Math.ceil(Math.max(ms, 0) / TICK_MS) + 1;
    timed.rounds = Math.floor(ticks / SLOTS);
    const slot = this.#slots[(this.#position + ticks) % SLOTS] ?? ring();
    timed.previous = slot.previous;
    timed.next = slot;
    slot.previous.next = timed;
    slot.previous = timed;
    this.#running++;
  }

  stop(timed: Timed): void {
    if (timed.next === timed) return;
    timed.previous.next = timed.next;
    timed.next.previous = timed.previous;
    timed.next = timed;
    timed.previous = timed;
    this.#running--;
  }

  #tick(): void {
    // An interval that fires late (a busy or suspended process) is caught up, so that deadlines stay those of the clock.
    const passed = Math.min(Math.max(1, Math.floor((performance.now() - this.#tickedAt) / TICK_MS)), SLOTS);
    this.#tickedAt += passed * TICK_MS;
    for (let i = 0; i < passed; i++) {
      this.#position = (this.#position + 1) % SLOTS;
      const slot = this.#slots[this.#position];
      if (slot !== undefined) this.#turn(slot);
    }
    // An idle process has no timer.
    if (this.#running === 0 && this.#ticker !== undefined) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
  }

  #turn(slot: Node): void {
    let node = slot.next;
    while (node !== slot) {
      const next = node.next;
      if (node instanceof Timed) {
        if (node.rounds > 0) node.rounds--;
        else {
          this.stop(node);
          node.expire();
        }
      }
      node = next;
    }
  }
}

function ring(): Node {
  const node = {} as Node; // Closed to a ring in the next lines; an object literal cannot name itself.
  node.next = node;
  node.previous = node;
  return node;
}
