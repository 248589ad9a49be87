/** What a lane must tell to take its turn. */
export interface Turnable {
  readonly appId: string;
}

/**
 * Whose turn it is: round robin over applications, and over the lanes (endpoints) of each (P7).
 *
 * ```
 *  apps:  A ──▶ B ──▶ C          next() serves A's first lane, then A goes behind C,
 *         │     │     │          and that lane leaves: whoever took it says `ready` again
 *        a1    b1    c1          when it has more to do and nothing holds it back.
 *        a2          c2
 * ```
 *
 * Between two services of one application each other application that was ready all the while is served exactly once, and
 * the same holds for the lanes of one application; so a lane with a million tasks, or one that hangs, costs the others one
 * turn per round at most. Every operation takes constant time. Only ready lanes are in memory here.
 */
export class Fair<L extends Turnable> {
  readonly #seats = new Map<L, Seat<L>>();
  readonly #apps = new Map<string, App<L>>();
  readonly #turn: Ring<App<L>> = { first: undefined, last: undefined };

  /** How many lanes are ready. */
  get size(): number {
    return this.#seats.size;
  }

  has(lane: L): boolean {
    return this.#seats.has(lane);
  }

  /** The lane may start something: behind the others of its application. Once is enough; twice changes nothing. */
  ready(lane: L): void {
    if (this.#seats.has(lane)) return;
    let app = this.#apps.get(lane.appId);
    if (app === undefined) {
      app = { appId: lane.appId, lanes: { first: undefined, last: undefined }, before: undefined, after: undefined };
      this.#apps.set(lane.appId, app);
      append(this.#turn, app);
    }
    const seat: Seat<L> = { lane, app, before: undefined, after: undefined };
    append(app.lanes, seat);
    this.#seats.set(lane, seat);
  }

  /** The lane whose turn it is, which leaves; undefined: nobody is ready. */
  next(): L | undefined {
    const app = this.#turn.first;
    const seat = app?.lanes.first;
    if (app === undefined || seat === undefined) return undefined;
    this.#leave(seat);
    if (app.lanes.first !== undefined) {
      remove(this.#turn, app);
      append(this.#turn, app);
    }
    return seat.lane;
  }

  /** The lane has nothing to do, or something holds it back. */
  remove(lane: L): void {
    const seat = this.#seats.get(lane);
    if (seat !== undefined) this.#leave(seat);
  }

  #leave(seat: Seat<L>): void {
    const { app } = seat;
    this.#seats.delete(seat.lane);
    remove(app.lanes, seat);
    if (app.lanes.first !== undefined) return;
    remove(this.#turn, app);
    this.#apps.delete(app.appId);
  }
}

interface Link<T> {
  before: T | undefined;
  after: T | undefined;
}

interface Ring<T> {
  first: T | undefined;
  last: T | undefined;
}

interface Seat<L> extends Link<Seat<L>> {
  readonly lane: L;
  readonly app: App<L>;
}

interface App<L> extends Link<App<L>> {
  readonly appId: string;
  readonly lanes: Ring<Seat<L>>;
}

function append<T extends Link<T>>(ring: Ring<T>, item: T): void {
  item.before = ring.last;
  item.after = undefined;
  if (ring.last === undefined) ring.first = item;
  else ring.last.after = item;
  ring.last = item;
}

function remove<T extends Link<T>>(ring: Ring<T>, item: T): void {
  if (item.before === undefined) ring.first = item.after;
  else item.before.after = item.after;
  if (item.after === undefined) ring.last = item.before;
  else item.after.before = item.before;
  item.before = undefined;
  item.after = undefined;
}
