/**
 * Whose turn it is: round robin over applications, first in first out within each (P7). An application with a hundred thousand of something
 * delays the one of another by one turn. Every operation takes constant time; only what is ready is in memory here.
 */
export class Turns<T> {
  /** In the order of their turns: a Map keeps the order of insertion. */
  readonly #apps = new Map<string, Queue<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(appId: string, item: T): void {
    const queue = this.#apps.get(appId);
    if (queue === undefined) this.#apps.set(appId, { items: [item], head: 0 });
    else queue.items.push(item);
    this.#size++;
  }

  /** The next one, which leaves; undefined: there is none. */
  shift(): T | undefined {
    const first = this.#apps.entries().next();
    if (first.done === true) return undefined;
    const [appId, queue] = first.value;
    const item = queue.items[queue.head++] as T; // A queue without items is not kept.
    this.#size--;
    if (queue.head === queue.items.length) this.#apps.delete(appId);
    else if (this.#apps.size > 1) {
      this.#apps.delete(appId);
      this.#apps.set(appId, queue);
    }
    if (queue.head > 1_024 && queue.head * 2 > queue.items.length) {
      queue.items = queue.items.slice(queue.head);
      queue.head = 0;
    }
    return item;
  }
}

interface Queue<T> {
  items: T[];
  head: number;
}
