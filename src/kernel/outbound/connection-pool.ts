import { Connection, type Endpoint, type Exchange } from "./connection.ts";
import type { DeadlineWheel, Timed } from "./deadline.ts";

/**
 * Idle connections go before the shortest customary keep-alive of servers (5 s) ends: a POST that meets the server's
 * close on its way fails, and nothing is ever sent twice.
 */
const IDLE_MS = 4_000;
/** Idle connections over all receivers. Each costs a descriptor here and there. */
const IDLE_MAX = 2_000;

/** Open connections that nobody uses, by where they lead. The one used last is taken first, so that a surplus ages out. */
export class ConnectionPool {
  readonly #idle = new Map<string, Connection[]>();
  readonly #wheel: DeadlineWheel<Timed>;
  #count = 0;

  constructor(wheel: DeadlineWheel<Timed>) {
    this.#wheel = wheel;
  }

  /** An idle connection, which is open already, or a new one, which will tell the exchange when it is. */
  take(endpoint: Endpoint, exchange: Exchange): Connection {
    const connection = this.#idle.get(endpoint.key)?.at(-1);
    if (connection === undefined) return Connection.open(endpoint, exchange);
    this.#remove(connection);
    connection.exchange = exchange;
    return connection;
  }

  release(connection: Connection, now: number): void {
    connection.exchange = undefined;
    if (!connection.isOpen || !connection.isFlushed || this.#count >= IDLE_MAX) {
      connection.close();
      return;
    }
    const { key } = connection.endpoint;
    const siblings = this.#idle.get(key);
    if (siblings === undefined) this.#idle.set(key, [connection]);
    else siblings.push(connection);
    this.#count++;
    connection.onGone = () => this.#remove(connection);
    this.#wheel.start(connection, IDLE_MS, now);
  }

  close(): void {
    for (const connections of [...this.#idle.values()]) for (const connection of [...connections]) connection.close();
  }

  #remove(connection: Connection): void {
    const { key } = connection.endpoint;
    const siblings = this.#idle.get(key) ?? [];
    const at = siblings.lastIndexOf(connection);
    if (at < 0) return;
    siblings.splice(at, 1);
    if (siblings.length === 0) this.#idle.delete(key);
    this.#count--;
    connection.onGone = undefined;
    this.#wheel.stop(connection);
  }
}
