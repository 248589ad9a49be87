import { Turns } from "./turns.ts";

/**
 * Places for work that goes on outside, with a share for each application (P7): one whose requests hang, or whose programs compute for long, fills
 * its own share, and the others take turns over the rest. What finds no place waits here, in its order.
 */
export class Places<T> {
  readonly #waiting = new Turns<T>();
  /** Those whose application has its share: with each place that it frees the first of them waits for its turn again. */
  readonly #beyond = new Map<string, { items: T[]; head: number }>();
  readonly #taken = new Map<string, number>();
  readonly #max: number;
  readonly #shareMax: number;
  #all = 0;

  constructor(max: number, shareMax: number) {
    this.#max = max;
    this.#shareMax = shareMax;
  }

  get taken(): number {
    return this.#all;
  }

  push(appId: string, item: T): void {
    const beyond = this.#beyond.get(appId);
    // Behind those of its application that wait already.
    if (beyond === undefined) this.#waiting.push(appId, item);
    else beyond.items.push(item);
  }

  /** The next one that may begin; undefined: none may. It holds a place until `free`. */
  take(appIdOf: (item: T) => string): T | undefined {
    while (this.#all < this.#max) {
      const item = this.#waiting.shift();
      if (item === undefined) return undefined;
      const appId = appIdOf(item);
      const taken = this.#taken.get(appId) ?? 0;
      if (taken < this.#shareMax) {
        this.#taken.set(appId, taken + 1);
        this.#all++;
        return item;
      }
      const beyond = this.#beyond.get(appId);
      if (beyond === undefined) this.#beyond.set(appId, { items: [item], head: 0 });
      else beyond.items.push(item);
    }
    return undefined;
  }

  /** A place of the application is free again. */
  free(appId: string): void {
    this.#all--;
    const taken = (this.#taken.get(appId) ?? 1) - 1;
    if (taken === 0) this.#taken.delete(appId);
    else this.#taken.set(appId, taken);
    const beyond = this.#beyond.get(appId);
    if (beyond === undefined) return;
    this.#waiting.push(appId, beyond.items[beyond.head++] as T); // One without items is not kept.
    if (beyond.head === beyond.items.length) this.#beyond.delete(appId);
    else if (beyond.head > 1_024 && beyond.head * 2 > beyond.items.length) {
      beyond.items = beyond.items.slice(beyond.head);
      beyond.head = 0;
    }
  }
}
