/**
 * Places for work that goes on outside, with a share for each application (P7): one whose requests hang, or whose programs compute for long, fills
 * its own share, and the others take turns over the rest. What finds no place waits here, in its order. Every operation takes constant time.
 */
export class Places<T> {
  readonly #apps = new Map<string, App<T>>();
  /** Applications with something that waits and less than their share, in the order of their turns. */
  readonly #turns = new Set<string>();
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
    const app = this.#apps.get(appId);
    if (app === undefined) this.#apps.set(appId, { items: [item], head: 0, taken: 0 });
    else app.items.push(item);
    if (app === undefined || app.taken < this.#shareMax) this.#turns.add(appId);
  }

  /** The next one that may begin; undefined: none may. It holds a place until `free`. */
  take(): T | undefined {
    if (this.#all >= this.#max) return undefined;
    const [appId] = this.#turns;
    const app = appId === undefined ? undefined : this.#apps.get(appId);
    if (appId === undefined || app === undefined) return undefined;
    const item = app.items[app.head++] as T; // Who has a turn has something that waits.
    if (app.head > 1_024 && app.head * 2 > app.items.length) {
      app.items = app.items.slice(app.head);
      app.head = 0;
    }
    app.taken++;
    this.#all++;
    this.#turns.delete(appId);
    if (app.taken < this.#shareMax && app.head < app.items.length) this.#turns.add(appId);
    return item;
  }

  /** A place of the application is free again. */
  free(appId: string): void {
    const app = this.#apps.get(appId);
    if (app === undefined || app.taken === 0) throw new Error(`A place of ${appId} was freed that nobody held.`);
    app.taken--;
    this.#all--;
    if (app.head < app.items.length) this.#turns.add(appId);
    else if (app.taken === 0) this.#apps.delete(appId);
  }
}

interface App<T> {
  items: T[];
  /** Of those that wait. */
  head: number;
  taken: number;
}
