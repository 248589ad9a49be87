/** Something that falls due at a time, as long as it is not stale. */
export interface Due {
  readonly atMs: number;
  readonly stale: boolean;
}

interface Queued<T> {
  readonly item: T;
  readonly order: number;
}

/**
 * What falls due, soonest first, and of those at one time the first that was added: a binary heap from which what is stale is dropped
 * when it comes to the top.
 */
export class DueQueue<T extends Due> {
  readonly #heap: Queued<T>[] = [];
  #added = 0;

  add(item: T): void {
    const heap = this.#heap;
    const added = { item, order: this.#added };
    this.#added += 1;
    let at = heap.length;
    heap.push(added);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Queued<T>;
      if (!before(added, parent)) {
        break;
      }
      heap[at] = parent;
      at = above;
    }
    heap[at] = added;
  }

  /** The soonest that is not stale. */
  peek(): T | undefined {
    for (;;) {
      const top = this.#heap[0]?.item;
      if (top === undefined || !top.stale) {
        return top;
      }
      this.#removeTop();
    }
  }

  /** Takes the soonest if it is due. */
  take(nowMs: number): T | undefined {
    const top = this.peek();
    if (top === undefined || top.atMs > nowMs) {
      return undefined;
    }
    this.#removeTop();
    return top;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return;
    }
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const right = heap[below + 1];
      if (right !== undefined && before(right, heap[below] as Queued<T>)) {
        below += 1;
      }
      const child = heap[below];
      if (child === undefined || before(last, child)) {
        break;
      }
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function before<T extends Due>(a: Queued<T>, b: Queued<T>): boolean {
  return a.item.atMs < b.item.atMs || (a.item.atMs === b.item.atMs && a.order < b.order);
}
