/** Something that falls due at a time, as long as it is not stale. */
export interface Due {
  readonly atMs: number;
  readonly stale: boolean;
}

/** What falls due, soonest first: a binary heap from which what is stale is dropped when it comes to the top. */
export class DueQueue<T extends Due> {
  readonly #heap: T[] = [];

  add(item: T): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as T;
      if (parent.atMs <= item.atMs) {
        break;
      }
      heap[at] = parent;
      at = above;
    }
    heap[at] = item;
  }

  /** The soonest that is not stale. */
  peek(): T | undefined {
    for (;;) {
      const top = this.#heap[0];
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
      if (below >= heap.length) {
        break;
      }
      if (below + 1 < heap.length && (heap[below + 1] as T).atMs < (heap[below] as T).atMs) {
        below += 1;
      }
      const child = heap[below] as T;
      if (child.atMs >= last.atMs) {
        break;
      }
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}
