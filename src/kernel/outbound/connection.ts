import { checkServerIdentity } from "node:tls";
import { Timed } from "./deadline.ts";

/** Who uses a connection at the moment. Each is told of `closed` at most once and of nothing afterwards. */
export interface Exchange {
  /** Connected, and for TLS verified: the request may be written. */
  opened(): void;
  received(bytes: Buffer): void;
  /** The peer will send no more. */
  ended(): void;
  /** `code` is that of the error, or undefined for a close without one. */
  closed(code: string | undefined): void;
}

/** Where a connection leads. Connections are shared under `key` only, which for TLS contains the verified name. */
export interface Endpoint {
  readonly key: string;
  readonly address: string;
  readonly port: number;
  readonly tls: Bun.TLSOptions | undefined;
  /** What the certificate must be for. */
  readonly hostname: string;
}

/** Requests up to this size, head and body together, are written with one call and without an allocation. */
const scratch = Buffer.allocUnsafe(65_536);

/** One TCP or TLS connection, in use by one exchange or idle. Its deadline in the wheel is that of being idle. */
export class Connection extends Timed {
  readonly endpoint: Endpoint;
  exchange: Exchange | undefined;
  /** Told when the connection is gone, whoever used it. */
  onGone: (() => void) | undefined = undefined;
  isOpen = false;
  /** The system is trying to connect. Bun cannot call that off, so it goes on after `close`, for as long as the system likes. */
  isConnecting = true;
  onAttemptOver: (() => void) | undefined = undefined;
  #gone = false;
  #socket: Bun.Socket<Connection> | undefined = undefined;
  #unsent: Uint8Array[] = [];

  private constructor(endpoint: Endpoint, exchange: Exchange) {
    super();
    this.endpoint = endpoint;
    this.exchange = exchange;
  }

  static open(endpoint: Endpoint, exchange: Exchange): Connection {
    const connection = new Connection(endpoint, exchange);
    const { address: hostname, port, tls } = endpoint;
    Bun.connect({ hostname, port, data: connection, socket: handlers, ...(tls === undefined ? {} : { tls }) })
      .catch((error: unknown) => connection.lost(codeOf(error)))
      .finally(() => {
        connection.isConnecting = false;
        connection.onAttemptOver?.();
      });
    return connection;
  }

  /** Whether everything that was written has been handed to the system. */
  get isFlushed(): boolean {
    return this.#unsent.length === 0;
  }

  write(head: string, body: Uint8Array | undefined): void {
    const bodyBytes = body?.byteLength ?? 0;
    if (head.length + bodyBytes <= scratch.length) {
      const headBytes = scratch.write(head, "latin1");
      if (body !== undefined) scratch.set(body, headBytes);
      this.#hand(scratch.subarray(0, headBytes + bodyBytes), true);
      return;
    }
    this.#hand(Buffer.from(head, "latin1"), false);
    if (body !== undefined) this.#hand(body, false);
  }

  /** Idle for too long. */
  override expire(): void {
    this.close();
  }

  /** Lets go at once. The exchange, if any, hears nothing more. */
  close(): void {
    this.exchange = undefined;
    this.#socket?.terminate();
    this.lost(undefined);
  }

  #hand(bytes: Uint8Array, isScratch: boolean): void {
    const written = this.#unsent.length > 0 ? 0 : Math.max(0, this.#socket?.write(bytes) ?? 0);
    if (written === bytes.byteLength) return;
    const rest = bytes.subarray(written);
    this.#unsent.push(isScratch ? new Uint8Array(rest) : rest);
  }

  /** The system takes bytes again. */
  flush(): void {
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const written = Math.max(0, this.#socket?.write(next) ?? 0);
      if (written < next.byteLength) {
        this.#unsent[0] = next.subarray(written);
        return;
      }
      this.#unsent.shift();
    }
  }

  connected(socket: Bun.Socket<Connection>): void {
    this.#socket = socket;
    // Given up while it was connecting.
    if (this.#gone) socket.terminate();
    else if (this.endpoint.tls === undefined) this.#ready();
  }

  verified(socket: Bun.Socket<Connection>, success: boolean, error: Error | null): void {
    if (this.#gone) return;
    const { hostname } = this.endpoint;
    // Bun has compared the name by now; that a connection carries the name it is pooled under is worth a second look.
    const mismatch = success && error === null ? checkServerIdentity(hostname, socket.getPeerCertificate()) : undefined;
    const fault = error ?? mismatch;
    if (!success || fault !== undefined) {
      this.lost(fault instanceof Error ? codeOf(fault) : "EPROTO");
      socket.terminate();
      return;
    }
    this.#ready();
  }

  lost(code: string | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    this.isOpen = false;
    this.#unsent = [];
    const { exchange } = this;
    this.exchange = undefined;
    this.onGone?.();
    exchange?.closed(code);
  }

  #ready(): void {
    this.isOpen = true;
    this.exchange?.opened();
  }
}

const handlers: Bun.SocketHandler<Connection, "buffer"> = {
  binaryType: "buffer",
  open: (socket) => socket.data.connected(socket),
  handshake: (socket, success, error) => socket.data.verified(socket, success, error),
  data(socket, bytes) {
    const { exchange } = socket.data;
    // Bytes that nobody asked for: whatever they are, the next request must not take them for its answer.
    if (exchange === undefined) socket.data.close();
    else exchange.received(bytes);
  },
  drain: (socket) => socket.data.flush(),
  end(socket) {
    const { exchange } = socket.data;
    if (exchange === undefined) socket.data.close();
    else exchange.ended();
  },
  error: (socket, error) => socket.data.lost(codeOf(error)),
  close: (socket, error) => socket.data.lost(error instanceof Error ? codeOf(error) : undefined),
  connectError: (socket, error) => socket.data.lost(codeOf(error)),
};

/** The `code` of an error, or the best that there is. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
