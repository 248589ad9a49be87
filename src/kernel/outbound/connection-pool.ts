import { Connection, type Endpoint, type Exchange } from "./connection.ts";
import type { DeadlineWheel, Timed } from "./deadline.ts";

/**
 * Idle connections go before the shortest customary keep-alive of servers (5 s) ends: a POST that meets the server's
 * close on its way fails, and nothing is ever sent twice.
 */
const IDLE_MS = 4_000;
/** Idle connections over all receivers. Each costs a descriptor here and there. */
const IDLE_MAX = 2_000;
/**
 * An attempt to connect to an address that swallows everything goes on for two minutes after its request gave up. So many
 * of them to one place show that it is dead, and so many in all that descriptors should be saved (P7).
 */
const ABANDONED_PER_ENDPOINT_MAX = 64;
const ABANDONED_MAX = 4_000;

/** Open connections that nobody uses, by where they lead. The one used last is taken first, so that a surplus ages out. */
export class ConnectionPool {
  readonly #idle = new Map<string, Connection[]>();
  readonly #wheel: DeadlineWheel<Timed>;
  readonly #abandoned = new Map<string, number>();
  #count = 0;
  #abandonedCount = 0;

  constructor(wheel: DeadlineWheel<Timed>) {
    this.#wheel = wheel;
  }

  /**
   * An idle connection, which is open already, or a new one, which will tell the exchange when it is. Undefined when too
   * many attempts to connect there were abandoned and are not over yet.
   */
  take(endpoint: Endpoint, exchange: Exchange): Connection | undefined {
    const connection = this.#idle.get(endpoint.key)?.at(-1);
    if (connection !== undefined) {
      this.#remove(connection);
      connection.exchange = exchange;
      return connection;
    }
    if (this.#abandonedCount >= ABANDONED_MAX) return undefined;
    if ((this.#abandoned.get(endpoint.key) ?? 0) >= ABANDONED_PER_ENDPOINT_MAX) return undefined;
    return Connection.open(endpoint, exchange);
  }

  /** Lets go of a connection that cannot be used again, connected or not. */
  abandon(connection: Connection): void {
    connection.close();
    if (!connection.isConnecting) return;
    const { key } = connection.endpoint;
    this.#abandoned.set(key, (this.#abandoned.get(key) ?? 0) + 1);
    this.#abandonedCount++;
    connection.onAttemptOver = () => {
      const left = (this.#abandoned.get(key) ?? 0) - 1;
      if (left > 0) this.#abandoned.set(key, left);
      else this.#abandoned.delete(key);
      this.#abandonedCount--;
    };
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
