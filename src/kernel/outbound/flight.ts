import type { Connection, Endpoint, Exchange } from "./connection.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { type DeadlineWheel, Timed } from "./deadline.ts";
import { faultOf } from "./network-fault.ts";
import type { ReceivedResponse, RequestTiming, SendResult } from "./outcome.ts";
import type { ResponseReader } from "./response-reader.ts";

/** What a flight needs around it. */
export interface Airfield {
  readonly wheel: DeadlineWheel<Timed>;
  readonly pool: ConnectionPool;
  /** Tells that nothing came of an address. */
  avoid(hostname: string, address: string): void;
  landed(flight: Flight, result: SendResult): void;
}

/**
 * One request from its start to its result: an entry in the deadline wheel and the user of one connection.
 *
 *   start ─▶ lookup ─▶ fly(endpoint) ─▶ opened ─▶ received … received ─▶ land(result)
 *                                          └ ended, closed, expire, interrupt ─┘
 *
 * It lands once; what comes later finds it landed.
 */
export class Flight extends Timed implements Exchange {
  readonly startedAt = performance.now();
  readonly reader: ResponseReader;
  readonly #field: Airfield;
  readonly #head: string;
  readonly #body: Uint8Array | undefined;
  #endpoint: Endpoint | undefined = undefined;
  #connection: Connection | undefined = undefined;
  #landed = false;
  /** From here on the receiver may have seen something. */
  #sent = false;
  #dnsUs = -1;
  #connectStartedAt = 0;
  #connectUs = -1;
  #firstByteUs = -1;

  constructor(field: Airfield, head: string, body: Uint8Array | undefined, reader: ResponseReader) {
    super();
    this.#field = field;
    this.#head = head;
    this.#body = body;
    this.reader = reader;
  }

  get hasLanded(): boolean {
    return this.#landed;
  }

  resolved(): void {
    this.#dnsUs = this.#microseconds();
  }

  fly(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    const connection = this.#field.pool.take(endpoint, this);
    if (connection === undefined) {
      const detail = `Earlier attempts to connect to ${endpoint.address} port ${endpoint.port} are still unanswered.`;
      this.#broke("unreachable", detail);
      return;
    }
    this.#connection = connection;
    if (connection.isOpen) this.#write(connection);
    else this.#connectStartedAt = performance.now();
  }

  opened(): void {
    this.#connectUs = Math.round((performance.now() - this.#connectStartedAt) * 1000);
    if (this.#connection !== undefined) this.#write(this.#connection);
  }

  received(bytes: Buffer): void {
    if (this.#firstByteUs < 0) this.#firstByteUs = this.#microseconds();
    switch (this.reader.feed(bytes)) {
      case "more":
        return;
      case "done":
        this.#complete();
        return;
      case "invalid":
        this.#broke("invalid_response", `The response is invalid: ${this.reader.fault}.`);
    }
  }

  ended(): void {
    if (this.reader.end() === "done") this.#complete();
    else this.#broke("connection_reset", "The receiver closed the connection before the response was complete.");
  }

  closed(code: string | undefined): void {
    this.#connection = undefined;
    const { address, port } = this.#endpoint ?? { address: "nowhere", port: 0 };
    const { fault, handshake } = faultOf(code ?? "ECONNRESET");
    const where = `${address} port ${port}`;
    if (this.#sent) this.#broke(fault, `The connection to ${where} broke: ${code ?? "closed"}.`);
    // A reset while connecting is that of the TLS handshake.
    else this.#broke(handshake, `Connecting to ${where} failed: ${code ?? "closed"}.`);
  }

  /** The deadline. */
  override expire(): void {
    if (!this.reader.hasHead) this.#avoidAddress();
    const phase = this.reader.hasHead ? "body" : this.#endpoint === undefined ? "dns" : "connect_or_headers";
    const response = this.reader.hasHead ? { response: this.#response() } : {};
    this.land({ kind: "timeout", phase, ...response, ...this.soFar() });
  }

  interrupt(): void {
    const detail = "The engine stopped before the request was finished.";
    this.land({ kind: "fault", fault: "interrupted", sent: this.#sent, detail, ...this.soFar() });
  }

  land(result: SendResult): void {
    if (this.#landed) return;
    this.#landed = true;
    this.#field.wheel.stop(this);
    if (this.#connection !== undefined) this.#field.pool.abandon(this.#connection);
    this.#connection = undefined;
    this.#field.landed(this, result);
  }

  /** Timing and address so far: what every result begins with. */
  soFar(): { timing: RequestTiming; remoteAddress?: string } {
    const timing: { dnsUs?: number; connectUs?: number; firstByteUs?: number; totalUs: number } = {
      totalUs: this.#microseconds(),
    };
    if (this.#dnsUs >= 0) timing.dnsUs = this.#dnsUs;
    if (this.#connectUs >= 0) timing.connectUs = this.#connectUs;
    if (this.#firstByteUs >= 0) timing.firstByteUs = this.#firstByteUs;
    return this.#endpoint === undefined ? { timing } : { timing, remoteAddress: this.#endpoint.address };
  }

  #write(connection: Connection): void {
    this.#sent = true;
    connection.write(this.#head, this.#body);
  }

  #complete(): void {
    const connection = this.#connection;
    if (connection !== undefined && this.reader.reusable) {
      // Before the result is told: whoever hears of it may send the next request.
      this.#connection = undefined;
      this.#field.pool.release(connection, performance.now());
    }
    this.land({ kind: "response", response: this.#response(), ...this.soFar() });
  }

  #broke(fault: Extract<SendResult, { kind: "fault" }>["fault"], detail: string): void {
    if (this.reader.hasHead) {
      this.land({ kind: "broken_body", response: this.#response(), detail, ...this.soFar() });
      return;
    }
    if (!this.#sent) this.#avoidAddress();
    this.land({ kind: "fault", fault, sent: this.#sent, detail, ...this.soFar() });
  }

  #response(): ReceivedResponse {
    const { status, headers, truncated } = this.reader;
    return { status, headers, body: this.reader.body(), truncated };
  }

  #avoidAddress(): void {
    if (this.#endpoint !== undefined) this.#field.avoid(this.#endpoint.hostname, this.#endpoint.address);
  }

  #microseconds(): number {
    return Math.round((performance.now() - this.startedAt) * 1000);
  }
}
