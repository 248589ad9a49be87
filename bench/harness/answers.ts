/**
 * Cuts HTTP/1.1 answers out of a stream of bytes: just enough for a load generator, which sends one request at a time per
 * connection. The body is skipped, not kept.
 */
export class AnswerReader {
  #text = "";
  /** Bytes of body still to come, or how the end will be known. */
  #left: number | "chunked" | "head" = "head";
  #status = 0;

  /** Takes what arrived. Returns the status once the whole answer was read. Bytes count as latin1 characters. */
  push(chunk: Uint8Array): number | undefined {
    this.#text += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    if (this.#left === "head" && !this.#readHead()) {
      return undefined;
    }
    if (this.#left === "chunked") {
      // The generator asks for nothing with trailers, and no body it reads contains this text by itself: they are JSON.
      return this.#text.endsWith("0\r\n\r\n") ? this.#finish() : undefined;
    }
    return this.#text.length >= Number(this.#left) ? this.#finish() : undefined;
  }

  #readHead(): boolean {
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    const head = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 4);
    this.#status = Number(head.slice(9, 12));
    if (this.#status === 100) {
      return this.#readHead();
    }
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#left = length === null ? (/\r\ntransfer-encoding: *chunked/i.test(head) ? "chunked" : 0) : Number(length[1]);
    return true;
  }

  #finish(): number {
    const status = this.#status;
    this.#text = "";
    this.#left = "head";
    return status;
  }
}
